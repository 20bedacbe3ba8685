import type { Secret } from "../kernel/secret.ts";
import type { MetadataSource, MetadataSourceId } from "./contract.ts";
import type { SourceDeps } from "./service.ts";
import { createTmdb } from "./tmdb/index.ts";
import { createTrakt } from "./trakt/index.ts";
import { createTvmaze } from "./tvmaze/index.ts";

export type SourcesConfig = {
  metadataSources: readonly MetadataSourceId[];
  traktClientId: Secret | null;
  tmdbApiKey: Secret | null;
  urls: { traktApi: string; tmdbApi: string; tmdbImage: string; tvmazeApi: string };
};

/** The metadata sources that can be used, in the configured order; those that need a key and have none are left out. */
export function createSources({ config, ...deps }: SourceDeps & { config: SourcesConfig }): MetadataSource[] {
  const { traktClientId, tmdbApiKey, urls } = config;
  const makers: Record<MetadataSourceId, () => MetadataSource | null> = {
    trakt: () => traktClientId && createTrakt({ ...deps, apiUrl: urls.traktApi, clientId: traktClientId }),
    tmdb: () =>
      tmdbApiKey && createTmdb({ ...deps, apiUrl: urls.tmdbApi, imageUrl: urls.tmdbImage, apiKey: tmdbApiKey }),
    tvmaze: () => createTvmaze({ ...deps, apiUrl: urls.tvmazeApi }),
  };
  return config.metadataSources.map((id) => makers[id]()).filter((source) => source !== null);
}
