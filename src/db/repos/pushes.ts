import type { OwnMark } from "../../domain/own-marks.ts";
import type { ProviderId } from "../../domain/providers.ts";
import type { PushOutcome, Wish } from "../../domain/push.ts";
import type { Db } from "../open.ts";

// Wishes that servers are to follow, and what has been set there. `item_links` say where an episode lies on a server.

const isWanted = "b.type = 'show' AND b.enabled = 1";
const itemsOn = (integration: string, episode: string): string =>
  `FROM item_links l INDEXED BY item_links_by_episode
   JOIN integration_libraries b ON b.integration_id = l.integration_id AND b.key = l.library_key AND ${isWanted}
   WHERE l.episode_id = ${episode} AND l.integration_id = ${integration}`;
/** The server's own id of an item: what several episodes in one file have in common. */
const fileOf = (alias: string): string => `substr(${alias}.item_id, 1, instr(${alias}.item_id || '#', '#') - 1)`;
/** One range of the primary key: nothing but "#" comes between an id and its parts. */
const isInFile = (alias: string, file: string): string =>
  `${alias}.item_id >= ${file} AND ${alias}.item_id < ${file} || '$'`;
const follows = "i.two_way = 1 AND i.two_way_since IS NOT NULL AND i.disconnected_at IS NULL";
const isUsable = `${follows} AND i.enabled = 1 AND i.status <> 'needs-login'`;

export type NewWishes = {
  userId: number;
  episodeIds: readonly number[];
  /** The server whose own news this is: it knows. */
  origin: number | null;
  /** Only this server; left out: every one that follows. */
  only?: number;
  /** Waits for the user's press, however little it is. */
  ask?: boolean;
  /**
   * Something is undone: a wish that was not sent yet gives way to the one before it, and no mark goes from a server but our
   * own, except where what comes back is an unmark of the user's, here or on a server that is followed.
   */
  takingBack?: boolean;
  now: number;
  /** When the change was at the earliest, by episode, where nobody knows better; else now. */
  since?: ReadonlyMap<number, number>;
  /** How long to wait for the next change of mind. */
  settleMs: number;
};

/** The server was unmarked itself, which the tracker has followed: taking back what was wished here does not undo that. */
const hasFollowedSince = `(excluded.wanted = 'watched'
  AND EXISTS (SELECT 1 FROM integrations f WHERE f.id = excluded.integration_id AND f.unmarks = 'follow')
  AND EXISTS (SELECT 1 FROM item_links l INDEXED BY item_links_by_episode
    WHERE l.episode_id = excluded.episode_id AND l.integration_id = excluded.integration_id AND l.view_count = 0))`;

/**
 * Notes for all servers of the user that these episodes are watched, or not, as the tracker has them now; the last wish of
 * an episode stands.
 */
