import { Elysia, t } from "elysia";
import { z } from "zod";
import { ShowPage, ShowSection } from "../../../views/pages/show.tsx";
import { SeasonBody, seasonHref } from "../../../views/parts/season-block.tsx";
import { ShowEntry } from "../../../views/parts/show-entry.tsx";
import { ShowNotesText } from "../../../views/parts/show-notes.tsx";
import { LIST_NAMES } from "../../domain/show-list.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { findSeason, readShow, showModel, type Unfolded, unfoldedOf, unfoldedSeason } from "./show-model.ts";

const entryForm = z.object({
  /** Blank: where its progress puts it. */
  list: z.enum(["", ...LIST_NAMES], { error: "Choose one of the lists." }).optional(),
  rating: z
    .string()
    .regex(/^(?:[1-9]|10)?$/, "Choose a rating from 1 to 10.")
    .optional(),
  notes: z.string().optional(),
});

const Part = t.Optional(t.Numeric());
const Page = {
  params: t.Object({ id: t.String() }),
  query: t.Object({ season: t.Optional(t.Numeric()), part: Part }),
  detail: { hide: true },
};
const Season = {
  params: t.Object({ id: t.String(), number: t.Numeric() }),
  query: t.Object({ part: Part }),
  detail: { hide: true },
};
const Params = { params: t.Object({ id: t.String() }), detail: { hide: true } };

export function createShowPage(deps: RouteDeps) {
  const { tracking, paths } = deps;

  return new Elysia()
    .get(
      "/shows/:id",
      ({ request, params, query }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const { season, part: seasonPart } = query;
        const asked: Unfolded = new Map(season === undefined ? [] : [[season, seasonPart]]);
        const unfolded = new Map([...unfoldedOf(request), ...asked]);
        const show = showModel(deps, ctx, readShow(deps, userId, params.id), { unfolded, season });
        return part ? reply.fragment(ShowSection({ ctx, show })) : reply.page(ShowPage({ ctx, show }));
      },
      Page,
    )
    .get(
      "/shows/:id/seasons/:number",
      ({ request, params, query }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const show = readShow(deps, userId, params.id);
        const season = unfoldedSeason(ctx, show, findSeason(show, params.number), query.part);
        return part ? reply.fragment(SeasonBody({ ctx, season })) : reply.go(seasonHref(ctx, season, query.part));
      },
      Season,
    )
    .post(
      "/shows/:id/entry",
      ({ request, params }) => {
        const { list, rating, notes } = readForm(request, entryForm);
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const change = {
          ...(list === undefined ? {} : { list: list === "" ? null : list }),
          ...(rating === undefined ? {} : { rating: rating === "" ? null : Number(rating) }),
          ...(notes === undefined ? {} : { notes }),
        };
        tracking.updateShow(userId, params.id, change);
        if (!part) return reply.go(paths.show(params.id), { tone: "success", text: "Saved." });
        const show = showModel(deps, ctx, readShow(deps, userId, params.id));
        return reply.fragment(
          notes === undefined ? ShowEntry({ ctx, show }) : ShowNotesText({ ctx, show, saved: true }),
        );
      },
      Params,
    )
    .delete(
      "/shows/:id",
      ({ request, params }) => {
        const { userId, part, ...reply } = visit(deps, request);
        const { title } = readShow(deps, userId, params.id);
        const { undoToken } = tracking.undoable(userId, () => tracking.removeShow(userId, params.id));
        const undo = { token: undoToken, back: paths.show(params.id) };
        const gone = reply.go(paths.shows(), { tone: "success", text: `${title} is no longer in your library.`, undo });
        if (!part) return gone;
        // The page that htmx stands on is no more: load the library, with the words in the cookie.
        return reply.fragment("", {
          headers: { "hx-redirect": paths.shows(), "set-cookie": gone.headers.get("set-cookie") ?? "" },
        });
      },
      Params,
    );
}
