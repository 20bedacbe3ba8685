import { target } from "../../../views/dom.ts";
import { ShowSection } from "../../../views/pages/show.tsx";
import { EpisodeRow, episodeCode } from "../../../views/parts/episode-row.tsx";
import { SeasonActions, SeasonBlock, SeasonHead } from "../../../views/parts/season-block.tsx";
import { ShowProgress } from "../../../views/parts/show-progress.tsx";
import { ToastWithUndo, type Undo } from "../../../views/parts/toast-with-undo.tsx";
import { PartUpdate } from "../../../views/ui/toast.tsx";
import type { EpisodeView } from "../../db/queries/episode-view.ts";
import type { RouteDeps } from "../deps.ts";
import type { Visit } from "./answer.ts";
import { episodeRowModel, episodeTitle } from "./models.ts";
import { findEpisode, findSeason, readShow, showModel, unfoldedOf, unfoldedSeason } from "./show-model.ts";

// Answers to what is marked on a show's page: as much of it as the mark has changed, and a way back.

type Season = { showId: string; number: number };
type Episode = { showId: string; episodeId: string };

/** The row, and what its season and show count now. */
export function episodeChanged(
  deps: RouteDeps,
  reply: Visit,
  { showId, episodeId }: Episode,
  words: (what: string) => string,
  undo: Undo,
): Response {
  const { ctx } = reply;
  const show = readShow(deps, reply.userId, showId);
  const { season, episode } = findEpisode(show, episodeId);
  const block = unfoldedSeason(ctx, show, season);
  const key = `${block.showId}-${block.number}`;
  return reply.fragment([
    PartUpdate({
      target: target("episode", episodeId),
      children: EpisodeRow({ ctx, episode: episodeRowModel(ctx, episode) }),
    }),
    PartUpdate({ target: target("season-head", key), children: SeasonHead({ ctx, season: block }) }),
    PartUpdate({ target: target("season-actions", key), children: SeasonActions({ ctx, season: block }) }),
    PartUpdate({
      target: target("show-progress", showId),
      children: ShowProgress({ ctx, show: showModel(deps, ctx, show) }),
    }),
    ToastWithUndo({ ctx, text: words(nameOf(episode)), undo }),
  ]);
}

export function nameOf(episode: EpisodeView): string {
  return `${episodeCode(episode.season, episode.number)} · ${episodeTitle(episode)}`;
}

export function seasonChanged(
  deps: RouteDeps,
  reply: Visit,
  request: Request,
  { showId, number }: Season,
  text: string,
  undo: Undo,
): Response {
  const { ctx, userId } = reply;
  const show = readShow(deps, userId, showId);
  const season = unfoldedSeason(ctx, show, findSeason(show, number), unfoldedOf(request).get(number));
  return reply.fragment([
    PartUpdate({ target: target("season", `${showId}-${number}`), children: SeasonBlock({ ctx, season }) }),
    PartUpdate({
      target: target("show-progress", showId),
      children: ShowProgress({ ctx, show: showModel(deps, ctx, show) }),
    }),
    ToastWithUndo({ ctx, text, undo }),
  ]);
}

export function showChanged(
  deps: RouteDeps,
  reply: Visit,
  request: Request,
  showId: string,
  text: string,
  undo: Undo,
): Response {
  return reply.fragment([showAgain(deps, reply, request, showId), ToastWithUndo({ ctx: reply.ctx, text, undo })]);
}

/** The whole show anew, as far as it was unfolded. */
export function showAgain(deps: RouteDeps, { ctx, userId }: Visit, request: Request, showId: string): JSX.Element {
  const show = showModel(deps, ctx, readShow(deps, userId, showId), { unfolded: unfoldedOf(request) });
  return PartUpdate({ target: target("show", showId), children: ShowSection({ ctx, show }) });
}