export function wishPushes(db: Db, wish: NewWishes): void {
  if (wish.episodeIds.length === 0) return;
  const episodes = JSON.stringify(wish.episodeIds.map((id) => [id, wish.since?.get(id) ?? wish.now]));
  db.raw
    .query<unknown, [Record<string, string | number | null>]>(
      `INSERT INTO push_queue (integration_id, episode_id, wanted, watched_at, wished_at, state, next_attempt_at)
       SELECT i.id, c.episode, CASE WHEN c.plays > 0 THEN 'watched' ELSE 'unwatched' END, c.watched_at, c.wished_at, $state, $due
       FROM integrations i CROSS JOIN (
         SELECT w.value ->> 0 AS episode, w.value ->> 1 AS wished_at, count(p.id) AS plays, max(p.watched_at) AS watched_at
         FROM json_each($episodes) w LEFT JOIN plays p ON p.episode_id = w.value ->> 0 AND p.user_id = $userId
         GROUP BY w.value ->> 0
       ) c
       WHERE i.user_id = $userId AND ${follows} AND i.id IS NOT $origin AND ($only IS NULL OR i.id = $only)
         AND EXISTS (SELECT 1 ${itemsOn("i.id", "c.episode")})
         AND ($takingBack = 0 OR c.plays > 0 OR EXISTS (
           SELECT 1 FROM push_queue q WHERE q.integration_id = i.id AND q.episode_id = c.episode
         ) OR EXISTS (
           SELECT 1 FROM pushed_marks m WHERE m.episode_id = c.episode AND m.integration_id = i.id AND m.view_count > 0
             AND ${isLatest("m")}
         ) OR EXISTS (
           SELECT 1 FROM suppressions x WHERE x.user_id = $userId AND x.episode_id = c.episode AND x.evidence IS NULL
             AND x.integration_id IS NULL AND x.reason = 'user'
             AND coalesce((SELECT s.started_at FROM sync_logs s WHERE s.id = x.sync_log_id), x.until) > i.two_way_since))
       ON CONFLICT (integration_id, episode_id) DO UPDATE SET
         state = CASE WHEN wanted = excluded.wanted THEN state
           WHEN $takingBack = 1 AND sent_at IS NULL AND instead_of IS NOT excluded.wanted AND NOT ${hasFollowedSince} THEN 'void'
           ELSE excluded.state END,
         instead_of = CASE WHEN wanted = excluded.wanted THEN instead_of WHEN sent_at IS NULL THEN wanted END,
         wanted = excluded.wanted, watched_at = excluded.watched_at, wished_at = excluded.wished_at, attempts = 0,
         next_attempt_at = excluded.next_attempt_at, last_error = NULL`,
    )
    .run({
      userId: wish.userId,
      episodes,
      origin: wish.origin,
      only: wish.only ?? null,
      takingBack: wish.takingBack ? 1 : 0,
      state: wish.ask ? "held" : "new",
      due: wish.now + wish.settleMs,
    });
  if (!wish.takingBack) return;
  db.raw
    .query<unknown, [string]>(
      "DELETE FROM push_queue WHERE state = 'void' AND episode_id IN (SELECT value FROM json_each(?))",
    )
    .run(JSON.stringify(wish.episodeIds));
}

function isLatest(alias: string): string {
  return `NOT EXISTS (SELECT 1 FROM pushed_marks later INDEXED BY pushed_marks_by_item
    WHERE later.integration_id = ${alias}.integration_id AND later.item_id = ${alias}.item_id AND later.id > ${alias}.id)`;
}

/** What was last sent of the queue's wish, and had no answer, was an unmark. */
const hasSentUnmark = `q.sent_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM pushed_marks sent INDEXED BY pushed_marks_by_episode
  WHERE sent.episode_id = q.episode_id AND sent.integration_id = q.integration_id AND sent.pushed_at = q.sent_at)`;

/** Of these episodes, those whose unmark has been sent to the server without an answer, and is still wished. */
export function unansweredUnmarks(db: Db, integrationId: number, episodeIds: readonly number[]): number[] {
  return db.raw
    .query<{ id: number }, [string, number]>(
      // Nearly always there is nothing to look through, however many episodes a page has.
      `SELECT q.episode_id AS id FROM push_queue q
       WHERE q.integration_id = ?2 AND q.wanted = 'unwatched' AND q.sent_at IS NOT NULL
         AND +q.episode_id IN (SELECT value FROM json_each(?1))`,
    )
    .all(JSON.stringify(episodeIds), integrationId)
    .map(({ id }) => id);
}

/**
 * Of these episodes, those whose unmark has been sent without an answer, and that are wished watched again since; or that
 * share a file with an episode whose unmark has been sent without an answer.
 */
export function unmarkedByUs(db: Db, integrationId: number, episodeIds: readonly number[]): Set<number> {
  const rows = db.raw
    .query<{ id: number }, [string, number]>(
      `SELECT w.value AS id FROM json_each(?1) w WHERE EXISTS (
         SELECT 1 FROM push_queue q
         WHERE q.integration_id = ?2 AND q.episode_id = w.value AND q.wanted = 'watched' AND ${hasSentUnmark}
       ) OR EXISTS (
         SELECT 1 FROM item_links l INDEXED BY item_links_by_episode
         JOIN item_links f ON f.integration_id = l.integration_id AND ${isInFile("f", fileOf("l"))}
         JOIN push_queue q ON q.integration_id = f.integration_id AND q.episode_id = f.episode_id
         WHERE l.episode_id = w.value AND l.integration_id = ?2 AND f.episode_id <> w.value AND ${hasSentUnmark}
       )`,
    )
    .all(JSON.stringify(episodeIds), integrationId);
  return new Set(rows.map(({ id }) => id));
}

