import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { Layout } from "../../../views/layout.tsx";
import { LibrarySection } from "../../../views/pages/library.tsx";
import { BulkQuestion, type BulkQuestionModel } from "../../../views/parts/bulk-bar.tsx";
import { ShowItem } from "../../../views/parts/show-card.tsx";
import { ShowMenu } from "../../../views/parts/show-menu.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { Dialog, DialogGone, DialogPage } from "../../../views/ui/dialog.tsx";
import { count } from "../../../views/ui/format.ts";
import { counted, numberInWords } from "../../../views/ui/text.ts";
import { type LibraryItem, libraryPage, libraryTitles } from "../../db/queries/library.ts";
import { toRowId } from "../../db/row-id.ts";
import type { ListName } from "../../domain/show-list.ts";
import { AppError } from "../../kernel/errors.ts";
import { type BulkAction, type BulkResult, changeMany, checkCount } from "../../services/tracking/bulk.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { safeNext } from "../guard.ts";
import { RESYNC, type Visit, visit } from "./answer.ts";
import { queryOf, readAsked, viewOf } from "./library-asked.ts";
import { cardModel, libraryModel } from "./library-model.ts";
import { AUTOMATIC, listOptions, NOT_RATED, RATING_OPTIONS, readList, readRating } from "./lists.ts";
import { LIST_WORDS } from "./show-model.ts";

const Params = { params: t.Object({ id: t.String() }), detail: { hide: true } };
const TITLES_NAMED = 5;

/** The part name under which an undo brings the library up to date; see `takeBack`. */
export const LIBRARY_PART = "library";

export function libraryItem(deps: RouteDeps, userId: number, showId: string): LibraryItem {
  const row = toRowId(showId);
  const options = { showIds: row === null ? [] : [row], limit: 1, now: deps.clock.now() };
  const [item] = libraryPage(deps.db, userId, options).items;
  if (item === undefined) throw new AppError("not-found", "This show is not in your library.");
  return item;
}

function paramsOf(address: string): URLSearchParams {
  const base = "http://own.invalid";
  return URL.canParse(address, base) ? new URL(address, base).searchParams : new URLSearchParams();
}

type Undo = { token: string; text: string; back: string };

/** One show's card or line, as the page that asks has them, and a way back. */
export function showItemParts(deps: RouteDeps, request: Request, reply: Visit, showId: string, undo: Undo): Response {
  const { ctx, userId } = reply;
  const show = cardModel(ctx, libraryItem(deps, userId, showId));
  const view = viewOf(request, readAsked(paramsOf(reply.currentUrl)));
  return reply.fragment([
    ShowItem({ ctx, view, show }),
    ToastWithUndo({ ctx, text: undo.text, undo: { token: undo.token, part: LIBRARY_PART, back: undo.back } }),
  ]);
}

const cardForm = z.object({
  list: z
    .string()
    .transform(readList)
    .refine((list) => list !== undefined, "Choose one of the lists.")
    .optional(),
  rating: z
    .string()
    .transform(readRating)
    .refine((rating) => rating !== undefined, "Choose a rating from 1 to 10.")
    .optional(),
});

/** "move:archived", "rate:8", "mark-watched", "remove": what a button of the bar stands for. */
function readAction(what: string): BulkAction {
  const [kind, value = ""] = what.split(":", 2);
  if (what === "mark-watched" || what === "remove") return { kind: what };
  const list = kind === "move" ? readList(value) : undefined;
  if (list !== undefined) return { kind: "move", list };
  const rating = kind === "rate" ? readRating(value) : undefined;
  if (rating !== undefined) return { kind: "rate", rating };
  const message = "Choose what to do with the shows.";
  throw new AppError("invalid", message, { fields: [{ path: "do", message }] });
}

