import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import {
  CaughtUpRestPage,
  type NothingNext,
  UpNextList,
  UpNextPage,
  type UpNextPageModel,
  UpNextRestPage,
  UpNextRows,
  type UpNextSectionModel,
} from "../../../views/pages/up-next.tsx";
import { type CaughtUpModel, CaughtUpRows } from "../../../views/parts/caught-up.tsx";
import { RefresherGone } from "../../../views/parts/more.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextMenu } from "../../../views/parts/up-next-card.tsx";
import { caughtUp } from "../../db/queries/caught-up.ts";
import { libraryCounts } from "../../db/queries/library.ts";
import { serverGlances } from "../../db/queries/page-context.ts";
import { type UpNextSectionPage, upNext, upNextOfShow, upNextSections } from "../../db/queries/up-next.ts";
import { UP_NEXT_SECTIONS, type UpNextSection } from "../../domain/up-next.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { type Visit, visit } from "./answer.ts";
import { caughtUpModel, upNextModel } from "./models.ts";
import { nowWatchingModels } from "./now-watching.ts";
import { readShow } from "./show-model.ts";

const PER_SECTION = 20;
const CAUGHT_UP = "caught-up";

const TITLES: Record<UpNextSection, string> = {
  new: "New",
  continue: "Continue",
  "not-started": "Not started",
  "a-while-ago": "Not watched for a while",
};

function sectionModel(
  { paths }: RouteDeps,
  ctx: ViewContext,
  { section, total, items, nextCursor }: UpNextSectionPage,
): UpNextSectionModel {
  return {
    key: section,
    title: TITLES[section],
    folded: section === "a-while-ago",
    items: items.map((item) => upNextModel(ctx, item)),
    total,
    moreHref: nextCursor === null ? null : paths.home({ section, cursor: nextCursor }),
  };
}

export function caughtUpPart(
  { db, paths }: RouteDeps,
  ctx: ViewContext,
  userId: number,
  cursor?: string,
): CaughtUpModel {
  const { items, nextCursor } = caughtUp(db, userId, { limit: PER_SECTION, cursor });
  return {
    rows: items.map((item) => caughtUpModel(ctx, item)),
    moreHref: nextCursor === null ? null : paths.home({ section: CAUGHT_UP, cursor: nextCursor }),
  };
}

export function upNextPage(deps: RouteDeps, ctx: ViewContext, userId: number): UpNextPageModel {
  const sections = upNextSections(deps.db, userId, { now: ctx.now, limit: PER_SECTION });
  return {
    sections: sections.map((section) => sectionModel(deps, ctx, section)),
    caughtUp: caughtUpPart(deps, ctx, userId),
    nowWatching: nowWatchingModels(deps, ctx, userId),
    nothing: sections.length > 0 ? null : whyNothing(deps, userId),
  };
}

function whyNothing({ db }: RouteDeps, userId: number): NothingNext {
  const { all, watching } = libraryCounts(db, userId);
  if (watching > 0) return "all-watched";
  if (all > 0) return "none-watching";
  return serverGlances(db, userId).length > 0 ? "no-shows" : "no-server";
}

const skipForm = z.object({ list: z.enum(["later", "archived"], { error: "Choose one of the lists." }) });
const SKIPPED = { later: "is on Watch later now.", archived: "is archived now." } as const;

export function createUpNextPage(deps: RouteDeps) {
  const { db, paths, tracking } = deps;

  function rest(reply: Visit, section: UpNextSection, cursor: string): Response {
    const { ctx, userId } = reply;
    const found = upNext(db, userId, { now: ctx.now, section, cursor, limit: PER_SECTION });
    const model = sectionModel(deps, ctx, { ...found, section, total: found.items.length });
    if (!reply.part) return reply.page(UpNextRestPage({ ctx, section: model }));
    return reply.fragment([UpNextRows({ ctx, section: model }), RefresherGone()]);
  }

  function restCaughtUp(reply: Visit, cursor: string): Response {
    const { ctx, userId } = reply;
    const model = caughtUpPart(deps, ctx, userId, cursor);
    if (!reply.part) return reply.page(CaughtUpRestPage({ ctx, caughtUp: model }));
    return reply.fragment([CaughtUpRows({ ctx, caughtUp: model }), RefresherGone()]);
  }

  return new Elysia()
    .get(
      "/",
      ({ request, query: { section, cursor } }) => {
        const reply = visit(deps, request);
        const { ctx, userId } = reply;
        const wanted = UP_NEXT_SECTIONS.find((known) => known === section);
        if (cursor !== undefined && wanted !== undefined) return rest(reply, wanted, cursor);
        if (cursor !== undefined && section === CAUGHT_UP) return restCaughtUp(reply, cursor);
        const page = upNextPage(deps, ctx, userId);
        return reply.part ? reply.fragment(UpNextList({ ctx, page })) : reply.page(UpNextPage({ ctx, page }));
      },
      { query: t.Object({ section: t.Optional(t.String()), cursor: t.Optional(t.String()) }), detail: { hide: true } },
    )
    .get(
      "/up-next/:id/menu",
      ({ request, params, query: { episode } }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const { id, title } = readShow(deps, userId, params.id);
        if (!part) return reply.go(paths.show(id));
        const item = upNextOfShow(db, userId, Number(id), ctx.now);
        const next = item !== null && item.episode.id === episode ? upNextModel(ctx, item) : null;
        return reply.fragment(UpNextMenu({ ctx, showId: id, title, next }));
      },
      {
        params: t.Object({ id: t.String() }),
        query: t.Object({ episode: t.Optional(t.String()) }),
        detail: { hide: true },
      },
    )
    .post(
      "/up-next/:id",
      ({ request, params }) => {
        const { list } = readForm(request, skipForm);
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const { title } = readShow(deps, userId, params.id);
        const { undoToken } = tracking.undoable(userId, () => tracking.updateShow(userId, params.id, { list }));
        const text = `${title} ${SKIPPED[list]}`;
        const undo = { token: undoToken, back: paths.home() };
        if (!part) return reply.go(paths.home(), { tone: "success", text, undo });
        return reply.fragment(ToastWithUndo({ ctx, text, undo: { ...undo, part: "up-next" } }), {
          headers: { "hx-reswap": "delete" },
        });
      },
      { params: t.Object({ id: t.String() }), detail: { hide: true } },
    );
}
