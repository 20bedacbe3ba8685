import { cleanId, type IdKind } from "./external-ids.ts";

/** What somebody pasted instead of a title. */
export type ShowLink =
  | { by: "id"; kind: IdKind; id: string }
  /** An address that names the show in words; `kind` says on whose site. */
  | { by: "name"; kind: IdKind; slug: string; words: string };

const PREFIXED = /^[[{(]?(tmdb|tvdb|imdb|trakt|tvmaze)(?:id)?[:=-]\s*([a-z\d]+)[\]})]?$/i;

/** `tt0944947`, `tvdb:121361`, a folder's `{tmdb-1399}`, or a show's page on one of the catalogues' sites. */
export function readShowLink(text: string): ShowLink | null {
  const bare = text.trim();
  if (/^tt\d{5,10}$/i.test(bare)) return byId("imdb", bare);
  const [, kind = "", id = ""] = PREFIXED.exec(bare) ?? [];
  if (id !== "") return byId(kind.toLowerCase(), id);
  const url = addressIn(bare);
  return url === null ? null : (SITES.find(({ host }) => isOf(url, host))?.read(url) ?? null);
}

type Site = { host: string; read(url: URL): ShowLink | null };

const SITES: readonly Site[] = [
  { host: "imdb.com", read: ({ pathname }) => byId("imdb", /\/title\/(tt\d+)/i.exec(pathname)?.[1]) },
  { host: "themoviedb.org", read: ({ pathname }) => byId("tmdb", /\/tv\/(\d+)/.exec(pathname)?.[1]) },
  { host: "tvmaze.com", read: ({ pathname }) => byId("tvmaze", /\/shows\/(\d+)/.exec(pathname)?.[1]) },
  {
    host: "thetvdb.com",
    read({ pathname, searchParams }) {
      const number = /\/series\/(\d+)(?:\/|$)/.exec(pathname)?.[1] ?? searchParams.get("id");
      return byId("tvdb", number ?? undefined) ?? byName("tvdb", /^\/series\/([^/]+)/.exec(pathname)?.[1]);
    },
  },
  {
    host: "trakt.tv",
    read({ pathname }) {
      const [, kind = "", id] = /\/search\/(trakt|tmdb|tvdb|imdb)\/([^/]+)/.exec(pathname) ?? [];
      if (id !== undefined) return byId(kind, id);
      const name = /\/shows\/([^/]+)/.exec(pathname)?.[1];
      return byId("trakt", name) ?? byName("trakt", name);
    },
  },
];

function addressIn(text: string): URL | null {
  if (/\s/.test(text)) return null;
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  return url?.hostname.includes(".") ? url : null;
}

function isOf({ hostname }: URL, host: string): boolean {
  return hostname === host || hostname.endsWith(`.${host}`);
}

const KINDS: Readonly<Record<string, IdKind>> = {
  tmdb: "tmdb",
  tvdb: "tvdb",
  imdb: "imdb",
  trakt: "trakt",
  tvmaze: "tvmaze",
};

function byId(name: string, value: string | undefined): ShowLink | null {
  const kind = KINDS[name];
  const id = kind === undefined ? undefined : cleanId(kind, value);
  return kind === undefined || id === undefined ? null : { by: "id", kind, id };
}

/** "game-of-thrones" reads as the title, near enough to search for. */
function byName(kind: IdKind, slug: string | undefined): ShowLink | null {
  const plain = /^[a-z\d-]{1,120}$/i.test(slug ?? "") ? (slug ?? "").toLowerCase() : "";
  const words = plain.replaceAll("-", " ").trim();
  return words === "" ? null : { by: "name", kind, slug: plain, words };
}
