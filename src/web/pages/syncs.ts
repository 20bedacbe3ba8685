import { Elysia, t } from "elysia";
import { target } from "../../../views/dom.ts";
import { SyncPage, SyncSection, SyncShowPage, SyncShowRows } from "../../../views/pages/sync.tsx";
import { SyncLight } from "../../../views/parts/sync-light.tsx";
import { SyncProgress } from "../../../views/parts/sync-progress.tsx";
import { RecentSyncs } from "../../../views/parts/sync-row.tsx";
import { SyncChanges } from "../../../views/parts/sync-show-row.tsx";
import { PartUpdate, Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import type { SyncLogView } from "../../services/sync/types.ts";
import type { RouteDeps } from "../deps.ts";
import { type Visit, visit } from "./answer.ts";
import { progressModel, recentSyncsModel } from "./integration-model.ts";
import { syncPageModel, syncShowModel, syncShowsModel } from "./sync-model.ts";

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };

export function createSyncPages(deps: RouteDeps) {
  const { sync, integrations, paths } = deps;

  function pageModel({ ctx, userId }: Visit, log: SyncLogView) {
    const server = integrations.list(userId).find(({ id }) => id === log.integrationId);
    return syncPageModel(deps, ctx, log, server?.serverName ?? null);
  }

  /** The last answer says so, on which cards and lists bring themselves up to date. */
  function progress(reply: Visit, log: SyncLogView): Response {
    const { ctx } = reply;
    const { currentUrl } = reply;
    const onOwnPage = URL.canParse(currentUrl) && new URL(currentUrl).pathname === paths.sync(log.id);
    const part = SyncProgress({ ctx, sync: progressModel(log), linkToSync: !onOwnPage });
    if (log.status !== "running") return reply.fragment(part, { trigger: "sync-ended" });
    const lights = (["sidebar", "bar"] as const).map((place) =>
      PartUpdate({ target: target("sync-light", place), children: SyncLight({ ctx, place }) }),
    );
    return reply.fragment([part, ...lights]);
  }

  return new Elysia()
    .get(
      "/syncs/recent",
      ({ request }) => {
        const { ctx, userId, ...reply } = visit(deps, request);
        return reply.fragment(RecentSyncs({ ctx, recent: recentSyncsModel(deps, userId, integrations.list(userId)) }));
      },
      { detail: { hide: true } },
    )
    .get(
      "/syncs/light",
      ({ request, query }) => {
        const { ctx, ...reply } = visit(deps, request);
        return reply.fragment(SyncLight({ ctx, place: query.place === "bar" ? "bar" : "sidebar" }));
      },
      { query: t.Object({ place: t.Optional(t.String()) }), detail: { hide: true } },
    )
    .get(
      "/syncs/:id",
      ({ request, params, query }) => {
        const reply = visit(deps, request);
        const { ctx } = reply;
        const log = sync.get(reply.userId, params.id);
        if (query.cursor !== undefined) {
          const shows = syncShowsModel(deps, log.id, 0, query.cursor);
          if (reply.part) return reply.fragment(SyncShowRows({ ctx, shows }));
          const page = pageModel(reply, log);
          return reply.page(SyncPage({ ctx, page: { ...page, shows: { ...shows, total: page.shows.total } } }));
        }
        const page = pageModel(reply, log);
        return reply.part ? reply.fragment(SyncSection({ ctx, page })) : reply.page(SyncPage({ ctx, page }));
      },
      { ...Id, query: t.Object({ cursor: t.Optional(t.String()) }) },
    )
    .get(
      "/syncs/:id/shows",
      ({ request, params, query }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const { id } = sync.get(userId, params.id);
        const row = syncShowModel(deps, id, query.item);
        return part ? reply.fragment(SyncChanges({ ctx, row })) : reply.page(SyncShowPage({ ctx, syncId: id, row }));
      },
      { ...Id, query: t.Object({ item: t.String() }) },
    )
    .get(
      "/syncs/:id/progress",
      ({ request, params }) => {
        const reply = visit(deps, request);
        return progress(reply, sync.get(reply.userId, params.id));
      },
      Id,
    )
    .delete(
      "/syncs/:id",
      async ({ request, params }) => {
        const reply = visit(deps, request);
        const log = await sync.cancel(reply.userId, params.id);
        return reply.part ? progress(reply, log) : reply.go(paths.sync(params.id));
      },
      Id,
    )
    .post(
      "/syncs/:id/approve",
      ({ request, params }) => {
        const reply = visit(deps, request);
        const { watchesRemoved } = sync.approve(reply.userId, params.id);
        const text =
          watchesRemoved === 1 ? "Approved: 1 mark was removed." : `Approved: ${watchesRemoved} marks were removed.`;
        return reply.go(paths.sync(params.id), { tone: "success", text });
      },
      Id,
    )
    .post(
      "/syncs/:id/undo",
      ({ request, params }) => {
        const reply = visit(deps, request);
        const { ctx, userId } = reply;
        const { removed, restored } = sync.undo(userId, params.id);
        const text = `Undone: ${removed} removed, ${restored} put back.`;
        if (!reply.part) return reply.go(paths.sync(params.id), { tone: "success", text });
        const page = pageModel(reply, sync.get(userId, params.id));
        return reply.fragment([SyncSection({ ctx, page }), ToastUpdate({ children: Toast({ ctx, text }) })]);
      },
      Id,
    );
}
