import { Elysia, t } from "elysia";
import { AppError } from "../../kernel/errors.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { NoContent } from "./schemas.ts";

/** Every change of marks or of the library answers with a token that takes it back. */
export const UNDO_HEADER = "x-undo-token";

type Set = { headers: Record<string, string | number>; status?: number | string };

/** Runs a change so that it can be taken back, and says so in the answer's header. */
export function undoably<Out>({ tracking }: RouteDeps, userId: number, set: Set, change: () => Out): Out {
  const { result, undoToken } = tracking.undoable(userId, change);
  set.headers[UNDO_HEADER] = undoToken;
  return result;
}

export function createUndoRoutes({ tracking }: RouteDeps) {
  return new Elysia().post(
    "/api/undo",
    ({ request, body, set }) => {
      if (!tracking.undo(userOf(request).id, body.token)) {
        throw new AppError("not-found", "This change can no longer be taken back.");
      }
      set.status = 204;
    },
    {
      body: t.Object({ token: t.String({ maxLength: 100 }) }),
      response: { 204: NoContent },
      detail: {
        summary: "Take back a change",
        description: `The token is in the header \`${UNDO_HEADER}\` of the answer to the change. It works once, until the program restarts.`,
        tags: ["Episodes"],
      },
    },
  );
}
