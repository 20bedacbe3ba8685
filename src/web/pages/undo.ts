import { Elysia } from "elysia";
import { Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { RESYNC, type Visit, visit } from "./answer.ts";
import { calendarAgain } from "./calendar-change.ts";
import { historyAgain, isOnHistory, reloaded } from "./history-change.ts";
import { LIBRARY_PART } from "./library-actions.ts";
import { showAgain } from "./show-change.ts";
import { upNextAgain, upNextCardAgain } from "./up-next-change.ts";

export function createUndoPage(deps: RouteDeps) {
  const { tracking, paths } = deps;

  function takeBack(request: Request): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const form = formOf(request);
    const done = tracking.undo(userId, form.get("token") ?? "");
    const text = done ? "Taken back." : "This can no longer be taken back.";
    const tone = done ? "success" : "error";
    if (!reply.part) return reply.go(safeNext(form.get("back"), paths), { tone, text });
    const toast = ToastUpdate({ children: Toast({ ctx, text, tone: done ? "info" : "error" }) });
    const part = form.get("part") ?? "";
    if (done && isOnHistory(deps, reply)) {
      const list = historyAgain(deps, reply, form.get("until") ?? "");
      if (list === null) return reloaded(reply, reply.go(paths.history(), { tone, text }));
      return reply.fragment([list, toast]);
    }
    // The library stands there filtered and sorted in its own way, and asks for itself.
    if (done && part === LIBRARY_PART) return reply.fragment(toast, { trigger: RESYNC });
    return reply.fragment([...(done ? partsAfter(reply, request, part) : []), toast]);
  }

  function partsAfter(reply: Visit, request: Request, part: string): JSX.Element[] {
    if (part === "up-next") return [upNextAgain(deps, reply)];
    const [, kind, id] = /^(up-next|calendar|show):(\d+)$/.exec(part) ?? [];
    if (id === undefined) return [];
    if (kind === "up-next") return upNextCardAgain(deps, reply, id);
    if (kind === "calendar") return [calendarAgain(deps, reply, id)];
    return [showAgain(deps, reply, request, id)];
  }

  return new Elysia().post("/undo", ({ request }) => takeBack(request), { detail: { hide: true } });
}
