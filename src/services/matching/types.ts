import type { OtherShow } from "../../db/queries/same-shows.ts";
import type { MatchCandidate } from "../../domain/matching.ts";
import type { MovedShow } from "../tracking/types.ts";

export type OfferedMatch = {
  serverName: string;
  title: string;
  year: number | null;
  /** Ids the server gave, e.g. `{ tmdb: "1399" }`. */
  ids: Record<string, string>;
  method: string;
  /** 0 to 1. */
  confidence: number;
  chosenByUser: boolean;
  /** Why: one line per piece of evidence, with its points. */
  evidence: { label: string; points: number }[];
};

export type ScoredCandidate = MatchCandidate & {
  score: number;
  evidence: { label: string; points: number }[];
  current: boolean;
};

/** Everything behind "Wrong show?". */
export type MatchView = {
  showId: string;
  title: string;
  year: number | null;
  offered: OfferedMatch[];
  candidates: ScoredCandidate[];
  /** The user's own other shows that may be the same one. */
  others: OtherShow[];
  /** One sentence when the sources could not be asked. */
  note: string | null;
};

/** The show the user now has, what went there, and a token for `Tracking.undo`. */
export type Moved = { showId: string; moved: MovedShow; undoToken: string };

type ShortShow = { id: string; title: string; year: number | null };

export type MergePreview = MovedShow & { from: ShortShow; into: ShortShow };

export type Matching = {
  /** `query` replaces the show's title in the search. Throws `not-found` outside the user's library. */
  view(userId: number, showId: string, query?: string): Promise<MatchView>;
  /** Corrects a match: plays move along, later syncs remember. Returns the show the user now has. */
  choose(userId: number, showId: string, choice: { source: string; id: string }): Promise<Moved>;
  /** Shows of the user's library that this one could be merged with; without words to look for, those of a like title. */
  others(userId: number, showId: string, query?: string): OtherShow[];
  /** What `merge` would do. Nothing of it stays. */
  previewMerge(userId: number, showId: string, intoShowId: string): MergePreview;
  /** Two shows of the user's library are one: all of the first goes to the second, and later syncs keep to that. */
  merge(userId: number, showId: string, intoShowId: string): Moved;
};

export type EnrichmentStatus = { pending: number; done: number; failed: number; waitingUntil: number | null };
