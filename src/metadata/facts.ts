import type { MetadataSource, MetadataSourceId } from "./contract.ts";

export type SourceFacts = Pick<MetadataSource, "label" | "attribution"> & {
  /** The variable that switches it on; null where no key is needed. */
  keyVariable: string | null;
};

/** What is known of every source, whether or not it is switched on. */
export const SOURCE_FACTS: Record<MetadataSourceId, SourceFacts> = {
  trakt: {
    label: "Trakt",
    attribution: { text: "Show data by Trakt", url: "https://trakt.tv" },
    keyVariable: "TRAKT_CLIENT_ID",
  },
  tmdb: {
    label: "TMDB",
    attribution: {
      text: "This product uses the TMDB API but is not endorsed or certified by TMDB.",
      url: "https://www.themoviedb.org",
    },
    keyVariable: "TMDB_API_KEY",
  },
  tvmaze: {
    label: "TVmaze",
    attribution: { text: "Show data by TVmaze (CC BY-SA)", url: "https://www.tvmaze.com" },
    keyVariable: null,
  },
};
