import { Elysia, t } from "elysia";
import type { Flash } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { ShowProgress, ShowSection } from "../../../views/pages/show.tsx";
import { UpNextSection } from "../../../views/pages/up-next.tsx";
import { EpisodeRow, episodeCode } from "../../../views/parts/episode-row.tsx";
import { SeasonActions, SeasonBlock, SeasonHead } from "../../../views/parts/season-block.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextCard } from "../../../views/parts/up-next-card.tsx";
import { PartUpdate, Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import type { ShowPage } from "../../db/queries/show-page.ts";
import { upNextOfShow } from "../../db/queries/up-next-of-show.ts";
import { libraryShowOfEpisode } from "../../db/repos/library.ts";
import { playById } from "../../db/repos/plays.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { type Visit, visit } from "./answer.ts";
import { historyAgain, historyChanged, isOnHistory, reloaded } from "./history-change.ts";
import { episodeRowModel, episodeTitle, upNextModel } from "./models.ts";
import { readShow, seasonModel, showModel } from "./show-model.ts";
import { upNextPage } from "./up-next.ts";

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };
const Season = { params: t.Object({ id: t.String(), number: t.Numeric() }), detail: { hide: true } };

type Undo = { token: string; part: string; back: string };

export function createMarkPages(deps: RouteDeps) {
  const { tracking, paths, db } = deps;

  function showOfEpisode(userId: number, episodeId: string): string {
    const id = toRowId(episodeId);
    const showId = id === null ? null : libraryShowOfEpisode(db, userId, id);
    if (showId === null) throw new AppError("not-found", "This episode is not in your library.");
    return String(showId);
  }

  function findEpisode(show: ShowPage, episodeId: string) {
    for (const season of show.seasons) {
      const episode = season.episodes.find(({ id }) => id === episodeId);
      if (episode !== undefined) return { season, episode };
    }
    throw new AppError("not-found", "This episode is not in your library.");
  }

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
    const block = seasonModel(ctx, show, season);
    const key = `${block.showId}-${block.number}`;
    const text = words(`${episodeCode(episode.season, episode.number)} · ${episodeTitle(episode)}`);
    return reply.fragment([
      EpisodeRow({ ctx, episode: episodeRowModel(ctx, episode) }),
      PartUpdate({ target: target("season-head", key), children: SeasonHead({ ctx, season: block }) }),
      PartUpdate({ target: target("season-actions", key), children: SeasonActions({ ctx, season: block }) }),
      PartUpdate({
        target: target("show-progress", showId),
        children: ShowProgress({ ctx, show: showModel(deps, ctx, show) }),
      }),
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

  function changeEpisode(request: Request, episodeId: string, watched: boolean): Response {
    const reply = visit(deps, request);
    const { userId } = reply;
    const showId = showOfEpisode(userId, episodeId);
    const { undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markEpisode(userId, episodeId) : tracking.unmarkEpisode(userId, episodeId),
    );
    const words = (what: string) => (watched ? `Watched: ${what}` : `No longer watched: ${what}`);
    const undo = { token: undoToken, part: `show:${showId}`, back: paths.show(showId) };
    if (reply.part && request.headers.get("hx-target")?.startsWith("li#up-next--")) {
      const { episode } = findEpisode(readShow(deps, userId, showId), episodeId);
      const text = words(`${episodeCode(episode.season, episode.number)} · ${episodeTitle(episode)}`);
      return upNextParts(reply, showId, text, { ...undo, part: "up-next", back: paths.home() });
    }
    if (reply.part) return episodeParts(reply, showId, episodeId, words, undo);
    return back(reply, watched ? "Marked as watched." : "The mark is gone.", undo);
  }

  function changeSeason(request: Request, showId: string, number: number, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const { result, undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markSeason(userId, showId, number) : tracking.unmarkSeason(userId, showId, number),
    );
    const text = changedWords(result, watched);
    const undo = { token: undoToken, part: `show:${showId}`, back: paths.show(showId) };
    if (!reply.part) return back(reply, text, undo);
    const show = readShow(deps, userId, showId);
    const season = show.seasons.find((each) => each.number === number);
    if (season === undefined) throw new AppError("not-found", "This show has no such season.");
    return reply.fragment([
      SeasonBlock({ ctx, season: seasonModel(ctx, show, season) }),
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
    const { result, undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markShow(userId, showId) : tracking.unmarkShow(userId, showId),
    );
    const text = changedWords(result, watched);
    const undo = { token: undoToken, part: `show:${showId}`, back: paths.show(showId) };
    if (!reply.part) return back(reply, text, undo);
    const show = showModel(deps, ctx, readShow(deps, userId, showId));
    return reply.fragment([ShowSection({ ctx, show }), ToastWithUndo({ ctx, text, undo })]);
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
    if (done && isOnHistory(deps, reply)) {
      const list = historyAgain(deps, reply, form.get("until") ?? "");
      if (list === null) return reloaded(reply, reply.go(paths.history(), { tone, text }));
      return reply.fragment([list, toast]);
    }
    return reply.fragment([...(done ? partsAfterUndo(reply, form.get("part") ?? "") : []), toast]);
  }

  function partsAfterUndo({ ctx, userId }: Visit, part: string): JSX.Element[] {
    if (part === "up-next") {
      const section = UpNextSection({ ctx, page: upNextPage(deps, ctx, userId) });
      return [PartUpdate({ target: target("up-next-list"), children: section })];
    }
    const showId = /^show:(\d+)$/.exec(part)?.[1];
    if (showId === undefined) return [];
    const section = ShowSection({ ctx, show: showModel(deps, ctx, readShow(deps, userId, showId)) });
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
    const showId = showOfEpisode(userId, episodeId);
    const { undoToken } = tracking.undoable(userId, () => tracking.removePlay(userId, playId));
    const undo = { token: undoToken, part: `show:${showId}`, back: paths.show(showId) };
    const form = formOf(request);
    if (!reply.part) {
      // The page of the play itself is gone with it.
      const from = form.get("back");
      const path = from === null ? reply.cameFrom(undo.back) : safeNext(from, paths);
      return reply.go(path, { tone: "success", text: "The play is removed.", undo: { token: undoToken, back: path } });
    }
    if (isOnHistory(deps, reply)) {
      const change = { text: "The play is removed.", token: undoToken, until: form.get("until") ?? "" };
      return historyChanged(deps, reply, change);
    }
    return episodeParts(reply, showId, episodeId, (what) => `Play removed: ${what}`, undo);
  }

  function addPlay(request: Request, episodeId: string): Response {
    const reply = visit(deps, request);
    const { userId } = reply;
    const showId = showOfEpisode(userId, episodeId);
    const { undoToken } = tracking.undoable(userId, () => tracking.addPlay(userId, episodeId));
    const undo = { token: undoToken, part: `show:${showId}`, back: paths.show(showId) };
    if (!reply.part) return back(reply, "One more viewing is noted.", undo);
    return episodeParts(reply, showId, episodeId, (what) => `Watched once more: ${what}`, undo);
  }

  return new Elysia()
    .put("/episodes/:id/watched", ({ request, params }) => changeEpisode(request, params.id, true), Id)
    .delete("/episodes/:id/watched", ({ request, params }) => changeEpisode(request, params.id, false), Id)
    .post("/episodes/:id/plays", ({ request, params }) => addPlay(request, params.id), Id)
    .delete("/plays/:id", ({ request, params }) => removePlay(request, params.id), Id)
    .put(
      "/shows/:id/seasons/:number/watched",
      ({ request, params }) => changeSeason(request, params.id, params.number, true),
      Season,
    )
    .delete(
      "/shows/:id/seasons/:number/watched",
      ({ request, params }) => changeSeason(request, params.id, params.number, false),
      Season,
    )
    .put("/shows/:id/watched", ({ request, params }) => changeShow(request, params.id, true), Id)
    .delete("/shows/:id/watched", ({ request, params }) => changeShow(request, params.id, false), Id)
    .post("/undo", ({ request }) => takeBack(request), { detail: { hide: true } });
}

function changedWords(episodes: number, watched: boolean): string {
  const what = episodes === 1 ? "1 episode" : `${episodes} episodes`;
  return watched ? `Marked as watched: ${what}` : `No longer watched: ${what}`;
}
