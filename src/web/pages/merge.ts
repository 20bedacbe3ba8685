import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import { MergePage } from "../../../views/pages/merge.tsx";
import type { OtherShowModel } from "../../../views/parts/other-shows.tsx";
import { count } from "../../../views/ui/format.ts";
import type { OtherShow } from "../../db/queries/same-shows.ts";
import type { Moved } from "../../services/matching/types.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { posterOf } from "./models.ts";
import { readShow } from "./show-model.ts";

const mergeForm = z.object({ into: z.string().min(1, "Choose the show that stays.").max(20) });
const Params = t.Object({ id: t.String() });

export function otherShowModel(ctx: ViewContext, show: OtherShow): OtherShowModel {
  const { id, title, year, network, watched, aired } = show;
  return { id, title, year, network, posterUrl: posterOf(ctx, show), watched, aired };
}

/** "48 plays moved to The Office (2005)." */
export function movedWords(ctx: ViewContext, { moved }: Moved, into: { title: string; year: number | null }): string {
  const name = into.year === null ? into.title : `${into.title} (${into.year})`;
  const folded =
    moved.folded === 0
      ? ""
      : ` ${count(moved.folded, ctx, "viewing")} noted twice ${moved.folded === 1 ? "is" : "are"} one now.`;
  const plays = moved.plays === 0 ? `This is ${name} now.` : `${count(moved.plays, ctx, "play")} moved to ${name}.`;
  return `${plays}${folded} Later syncs keep to it.`;
}

export function createMergePage(deps: RouteDeps) {
  const { matching, paths } = deps;

  function sideOf(ctx: ViewContext, userId: number, showId: string) {
    const show = readShow(deps, userId, showId);
    const { id, title, year, network } = show;
    return { id, title, year, network, posterUrl: posterOf(ctx, show) };
  }

  return new Elysia()
    .get(
      "/shows/:id/merge",
      ({ request, params, query: { query = "", into } }) => {
        const { ctx, userId, ...reply } = visit(deps, request);
        const asked = query.trim().slice(0, 200);
        const show = sideOf(ctx, userId, params.id);
        const plan =
          into === undefined
            ? null
            : { ...matching.previewMerge(userId, params.id, into), into: sideOf(ctx, userId, into) };
        const others = plan === null ? matching.others(userId, params.id, asked) : [];
        const page = { show, query: asked, plan, others: others.map((other) => otherShowModel(ctx, other)) };
        return reply.page(MergePage({ ctx, page }));
      },
      {
        params: Params,
        query: t.Object({ query: t.Optional(t.String()), into: t.Optional(t.String()) }),
        detail: { hide: true },
      },
    )
    .post(
      "/shows/:id/merge",
      ({ request, params }) => {
        const { into } = readForm(request, mergeForm);
        const { ctx, userId, ...reply } = visit(deps, request);
        const done = matching.merge(userId, params.id, into);
        const text = movedWords(ctx, done, readShow(deps, userId, done.showId));
        const undo = { token: done.undoToken, back: paths.show(params.id) };
        return reply.go(paths.show(done.showId), { tone: "success", text, undo });
      },
      { params: Params, detail: { hide: true } },
    );
}
