import type { ListName } from "../../domain/show-list.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Tracking } from "./types.ts";

/** So many that a whole screenful of anything fits, so few that nobody else waits for it. */
export const MOST_AT_ONCE = 500;

export type BulkAction =
  /** null: where they belong by themselves. */
  | { kind: "move"; list: ListName | null }
  | { kind: "rate"; rating: number | null }
  /** Every episode that is out. */
  | { kind: "mark-watched" }
  | { kind: "remove" };

export type BulkResult = { shows: number; episodes: number; undoToken: string };

type Changes = Pick<Tracking, "undoable" | "updateShow" | "markShow" | "removeShow">;

/** The same for many shows: all or, when one is not in the user's library, none; taken back as one. */
export function changeMany(
  tracking: Changes,
  userId: number,
  showIds: readonly string[],
  action: BulkAction,
): BulkResult {
  const ids = [...new Set(showIds)];
  checkCount(ids.length);
  const { result, undoToken } = tracking.undoable(userId, () =>
    ids.reduce((episodes, id) => episodes + changeOne(tracking, userId, id, action), 0),
  );
  return { shows: ids.length, episodes: result, undoToken };
}

/** Returns how many episodes became watched. */
function changeOne(tracking: Changes, userId: number, showId: string, action: BulkAction): number {
  switch (action.kind) {
    case "move":
      tracking.updateShow(userId, showId, { list: action.list });
      return 0;
    case "rate":
      tracking.updateShow(userId, showId, { rating: action.rating });
      return 0;
    case "mark-watched":
      return tracking.markShow(userId, showId);
    case "remove":
      tracking.removeShow(userId, showId);
      return 0;
  }
}

export function checkCount(shows: number): void {
  if (shows >= 1 && shows <= MOST_AT_ONCE) return;
  const message = shows === 0 ? "must name at least one show" : `may name at most ${MOST_AT_ONCE} shows`;
  const detail = shows === 0 ? "Choose at least one show first." : `Choose at most ${MOST_AT_ONCE} shows at once.`;
  throw new AppError("invalid", detail, { fields: [{ path: "ids", message }] });
}
