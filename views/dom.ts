/** Things on a page that something else points at: a label, a swap target, a live update. */
export type DomKind =
  | "banners"
  | "confirm"
  | "dialog"
  | "dialog-title"
  | "calendar"
  | "episode"
  | "field"
  | "field-error"
  | "field-hint"
  | "history"
  | "history-day"
  | "history-names"
  | "history-reach"
  | "history-rows"
  | "integration"
  | "integrations"
  | "library"
  | "live"
  | "main"
  | "match"
  | "more"
  | "pin"
  | "play"
  | "play-sheet"
  | "recent-syncs"
  | "refresh"
  | "search-results"
  | "setting"
  | "season"
  | "season-actions"
  | "season-head"
  | "show"
  | "show-card"
  | "show-entry"
  | "show-progress"
  | "sync"
  | "sync-error"
  | "sync-light"
  | "sync-page"
  | "sync-progress"
  | "sync-show"
  | "toasts"
  | "up-next"
  | "up-next-list";

/** The only maker of DOM ids. Keys are opaque, so anything outside `[A-Za-z0-9-]` is written as `_hex_`. */
export function id(kind: DomKind, key?: string | number): string {
  if (key === undefined) return kind;
  const text = String(key).replace(/[^A-Za-z0-9-]/gu, (char) => `_${(char.codePointAt(0) ?? 0).toString(16)}_`);
  return `${kind}--${text}`;
}

/** The CSS selector of that id, for `hx-target`. */
export function target(kind: DomKind, key?: string | number): string {
  return `#${id(kind, key)}`;
}
