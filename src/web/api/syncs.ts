import { Elysia, t } from "elysia";
import type { AppEvents, SyncProgress } from "../../services/context.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { openStream } from "../sse.ts";
import { IdParams, SyncLog, SyncLogWithItems } from "./schemas.ts";
import { syncItemJson, syncLogJson } from "./shapes.ts";

const tags = ["Syncs"];

const atStart: SyncProgress = { phase: "connecting", done: 0, total: 0, showsSynced: 0, episodesSynced: 0 };

export function createSyncRoutes({ sync, bus, hub }: RouteDeps) {
  /** The current state at once, then every change, then `end`. */
  function events(request: Request, syncId: string): Response {
    const userId = userOf(request).id;
    // Somebody else's run is refused before the stream opens.
    sync.get(userId, syncId);
    return openStream(hub, request, ({ send, end }) => {
      const progress = (now: SyncProgress) => send({ event: "progress", data: JSON.stringify(now) });
      const finish = () => {
        send({ event: "end", data: JSON.stringify(syncLogJson(sync.get(userId, syncId))) });
        end();
      };
      const unsubscribe = bus.subscribe((name, payload) => {
        if (!("syncId" in payload) || String(payload.syncId) !== syncId) return;
        if (name === "sync.progress") progress((payload as AppEvents["sync.progress"]).progress);
        if (name === "sync.finished") finish();
      });
      // Read after subscribing, so that no end falls in between.
      const current = sync.get(userId, syncId);
      if (current.status === "running") progress(current.progress ?? atStart);
      else finish();
      return unsubscribe;
    });
  }

  return new Elysia()
    .get(
      "/api/syncs/:id",
      ({ request, params }) => {
        const userId = userOf(request).id;
        const log = sync.get(userId, params.id);
        return { ...syncLogJson(log), items: sync.items(userId, params.id).map(syncItemJson) };
      },
      {
        params: IdParams,
        response: { 200: SyncLogWithItems },
        detail: { summary: "One run, with what happened to each show", tags },
      },
    )
    .delete(
      "/api/syncs/:id",
      async ({ request, params }) => syncLogJson(await sync.cancel(userOf(request).id, params.id)),
      {
        params: IdParams,
        response: { 200: SyncLog },
        detail: { summary: "Cancel a running sync; what it has saved stays", tags },
      },
    )
    .post("/api/syncs/:id/undo", ({ request, params }) => sync.undo(userOf(request).id, params.id), {
      params: IdParams,
      response: { 200: t.Object({ removed: t.Integer(), restored: t.Integer() }) },
      detail: {
        summary: "Take back what a run added or removed",
        description: "409 while it runs or when already undone.",
        tags,
      },
    })
    .post("/api/syncs/:id/approve", ({ request, params }) => syncLogJson(sync.approve(userOf(request).id, params.id)), {
      params: IdParams,
      response: { 200: SyncLog },
      detail: { summary: "Let a held run remove what it wanted to remove", tags },
    })
    .get("/api/syncs/:id/events", ({ request, params }) => events(request, params.id), {
      params: IdParams,
      detail: {
        summary: "The progress of a run as it happens",
        description: "`progress` events, then one `end` with the run.",
        tags,
        responses: { 200: { description: "Events", content: { "text/event-stream": { schema: { type: "string" } } } } },
      },
    });
}
