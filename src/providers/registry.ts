import { type ProviderId, providerLabel } from "../domain/providers.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { HttpClient } from "../kernel/http.ts";
import type { AppIdentity, Provider } from "./contract.ts";
import { embyKind } from "./emby/dialect.ts";
import { createEmby } from "./emby/index.ts";
import { jellyfinKind } from "./jellyfin/dialect.ts";
import { createJellyfin } from "./jellyfin/index.ts";
import type { PlexConfig } from "./plex/config.ts";
import { createPlex } from "./plex/index.ts";

export type ProviderRegistry = {
  /** Throws `not-found` for a kind of server this program cannot connect. */
  get(id: ProviderId): Provider;
  all(): Provider[];
};

export type ProviderDeps = { http: HttpClient; clock: Clock; app: AppIdentity; plex: PlexConfig };

export function createProviders({ http, clock, app, plex }: ProviderDeps): ProviderRegistry {
  const family = { http, clock, app, kinds: [jellyfinKind, embyKind] };
  const providers = [createPlex({ http, clock, plex }), createJellyfin(family), createEmby(family)];
  return {
    get(id) {
      const found = providers.find((each) => each.manifest.id === id);
      if (found === undefined) throw new AppError("not-found", `${providerLabel(id)} cannot be connected.`);
      return found;
    },
    all: () => [...providers],
  };
}
