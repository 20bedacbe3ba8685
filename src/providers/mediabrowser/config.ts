import type { Clock } from "../../kernel/clock.ts";
import type { HttpClient } from "../../kernel/http.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { AppIdentity } from "../contract.ts";
import type { Dialect, Kind } from "./dialect.ts";

export type Timeouts = {
  /** For an address that may be dead. */
  identityMs: number;
  smallMs: number;
  /** Some versions sort and count for a minute. */
  listingMs: number;
  /** How long the news may be silent. */
  silenceMs: number;
};

export const timeouts: Timeouts = { identityMs: 5_000, smallMs: 10_000, listingMs: 120_000, silenceMs: 60_000 };

/** What the registry gives every provider of this family. `kinds`: all of them, to name another one that answers. */
export type FamilyDeps = {
  http: HttpClient;
  clock: Clock;
  app: AppIdentity;
  kinds: readonly Kind[];
  timeouts?: Partial<Timeouts>;
};

export type MediaBrowserDeps = Omit<FamilyDeps, "timeouts"> & { timeouts: Timeouts; dialect: Dialect };

export const depsOf = (family: FamilyDeps, dialect: Dialect): MediaBrowserDeps => ({
  ...family,
  timeouts: { ...timeouts, ...family.timeouts },
  dialect,
});

/**
 * Who we are. Servers decode the values, so they travel encoded; the token stands in headers only, and once for servers
 * that read this one.
 */
export function identityHeaders(
  { app, dialect }: Pick<MediaBrowserDeps, "app" | "dialect">,
  deviceId: string,
  token: Secret | null,
): Record<string, string | Secret> {
  const parts: [string, string][] = [
    ["Client", app.product],
    ["Device", app.deviceName],
    ["DeviceId", deviceId],
    ["Version", app.version],
  ];
  if (token !== null) parts.push(["Token", token.reveal()]);
  const text = parts.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(", ");
  return {
    accept: "application/json",
    authorization: secret(`MediaBrowser ${text}`),
    ...(token === null ? {} : dialect.tokenHeaders(token)),
  };
}
