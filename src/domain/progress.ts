import type { Instant } from "./instant.ts";

export interface EpisodeProgress {
  season: number;
  /** Null for an episode the server could not number. */
  number: number | null;
  airedAt: Instant | null;
  /** A file of it is on a media server, so it has been out whatever the catalogue says. */
  onServer: boolean;
  /** How often it was watched. */
  plays: number;
}

export const PROGRESS_STATES = ["not-started", "in-progress", "up-to-date", "finished"] as const;
export type ProgressState = (typeof PROGRESS_STATES)[number];

export interface ShowProgress<E extends EpisodeProgress = EpisodeProgress> {
  watched: number;
  aired: number;
  total: number;
  next: E | null;
}

/** Season 0 holds specials. They can be watched, but nobody is behind for having skipped one. */
export function isSpecial(episode: Pick<EpisodeProgress, "season">): boolean {
  return episode.season === 0;
}

/** Out already. Without a date only a file proves it; a viewing proves it even before the date. */
export function hasAired(episode: Pick<EpisodeProgress, "airedAt" | "onServer" | "plays">, now: Instant): boolean {
  if (episode.plays > 0) return true;
  return episode.airedAt === null ? episode.onServer : episode.airedAt <= now;
}

/** The order in which a show is watched: by number; what has no number comes last in its season, by date. */
export function compareEpisodes(a: EpisodeProgress, b: EpisodeProgress): number {
  return (
    a.season - b.season ||
    (a.number ?? Number.MAX_SAFE_INTEGER) - (b.number ?? Number.MAX_SAFE_INTEGER) ||
    (a.airedAt ?? Number.MAX_SAFE_INTEGER) - (b.airedAt ?? Number.MAX_SAFE_INTEGER)
  );
}

/**
 * What "everything up to here" marks: the unwatched episodes that are out, up to and including this one, in the order
 * in which a show is watched. A regular episode leaves the specials out; a special takes only the specials before it.
 */
export function upToHere<E extends EpisodeProgress>(episodes: readonly E[], here: E, now: Instant): E[] {
  const line = episodes.filter((episode) => isSpecial(episode) === isSpecial(here)).sort(compareEpisodes);
  return line.slice(0, line.indexOf(here) + 1).filter((episode) => episode.plays === 0 && hasAired(episode, now));
}

/**
 * Counts leave specials out. `next` is the first unwatched aired episode after the furthest watched one: who skipped
 * the weak second episode and is in season 3 goes on in season 3. Only when nothing is left after it does the gap
 * before it come up.
 */
export function showProgress<E extends EpisodeProgress>(episodes: readonly E[], now: Instant): ShowProgress<E> {
  const regular = episodes.filter((episode) => !isSpecial(episode)).sort(compareEpisodes);
  const aired = regular.filter((episode) => hasAired(episode, now));
  const furthest = aired.findLastIndex((episode) => episode.plays > 0);
  const isOpen = (episode: E): boolean => episode.plays === 0;
  return {
    watched: aired.filter((episode) => episode.plays > 0).length,
    aired: aired.length,
    total: regular.length,
    next: aired.slice(furthest + 1).find(isOpen) ?? aired.find(isOpen) ?? null,
  };
}

/** How far somebody is with a show. Finished is what nothing more will come of; up to date waits for the next episode. */
export function progressState(show: Omit<ShowProgress, "next"> & { hasEnded: boolean }): ProgressState {
  const { watched, aired, total } = show;
  if (show.hasEnded && total > 0 && watched >= total) return "finished";
  if (aired > 0 && watched >= aired) return "up-to-date";
  return watched > 0 ? "in-progress" : "not-started";
}
