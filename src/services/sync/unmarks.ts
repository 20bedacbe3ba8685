import type { Db } from "../../db/open.ts";
import { linksOfEpisodes, saveLink } from "../../db/repos/item-links.ts";
import { countPlaysOf, playsFromIntegration, removePlaysOf } from "../../db/repos/removals.ts";
import { insertSuppression } from "../../db/repos/suppressions.ts";
import { tx } from "../../db/tx.ts";
import { guardHolds } from "../../domain/guard.ts";
import type { Session } from "./session.ts";
import type { Unmark } from "./writer.ts";

export type Held = { removals: number; existing: number; episodeIds: number[]; itemIds: string[] };

type Options = { db: Db; syncId: number; userId: number; integrationId: number; now: number };

/**
 * What has been unmarked on the server since it was last seen watched. Ignoring remembers the new state and nothing
 * else; following needs a library that was read to its end, and may be held back.
 */
export function settleUnmarks(
  session: Session,
  unmarks: readonly Unmark[],
  readable: ReadonlySet<string>,
): Held | null {
  if (unmarks.length === 0) return null;
  const { db, integrationId } = session;
  const follow = session.row.unmarks === "follow";
  return tx(db, () => {
    if (follow)
      return followUnmarks(
        session,
        unmarks.filter(({ link }) => readable.has(link.libraryKey)),
      );
    for (const { link } of unmarks) saveLink(db, integrationId, link);
    return null;
  });
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
      .filter(({ itemId, viewCount }) => viewCount > 0 && !gone.has(itemId))
      .map(({ episodeId }) => episodeId),
  );
  return unmarks.filter(({ episodeId }) => !stillWatched.has(episodeId));
}

/** Removes the plays, remembers them for undo, and keeps the same old views from coming back. */
export function removeEpisodes(options: Options, episodeIds: readonly number[]): Map<number, number> {
  const { db, syncId, userId, integrationId, now } = options;
  const counted = removePlaysOf(db, { syncLogId: syncId, userId, integrationId, episodeIds });
  for (const { episodeId } of counted) {
    insertSuppression(db, {
      userId,
      episodeId,
      integrationId,
      evidence: null,
      until: now,
      reason: "user",
      syncLogId: syncId,
    });
  }
  return new Map(counted.map(({ episodeId, plays }) => [episodeId, plays]));
}

/** Follows unmarks of complete readings, unless the guard says that this is too much to believe. */
function followUnmarks(session: Session, unmarks: readonly Unmark[]): Held | null {
  const { db, userId, integrationId, syncId, startedAt: now, journal } = session;
  const options = { db, syncId, userId, integrationId, now };
  const gone = reallyUnmarked(options, unmarks);
  const episodeIds = [...new Set(gone.map(({ episodeId }) => episodeId))];
  const removals = countPlaysOf(db, userId, integrationId, episodeIds);
  const existing = playsFromIntegration(db, userId, integrationId);
  if (guardHolds({ removals, existing })) {
    return { removals, existing, episodeIds, itemIds: unmarks.map(({ link }) => link.itemId) };
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
  for (const { link } of unmarks) saveLink(db, integrationId, link);
  return null;
}
