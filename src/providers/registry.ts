import { type ProviderId, providerLabel } from "../domain/providers.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { HttpClient } from "../kernel/http.ts";
import type { Provider } from "./contract.ts";
import type { PlexConfig } from "./plex/config.ts";
import { createPlex } from "./plex/index.ts";

export type ProviderRegistry = {
  /** Throws `not-found` for a kind of server this program cannot connect. */
  get(id: ProviderId): Provider;
  all(): Provider[];
};

export type ProviderDeps = { http: HttpClient; clock: Clock; plex: PlexConfig };

export function createProviders({ http, clock, plex }: ProviderDeps): ProviderRegistry {
  const providers = [createPlex({ http, clock, plex })];
  return {
    get(id) {
      const found = providers.find((each) => each.manifest.id === id);
      if (found === undefined) throw new AppError("not-found", `${providerLabel(id)} cannot be connected.`);
      return found;
    },
    all: () => [...providers],
  };
}
