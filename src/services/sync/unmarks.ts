import type { Db } from "../../db/open.ts";
import { librariesOf } from "../../db/repos/integrations.ts";
import { linksOfEpisodes, lookAgainElsewhere, saveLink } from "../../db/repos/item-links.ts";
import { closeMarks, unmarkedByUs, watchedOf } from "../../db/repos/pushes.ts";
import { countPlaysOf, latestEntryOf, playsFromIntegration, removePlaysOf } from "../../db/repos/removals.ts";
import { insertSuppression } from "../../db/repos/suppressions.ts";
import { tx } from "../../db/tx.ts";
import { guardHolds } from "../../domain/guard.ts";
import { isTwoWay, wish } from "../push/wishes.ts";
import type { Session } from "./session.ts";
import type { Unmark } from "./writer.ts";

export type Held = {
  removals: number;
  existing: number;
  episodeIds: number[];
  itemIds: string[];
  /** When the first of the marks was last known to stand. */
  since: number;
};

type Options = {
  db: Db;
  syncId: number;
  userId: number;
  integrationId: number;
  now: number;
  /**
   * Two-way: the mark goes, and not only what this server had said of it. By episode: when it was last known to stand. What
   * other servers have seen after that may be later than the unmark, and comes in. Null: only this server's plays go.
   */
  everywhere: ReadonlyMap<number, number> | null;
};

/**
 * What has been unmarked on the server since it was last seen watched. Ignoring remembers the new state and nothing
 * else; following needs a library that was read to its end, and may be held back. `shortLived`: what was watched and
 * unmarked again between two readings, which two servers in step have to agree on.
 */
export function settleUnmarks(
  session: Session,
  unmarks: readonly Unmark[],
  readable: ReadonlySet<string>,
  shortLived: readonly Unmark[] = [],
): Held | null {
  if (unmarks.length + shortLived.length === 0) return null;
  const { db } = session;
  const follow = session.row.unmarks === "follow";
  return tx(db, () => {
    if (follow)
      return followUnmarks(session, [
        ...unmarks.filter(({ link }) => readable.has(link.libraryKey)),
        ...(isTwoWay(session.row) ? shortLived : []),
      ]);
    remember(session, unmarks);
    return null;
  });
}

/** From now on these items are known as unwatched; what the server counts next is no mark of ours. */
function remember({ db, integrationId }: Session, unmarks: readonly Unmark[]): void {
  for (const { link } of unmarks) saveLink(db, integrationId, link);
  closeMarks(
    db,
    integrationId,
    unmarks.map(({ link }) => link.itemId),
  );
}

/** Episodes of which no copy on the server is watched any more. */
function reallyUnmarked({ db, integrationId }: Options, unmarks: readonly Unmark[]): Unmark[] {
  const gone = new Set(unmarks.map(({ link }) => link.itemId));
  const stillWatched = new Set(
    linksOfEpisodes(
      db,
      integrationId,
      unmarks.map(({ episodeId }) => episodeId),
    )
      // A file that has left its library says nothing any more.
      .filter(({ itemId, viewCount, libraryKey }) => viewCount > 0 && libraryKey !== "" && !gone.has(itemId))
      .map(({ episodeId }) => episodeId),
  );
  return unmarks.filter(({ episodeId }) => !stillWatched.has(episodeId));
}

/**
 * Removes the plays, remembers them for undo, keeps the same old views from coming back, and lets the user's other servers
 * know.
 */
