import { deleteEntry, ensureEntry, refreshProgress, setList, setRating } from "../../db/repos/library.ts";
import { playsOfEpisodes } from "../../db/repos/plays.ts";
import { findShowByExternalId } from "../../db/repos/shows.ts";
import { tx } from "../../db/tx.ts";
import { isIdKind } from "../../domain/external-ids.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import { createJournal, type Journal, rememberEntry, revert, settle } from "./journal.ts";
import { addManualPlay, mark, markMany, removeOne, unmark, unmarkMany } from "./marks.ts";
import { searchSources } from "./search.ts";
import { checkWatchedAt, episodeOf, playOf, seasonOf, showOf } from "./targets.ts";
import type { Tracking } from "./types.ts";
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
      });
    } finally {
      open = null;
    }
    if (done.result === undefined) throw new AppError("internal", "The change was not made.");
    announce(journal);
    return { result: done.result.value, journal };
  }

  function announce(journal: Journal): void {
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

  return {
    markEpisode(userId, episodeId, watchedAt) {
      const now = clock.now();
      const episode = episodeOf(db, userId, episodeId);
      checkWatchedAt(watchedAt, now);
      marking(userId, episode.showId, (journal) => Number(mark(db, journal, episode.id, { watchedAt, now })));
    },
    unmarkEpisode(userId, episodeId) {
      const episode = episodeOf(db, userId, episodeId);
      marking(userId, episode.showId, (journal) =>
        unmark(db, journal, playsOfEpisodes(db, userId, [episode.id]), clock.now()),
      );
    },
    addPlay(userId, episodeId, watchedAt) {
      const now = clock.now();
      const episode = episodeOf(db, userId, episodeId);
      checkWatchedAt(watchedAt, now);
      const { result } = change(userId, (journal) => {
        journal.shows.add(episode.showId);
        return addManualPlay(db, journal, episode.id, watchedAt ?? now, now);
      });
      return { playId: String(result) };
    },
    removePlay(userId, playId) {
      const play = playOf(db, userId, playId);
      change(userId, (journal) => {
        journal.shows.add(play.showId);
        removeOne(db, journal, play, clock.now());
      });
    },
    markSeason(userId, showId, season) {
      const id = seasonOf(db, userId, showId, season);
      return marking(userId, id, (journal) => markMany(db, journal, id, season, clock.now()));
    },
    unmarkSeason(userId, showId, season) {
      const id = seasonOf(db, userId, showId, season);
      return marking(userId, id, (journal) => unmarkMany(db, journal, id, season, clock.now()));
    },
    markShow(userId, showId) {
      const id = showOf(db, userId, showId);
      return marking(userId, id, (journal) => markMany(db, journal, id, null, clock.now()));
    },
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
    updateShow(userId, showId, { list, rating }) {
      const id = showOf(db, userId, showId);
      if (rating !== undefined && rating !== null && !(Number.isInteger(rating) && rating >= 1 && rating <= 10)) {
        const message = "must be a whole number from 1 to 10";
        throw new AppError("invalid", `The rating ${message}.`, { fields: [{ path: "rating", message }] });
      }
      if (list === undefined && rating === undefined) return;
      change(userId, (journal) => {
        rememberEntry(db, journal, id);
        if (list !== undefined) setList(db, userId, id, list);
        if (rating !== undefined) setRating(db, userId, id, rating);
      });
    },
    removeShow(userId, showId) {
      const id = showOf(db, userId, showId);
      change(userId, (journal) => {
        rememberEntry(db, journal, id);
        unmarkMany(db, journal, id, null, clock.now());
        deleteEntry(db, userId, id);
      });
    },
    search: (userId, query) => searchSources(deps, userId, query),
    async addShow(userId, source, sourceId) {
      if (!deps.sources.some(({ id }) => id === source)) {
        const message = "is not a metadata source that is switched on";
        throw new AppError("invalid", `"${source}" ${message}.`, { fields: [{ path: "source", message }] });
      }
      const known = isIdKind(source) ? findShowByExternalId(db, source, sourceId) : null;
      const showId = known ?? (await parts.importShow(source, sourceId));
      change(userId, (journal) => {
        rememberEntry(db, journal, showId);
        ensureEntry(db, userId, showId, { list: "watching", addedBySync: null, now: clock.now() });
      });
      return { showId: String(showId) };
    },
  };
}