export function createLibraryActions(deps: RouteDeps) {
  const { db, tracking, paths } = deps;

  function menu(request: Request, showId: string): Response {
    const { ctx, userId, part, ...reply } = visit(deps, request);
    const item = libraryItem(deps, userId, showId);
    if (!part) return reply.go(paths.show(item.id));
    const { next } = cardModel(ctx, item);
    const chosen = {
      list: item.listChosen ? item.list : AUTOMATIC,
      rating: item.rating === null ? NOT_RATED : String(item.rating),
    };
    const lists = listOptions(item);
    const model = { showId: item.id, title: item.title, next, lists, ratings: RATING_OPTIONS, ...chosen };
    return reply.fragment(ShowMenu({ ctx, menu: model }));
  }

  /** The list comes anew by itself afterwards: the show may be elsewhere in it now, or no longer on it. */
  function changeCard(request: Request, showId: string): Response {
    const { ctx, userId, part, ...reply } = visit(deps, request);
    const { list, rating } = readForm(request, cardForm);
    const before = libraryItem(deps, userId, showId);
    const wasOn = before.listChosen ? before.list : null;
    const change = {
      ...(list === undefined || list === wasOn ? {} : { list }),
      ...(rating === undefined || rating === before.rating ? {} : { rating }),
    };
    const { undoToken } = tracking.undoable(userId, () => tracking.updateShow(userId, showId, change));
    const text = changedWords(libraryItem(deps, userId, showId), change);
    if (!part) {
      const back = reply.cameFrom(paths.shows());
      return reply.go(back, { tone: "success", text, undo: { token: undoToken, back } });
    }
    const undo = { token: undoToken, part: LIBRARY_PART, back: paths.shows() };
    return reply.fragment(ToastWithUndo({ ctx, text, undo }), { trigger: RESYNC });
  }

  function changeMarked(request: Request): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const form = formOf(request);
    const ids = [...new Set(form.getAll("ids"))];
    const what = form.get("do") ?? "";
    const action = readAction(what);
    const from = safeNext(form.get("from"), paths);
    const shown = form.get("shown") ?? "";
    checkCount(ids.length);
    const isAsked = action.kind === "remove" || action.kind === "mark-watched";
    if (isAsked && form.get("confirmed") !== "yes")
      return ask(reply, { ...questionOf(ctx, userId, action, ids), ids, what, from, shown });
    const result = changeMany(tracking, userId, ids, action);
    const text = bulkWords(ctx, action, result);
    const undo = { token: result.undoToken, back: from };
    if (!reply.part) return reply.go(from, { tone: "success", text, undo });
    const params = paramsOf(from);
    params.set("shown", shown);
    const asked = readAsked(params);
    return reply.fragment(
      [
        LibrarySection({ ctx, page: libraryModel(deps, ctx, userId, request, asked) }),
        DialogGone(),
        ToastWithUndo({ ctx, text, undo: { ...undo, part: LIBRARY_PART } }),
      ],
      { headers: { "hx-replace-url": paths.shows(queryOf(asked)) } },
    );
  }

  function questionOf(
    ctx: ViewContext,
    userId: number,
    { kind }: BulkAction,
    ids: readonly string[],
  ): Pick<BulkQuestionModel, "title" | "text" | "titles" | "others" | "label" | "danger"> {
    const rows = ids.map(toRowId).filter((row) => row !== null);
    const titles = libraryTitles(db, userId, rows);
    if (titles.length < ids.length) throw new AppError("not-found", "One of these shows is not in your library.");
    const shows = counted(numberInWords(ids.length), ids.length === 1, "show");
    const others = titles.length - TITLES_NAMED;
    const named = {
      titles: titles.slice(0, TITLES_NAMED),
      others: others > 0 ? `and ${count(others, ctx, "other")}` : null,
      danger: kind === "remove",
    };
    return kind === "remove"
      ? {
          ...named,
          title: `Remove ${shows}?`,
          text: "They leave your library, and your marks of them with them. You can undo this right afterwards.",
          label: `Remove ${shows}`,
        }
      : {
          ...named,
          title: `Mark ${shows} as watched?`,
          text: "Every episode of them that is out gets a mark with today's date. You can undo this right afterwards.",
          label: `Mark ${shows} watched`,
        };
  }

  /** With htmx a dialog over the page, which stays as it is; without it a page. */
  function ask({ ctx, part, ...reply }: Visit, question: BulkQuestionModel): Response {
    const children = BulkQuestion({ ctx, question });
    if (part) {
      const headers = { "hx-retarget": target("dialog"), "hx-reswap": "innerHTML" };
      return reply.fragment(Dialog({ ctx, scope: "bulk", title: question.title, children }), { headers });
    }
    const body = DialogPage({ scope: "bulk", title: question.title, children });
    return reply.page(Layout({ ctx, title: question.title, nav: "library", children: body }));
  }

  return new Elysia()
    .get("/shows/:id/menu", ({ request, params }) => menu(request, params.id), Params)
    .post("/shows/:id/card", ({ request, params }) => changeCard(request, params.id), Params)
    .post("/shows/bulk", ({ request }) => changeMarked(request), { detail: { hide: true } });
}

function changedWords(
  { title, list, rating }: LibraryItem,
  change: { list?: ListName | null; rating?: number | null },
): string {
  if (change.list === null) return `${title} goes by itself again, to ${LIST_WORDS[list]}.`;
  if (change.list !== undefined) return `${title} moved to ${LIST_WORDS[list]}.`;
  if (change.rating === undefined) return `${title} stays as it was.`;
  return rating === null ? `The rating of ${title} is gone.` : `${title} rated ${rating} of 10.`;
}

function bulkWords(ctx: ViewContext, action: BulkAction, { shows, episodes }: BulkResult): string {
  const what = count(shows, ctx, "show");
  switch (action.kind) {
    case "move":
      return action.list === null
        ? `${what} moved to where ${shows === 1 ? "it belongs" : "they belong"} by what you have watched.`
        : `${what} moved to ${LIST_WORDS[action.list]}.`;
    case "rate":
      return action.rating === null ? `${what} no longer rated.` : `${what} rated ${action.rating} of 10.`;
    case "mark-watched":
      return `Marked as watched: ${count(episodes, ctx, "episode")} of ${what}.`;
    case "remove":
      return `${what} removed from your library.`;
  }
}
