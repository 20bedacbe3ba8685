import type { Instant } from "./instant.ts";
import type { Certainty } from "./plays.ts";

/** What the source of a play says about its time. */
export interface SourceWord {
  watchedAt: Instant | null;
  certainty: Certainty;
}

/**
 * The time of a play as it is shown. Where the user has corrected it, `editedFrom` keeps the source's word (as JSON):
 * a sync finds the viewing again by that, and brings that up to date, never the time that the user gave.
 */
export interface PlayTime extends SourceWord {
  editedFrom: string | null;
}

export function sourceWord({ watchedAt, certainty, editedFrom }: PlayTime): SourceWord {
  if (editedFrom === null) return { watchedAt, certainty };
  const word: SourceWord = JSON.parse(editedFrom);
  return word;
}

/** The time that the user gives; null: it is not known. To give the source's own time is no correction. */
export function withTime(play: PlayTime, watchedAt: Instant | null): PlayTime {
  const word = sourceWord(play);
  if (watchedAt === word.watchedAt) return withoutEdit(play);
  return { watchedAt, certainty: watchedAt === null ? "unknown" : "marked", editedFrom: JSON.stringify(word) };
}

export function withoutEdit(play: PlayTime): PlayTime {
  return { ...sourceWord(play), editedFrom: null };
}

/** The user's word of one play, or the lack of one, over the source's word of another: of the same viewing, as it is by now. */
export function withEditOf(play: PlayTime, edited: PlayTime): PlayTime {
  return edited.editedFrom === null ? withoutEdit(play) : withTime(play, edited.watchedAt);
}
