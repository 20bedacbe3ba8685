/** Things on a page that something else points at: a label, a swap target, a live update. */
export type DomKind =
  | "banners"
  | "browse"
  | "confirm"
  | "dialog"
  | "dialog-title"
  | "calendar"
  | "caught-up"
  | "calendar-check"
  | "calendar-feeds"
  | "chart"
  | "episode"
  | "field"
  | "field-error"
  | "field-hint"
  | "found"
  | "found-actions"
  | "history"
  | "history-day"
  | "history-names"
  | "history-reach"
  | "history-rows"
  | "import"
  | "integration"
  | "integrations"
  | "keys"
  | "keys-title"
  | "library"
  | "library-bulk"
  | "library-count"
  | "library-filter"
  | "live"
  | "main"
  | "mark-sheet"
  | "match"
  | "merge"
  | "more"
  | "pin"
  | "play"
  | "play-sheet"
  | "recent-syncs"
  | "refresh"
  | "search"
  | "search-results"
  | "setting"
  | "settings"
  | "season"
  | "season-actions"
  | "season-body"
  | "season-head"
  | "show"
  | "show-card"
  | "show-entry"
  | "show-menu"
  | "show-notes"
  | "show-notes-text"
  | "show-progress"
  | "stats"
  | "suggestions"
  | "source"
  | "sync"
  | "sync-error"
  | "sync-light"
  | "sync-page"
  | "sync-progress"
  | "sync-show"
  | "titles"
  | "toasts"
  | "up-next"
  | "up-next-list"
  | "up-next-menu"
  | "up-next-section";

/** The only maker of DOM ids. Keys are opaque, so anything outside `[A-Za-z0-9-]` is written as `_hex_`. */
export function id(kind: DomKind, key?: string | number): string {
  if (key === undefined) return kind;
  const given = String(key);
  if (/^[A-Za-z0-9-]+$/.test(given)) return `${kind}--${given}`;
  const text = given.replace(/[^A-Za-z0-9-]/gu, (char) => `_${(char.codePointAt(0) ?? 0).toString(16)}_`);
  return `${kind}--${text}`;
}

/** The CSS selector of that id, for `hx-target`. */
export function target(kind: DomKind, key?: string | number): string {
  return `#${id(kind, key)}`;
}
