import { Elysia, t } from "elysia";
import type { Flash } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { ShowSection } from "../../../views/pages/show.tsx";
import { UpNextSection } from "../../../views/pages/up-next.tsx";
import { EpisodeRow, episodeCode } from "../../../views/parts/episode-row.tsx";
import { SeasonActions, SeasonBlock, SeasonHead } from "../../../views/parts/season-block.tsx";
import { ShowProgress } from "../../../views/parts/show-progress.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextCard } from "../../../views/parts/up-next-card.tsx";
import { count } from "../../../views/ui/format.ts";
import { PartUpdate, Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import type { EpisodeView } from "../../db/queries/episode-view.ts";
import { upNextOfShow } from "../../db/queries/up-next-of-show.ts";
import { playById } from "../../db/repos/plays.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { type Visit, visit } from "./answer.ts";
import { createMarkSheets } from "./mark-sheets.ts";
import { episodeRowModel, episodeTitle, upNextModel } from "./models.ts";
import {
  findEpisode,
  findSeason,
  readShow,
  showModel,
  showOfEpisode,
  unfoldedOf,
  unfoldedSeason,
} from "./show-model.ts";
import { upNextPage } from "./up-next.ts";
import { whenOf } from "./when.ts";

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };
const Season = { params: t.Object({ id: t.String(), number: t.Numeric() }), detail: { hide: true } };

type Undo = { token: string; part: string; back: string };

