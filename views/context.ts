import type { Paths } from "./paths.ts";

export type Theme = "auto" | "dark" | "light";

/** The order of day, month and year; `auto` is the locale's. */
export type DateFormat = "auto" | "dmy" | "mdy" | "ymd";

export type Banner = {
  tone: "info" | "attention" | "error" | "success";
  text: string;
  /** Where the user can act on it; a path of ours. */
  action?: { label: string; href: string } | undefined;
  /** POST there puts it away; `about`: what it is about, in words. */
  dismiss?: { path: string; about: string } | undefined;
};

export type SyncLight = {
  /** "off": no server is connected; "unknown": nobody has looked; "waiting": one does not answer, which may well pass. */
  state: "unknown" | "off" | "quiet" | "waiting" | "running" | "attention";
  percent?: number | undefined;
  /** Where the light leads: the running sync, what needs the user, or the Integrations page. */
  href: string;
};

/** Said once, on the first page after a form post without script. */
export type Flash = {
  tone: Banner["tone"];
  text: string;
  undo?: { token: string; back: string } | undefined;
};

export type ViewUser = { id: string; username: string; role: "admin" | "member" };

/** Everything a view knows besides its own model. Built once per request by the web layer; views read no clock. */
export type ViewContext = {
  paths: Paths;
  user: ViewUser | null;
  /** Epoch milliseconds; every relative time on the page counts from here. */
  now: number;
  timeZone: string;
  locale: string;
  dateFormat: DateFormat;
  theme: Theme;
  version: string;
  /** Writes are guarded by `Origin`/`Sec-Fetch-Site`, so no form carries a token. */
  csrf?: never;
  /** File name in `static/` or of the htmx package → its hashed address. */
  assets: (name: string) => string;
  syncLight: SyncLight;
  banners: readonly Banner[];
  flash?: Flash | undefined;
  /** Which news this page has in it; see static/live.js. */
  news?: string | undefined;
};