/** Of these episodes, those that the user has watched. */
export function watchedOf(db: Db, userId: number, episodeIds: readonly number[]): Set<number> {
  const rows = db.raw
    .query<{ id: number }, [string, number]>(
      `SELECT w.value AS id FROM json_each(?1) w
       WHERE EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = w.value AND p.user_id = ?2)`,
    )
    .all(JSON.stringify(episodeIds), userId);
  return new Set(rows.map(({ id }) => id));
}

export type DueWish = {
  episodeId: number;
  wanted: Wish;
  wishedAt: number;
  attempts: number;
  sentAt: number | null;
};

export type PushTarget = { id: number; userId: number; provider: ProviderId };

/** Servers with something to do, and those whose turn it is by now. */
export function dueTargets(db: Db, now: number): PushTarget[] {
  return db.raw
    .query<PushTarget, [number]>(
      `SELECT i.id, i.user_id AS userId, i.provider FROM integrations i WHERE ${isUsable} AND EXISTS (
         SELECT 1 FROM push_queue q WHERE q.integration_id = i.id AND q.state IN ('new', 'ready') AND q.next_attempt_at <= ?)`,
    )
    .all(now);
}

/** When the next wish is due; null when none waits. */
export function nextPushAt(db: Db): number | null {
  const row = db.raw
    .query<{ at: number | null }, []>(
      `SELECT min(q.next_attempt_at) AS at FROM push_queue q JOIN integrations i ON i.id = q.integration_id
       WHERE q.state IN ('new', 'ready') AND ${isUsable}`,
    )
    .get();
  return row?.at ?? null;
}

export type Freshness = { oldest: number | null; settled: number | null };

/** Since when there are wishes that nobody has looked at, and when the last of them is settled. */
export function freshWishes(db: Db, integrationId: number): Freshness {
  return (
    db.raw
      .query<Freshness, [number]>(
        "SELECT min(wished_at) AS oldest, max(next_attempt_at) AS settled FROM push_queue WHERE integration_id = ? AND state = 'new'",
      )
      .get(integrationId) ?? { oldest: null, settled: null }
  );
}

/** How many marks the fresh wishes would change on the server, and how many there are. */
export function weightOfFresh(db: Db, integrationId: number): { changes: number; existing: number } {
  const row = db.raw
    .query<{ changes: number; existing: number }, [number]>(
      `SELECT (SELECT count(*) FROM push_queue q WHERE q.integration_id = ?1 AND q.state = 'new' AND EXISTS (
           SELECT 1 ${itemsOn("?1", "q.episode_id")} AND (l.view_count > 0) <> (q.wanted = 'watched'))) AS changes,
         (SELECT count(*) FROM item_links WHERE integration_id = ?1 AND view_count > 0) AS existing`,
    )
    .get(integrationId);
  return row ?? { changes: 0, existing: 0 };
}

export function passFresh(db: Db, integrationId: number, state: "ready" | "held"): void {
  db.raw
    .query<unknown, [string, number]>("UPDATE push_queue SET state = ? WHERE integration_id = ? AND state = 'new'")
    .run(state, integrationId);
}

/** What waited for a press of the user goes on. Returns how many. */
export function releaseHeld(db: Db, integrationId: number, now: number): number {
  return db.raw
    .query<unknown, [number, number]>(
      "UPDATE push_queue SET state = 'ready', next_attempt_at = ? WHERE integration_id = ? AND state = 'held'",
    )
    .run(now, integrationId).changes;
}

/** The server answers again. */
export function hurryWishes(db: Db, integrationId: number, now: number): number {
  return db.raw
    .query<unknown, [number, number]>(
      `UPDATE push_queue SET next_attempt_at = ?1
       WHERE integration_id = ?2 AND state = 'ready' AND attempts > 0 AND next_attempt_at > ?1`,
    )
    .run(now, integrationId).changes;
}