export function createMarkPages(deps: RouteDeps) {
  const { tracking, paths, db } = deps;
  const sheets = createMarkSheets(deps);

  /** Without script: back to the page the form was on. */
  function back(reply: Visit, text: string, { token, back: path }: Undo): Response {
    const flash: Flash = { tone: "success", text, undo: { token, back: path } };
    return reply.go(reply.cameFrom(path), flash);
  }

  /** The row, what its season and show count now, and a way back. */
  function episodeParts(
    reply: Visit,
    showId: string,
    episodeId: string,
    words: (code: string) => string,
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

  /** The whole show anew, as far as it was unfolded, and a way back. */
  function showParts(reply: Visit, request: Request, showId: string, text: string, undo: Undo): Response {
    const { ctx, userId } = reply;
    const show = showModel(deps, ctx, readShow(deps, userId, showId), { unfolded: unfoldedOf(request) });
    return reply.fragment([
      PartUpdate({ target: target("show", showId), children: ShowSection({ ctx, show }) }),
      ToastWithUndo({ ctx, text, undo }),
    ]);
  }

  /** The show's next card, or none when all is watched. */
  function upNextParts(reply: Visit, showId: string, text: string, undo: Undo): Response {
    const { ctx } = reply;
    const item = upNextOfShow(db, reply.userId, Number(showId));
    const toast = ToastWithUndo({ ctx, text, undo });
    if (item === null) return reply.fragment(toast, { headers: { "hx-reswap": "delete" } });
    return reply.fragment([UpNextCard({ ctx, next: upNextModel(ctx, item) }), toast]);
  }

  const undoOf = (showId: string, token: string): Undo => ({
    token,
    part: `show:${showId}`,
    back: paths.show(showId),
  });

  function changeEpisode(request: Request, episodeId: string, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const showId = showOfEpisode(deps, userId, episodeId);
    const when = watched ? whenOf(request, ctx.timeZone) : undefined;
    const { undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markEpisode(userId, episodeId, when) : tracking.unmarkEpisode(userId, episodeId),
    );
    const words = (what: string) => (watched ? `Watched: ${what}` : `No longer watched: ${what}`);
    const undo = undoOf(showId, undoToken);
    if (!reply.part) return back(reply, watched ? "Marked as watched." : "The mark is gone.", undo);
    const into = request.headers.get("hx-target") ?? "";
    if (into.startsWith("li#up-next--")) {
      const { episode } = findEpisode(readShow(deps, userId, showId), episodeId);
      return upNextParts(reply, showId, words(nameOf(episode)), { ...undo, part: "up-next", back: paths.home() });
    }
    if (into.startsWith("article#show--")) {
      const { episode } = findEpisode(readShow(deps, userId, showId), episodeId);
      return showParts(reply, request, showId, words(nameOf(episode)), undo);
    }
    return episodeParts(reply, showId, episodeId, words, undo);
  }

  function markUpTo(request: Request, episodeId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const showId = showOfEpisode(deps, userId, episodeId);
    const when = whenOf(request, ctx.timeZone);
    const { result, undoToken } = tracking.undoable(userId, () => tracking.markUpTo(userId, episodeId, when));
    const text = changedWords(reply, result, true);
    const undo = undoOf(showId, undoToken);
    return reply.part ? showParts(reply, request, showId, text, undo) : back(reply, text, undo);
  }

  function changeSeason(request: Request, showId: string, number: number, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = watched ? whenOf(request, ctx.timeZone) : undefined;
    const { result, undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markSeason(userId, showId, number, when) : tracking.unmarkSeason(userId, showId, number),
    );
    const text = changedWords(reply, result, watched);
    return seasonParts(reply, request, { showId, number }, text, undoOf(showId, undoToken));
  }

  function seasonParts(
    reply: Visit,
    request: Request,
    { showId, number }: { showId: string; number: number },
    text: string,
    undo: Undo,
  ): Response {
    if (!reply.part) return back(reply, text, undo);
    const { ctx, userId } = reply;
    const show = readShow(deps, userId, showId);
    const season = unfoldedSeason(ctx, show, findSeason(show, number), unfoldedOf(request).get(number));
    return reply.fragment([
      PartUpdate({
        target: target("season", `${showId}-${number}`),
        children: SeasonBlock({ ctx, season }),
      }),
      PartUpdate({
        target: target("show-progress", showId),
        children: ShowProgress({ ctx, show: showModel(deps, ctx, show) }),
      }),
      ToastWithUndo({ ctx, text, undo }),
    ]);
  }

  function changeShow(request: Request, showId: string, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = watched ? whenOf(request, ctx.timeZone) : undefined;
    const { result, undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markShow(userId, showId, when) : tracking.unmarkShow(userId, showId),
    );
    const text = changedWords(reply, result, watched);
    const undo = undoOf(showId, undoToken);
    return reply.part ? showParts(reply, request, showId, text, undo) : back(reply, text, undo);
  }

  function watchSeasonAgain(request: Request, showId: string, number: number): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = whenOf(request, ctx.timeZone);
    const { result, undoToken } = tracking.undoable(userId, () =>
      tracking.addSeasonPlays(userId, showId, number, when),
    );
    const text = againWords(reply, result);
    return seasonParts(reply, request, { showId, number }, text, undoOf(showId, undoToken));
  }

  function watchShowAgain(request: Request, showId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = whenOf(request, ctx.timeZone);
    const { result, undoToken } = tracking.undoable(userId, () => tracking.addShowPlays(userId, showId, when));
    const text = againWords(reply, result);
    const undo = undoOf(showId, undoToken);
    return reply.part ? showParts(reply, request, showId, text, undo) : back(reply, text, undo);
  }

  function takeBack(request: Request): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const form = formOf(request);
    const done = tracking.undo(userId, form.get("token") ?? "");
    const text = done ? "Taken back." : "This can no longer be taken back.";
    const tone = done ? "success" : "error";
    if (!reply.part) return reply.go(safeNext(form.get("back"), paths), { tone, text });
    const toast = ToastUpdate({ children: Toast({ ctx, text, tone: done ? "info" : "error" }) });
    return reply.fragment([...(done ? partsAfterUndo(reply, request, form.get("part") ?? "") : []), toast]);
  }

  function partsAfterUndo({ ctx, userId }: Visit, request: Request, part: string): JSX.Element[] {
    if (part === "up-next") {
      const section = UpNextSection({ ctx, page: upNextPage(deps, ctx, userId) });
      return [PartUpdate({ target: target("up-next-list"), children: section })];
    }
    const showId = /^show:(\d+)$/.exec(part)?.[1];
    if (showId === undefined) return [];
    const show = showModel(deps, ctx, readShow(deps, userId, showId), { unfolded: unfoldedOf(request) });
    const section = ShowSection({ ctx, show });
    return [PartUpdate({ target: target("show", showId), children: section })];
  }

  function removePlay(request: Request, playId: string): Response {
    const reply = visit(deps, request);
    const { userId } = reply;
    const id = toRowId(playId);
    const play = id === null ? undefined : playById(db, id);
    if (play === undefined || play.userId !== userId)
      throw new AppError("not-found", "This play is not in your history.");
    const episodeId = String(play.episodeId);
    const showId = showOfEpisode(deps, userId, episodeId);
    const { undoToken } = tracking.undoable(userId, () => tracking.removePlay(userId, playId));
    const undo = undoOf(showId, undoToken);
    if (!reply.part) return back(reply, "The play is removed.", undo);
    return episodeParts(reply, showId, episodeId, (what) => `Play removed: ${what}`, undo);
  }

  function addPlay(request: Request, episodeId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const showId = showOfEpisode(deps, userId, episodeId);
    const when = whenOf(request, ctx.timeZone);
    const { undoToken } = tracking.undoable(userId, () => tracking.addPlay(userId, episodeId, when));
    const undo = undoOf(showId, undoToken);
    if (!reply.part) return back(reply, "One more viewing is noted.", undo);
    return episodeParts(reply, showId, episodeId, (what) => `Watched once more: ${what}`, undo);
  }

  return new Elysia()
    .put(
      "/episodes/:id/watched",
      ({ request, params }) =>
        sheets.guard(request, { episodeId: params.id }, () => changeEpisode(request, params.id, true)),
      Id,
    )
    .delete("/episodes/:id/watched", ({ request, params }) => changeEpisode(request, params.id, false), Id)
    .put(
      "/episodes/:id/watched-up-to",
      ({ request, params }) => sheets.guard(request, { episodeId: params.id }, () => markUpTo(request, params.id)),
      Id,
    )
    .post(
      "/episodes/:id/plays",
      ({ request, params }) => sheets.guard(request, { episodeId: params.id }, () => addPlay(request, params.id)),
      Id,
    )
    .delete("/plays/:id", ({ request, params }) => removePlay(request, params.id), Id)
    .put(
      "/shows/:id/seasons/:number/watched",
      ({ request, params: { id, number } }) =>
        sheets.guard(request, { showId: id, season: number }, () => changeSeason(request, id, number, true)),
      Season,
    )
    .delete(
      "/shows/:id/seasons/:number/watched",
      ({ request, params }) => changeSeason(request, params.id, params.number, false),
      Season,
    )
    .post(
      "/shows/:id/seasons/:number/plays",
      ({ request, params: { id, number } }) =>
        sheets.guard(request, { showId: id, season: number }, () => watchSeasonAgain(request, id, number)),
      Season,
    )
    .put(
      "/shows/:id/watched",
      ({ request, params }) => sheets.guard(request, { showId: params.id }, () => changeShow(request, params.id, true)),
      Id,
    )
    .delete("/shows/:id/watched", ({ request, params }) => changeShow(request, params.id, false), Id)
    .post(
      "/shows/:id/plays",
      ({ request, params }) => sheets.guard(request, { showId: params.id }, () => watchShowAgain(request, params.id)),
      Id,
    )
    .post("/undo", ({ request }) => takeBack(request), { detail: { hide: true } });
}

function nameOf(episode: EpisodeView): string {
  return `${episodeCode(episode.season, episode.number)} · ${episodeTitle(episode)}`;
}

function changedWords({ ctx }: Visit, episodes: number, watched: boolean): string {
  if (episodes === 0) return watched ? "All of it was marked already." : "Nothing of it was marked.";
  return `${watched ? "Marked as watched" : "No longer watched"}: ${count(episodes, ctx, "episode")}`;
}

function againWords({ ctx }: Visit, plays: number): string {
  return `Watched once more: ${count(plays, ctx, "episode")}`;
}
