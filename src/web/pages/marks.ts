import { Elysia, t } from "elysia";
import type { Flash, ViewContext } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { ShowSection } from "../../../views/pages/show.tsx";
import { UpNextList } from "../../../views/pages/up-next.tsx";
import { CalendarCheck } from "../../../views/parts/calendar-row.tsx";
import { CaughtUp } from "../../../views/parts/caught-up.tsx";
import { EpisodeRow, episodeCode } from "../../../views/parts/episode-row.tsx";
import { SeasonActions, SeasonBlock, SeasonHead } from "../../../views/parts/season-block.tsx";
import { ShowProgress } from "../../../views/parts/show-progress.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextCard } from "../../../views/parts/up-next-card.tsx";
import { count } from "../../../views/ui/format.ts";
import { PartUpdate, Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import { calendarEpisode } from "../../db/queries/calendar.ts";
import type { EpisodeView } from "../../db/queries/episode-view.ts";
import { upNext, upNextOfShow } from "../../db/queries/up-next.ts";
import { playById } from "../../db/repos/plays.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { RESYNC, type Visit, visit } from "./answer.ts";
import { calendarEpisodeModel } from "./calendar-model.ts";
import { historyAgain, historyChanged, isOnHistory, reloaded } from "./history-change.ts";
import { LIBRARY_PART, showItemParts } from "./library-actions.ts";
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
import { caughtUpPart, upNextPage } from "./up-next.ts";
import { whenOf } from "./when.ts";

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };
const Season = { params: t.Object({ id: t.String(), number: t.Numeric() }), detail: { hide: true } };

type Undo = { token: string; part: string; back: string };

export function createMarkPages(deps: RouteDeps) {
  const { tracking, paths, db } = deps;
  const sheets = createMarkSheets(deps);

  /** Without script: back to the page the form was on. */
  function back(reply: Visit, text: string, { token, back: path }: Undo): Response {
    const from = reply.cameFrom(path);
    const flash: Flash = { tone: "success", text, undo: { token, back: from } };
    return reply.go(from, flash);
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

  /** The show's next card in place of the one that was watched; after the last one, when the show goes on. */
  function upNextParts(reply: Visit, showId: string, text: string, undo: Omit<Undo, "part">): Response {
    const { ctx, userId } = reply;
    const item = upNextOfShow(db, userId, Number(showId), ctx.now);
    if (item !== null) {
      const toast = ToastWithUndo({ ctx, text, undo: { ...undo, part: `up-next:${showId}` } });
      return reply.fragment([UpNextCard({ ctx, next: upNextModel(ctx, item), arriving: true }), toast]);
    }
    const parts = upNextIsEmpty(reply) ? upNextListPart(reply) : caughtUpUpdate(reply);
    const toast = ToastWithUndo({ ctx, text, undo: { ...undo, part: "up-next" } });
    return reply.fragment([parts, toast], { headers: { "hx-reswap": "delete" } });
  }

  const upNextIsEmpty = ({ ctx, userId }: Visit): boolean =>
    upNext(db, userId, { now: ctx.now, limit: 1 }).items.length === 0;

  function caughtUpUpdate({ ctx, userId }: Visit): JSX.Element {
    const children = CaughtUp({ ctx, caughtUp: caughtUpPart(deps, ctx, userId) });
    return PartUpdate({ target: target("caught-up"), children });
  }

  function upNextListPart({ ctx, userId }: Visit): JSX.Element {
    const children = UpNextList({ ctx, page: upNextPage(deps, ctx, userId) });
    return PartUpdate({ target: target("up-next-list"), children });
  }

  /** The card as it was before; everything else stays where it is. */
  function upNextCardPart({ ctx, userId }: Visit, showId: string): JSX.Element[] {
    const item = upNextOfShow(db, userId, Number(showId), ctx.now);
    if (item === null) return [];
    const children = UpNextCard({ ctx, next: upNextModel(ctx, item), arriving: true });
    return [PartUpdate({ target: target("up-next", showId), swap: "outerHTML", children })];
  }

  /** The check alone; its page hears of the change and follows. */
  function calendarParts(reply: Visit, episodeId: string, words: (code: string) => string, undo: Undo): Response {
    const { ctx, userId } = reply;
    const { check, what } = calendarCheck(ctx, userId, episodeId);
    return reply.fragment([check, ToastWithUndo({ ctx, text: words(what), undo })]);
  }

  function calendarCheck(ctx: ViewContext, userId: number, episodeId: string): { check: JSX.Element; what: string } {
    const id = toRowId(episodeId);
    const item = id === null ? null : calendarEpisode(db, userId, id);
    if (item === null) throw new AppError("not-found", "This episode is not in your calendar.");
    const showTitle = item.show.title;
    const episode = calendarEpisodeModel(ctx, item);
    return {
      check: CalendarCheck({ ctx, showTitle, episode }),
      what: `${showTitle} ${episode.code} · ${episode.title}`,
    };
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
      return upNextParts(reply, showId, words(nameOf(episode)), { ...undo, back: paths.home() });
    }
    if (into.startsWith("span#calendar-check--")) {
      return calendarParts(reply, episodeId, words, { ...undo, part: `calendar:${episodeId}`, back: paths.calendar() });
    }
    if (into.startsWith("li#show-card--")) {
      const { episode } = findEpisode(readShow(deps, userId, showId), episodeId);
      const text = words(nameOf(episode));
      return showItemParts(deps, request, reply, showId, { token: undoToken, text, back: paths.shows() });
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
    const part = form.get("part") ?? "";
    if (done && isOnHistory(deps, reply)) {
      const list = historyAgain(deps, reply, form.get("until") ?? "");
      if (list === null) return reloaded(reply, reply.go(paths.history(), { tone, text }));
      return reply.fragment([list, toast]);
    }
    // The library stands there filtered and sorted in its own way, and asks for itself.
    if (done && part === LIBRARY_PART) return reply.fragment(toast, { trigger: RESYNC });
    return reply.fragment([...(done ? partsAfterUndo(reply, request, part) : []), toast]);
  }

  function partsAfterUndo(reply: Visit, request: Request, part: string): JSX.Element[] {
    const { ctx, userId } = reply;
    if (part === "up-next") return [upNextListPart(reply)];
    const cardOf = /^up-next:(\d+)$/.exec(part)?.[1];
    if (cardOf !== undefined) return upNextCardPart(reply, cardOf);
    const calendarId = /^calendar:(\d+)$/.exec(part)?.[1];
    if (calendarId !== undefined) {
      const { check } = calendarCheck(ctx, userId, calendarId);
      return [PartUpdate({ target: target("calendar-check", calendarId), children: check })];
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
