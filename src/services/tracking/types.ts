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
  /** Aired episodes only; returns how many changed. */
  markSeason(userId: number, showId: string, season: number): number;
  unmarkSeason(userId: number, showId: string, season: number): number;
  markShow(userId: number, showId: string): number;
  unmarkShow(userId: number, showId: string): number;
  /** Takes back the latest mark or unmark of this user within the given token; tokens live as long as the process. */
  undo(userId: number, undoToken: string): boolean;
  /** A token for `undo`, made by running a change: everything it added is removed and what it removed is put back. */
  undoable<Out>(userId: number, change: () => Out): { result: Out; undoToken: string };
  updateShow(userId: number, showId: string, change: { list?: ListName; rating?: number | null }): void;
  /** Takes the show and the user's plays of it out of the library; older views on servers do not bring them back. */
  removeShow(userId: number, showId: string): void;
  /** Idempotent: a show that is in the library already stays on its list. `added`: it was not there. */
  addShow(
    userId: number,
    source: string,
    sourceId: string,
    list?: ListName,
  ): Promise<{ showId: string; added: boolean }>;
};
