import { Elysia, t } from "elysia";
import { z } from "zod";
import { ShowEntry, ShowPage, ShowSection } from "../../../views/pages/show.tsx";
import { LIST_NAMES } from "../../domain/show-list.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { readShow, showModel } from "./show-model.ts";

const entryForm = z.object({
  list: z.enum(LIST_NAMES, { error: "Choose one of the lists." }).optional(),
  rating: z
    .string()
    .regex(/^(?:[1-9]|10)?$/, "Choose a rating from 1 to 10.")
    .optional(),
});

const Params = { params: t.Object({ id: t.String() }), detail: { hide: true } };

export function createShowPage(deps: RouteDeps) {
  const { tracking, paths } = deps;

  return new Elysia()
    .get(
      "/shows/:id",
      ({ request, params }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const show = showModel(deps, ctx, readShow(deps, userId, params.id));
        return part ? reply.fragment(ShowSection({ ctx, show })) : reply.page(ShowPage({ ctx, show }));
      },
      Params,
    )
    .post(
      "/shows/:id/entry",
      ({ request, params }) => {
        const { list, rating } = readForm(request, entryForm);
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const change = {
          ...(list === undefined ? {} : { list }),
          ...(rating === undefined ? {} : { rating: rating === "" ? null : Number(rating) }),
        };
        tracking.updateShow(userId, params.id, change);
        if (!part) return reply.go(paths.show(params.id), { tone: "success", text: "Saved." });
        return reply.fragment(ShowEntry({ ctx, show: showModel(deps, ctx, readShow(deps, userId, params.id)) }));
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