/** Wishes that are none any more: the tracker has the episode otherwise by now, and nothing was sent. */
export function dropOverdue(db: Db, integrationId: number, userId: number): void {
  db.raw
    .query<unknown, [number, number]>(
      `DELETE FROM push_queue WHERE integration_id = ?1 AND sent_at IS NULL AND (wanted = 'watched') <>
         EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = push_queue.episode_id AND p.user_id = ?2)`,
    )
    .run(integrationId, userId);
}

export function dueWishes(db: Db, integrationId: number, now: number, limit: number): DueWish[] {
  return db.raw
    .query<DueWish, [number, number, number]>(
      `SELECT episode_id AS episodeId, wanted, wished_at AS wishedAt, attempts, sent_at AS sentAt
       FROM push_queue WHERE integration_id = ? AND state = 'ready' AND next_attempt_at <= ? ORDER BY wished_at, episode_id LIMIT ?`,
    )
    .all(integrationId, now, limit);
}

/** False when the user has changed their mind meanwhile. */
export function isStillWished(db: Db, integrationId: number, wish: DueWish): boolean {
  return (
    db.raw
      .query<unknown, [number, number, string, number]>(
        "SELECT 1 FROM push_queue WHERE integration_id = ? AND episode_id = ? AND wanted = ? AND wished_at = ?",
      )
      .get(integrationId, wish.episodeId, wish.wanted, wish.wishedAt) !== null
  );
}

/** To be noted before anything is sent. */
export function noteSending(db: Db, integrationId: number, wish: DueWish, now: number): void {
  db.raw
    .query<unknown, [number, number, number]>(
      "UPDATE push_queue SET sent_at = ? WHERE integration_id = ? AND episode_id = ?",
    )
    .run(now, integrationId, wish.episodeId);
}

/** A wish that has come to its end, unless there is a newer one of the episode. */
export function endWish(db: Db, integrationId: number, wish: DueWish, outcome: PushOutcome, now: number): void {
  const ended = db.raw
    .query<unknown, [number, number, string, number]>(
      "DELETE FROM push_queue WHERE integration_id = ? AND episode_id = ? AND wanted = ? AND wished_at = ?",
    )
    .run(integrationId, wish.episodeId, wish.wanted, wish.wishedAt).changes;
  if (ended > 0 || outcome === "sent") logPush(db, integrationId, wish, outcome, now);
}

export function logPush(
  db: Db,
  integrationId: number,
  { episodeId, wanted }: Pick<DueWish, "episodeId" | "wanted">,
  outcome: PushOutcome,
  now: number,
): void {
  db.raw
    .query<unknown, [number, number, string, string, number]>(
      "INSERT INTO push_log (integration_id, episode_id, wanted, outcome, at) VALUES (?, ?, ?, ?, ?)",
    )
    .run(integrationId, episodeId, wanted, outcome, now);
}

export type Delay = {
  until: number;
  /** What went wrong, which counts as an attempt; null: the time was only not right. */
  failed: string | null;
};

export function postponeWish(db: Db, integrationId: number, wish: DueWish, { until, failed }: Delay): void {
  db.raw
    .query<unknown, [Record<string, string | number | null>]>(
      `UPDATE push_queue SET next_attempt_at = $until, last_error = $failed, attempts = attempts + ($failed IS NOT NULL)
       WHERE integration_id = $integrationId AND episode_id = $episodeId AND wished_at = $wishedAt`,
    )
    .run({ until, failed, integrationId, episodeId: wish.episodeId, wishedAt: wish.wishedAt });
}

/** The server is away: everything that is due waits. */
export function postponeAll(db: Db, integrationId: number, now: number, { until, failed }: Delay): void {
  db.raw
    .query<unknown, [number, string | null, number, number]>(
      `UPDATE push_queue SET next_attempt_at = ?1, last_error = ?2, attempts = attempts + (?2 IS NOT NULL)
       WHERE integration_id = ?3 AND state = 'ready' AND next_attempt_at <= ?4`,
    )
    .run(until, failed, integrationId, now);
}

