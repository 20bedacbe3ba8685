import type { Clock } from "../../kernel/clock.ts";
import type { HttpClient } from "../../kernel/http.ts";
import type { Provider } from "../contract.ts";
import { createPlexAccount } from "./account.ts";
import { type PlexConfig, type PlexTimeouts, plexTimeouts } from "./config.ts";
import { plexManifest } from "./manifest.ts";
import { openPlexServer } from "./server.ts";
import { createPlexWebhooks } from "./webhooks.ts";

export type PlexOptions = { http: HttpClient; clock: Clock; plex: PlexConfig; timeouts?: Partial<PlexTimeouts> };

export function createPlex({ http, clock, plex, timeouts }: PlexOptions): Provider {
  const deps = { http, clock, plex, timeouts: { ...plexTimeouts, ...timeouts } };
  return {
    manifest: plexManifest,
    service: { name: "plex.tv", url: plex.plexTv },
    ...createPlexAccount(deps),
    webhooks: createPlexWebhooks(deps),
    open: (options) => openPlexServer(deps, options),
  };
}
