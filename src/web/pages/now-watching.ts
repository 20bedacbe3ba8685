import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { LiveLine, type LiveModel } from "../../../views/parts/live-line.tsx";
import { NowWatching, type NowWatchingModel } from "../../../views/parts/now-watching.tsx";
import { inLibrary } from "../../db/queries/now-watching.ts";
import type { NowWatching as Playing } from "../../services/stream/types.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { posterOf } from "./models.ts";

export function nowWatchingModels(deps: RouteDeps, ctx: ViewContext, userId: number): NowWatchingModel[] {
  return models(deps, ctx, userId, deps.stream.nowWatching(userId));
}

function models({ db }: RouteDeps, ctx: ViewContext, userId: number, items: readonly Playing[]): NowWatchingModel[] {
  const known = inLibrary(db, userId, items);
  return items.map((item, at) => {
    const found = known[at] ?? null;
    return {
      id: item.id,
      showId: found?.show.id ?? null,
      showTitle: found?.show.title ?? item.showTitle ?? "A show without a name",
      posterUrl: found === null ? null : posterOf(ctx, found.show),
      season: item.season,
      number: item.number,
      episodeTitle: found?.episode?.title ?? item.title,
      paused: item.state === "paused",
      positionMs: item.positionMs,
      durationMs: item.durationMs,
      player: item.player,
    };
  });
}

export type LiveCardModel = { live: LiveModel; watching: NowWatchingModel[] };

export function liveModel(deps: RouteDeps, ctx: ViewContext, userId: number, integrationId: string): LiveCardModel {
  const here = deps.stream.nowWatching(userId).filter((item) => item.integrationId === integrationId);
  return { live: deps.stream.state(Number(integrationId)), watching: models(deps, ctx, userId, here) };
}

/** The parts that ask for themselves anew while something plays. */
export function createNowWatchingPages(deps: RouteDeps) {
  const { integrations, paths } = deps;
  return new Elysia()
    .get(
      "/now-watching",
      ({ request }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        if (!part) return reply.go(paths.home());
        return reply.fragment(NowWatching({ ctx, items: nowWatchingModels(deps, ctx, userId) }));
      },
      { detail: { hide: true } },
    )
    .get(
      "/integrations/:provider/live",
      ({ request, params }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const { id } = integrations.get(userId, params.provider);
        if (!part) return reply.go(paths.integrations());
        return reply.fragment(LiveLine({ ctx, integrationId: id, ...liveModel(deps, ctx, userId, id) }));
      },
      { params: t.Object({ provider: t.String() }), detail: { hide: true } },
    );
}