/** The most attempts among what is due. */
export function attemptsOfDue(db: Db, integrationId: number, now: number): number {
  const row = db.raw
    .query<{ n: number | null }, [number, number]>(
      "SELECT max(attempts) AS n FROM push_queue WHERE integration_id = ? AND state = 'ready' AND next_attempt_at <= ?",
    )
    .get(integrationId, now);
  return row?.n ?? 0;
}

/** The user lets one wish go, or (null) all of them. Returns how many. */
export function giveUpWishes(db: Db, integrationId: number, episodeId: number | null, now: number): number {
  db.raw
    .query<unknown, [number, number, number | null]>(
      `INSERT INTO push_log (integration_id, episode_id, wanted, outcome, at)
       SELECT integration_id, episode_id, wanted, 'given-up', ?1 FROM push_queue
       WHERE integration_id = ?2 AND (?3 IS NULL OR episode_id = ?3)`,
    )
    .run(now, integrationId, episodeId);
  return db.raw
    .query<unknown, [number, number | null]>(
      "DELETE FROM push_queue WHERE integration_id = ?1 AND (?2 IS NULL OR episode_id = ?2)",
    )
    .run(integrationId, episodeId).changes;
}

/** Two-way sync has ended: nothing of it is left to do. */
export function clearWishes(db: Db, integrationId: number): void {
  db.raw.query<unknown, [number]>("DELETE FROM push_queue WHERE integration_id = ?").run(integrationId);
}

/** Keeps the newest of each server. */
export function prunePushLog(db: Db, keep: number): void {
  db.raw
    .query<unknown, [number]>(
      `DELETE FROM push_log WHERE id <= (
         SELECT o.id FROM push_log o WHERE o.integration_id = push_log.integration_id ORDER BY o.id DESC LIMIT 1 OFFSET ?)`,
    )
    .run(keep);
}

export type PushedMark = OwnMark & { id: number; integrationId: number; itemId: string; episodeId: number };

type PushedRow = Omit<PushedMark, "isDoubtful"> & { isLatest: 0 | 1; isDoubtful: 0 | 1 };
export type PushedMarks = {
  /** By server and item: what stands there by our doing. */
  standing: PushedMark[];
  /** Every mark that was ever set on this server, for rows of its history. */
  all: PushedMark[];
};

export function hasPushed(db: Db, userId: number): boolean {
  return (
    db.raw
      .query<unknown, [number]>(
        "SELECT 1 FROM pushed_marks m JOIN integrations i ON i.id = m.integration_id WHERE i.user_id = ? LIMIT 1",
      )
      .get(userId) !== null
  );
}

/** Our own marks on these episodes, on all servers of the user. */
export function pushedMarksOf(
  db: Db,
  { userId, integrationId, episodeIds }: { userId: number; integrationId: number; episodeIds: readonly number[] },
): PushedMarks {
  const rows = db.raw
    .query<PushedRow, [string, number]>(
      `SELECT m.id, m.integration_id AS integrationId, m.item_id AS itemId, m.episode_id AS episodeId, m.pushed_at AS at,
         m.dated_at AS datedAt, m.view_count AS viewCount, m.last_viewed_at AS seenAs, ${isLatest("m")} AS isLatest,
         EXISTS (SELECT 1 FROM push_queue q WHERE q.integration_id = m.integration_id AND q.episode_id = m.episode_id
           AND (q.wanted = 'unwatched' OR ${hasSentUnmark})) AS isDoubtful
       FROM json_each(?1) w CROSS JOIN pushed_marks m INDEXED BY pushed_marks_by_episode ON m.episode_id = w.value
       JOIN integrations i ON i.id = m.integration_id AND i.user_id = ?2
       ORDER BY m.id`,
    )
    .all(JSON.stringify(episodeIds), userId);
  const marks = rows.map((row) => ({ ...row, isDoubtful: row.isDoubtful === 1 }));
  return {
    standing: marks.filter(({ isLatest: latest, viewCount }) => latest === 1 && viewCount > 0),
    all: marks.filter((mark) => mark.integrationId === integrationId),
  };
}

