import {
  deleteEntry,
  ensureEntry,
  refreshProgress,
  releaseList,
  setList,
  setNotes,
  setRating,
} from "../../db/repos/library.ts";
import { markableEpisodes, playsOfEpisodes } from "../../db/repos/plays.ts";
import { findShowByExternalId } from "../../db/repos/shows.ts";
import { rehearse, tx } from "../../db/tx.ts";
import { isIdKind } from "../../domain/external-ids.ts";
import { upToHere } from "../../domain/progress.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import { checkRating, readNotes } from "./entry-rules.ts";
import { createJournal, type Journal, pass, rememberEntry, revert, settle } from "./journal.ts";
import { addManualPlay, airedOf, correct, mark, markAll, removeOne, uncorrect, unmark, unmarkMany } from "./marks.ts";
import { moveShow } from "./moving.ts";
import { checkWatchedAt, episodeOf, playOf, seasonOf, showOf } from "./targets.ts";
import type { Tracking, When } from "./types.ts";
import { createUndoTokens } from "./undo-tokens.ts";

export type TrackingDeps = Pick<Deps, "db" | "clock" | "bus" | "log" | "sources">;

export type TrackingParts = {
  /** Creates the show and its episodes from a source's catalogue (or finds it by the ids there). Throws `not-found`. */
  importShow(source: string, sourceId: string): Promise<number>;
};

