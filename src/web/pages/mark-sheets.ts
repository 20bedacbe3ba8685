import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { episodeCode } from "../../../views/parts/episode-row.tsx";
import { type MarkAction, MarkDialog, MarkPage, type MarkSheetModel } from "../../../views/parts/mark-sheet.tsx";
import { count, dateText } from "../../../views/ui/format.ts";
import type { EpisodeView } from "../../db/queries/episode-view.ts";
import type { SeasonView, ShowPage } from "../../db/queries/show-page.ts";
import { isSpecial } from "../../domain/progress.ts";
import { isAppError } from "../../kernel/errors.ts";
import { localTimeIn } from "../../services/tracking/zoned-days.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { type Visit, visit } from "./answer.ts";
import { airedAt, episodeTitle } from "./models.ts";
import { findEpisode, findSeason, readShow, showOfEpisode } from "./show-model.ts";

/** What is marked: an episode, a season of a show, or all of it. */
export type Markable = { episodeId: string } | { showId: string; season?: number };

export type MarkSheets = {
  /** The ways to mark it: a dialog for htmx, else a page. */
  open(request: Request, what: Markable): Response;
  /** Runs a change; a date that cannot be is said where it was typed. */
  guard(request: Request, what: Markable, change: () => Response): Response;
};

export function createMarkSheets(deps: RouteDeps): MarkSheets {
  function model(reply: Visit, what: Markable): MarkSheetModel {
    const { ctx, userId } = reply;
    if ("episodeId" in what) {
      const show = readShow(deps, userId, showOfEpisode(deps, userId, what.episodeId));
      return episodeSheet(ctx, show, findEpisode(show, what.episodeId).episode);
    }
    const show = readShow(deps, userId, what.showId);
    return what.season === undefined ? showSheet(ctx, show) : seasonSheet(ctx, show, findSeason(show, what.season));
  }

  return {
    open(request, what) {
      const reply = visit(deps, request);
      const { ctx } = reply;
      const sheet = model(reply, what);
      return reply.part ? reply.fragment(MarkDialog({ ctx, sheet })) : reply.page(MarkPage({ ctx, sheet }));
    },
    guard(request, what, change) {
      try {
        return change();
      } catch (error) {
        const problem = isAppError(error) ? error.fields?.find(({ path }) => path === "watchedAt") : undefined;
        const form = formOf(request);
        if (problem === undefined || !form.has("sheet")) throw error;
        const reply = visit(deps, request);
        const { ctx } = reply;
        const typed = form.get("watchedAt") ?? "";
        const sheet = { ...model(reply, what), problem: { typed, text: `This ${problem.message}.` } };
        if (!reply.part) return reply.page(MarkPage({ ctx, sheet }), 422);
        const headers = { "hx-retarget": target("dialog"), "hx-reswap": "innerHTML" };
        return reply.fragment(MarkDialog({ ctx, sheet }), { status: 422, headers });
      }
    },
  };
}

function episodeSheet(ctx: ViewContext, show: ShowPage, episode: EpisodeView): MarkSheetModel {
  const { paths } = ctx;
  const code = episodeCode(episode.season, episode.number);
  const at = airedAt(ctx, episode);
  const mark: MarkAction = {
    label: episode.watched ? "Watched again" : "Mark as watched",
    action: episode.watched ? paths.episodePlays(episode.id) : paths.episodeWatched(episode.id),
    method: episode.watched ? "post" : "put",
    icon: episode.watched ? "plus" : "check",
    kind: "primary",
  };
  const upTo: MarkAction = {
    label: isSpecial(episode) ? "Mark the specials up to here" : "Mark everything up to here",
    action: paths.episodeWatchedUpTo(episode.id),
    method: "put",
    icon: "check-circle",
  };
  const aired = at === null ? "air date unknown" : `${at > ctx.now ? "airs" : "aired"} ${dateText(at, ctx)}`;
  return {
    ...common(ctx, show),
    scope: `episode-${episode.id}`,
    title: `${code} · ${episodeTitle(episode)}`,
    facts: `${show.title} · ${aired}`,
    airDateLabel: at !== null && at <= ctx.now ? "On the air date" : null,
    actions: [mark, upTo],
    unmark: episode.watched
      ? {
          label: episode.plays.length > 1 ? `Take all ${episode.plays.length} plays back` : "Take the mark back",
          action: paths.episodeWatched(episode.id),
        }
      : null,
  };
}

function seasonSheet(ctx: ViewContext, show: ShowPage, season: SeasonView): MarkSheetModel {
  const { paths } = ctx;
  return {
    ...common(ctx, show),
    scope: `season-${show.id}-${season.number}`,
    title: season.title,
    ...many(ctx, season, {
      facts: show.title,
      mark: { label: "Mark season watched", action: paths.seasonWatched(show.id, season.number) },
      again: { label: "Watched the season again", action: paths.seasonPlays(show.id, season.number) },
      unmark: { label: "Unmark season", confirm: `Take back every mark of ${season.title}?` },
    }),
  };
}

function showSheet(ctx: ViewContext, show: ShowPage): MarkSheetModel {
  const { paths } = ctx;
  return {
    ...common(ctx, show),
    scope: `show-${show.id}`,
    title: show.title,
    ...many(ctx, show, {
      facts: "Specials are left out",
      mark: { label: "Mark all watched", action: paths.showWatched(show.id) },
      again: { label: "Watched all of it again", action: paths.showPlays(show.id) },
      unmark: { label: "Unmark all", confirm: `Take back every mark of ${show.title}?` },
    }),
  };
}

const common = (ctx: ViewContext, show: ShowPage) => ({
  nowLocal: localTimeIn(ctx.now, ctx.timeZone),
  back: { href: ctx.paths.show(show.id), label: show.title },
});

type Words = {
  facts: string;
  mark: Pick<MarkAction, "label" | "action">;
  again: Pick<MarkAction, "label" | "action">;
  unmark: { label: string; confirm: string };
};

/** For a season or a show: what is open can be marked, what is out can be watched again, what is marked unmarked. */
function many(ctx: ViewContext, { watched, aired }: { watched: number; aired: number }, words: Words) {
  const mark: MarkAction = { ...words.mark, method: "put", icon: "check", kind: "primary" };
  const again: MarkAction = { ...words.again, method: "post", icon: "plus" };
  return {
    facts: `${words.facts} · ${watched} of ${count(aired, ctx, "episode")} watched`,
    airDateLabel: "On their air dates",
    actions: [...(watched < aired ? [mark] : []), ...(aired > 0 ? [again] : [])],
    unmark: watched === 0 ? null : { ...words.unmark, action: words.mark.action },
  };
}

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };
const Season = { params: t.Object({ id: t.String(), number: t.Numeric() }), detail: { hide: true } };

export function createMarkSheetPages(deps: RouteDeps) {
  const sheets = createMarkSheets(deps);
  return new Elysia()
    .get("/episodes/:id", ({ request, params }) => sheets.open(request, { episodeId: params.id }), Id)
    .get("/shows/:id/marks", ({ request, params }) => sheets.open(request, { showId: params.id }), Id)
    .get(
      "/shows/:id/seasons/:number/marks",
      ({ request, params }) => sheets.open(request, { showId: params.id, season: params.number }),
      Season,
    );
}
