import { Elysia, t } from "elysia";
import type { Flash } from "../../../views/context.ts";
import type { Undo } from "../../../views/parts/toast-with-undo.tsx";
import { count } from "../../../views/ui/format.ts";
import { playById } from "../../db/repos/plays.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { type Visit, visit } from "./answer.ts";
import { calendarChanged } from "./calendar-change.ts";
import { historyChanged, isOnHistory } from "./history-change.ts";
import { showItemParts } from "./library-actions.ts";
import { createMarkSheets } from "./mark-sheets.ts";
import { episodeChanged, nameOf, seasonChanged, showChanged } from "./show-change.ts";
import { findEpisode, readShow, showOfEpisode } from "./show-model.ts";
import { upNextChanged } from "./up-next-change.ts";
import { whenOf } from "./when.ts";

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };
const Season = { params: t.Object({ id: t.String(), number: t.Numeric() }), detail: { hide: true } };

type EpisodeKey = { showId: string; episodeId: string };
type SeasonKey = { showId: string; number: number };

export function createMarkPages(deps: RouteDeps) {
  const { tracking, paths, db } = deps;
  const sheets = createMarkSheets(deps);

  /** Without script: back to the page the form was on. */
  function back(reply: Visit, text: string, { token, back: path }: Undo): Response {
    const from = reply.cameFrom(path);
    const flash: Flash = { tone: "success", text, undo: { token, back: from } };
    return reply.go(from, flash);
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
    return episodeAnswer(reply, request, { showId, episodeId }, words, undo);
  }

  /** The part of the page that the mark was made on. */
  function episodeAnswer(
    reply: Visit,
    request: Request,
    { showId, episodeId }: EpisodeKey,
    words: (what: string) => string,
    undo: Undo,
  ): Response {
    const into = request.headers.get("hx-target") ?? "";
    if (into.startsWith("span#calendar-check--")) {
      const calendarUndo = { ...undo, part: `calendar:${episodeId}`, back: paths.calendar() };
      return calendarChanged(deps, reply, episodeId, words, calendarUndo);
    }
    const text = () => words(nameOf(findEpisode(readShow(deps, reply.userId, showId), episodeId).episode));
    if (into.startsWith("li#up-next--"))
      return upNextChanged(deps, reply, showId, text(), { ...undo, back: paths.home() });
    if (into.startsWith("li#show-card--"))
      return showItemParts(deps, request, reply, showId, { token: undo.token, text: text(), back: paths.shows() });
    if (into.startsWith("article#show--")) return showChanged(deps, reply, request, showId, text(), undo);
    return episodeChanged(deps, reply, { showId, episodeId }, words, undo);
  }

  function markUpTo(request: Request, episodeId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const showId = showOfEpisode(deps, userId, episodeId);
    const when = whenOf(request, ctx.timeZone);
    const { result, undoToken } = tracking.undoable(userId, () => tracking.markUpTo(userId, episodeId, when));
    return showAnswer(reply, request, showId, changedWords(reply, result, true), undoToken);
  }

  function changeSeason(request: Request, showId: string, number: number, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = watched ? whenOf(request, ctx.timeZone) : undefined;
    const { result, undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markSeason(userId, showId, number, when) : tracking.unmarkSeason(userId, showId, number),
    );
    return seasonAnswer(reply, request, { showId, number }, changedWords(reply, result, watched), undoToken);
  }

  /** On the page of the show, or back to where the form was. */
  function seasonAnswer(reply: Visit, request: Request, season: SeasonKey, text: string, token: string): Response {
    const undo = undoOf(season.showId, token);
    return reply.part ? seasonChanged(deps, reply, request, season, text, undo) : back(reply, text, undo);
  }

  function showAnswer(reply: Visit, request: Request, showId: string, text: string, token: string): Response {
    const undo = undoOf(showId, token);
    return reply.part ? showChanged(deps, reply, request, showId, text, undo) : back(reply, text, undo);
  }

  function changeShow(request: Request, showId: string, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = watched ? whenOf(request, ctx.timeZone) : undefined;
    const { result, undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markShow(userId, showId, when) : tracking.unmarkShow(userId, showId),
    );
    return showAnswer(reply, request, showId, changedWords(reply, result, watched), undoToken);
  }

  function watchSeasonAgain(request: Request, showId: string, number: number): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = whenOf(request, ctx.timeZone);
    const { result, undoToken } = tracking.undoable(userId, () =>
      tracking.addSeasonPlays(userId, showId, number, when),
    );
    return seasonAnswer(reply, request, { showId, number }, againWords(reply, result), undoToken);
  }

  function watchShowAgain(request: Request, showId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const when = whenOf(request, ctx.timeZone);
    const { result, undoToken } = tracking.undoable(userId, () => tracking.addShowPlays(userId, showId, when));
    return showAnswer(reply, request, showId, againWords(reply, result), undoToken);
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
    return episodeChanged(deps, reply, { showId, episodeId }, (what) => `Play removed: ${what}`, undo);
  }

  function addPlay(request: Request, episodeId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const showId = showOfEpisode(deps, userId, episodeId);
    const when = whenOf(request, ctx.timeZone);
    const { undoToken } = tracking.undoable(userId, () => tracking.addPlay(userId, episodeId, when));
    const undo = undoOf(showId, undoToken);
    if (!reply.part) return back(reply, "One more viewing is noted.", undo);
    return episodeChanged(deps, reply, { showId, episodeId }, (what) => `Watched once more: ${what}`, undo);
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
    );
}

function changedWords({ ctx }: Visit, episodes: number, watched: boolean): string {
  if (episodes === 0) return watched ? "All of it was marked already." : "Nothing of it was marked.";
  return `${watched ? "Marked as watched" : "No longer watched"}: ${count(episodes, ctx, "episode")}`;
}

function againWords({ ctx }: Visit, plays: number): string {
  return `Watched once more: ${count(plays, ctx, "episode")}`;
}
