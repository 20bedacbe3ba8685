import type { MatchCandidate } from "../../domain/matching.ts";
import type { ListName } from "../../domain/show-list.ts";

/** Marks and library changes made by people. Every call checks that the object is in the user's library (`not-found` otherwise). */
export type Tracking = {
  /** Idempotent. Without `watchedAt` the play is dated now. Clears what kept older views out. */
  markEpisode(userId: number, episodeId: string, watchedAt?: number): void;
  /** Removes every play of the episode; older views on servers do not bring them back. */
  unmarkEpisode(userId: number, episodeId: string): void;
  /** One more viewing. */
  addPlay(userId: number, episodeId: string, watchedAt?: number): { playId: string };
  removePlay(userId: number, playId: string): void;
  /** Corrects when a play was; null: not known. No sync changes it back. */
  editPlay(userId: number, playId: string, change: { watchedAt: number | null }): void;
  /** Back to the time that the play's source gives. */
  resetPlay(userId: number, playId: string): void;
  /** Aired episodes only; returns how many changed. */
  markSeason(userId: number, showId: string, season: number): number;
  unmarkSeason(userId: number, showId: string, season: number): number;
  markShow(userId: number, showId: string): number;
  unmarkShow(userId: number, showId: string): number;
  /** Takes back the latest mark or unmark of this user within the given token; tokens live as long as the process. */
  undo(userId: number, undoToken: string): boolean;
  /** A token for `undo`, made by running a change: everything it added is removed and what it removed is put back. */
  undoable<Out>(userId: number, change: () => Out): { result: Out; undoToken: string };
  /** A list of null hands the choice back: from then on it follows from what has been watched. */
  updateShow(userId: number, showId: string, change: { list?: ListName | null; rating?: number | null }): void;
  /** Takes the show and the user's plays of it out of the library; older views on servers do not bring them back. */
  removeShow(userId: number, showId: string): void;
  /** Searches the metadata sources; the first that finds something. */
  search(userId: number, query: string): Promise<SearchResult[]>;
  addShow(userId: number, source: string, sourceId: string): Promise<{ showId: string }>;
};

export type SearchResult = MatchCandidate & { inLibraryShowId: string | null };