export function removeEpisodes(options: Options, episodeIds: readonly number[]): Map<number, number> {
  const { db, syncId, userId, integrationId, now, everywhere } = options;
  const from = everywhere === null ? integrationId : null;
  const removed = removePlaysOf(db, { syncLogId: syncId, userId, integrationId: from, episodeIds });
  const counted = new Map<number, number>();
  for (const { episodeId, plays } of removed) counted.set(episodeId, (counted.get(episodeId) ?? 0) + plays);
  const keepOut = { userId, evidence: null, reason: "user" as const, syncLogId: syncId };
  for (const episodeId of counted.keys()) {
    insertSuppression(db, { ...keepOut, episodeId, integrationId, until: now });
    const since = everywhere?.get(episodeId);
    if (since !== undefined) insertSuppression(db, { ...keepOut, episodeId, integrationId: null, until: since });
  }
  // Known viewings of other servers are old, and so are those of a server whose clock is ahead: by their own time.
  for (const { episodeId, integrationId: their, latest } of removed) {
    const until = their === integrationId ? now : (everywhere?.get(episodeId) ?? now);
    if (their === null || latest === null || latest <= until) continue;
    insertSuppression(db, { ...keepOut, episodeId, integrationId: their, until: latest });
  }
  if (everywhere === null) lookAgainElsewhere(db, { userId, integrationId, episodeIds: [...counted.keys()] });
  const left = watchedOf(db, userId, [...counted.keys()]);
  const gone = [...counted.keys()].filter((id) => !left.has(id));
  wish(db, {
    userId,
    episodeIds: gone,
    origin: integrationId,
    now,
    ...(everywhere === null ? {} : { since: everywhere }),
  });
  return counted;
}

/**
 * A server cannot say when a mark was taken back. What the tracker has got from others since it was last known to stand
 * there may be the later word: then it stays, and the server is to have it again. What the server itself tells of viewings
 * is older: it would count them still.
 */
function withoutOlder(
  { db, userId, integrationId }: Session,
  unmarks: readonly Unmark[],
  stood: ReadonlyMap<number, number>,
) {
  const entered = latestEntryOf(db, userId, integrationId, [...stood.keys()]);
  return unmarks.filter(({ episodeId }) => (entered.get(episodeId) ?? 0) <= (stood.get(episodeId) ?? 0));
}

/** When each mark was last known to stand on the server: at its last reading, or at a run that would have missed it. */
function lastStood({ db, row, integrationId }: Session, unmarks: readonly Unmark[]): Map<number, number> {
  const reliable = new Set(
    librariesOf(db, integrationId).flatMap(({ key, countReliable }) => (countReliable ? [key] : [])),
  );
  const stood = new Map<number, number>();
  for (const { link, episodeId, watchedUntil } of unmarks) {
    const looked = Math.max(row.lastFullAt ?? 0, reliable.has(link.libraryKey) ? (row.watermarkAt ?? 0) : 0);
    stood.set(episodeId, Math.max(stood.get(episodeId) ?? 0, watchedUntil, looked));
  }
  return stood;
}

/** Follows unmarks of complete readings, unless the guard says that this is too much to believe. */
function followUnmarks(session: Session, unmarks: readonly Unmark[]): Held | null {
  const { db, userId, integrationId, syncId, startedAt: now, journal } = session;
  const everywhere = isTwoWay(session.row) ? lastStood(session, unmarks) : null;
  const options = { db, syncId, userId, integrationId, now, everywhere };
  const seen = reallyUnmarked(options, unmarks);
  const own = unmarkedByUs(
    db,
    integrationId,
    seen.map(({ episodeId }) => episodeId),
  );
  const gone = (everywhere === null ? seen : withoutOlder(session, seen, everywhere)).filter(
    ({ episodeId }) => !own.has(episodeId),
  );
  const episodeIds = [...new Set(gone.map(({ episodeId }) => episodeId))];
  const from = everywhere === null ? integrationId : null;
  const removals = countPlaysOf(db, userId, from, episodeIds);
  const existing = playsFromIntegration(db, userId, from);
  if (guardHolds({ removals, existing })) {
    const since = everywhere === null ? now : Math.min(...everywhere.values());
    return { removals, existing, episodeIds, itemIds: unmarks.map(({ link }) => link.itemId), since };
  }
  const counted = removeEpisodes(options, episodeIds);
  for (const { show, episodeId } of gone) {
    const plays = counted.get(episodeId) ?? 0;
    // Several copies of one episode: counted once.
    counted.delete(episodeId);
    if (plays === 0) continue;
    session.changed(show.showId);
    journal.removed(show, plays);
  }
  remember(session, unmarks);
  const going = new Set(episodeIds);
  const kept = seen.flatMap(({ episodeId }) => (going.has(episodeId) ? [] : [episodeId]));
  wish(db, { userId, episodeIds: [...new Set(kept)], origin: null, only: integrationId, now });
  return null;
}
