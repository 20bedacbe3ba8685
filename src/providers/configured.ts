import type { Config } from "../config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { HttpClient } from "../kernel/http.ts";
import { PRODUCT, VERSION } from "../version.ts";
import { createProviders, type ProviderRegistry } from "./registry.ts";

/** Every kind of server as this installation is set up. `installation`: its stable id, under which services know it again. */
export function configuredProviders(
  { urls, plexClientId, plexProduct }: Config,
  { http, clock, installation }: { http: HttpClient; clock: Clock; installation: string },
): ProviderRegistry {
  return createProviders({
    http,
    clock,
    app: { product: PRODUCT, version: VERSION, deviceName: "Server" },
    plex: {
      plexTv: urls.plexTv,
      plexApp: urls.plexApp,
      clientId: plexClientId ?? `episodetracker-${installation}`,
      product: plexProduct,
      version: VERSION,
      deviceName: plexProduct,
    },
  });
}
