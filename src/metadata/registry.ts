import type { Secret } from "../kernel/secret.ts";
import type { MetadataSource, MetadataSourceId } from "./contract.ts";
import type { SourceDeps } from "./service.ts";

export type SourcesConfig = {
  metadataSources: readonly MetadataSourceId[];
  traktClientId: Secret | null;
  tmdbApiKey: Secret | null;
  urls: { traktApi: string; tmdbApi: string; tmdbImage: string; tvmazeApi: string };
};

/**
 * The metadata sources that can be used, in the configured order; those that need a key and have none are left out.
 * What is left out is not even loaded: the schemas of one source take as long to make as a page.
 */
export async function createSources({
  config,
  ...deps
}: SourceDeps & { config: SourcesConfig }): Promise<MetadataSource[]> {
  const { traktClientId, tmdbApiKey, urls } = config;
  const makers: Record<MetadataSourceId, () => Promise<MetadataSource | null>> = {
    async trakt() {
      if (traktClientId === null) return null;
      const { createTrakt } = await import("./trakt/index.ts");
      return createTrakt({ ...deps, apiUrl: urls.traktApi, clientId: traktClientId });
    },
    async tmdb() {
      if (tmdbApiKey === null) return null;
      const { createTmdb } = await import("./tmdb/index.ts");
      return createTmdb({ ...deps, apiUrl: urls.tmdbApi, imageUrl: urls.tmdbImage, apiKey: tmdbApiKey });
    },
    async tvmaze() {
      const { createTvmaze } = await import("./tvmaze/index.ts");
      return createTvmaze({ ...deps, apiUrl: urls.tvmazeApi });
    },
  };
  const sources = await Promise.all(config.metadataSources.map((id) => makers[id]()));
  return sources.filter((source) => source !== null);
}
