import { type EpisodeProgress, showProgress } from "../../domain/progress.ts";
import { automaticList, type ListName } from "../../domain/show-list.ts";
import type { Db } from "../open.ts";

export type EntryRow = {
  userId: number;
  showId: number;
  list: ListName;
  /** 1: the user has put it there, and only the user moves it. */
  listChosen: 0 | 1;
  rating: number | null;
  /** When that was said; null when it is not known. */
  ratedAt: number | null;
  notes: string | null;
  addedAt: number;
  addedBySync: number | null;
  addedByImport: number | null;
  watched: number;
  lastWatchedAt: number | null;
  nextEpisodeId: number | null;
};

export type NewEntry = {
  list: ListName;
  /** The user has said that it belongs there. */
  chosen?: boolean;
  addedBySync: number | null;
  now: number;
};

const columns = `l.user_id AS userId, l.show_id AS showId, l.list, l.list_chosen AS listChosen, l.rating, l.rated_at AS ratedAt, l.notes,
  l.added_at AS addedAt, l.added_by_sync AS addedBySync, l.added_by_import AS addedByImport, l.watched, l.last_watched_at AS lastWatchedAt, l.next_episode_id AS nextEpisodeId`;

export function entryOf(db: Db, userId: number, showId: number): EntryRow | undefined {
  const row = db.raw
    .query<EntryRow, [{ userId: number; showId: number }]>(
      `SELECT ${columns} FROM library_entries l WHERE l.user_id = $userId AND l.show_id = $showId`,
    )
    .get({ userId, showId });
  return row ?? undefined;
}

/** Puts the show into the user's library; true when it was not there. An existing entry stays as it is. */
export function ensureEntry(db: Db, userId: number, showId: number, entry: NewEntry): boolean {
  return (
    db.raw
      .query<unknown, [Record<string, string | number | null>]>(
        `INSERT INTO library_entries (user_id, show_id, list, list_chosen, added_at, added_by_sync)
         VALUES ($userId, $showId, $list, $chosen, $now, $addedBySync) ON CONFLICT DO NOTHING`,
      )
      .run({
        userId,
        showId,
        list: entry.list,
        chosen: entry.chosen ? 1 : 0,
        addedBySync: entry.addedBySync,
        now: entry.now,
      }).changes > 0
  );
}

/** The show of an episode, when the user has that show. */
export function libraryShowOfEpisode(db: Db, userId: number, episodeId: number): number | null {
  const row = db.raw
    .query<{ show_id: number }, [{ userId: number; episodeId: number }]>(
      `SELECT e.show_id FROM episodes e JOIN library_entries l ON l.user_id = $userId AND l.show_id = e.show_id
       WHERE e.id = $episodeId`,
    )
    .get({ userId, episodeId });
  return row?.show_id ?? null;
}

/** Everything in the user's library. */
export function libraryShows(db: Db, userId: number): Set<number> {
  const rows = db.raw
    .query<{ show_id: number }, [{ userId: number }]>("SELECT show_id FROM library_entries WHERE user_id = $userId")
    .all({ userId });
  return new Set(rows.map(({ show_id }) => show_id));
}

/** Who has this show. */
export function usersOfShow(db: Db, showId: number): number[] {
  return db.raw
    .query<{ user_id: number }, [{ showId: number }]>("SELECT user_id FROM library_entries WHERE show_id = $showId")
    .all({ showId })
    .map(({ user_id }) => user_id);
}

export function setList(db: Db, userId: number, showId: number, list: ListName): void {
  db.raw
    .query<unknown, [{ userId: number; showId: number; list: string }]>(
      "UPDATE library_entries SET list = $list, list_chosen = 1 WHERE user_id = $userId AND show_id = $showId",
    )
    .run({ userId, showId, list });
}

/** Hands the choice back: `refreshProgress` puts it where it belongs. */
export function releaseList(db: Db, userId: number, showId: number): void {
  db.raw
    .query<unknown, [{ userId: number; showId: number }]>(
      "UPDATE library_entries SET list_chosen = 0 WHERE user_id = $userId AND show_id = $showId",
    )
    .run({ userId, showId });
}

export function setNotes(db: Db, userId: number, showId: number, notes: string | null): void {
  db.raw
    .query<unknown, [{ userId: number; showId: number; notes: string | null }]>(
      "UPDATE library_entries SET notes = $notes WHERE user_id = $userId AND show_id = $showId",
    )
    .run({ userId, showId, notes });
}

/** `at`: when the user has said so, as far as that is known. */
export function setRating(
  db: Db,
  userId: number,
  showId: number,
  rating: number | null,
  at: number | null = null,
): void {
  db.raw
    .query<unknown, [{ userId: number; showId: number; rating: number | null; at: number | null }]>(
      "UPDATE library_entries SET rating = $rating, rated_at = $at WHERE user_id = $userId AND show_id = $showId",
    )
    .run({ userId, showId, rating, at });
}

export function deleteEntry(db: Db, userId: number, showId: number): void {
  db.raw
    .query<unknown, [{ userId: number; showId: number }]>(
      "DELETE FROM library_entries WHERE user_id = $userId AND show_id = $showId",
    )
    .run({ userId, showId });
}