export function createTracking(deps: TrackingDeps, parts: TrackingParts): Tracking {
  const { db, clock, bus } = deps;
  const tokens = createUndoTokens();
  /** Set while `undoable` runs: the changes inside share its transaction, its journal and its news. */
  let open: Journal | null = null;

  /** One transaction, then the stored progress, then the news; all of it once, however many changes are inside. */
  function change<Out>(userId: number, work: (journal: Journal) => Out): { result: Out; journal: Journal } {
    if (open !== null) return { result: work(open), journal: open };
    const journal = createJournal(userId);
    const done: { result?: { value: Out } } = {};
    open = journal;
    try {
      tx(db, () => {
        done.result = { value: work(journal) };
        settle(db, journal, clock.now());
        pass(db, journal, clock.now());
      });
    } finally {
      open = null;
    }
    if (done.result === undefined) throw new AppError("internal", "The change was not made.");
    announce(journal);
    return { result: done.result.value, journal };
  }

  function announce(journal: Journal): void {
    // A running sync looks at the shows again.
    for (const { fromShowId, intoShowId } of journal.moves) {
      for (const showId of new Set([fromShowId, intoShowId])) bus.publish("show.changed", { showId });
    }
    if (journal.shows.size === 0) return;
    bus.publish("plays.changed", { userId: journal.userId, showIds: [...journal.shows] });
  }

  /**
   * A change of one show's marks; the show is touched only when something changed. Where nothing did, a sync may have
   * written the play and not counted it yet.
   */
  function marking(userId: number, showId: number, work: (journal: Journal) => number): number {
    return change(userId, (journal) => {
      const changed = work(journal);
      if (changed > 0) journal.shows.add(showId);
      else refreshProgress(db, userId, [showId], clock.now());
      return changed;
    }).result;
  }

  /** What is out and not watched yet, of a season or of a whole show. */
  function markMany(userId: number, showId: number, season: number | null, when: When | undefined): number {
    const now = clock.now();
    checkWatchedAt(when, now);
    return marking(userId, showId, (journal) => {
      const aired = airedOf(markableEpisodes(db, userId, showId), season, now);
      const open = aired.filter(({ plays }) => plays === 0);
      return markAll(db, journal, open, { when, now });
    });
  }

  /** Everything that is out once more, of a season or of a whole show. */
  function watchAgain(userId: number, showId: number, season: number | null, when: When | undefined): number {
    const now = clock.now();
    checkWatchedAt(when, now);
    return marking(userId, showId, (journal) => {
      const aired = airedOf(markableEpisodes(db, userId, showId), season, now);
      for (const episode of aired) addManualPlay(db, journal, episode, when, now);
      return aired.length;
    });
  }

  return {
    markEpisode(userId, episodeId, when) {
      const now = clock.now();
      const { showId, episode } = episodeOf(db, userId, episodeId);
      checkWatchedAt(when, now);
      marking(userId, showId, (journal) => Number(mark(db, journal, episode, { when, now })));
    },
    markUpTo(userId, episodeId, when) {
      const now = clock.now();
      const { showId, episode, episodes } = episodeOf(db, userId, episodeId);
      checkWatchedAt(when, now);
      return marking(userId, showId, (journal) =>
        markAll(db, journal, upToHere(episodes, episode, now), { when, now }),
      );
    },
    unmarkEpisode(userId, episodeId) {
      const { showId, episode } = episodeOf(db, userId, episodeId);
      marking(userId, showId, (journal) => unmark(db, journal, playsOfEpisodes(db, userId, [episode.id]), clock.now()));
    },
    addPlay(userId, episodeId, when) {
      const now = clock.now();
      const { showId, episode } = episodeOf(db, userId, episodeId);
      checkWatchedAt(when, now);
      const { result } = change(userId, (journal) => {
        journal.shows.add(showId);
        return addManualPlay(db, journal, episode, when, now);
      });
      return { playId: String(result) };
    },
    addSeasonPlays: (userId, showId, season, when) =>
      watchAgain(userId, seasonOf(db, userId, showId, season), season, when),
    addShowPlays: (userId, showId, when) => watchAgain(userId, showOf(db, userId, showId), null, when),
    removePlay(userId, playId) {
      const play = playOf(db, userId, playId);
      change(userId, (journal) => {
        journal.shows.add(play.showId);
        removeOne(db, journal, play, clock.now());
      });
    },
    editPlay(userId, playId, { watchedAt }) {
      const play = playOf(db, userId, playId);
      checkWatchedAt(watchedAt, clock.now());
      marking(userId, play.showId, (journal) => Number(correct(db, journal, play, watchedAt)));
    },
    resetPlay(userId, playId) {
      const play = playOf(db, userId, playId);
      marking(userId, play.showId, (journal) => Number(uncorrect(db, journal, play)));
    },
    markSeason: (userId, showId, season, when) => markMany(userId, seasonOf(db, userId, showId, season), season, when),
    unmarkSeason(userId, showId, season) {
      const id = seasonOf(db, userId, showId, season);
      return marking(userId, id, (journal) => unmarkMany(db, journal, id, season, clock.now()));
    },
    markShow: (userId, showId, when) => markMany(userId, showOf(db, userId, showId), null, when),
    unmarkShow(userId, showId) {
      const id = showOf(db, userId, showId);
      return marking(userId, id, (journal) => unmarkMany(db, journal, id, null, clock.now()));
    },
    undo(userId, undoToken) {
      const journal = tokens.take(userId, undoToken);
      if (journal === null) return false;
      tx(db, () => revert(db, journal, clock.now()));
      announce(journal);
      return true;
    },
    undoable(userId, work) {
      const { result, journal } = change(userId, work);
      return { result, undoToken: tokens.keep(journal) };
    },
    updateShow(userId, showId, { list, rating, ratedAt, notes }) {
      const id = showOf(db, userId, showId);
      checkRating(rating);
      const text = readNotes(notes);
      if (list === undefined && rating === undefined && text === undefined) return;
      change(userId, (journal) => {
        rememberEntry(db, journal, id);
        if (list === null) releaseList(db, userId, id);
        else if (list !== undefined) setList(db, userId, id, list);
        if (rating !== undefined) setRating(db, userId, id, rating, ratedAt ?? clock.now());
        if (text !== undefined) setNotes(db, userId, id, text);
      });
    },
    moveShow: (userId, fromShowId, intoShowId, reason) =>
      change(userId, (journal) => moveShow(db, journal, { fromShowId, intoShowId, reason, now: clock.now() })).result,
    rehearseMove: (userId, fromShowId, intoShowId) =>
      rehearse(db, () => moveShow(db, createJournal(userId), { fromShowId, intoShowId, reason: "", now: clock.now() })),
    removeShow(userId, showId) {
      const id = showOf(db, userId, showId);
      change(userId, (journal) => {
        rememberEntry(db, journal, id);
        unmarkMany(db, journal, id, null, clock.now());
        deleteEntry(db, userId, id);
        // Who tidies up a library has not said that nothing of it was ever watched.
        journal.asks = true;
      });
    },
    async addShow(userId, source, sourceId, list = "watching") {
      if (!deps.sources.some(({ id }) => id === source)) {
        const message = "is not a metadata source that is switched on";
        throw new AppError("invalid", `"${source}" ${message}.`, { fields: [{ path: "source", message }] });
      }
      const known = isIdKind(source) ? findShowByExternalId(db, source, sourceId) : null;
      const showId = known ?? (await parts.importShow(source, sourceId));
      const { result: added } = change(userId, (journal) => {
        rememberEntry(db, journal, showId);
        const isNew = ensureEntry(db, userId, showId, { list, addedBySync: null, now: clock.now() });
        // Watching is where shows go by themselves; anything else is the user's own wish and is never moved.
        if (isNew && list !== "watching") setList(db, userId, showId, list);
        return isNew;
      });
      return { showId: String(showId), added };
    },
  };
}
