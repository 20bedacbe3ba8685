import type { Db } from "../../db/open.ts";
import type { IntegrationRow } from "../../db/repos/integrations.ts";
import { type NewWishes, watchedOf, wishPushes } from "../../db/repos/pushes.ts";

/** Whoever clicks ten times gets one push; long enough for the click that takes another one back. */
export const SETTLE_MS = 1_500;

/** Changes of watchedness, and nothing else, are passed on to the user's servers. To be called in the transaction that makes them. */
export function wish(db: Db, change: Omit<NewWishes, "settleMs">): void {
  wishPushes(db, { ...change, settleMs: SETTLE_MS });
}

/** Does `work` and passes on what has become watched or unwatched by it, of these episodes. */
export function wishAround<Out>(db: Db, change: Omit<NewWishes, "settleMs">, work: () => Out): Out {
  const before = watchedOf(db, change.userId, change.episodeIds);
  const result = work();
  const after = watchedOf(db, change.userId, change.episodeIds);
  const changed = change.episodeIds.filter((id) => before.has(id) !== after.has(id));
  wish(db, { ...change, episodeIds: changed });
  return result;
}

/** Switched on, and what it would change at first has been looked at and agreed to. */
export const isTwoWay = ({ twoWay, twoWaySince }: Pick<IntegrationRow, "twoWay" | "twoWaySince">): boolean =>
  twoWay && twoWaySince !== null;
