import { refreshProgress, usersOfShow } from "../../db/repos/library.ts";
import { refreshShowCounts, showsWithNewlyAired } from "../../db/repos/shows.ts";
import { tx } from "../../db/tx.ts";
import type { Deps } from "../context.ts";

/**
 * Time passes without anybody writing: episodes that have come out since the last call become "next" for those who have
 * seen everything before them. To be called every few minutes; returns how many shows changed.
 */
export function refreshNewlyAired(deps: Pick<Deps, "db" | "clock" | "bus">): number {
  const { db, clock, bus } = deps;
  const now = clock.now();
  const showIds = showsWithNewlyAired(db, now);
  if (showIds.length === 0) return 0;
  tx(db, () => {
    refreshShowCounts(db, showIds, now);
    const byUser = new Map<number, number[]>();
    for (const showId of showIds) {
      for (const userId of usersOfShow(db, showId)) byUser.set(userId, [...(byUser.get(userId) ?? []), showId]);
    }
    for (const [userId, shows] of byUser) refreshProgress(db, userId, shows, now);
  });
  for (const showId of showIds) bus.publish("show.changed", { showId });
  return showIds.length;
}
