import type { Instant } from "../../domain/instant.ts";
import type { ListName } from "../../domain/show-list.ts";

/** When something was watched: a moment; null = not known; or when each episode came out, days counted in that zone. */
export type When = Instant | null | { airedIn: string };

/** Marks and library changes made by people. Every call checks that the object is in the user's library (`not-found` otherwise). */
export type Tracking = {
  /** Idempotent. Without `when` the play is dated now. Clears what kept older views out. */
  markEpisode(userId: number, episodeId: string, when?: When): void;
  /** Every unwatched episode that is out, up to and including this one (of a special: the specials). Returns how many. */
  markUpTo(userId: number, episodeId: string, when?: When): number;
  /** Removes every play of the episode; older views on servers do not bring them back. */
  unmarkEpisode(userId: number, episodeId: string): void;
  /** One more viewing. */
  addPlay(userId: number, episodeId: string, when?: When): { playId: string };
  /** One more viewing of each episode that is out; returns how many were added. */
  addSeasonPlays(userId: number, showId: string, season: number, when?: When): number;
  addShowPlays(userId: number, showId: string, when?: When): number;
  removePlay(userId: number, playId: string): void;
  /** Corrects when a play was; null: not known. No sync changes it back. */
  editPlay(userId: number, playId: string, change: { watchedAt: number | null }): void;
  /** Back to the time that the play's source gives. */
  resetPlay(userId: number, playId: string): void;
  /** Aired episodes only; returns how many changed. */
  markSeason(userId: number, showId: string, season: number, when?: When): number;
  unmarkSeason(userId: number, showId: string, season: number): number;
  markShow(userId: number, showId: string, when?: When): number;
  unmarkShow(userId: number, showId: string): number;
  /** Takes back the latest mark or unmark of this user within the given token; tokens live as long as the process. */
  undo(userId: number, undoToken: string): boolean;
  /** A token for `undo`, made by running a change: everything it added is removed and what it removed is put back. */
  undoable<Out>(userId: number, change: () => Out): { result: Out; undoToken: string };
  /** A list of null hands the choice back: from then on it follows from what has been watched. */
  updateShow(userId: number, showId: string, change: ShowChange): void;
  /**
   * All that the user has of one show goes to another, which need not be in the library yet; later syncs take the server's
   * show for that one. What other people have of both stays.
   */
  moveShow(userId: number, fromShowId: number, intoShowId: number, reason: string): MovedShow;
  /** What that would do. */
  rehearseMove(userId: number, fromShowId: number, intoShowId: number): MovedShow;
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

export type MovedShow = {
  /** Plays that were noted for the first show. */
  plays: number;
  /** Of the plays of both, those that both had noted; each is one now. */
  folded: number;
  /** Watched episodes that the second show did not have; it has them now. */
  kept: { season: number; number: number | null; title: string | null }[];
};

/** `ratedAt`: when the user has said so, if not right now. `notes`: text of the user's own; blank or null takes it away. */
export type ShowChange = { list?: ListName | null; rating?: number | null; ratedAt?: number; notes?: string | null };
