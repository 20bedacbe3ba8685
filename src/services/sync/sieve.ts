import { librariesOf } from "../../db/repos/integrations.ts";
import { libraryShows } from "../../db/repos/library.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { choosePlays, type Unwanted } from "../../domain/play-choice.ts";
import type { DesiredPlay, UnfinishedView } from "../../domain/plays.ts";
import { DEFAULT_PREFERENCES, decidesAnew, type Numbering, type Preferences } from "../../domain/preferences.ts";
import type { EpisodeItem } from "../../providers/contract.ts";
import { startOfDate } from "../tracking/zoned-days.ts";
import type { RunOptions } from "./run-options.ts";

export type LeftOutWhy = "special" | "short" | "unknown-show" | Unwanted;

export type Sieve = ReturnType<typeof createSieve>;

type Options = Pick<RunOptions, "db" | "row"> & { preferences: Preferences; timeZone: string };

/** What the user's preferences let through on the way from the server to the plays. Nothing here knows of removing. */
export function createSieve({ db, row, preferences, timeZone }: Options) {
  const { watchedFrom, minMinutes, specials, rewatches, since, onlyKnownShows, addTo } = preferences;
  const numberings = new Map<string, Numbering>(
    librariesOf(db, row.id).flatMap(({ key, numbering }) => (numbering === "auto" ? [] : [[key, numbering] as const])),
  );
  const inLibrary = onlyKnownShows ? libraryShows(db, row.userId) : null;
  const choice = { rewatches: rewatches === "all", since: since === null ? null : startOfDate(since, timeZone) };
  const choosesPlays = !choice.rewatches || choice.since !== null;

  const isUnknown = (showId: number): boolean => inLibrary !== null && !inLibrary.has(showId);
  const isSkippedSeason = (season: number): boolean => specials === "skip" && season === 0;
  const isShort = (durationMs: number | null): boolean => durationMs !== null && durationMs < minMinutes * MINUTE_MS;

  return {
    /** True for most people: everything passes, and nobody need ask. */
    isOpen: !decidesAnew(DEFAULT_PREFERENCES, preferences),
    entry: { list: addTo === "automatic" ? ("watching" as const) : addTo, chosen: addTo !== "automatic" },
    numberingOf: (libraryKey: string | null): Numbering => numberings.get(libraryKey ?? "") ?? "auto",
    isUnknown,
    /** Why an item of the server is not for this user; null when it is. `season` as it is placed here. */
    refuses(item: Pick<EpisodeItem, "durationMs">, season: number, showId: number): LeftOutWhy | null {
      if (isSkippedSeason(season)) return "special";
      if (isShort(item.durationMs)) return "short";
      return isUnknown(showId) ? "unknown-show" : null;
    },
    /** The playback that was broken off, when that counts as watched. */
    unfinished({ viewCount, viewOffsetMs, durationMs, lastViewedAt }: EpisodeItem): UnfinishedView | undefined {
      if (watchedFrom === null || viewCount > 0 || durationMs === null || durationMs <= 0) return undefined;
      return viewOffsetMs * 100 >= durationMs * watchedFrom ? { at: lastViewedAt } : undefined;
    },
    /** Of the plays that would be added to an episode with so many, those that are. */
    choose(add: readonly DesiredPlay[], stored: number): ReturnType<typeof choosePlays> {
      return choosesPlays ? choosePlays(add, stored, choice) : { wanted: [...add], unwanted: [] };
    },
  };
}
