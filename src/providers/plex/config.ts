import type { Clock } from "../../kernel/clock.ts";
import type { HttpClient } from "../../kernel/http.ts";
import type { Secret } from "../../kernel/secret.ts";

export type PlexConfig = {
  /** Root of plex.tv, where accounts live. */
  plexTv: string;
  /** Root of the web app, where the user approves the sign-in. */
  plexApp: string;
  /** The same for the whole life of this installation: Plex binds tokens and "authorized devices" to it. */
  clientId: string;
  product: string;
  version: string;
  deviceName: string;
};

/** Inside a server its owner is account 1; everybody else has the id of plex.tv. */
export const ownerAccountId = 1;

export type PlexTimeouts = {
  identityMs: number;
  accessMs: number;
  plexTvMs: number;
  smallMs: number;
  listingMs: number;
  /** How long the news may be silent. */
  silenceMs: number;
};

/** Identity is asked of addresses that may be dead; a listing of a busy server may take its time. */
export const plexTimeouts: PlexTimeouts = {
  identityMs: 3_000,
  accessMs: 10_000,
  plexTvMs: 15_000,
  smallMs: 15_000,
  listingMs: 60_000,
  // Its pings come every ten seconds.
  silenceMs: 30_000,
};

export type PlexDeps = { http: HttpClient; clock: Clock; plex: PlexConfig; timeouts: PlexTimeouts };

/** Header values outside printable ASCII make fetch throw, so a device called "Küche" travels percent-encoded. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]+/gu, encodeURIComponent);

/** Who we are. The token travels in the header only: addresses end up in the logs of servers and proxies. */
export function plexHeaders(plex: PlexConfig, token: Secret | null): Record<string, string | Secret | undefined> {
  return {
    accept: "application/json",
    "X-Plex-Client-Identifier": headerText(plex.clientId),
    "X-Plex-Product": headerText(plex.product),
    "X-Plex-Version": headerText(plex.version),
    "X-Plex-Platform": "Server",
    "X-Plex-Device": headerText(plex.product),
    "X-Plex-Device-Name": headerText(plex.deviceName),
    "X-Plex-Token": token ?? undefined,
  };
}