/** Puts an entry back as it was, whatever became of it. Its progress is for `refreshProgress` to compute. */
export function restoreEntry(db: Db, entry: EntryRow): void {
  db.raw
    .query<unknown, [Record<string, string | number | null>]>(
      `INSERT INTO library_entries (user_id, show_id, list, list_chosen, rating, rated_at, notes, added_at, added_by_sync, added_by_import)
       SELECT $userId, s.id, $list, $listChosen, $rating, $ratedAt, $notes, $addedAt,
         (SELECT id FROM sync_logs WHERE id = $addedBySync), (SELECT id FROM imports WHERE id = $addedByImport)
       FROM shows s WHERE s.id = $showId
       ON CONFLICT (user_id, show_id) DO UPDATE SET list = excluded.list, list_chosen = excluded.list_chosen,
         rating = excluded.rating, rated_at = excluded.rated_at, notes = excluded.notes`,
    )
    .run({
      userId: entry.userId,
      showId: entry.showId,
      list: entry.list,
      listChosen: entry.listChosen,
      rating: entry.rating,
      ratedAt: entry.ratedAt,
      notes: entry.notes,
      addedAt: entry.addedAt,
      addedBySync: entry.addedBySync,
      addedByImport: entry.addedByImport,
    });
}

/** One row per episode and play: [show, episode, season, number, airedAt, onServer, playId, watchedAt]. */
type ProgressRow = [number, number, number, number | null, number | null, 0 | 1, number | null, number | null];

type Seen = EpisodeProgress & { id: number };

type EntryState = Pick<EntryRow, "showId" | "list" | "listChosen" | "watched" | "lastWatchedAt" | "nextEpisodeId"> & {
  status: string | null;
};

type Computed = Pick<EntryRow, "showId" | "list" | "watched" | "lastWatchedAt" | "nextEpisodeId">;

/**
 * Computes what the user's entries of these shows keep ready for the pages: watched episodes, when last, what comes
 * next, and the list while the user has not chosen one. Three statements for any number of shows; the rule itself is
 * the domain's. Shows outside the library are passed over; entries that stay the same are not written.
 */
export function refreshProgress(db: Db, userId: number, showIds: readonly number[], now: number): void {
  const ids = JSON.stringify(showIds);
  const entries = db.raw
    .query<EntryState, [{ userId: number; ids: string }]>(
      `SELECT l.show_id AS showId, l.list, l.list_chosen AS listChosen, l.watched, l.last_watched_at AS lastWatchedAt,
         l.next_episode_id AS nextEpisodeId, s.status
       FROM json_each($ids) wanted
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = wanted.value
       CROSS JOIN shows s ON s.id = l.show_id`,
    )
    .all({ userId, ids });
  const seen = readEpisodes(db, userId, ids);
  const changed = entries.flatMap((entry) => {
    const computed = compute(entry, seen.get(entry.showId), now);
    return isSame(entry, computed) ? [] : [computed];
  });
  if (changed.length > 0) writeProgress(db, userId, changed);
}

type ShowEpisodes = { episodes: Seen[]; lastWatchedAt: number | null };

function readEpisodes(db: Db, userId: number, ids: string): Map<number, ShowEpisodes> {
  const rows = db.raw
    .query<unknown, [{ userId: number; ids: string }]>(
      `SELECT e.show_id, e.id, e.season, e.number, e.aired_at, e.on_server, p.id, p.watched_at
       FROM json_each($ids) wanted
       CROSS JOIN episodes e ON e.show_id = wanted.value
       LEFT JOIN plays p ON p.episode_id = e.id AND p.user_id = $userId`,
    )
    .values({ userId, ids }) as ProgressRow[];
  const shows = new Map<number, ShowEpisodes>();
  let show: ShowEpisodes | undefined;
  let showOfRow = 0;
  let last: Seen | undefined;
  for (const [showId, id, season, number, airedAt, onServer, playId, watchedAt] of rows) {
    if (showId !== showOfRow || show === undefined) {
      show = { episodes: [], lastWatchedAt: null };
      shows.set(showId, show);
      showOfRow = showId;
    }
    // The plays of one episode follow each other.
    if (last?.id !== id) {
      last = { id, season, number, airedAt, onServer: onServer === 1, plays: 0 };
      show.episodes.push(last);
    }
    if (playId !== null) last.plays += 1;
    if (watchedAt !== null && watchedAt > (show.lastWatchedAt ?? 0)) show.lastWatchedAt = watchedAt;
  }
  return shows;
}

function compute(entry: EntryState, show: ShowEpisodes | undefined, now: number): Computed {
  const progress = showProgress(show?.episodes ?? [], now);
  return {
    showId: entry.showId,
    list: entry.listChosen === 1 ? entry.list : automaticList({ hasEnded: entry.status === "ended", progress }),
    watched: progress.watched,
    lastWatchedAt: show?.lastWatchedAt ?? null,
    nextEpisodeId: progress.next?.id ?? null,
  };
}

function isSame(entry: EntryState, computed: Computed): boolean {
  return (
    entry.list === computed.list &&
    entry.watched === computed.watched &&
    entry.lastWatchedAt === computed.lastWatchedAt &&
    entry.nextEpisodeId === computed.nextEpisodeId
  );
}

/** Written as an upsert that always meets its row: an UPDATE … FROM would walk the whole list for every entry. */
function writeProgress(db: Db, userId: number, changed: readonly Computed[]): void {
  db.raw
    .query<unknown, [{ userId: number; rows: string }]>(
      `INSERT INTO library_entries (user_id, show_id, list, added_at, watched, last_watched_at, next_episode_id)
       SELECT $userId, r.value ->> 'showId', r.value ->> 'list', 0, r.value ->> 'watched',
         r.value ->> 'lastWatchedAt', r.value ->> 'nextEpisodeId'
       FROM json_each($rows) r WHERE true
       ON CONFLICT (user_id, show_id) DO UPDATE SET list = excluded.list, watched = excluded.watched,
         last_watched_at = excluded.last_watched_at, next_episode_id = excluded.next_episode_id`,
    )
    .run({ userId, rows: JSON.stringify(changed) });
}