export function savePushedMark(
  db: Db,
  mark: Pick<PushedMark, "integrationId" | "itemId" | "episodeId" | "at" | "viewCount"> & { datedAt: number | null },
): number {
  const { lastInsertRowid } = db.raw
    .query<unknown, [number, string, number, number, number | null, number]>(
      `INSERT INTO pushed_marks (integration_id, item_id, episode_id, pushed_at, dated_at, view_count)
       VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(mark.integrationId, mark.itemId, mark.episodeId, mark.at, mark.datedAt, mark.viewCount);
  return Number(lastInsertRowid);
}

/** The server's own date of a mark, and what it counts with it. */
export function dateMark(db: Db, id: number, seen: { lastViewedAt: number | null; viewCount: number }): void {
  db.raw
    .query<unknown, [number | null, number, number]>(
      "UPDATE pushed_marks SET last_viewed_at = ?, view_count = ? WHERE id = ?",
    )
    .run(seen.lastViewedAt, seen.viewCount, id);
}

/** It certainly never arrived. */
export function forgetMark(db: Db, id: number): void {
  db.raw.query<unknown, [number]>("DELETE FROM pushed_marks WHERE id = ?").run(id);
}

/**
 * The server shows these items unwatched: what was sent and never seen does not stand there. It may have, and have left its
 * row in the server's history.
 */
export function closeUnseenMarks(db: Db, integrationId: number, itemIds: readonly string[]): void {
  db.raw
    .query<unknown, [number, string]>(
      `UPDATE pushed_marks SET view_count = 0
       WHERE integration_id = ? AND item_id IN (SELECT value FROM json_each(?)) AND last_viewed_at IS NULL AND view_count > 0`,
    )
    .run(integrationId, JSON.stringify(itemIds));
}

/** Another account is asked from now on: it has none of our marks. */
export function forgetAllMarks(db: Db, integrationId: number): void {
  db.raw.query<unknown, [number]>("DELETE FROM pushed_marks WHERE integration_id = ?").run(integrationId);
}

/** The server shows these items unwatched: whatever it counts from now on is no mark of ours. */
export function closeMarks(db: Db, integrationId: number, itemIds: readonly string[]): void {
  db.raw
    .query<unknown, [number, string]>(
      `UPDATE pushed_marks SET view_count = 0
       WHERE integration_id = ? AND item_id IN (SELECT value FROM json_each(?)) AND view_count > 0`,
    )
    .run(integrationId, JSON.stringify(itemIds));
}

export type PushItem = {
  itemId: string;
  episodeId: number;
  viewCount: number;
  lastViewedAt: number | null;
  state: string;
  /** Whether the user has watched the episode, and when they last did. */
  isWatched: boolean;
  watchedAt: number | null;
};

/** Where these episodes lie on a server, in libraries that are switched on; with whatever else is in the same files. */
export function itemsToPush(
  db: Db,
  { userId, integrationId, episodeIds }: { userId: number; integrationId: number; episodeIds: readonly number[] },
): PushItem[] {
  const rows = db.raw
    .query<Omit<PushItem, "isWatched"> & { plays: number }, [string, number, number]>(
      `SELECT l.item_id AS itemId, l.episode_id AS episodeId, l.view_count AS viewCount, l.last_viewed_at AS lastViewedAt,
         l.state, count(p.id) AS plays, max(p.watched_at) AS watchedAt
       FROM (
         SELECT DISTINCT ${fileOf("f")} AS file
         FROM json_each(?1) w CROSS JOIN item_links f INDEXED BY item_links_by_episode
           ON f.episode_id = w.value AND f.integration_id = ?2
       ) files CROSS JOIN item_links l ON l.integration_id = ?2 AND ${isInFile("l", "files.file")}
       JOIN integration_libraries b ON b.integration_id = l.integration_id AND b.key = l.library_key AND ${isWanted}
       LEFT JOIN plays p ON p.episode_id = l.episode_id AND p.user_id = ?3
       WHERE l.episode_id IS NOT NULL GROUP BY l.item_id`,
    )
    .all(JSON.stringify(episodeIds), integrationId, userId);
  return rows.map(({ plays, ...row }) => ({ ...row, isWatched: plays > 0 }));
}

/** What the server shows of an item after our own change of it. */
export function noteView(
  db: Db,
  integrationId: number,
  itemId: string,
  seen: { viewCount: number; lastViewedAt: number | null; state: string; seenAt: number },
): void {
  db.raw
    .query<unknown, [number, number | null, string, number, number, string]>(
      `UPDATE item_links SET view_count = ?, last_viewed_at = ?, state = ?, seen_at = ? WHERE integration_id = ? AND item_id = ?`,
    )
    .run(seen.viewCount, seen.lastViewedAt, seen.state, seen.seenAt, integrationId, itemId);
}

/**
 * A viewing that came at the same moment as the unmark stays: what keeps older views of the episode out ends before it.
 * Null: nobody knows when it was.
 */
export function letInFrom(db: Db, userId: number, episodeId: number, at: number | null): void {
  const whole = "user_id = ?1 AND episode_id = ?2 AND evidence IS NULL";
  if (at === null) {
    db.raw.query<unknown, [number, number]>(`DELETE FROM suppressions WHERE ${whole}`).run(userId, episodeId);
    return;
  }
  db.raw
    .query<unknown, [number, number, number]>(`UPDATE suppressions SET until = ?3 - 1 WHERE ${whole} AND until >= ?3`)
    .run(userId, episodeId, at);
}

/** The tracker and one server laid side by side: what would have to change there. */
export type Difference = {
  episodeId: number;
  showId: number;
  show: string;
  season: number;
  number: number | null;
  title: string | null;
  wanted: Wish;
};

export function differencesTo(db: Db, userId: number, integrationId: number): Difference[] {
  return db.raw
    .query<Difference, [number, number]>(
      `SELECT seen.episodeId, e.show_id AS showId, s.title AS show, e.season, e.number, e.title,
         CASE WHEN seen.views = 0 THEN 'watched' ELSE 'unwatched' END AS wanted
       FROM (
         SELECT l.episode_id AS episodeId, max(l.view_count) AS views FROM item_links l
         JOIN integration_libraries b ON b.integration_id = l.integration_id AND b.key = l.library_key AND ${isWanted}
         WHERE l.integration_id = ?2 AND l.episode_id IS NOT NULL AND NOT (l.view_count = 0 AND EXISTS (
           SELECT 1 FROM item_links f WHERE f.integration_id = ?2 AND ${isInFile("f", fileOf("l"))} AND f.episode_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = f.episode_id AND p.user_id = ?1)))
         GROUP BY l.episode_id
       ) seen
       JOIN episodes e ON e.id = seen.episodeId JOIN shows s ON s.id = e.show_id
       WHERE CASE WHEN seen.views = 0
         THEN EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = ?1)
         ELSE NOT EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = ?1) AND EXISTS (
           SELECT 1 FROM suppressions x WHERE x.user_id = ?1 AND x.episode_id = e.id AND x.evidence IS NULL AND x.reason = 'user')
         END
       ORDER BY s.sort_title, s.id, e.season, e.number, e.id`,
    )
    .all(userId, integrationId);
}

/** Puts such a difference into the queue, looked at and agreed to. */
export function agreeTo(db: Db, integrationId: number, differences: readonly Difference[], now: number): void {
  db.raw
    .query<unknown, [Record<string, string | number>]>(
      `INSERT INTO push_queue (integration_id, episode_id, wanted, watched_at, wished_at, state, next_attempt_at)
       SELECT $integrationId, d.value ->> 'episodeId', d.value ->> 'wanted',
         (SELECT max(p.watched_at) FROM plays p JOIN integrations i ON i.id = $integrationId AND i.user_id = p.user_id
          WHERE p.episode_id = d.value ->> 'episodeId'), $now, 'ready', $now
       FROM json_each($differences) d WHERE true
       ON CONFLICT (integration_id, episode_id) DO UPDATE SET wanted = excluded.wanted, watched_at = excluded.watched_at,
         wished_at = excluded.wished_at, state = 'ready', attempts = 0, next_attempt_at = excluded.next_attempt_at, last_error = NULL`,
    )
    .run({
      integrationId,
      now,
      differences: JSON.stringify(differences.map(({ episodeId, wanted }) => ({ episodeId, wanted }))),
    });
}
