import { Elysia, t } from "elysia";
import type { Flash } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { ShowProgress, ShowSection } from "../../../views/pages/show.tsx";
import { UpNextList } from "../../../views/pages/up-next.tsx";
import { CaughtUp } from "../../../views/parts/caught-up.tsx";
import { EpisodeRow, episodeCode } from "../../../views/parts/episode-row.tsx";
import { SeasonActions, SeasonBlock, SeasonHead } from "../../../views/parts/season-block.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextCard } from "../../../views/parts/up-next-card.tsx";
import { PartUpdate, Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import type { ShowPage } from "../../db/queries/show-page.ts";
import { upNext, upNextOfShow } from "../../db/queries/up-next.ts";
import { libraryShowOfEpisode } from "../../db/repos/library.ts";
import { playById } from "../../db/repos/plays.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { momentIn } from "../../services/tracking/zoned-days.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { type Visit, visit } from "./answer.ts";
import { episodeRowModel, episodeTitle, upNextModel } from "./models.ts";
import { readShow, seasonModel, showModel } from "./show-model.ts";
import { caughtUpPart, upNextPage } from "./up-next.ts";

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

  function changeEpisode(request: Request, episodeId: string, watched: boolean): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const showId = showOfEpisode(userId, episodeId);
    const watchedAt = readWhen(formOf(request).get("watchedAt"), ctx.timeZone);
    const { undoToken } = tracking.undoable(userId, () =>
      watched ? tracking.markEpisode(userId, episodeId, watchedAt) : tracking.unmarkEpisode(userId, episodeId),
    );
    const words = (what: string) => (watched ? `Watched: ${what}` : `No longer watched: ${what}`);
    const undo = { token: undoToken, part: `show:${showId}`, back: paths.show(showId) };
    if (reply.part && request.headers.get("hx-target")?.startsWith("li#up-next--")) {
      const { episode } = findEpisode(readShow(deps, userId, showId), episodeId);
      const text = words(`${episodeCode(episode.season, episode.number)} · ${episodeTitle(episode)}`);
      return upNextParts(reply, showId, text, { ...undo, back: paths.home() });
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
    return reply.fragment([...(done ? partsAfterUndo(reply, form.get("part") ?? "") : []), toast]);
  }

  function partsAfterUndo(reply: Visit, part: string): JSX.Element[] {
    const { ctx, userId } = reply;
    if (part === "up-next") return [upNextListPart(reply)];
    const cardOf = /^up-next:(\d+)$/.exec(part)?.[1];
    if (cardOf !== undefined) return upNextCardPart(reply, cardOf);
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
    if (!reply.part) return back(reply, "The play is removed.", undo);
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

/** What a `datetime-local` field says; nothing given means now. */
function readWhen(text: string | null, timeZone: string): number | undefined {
  if (text === null || text === "") return undefined;
  const at = momentIn(text, timeZone);
  if (at !== null) return at;
  const message = "must be a date and a time such as 2026-08-31T19:30";
  throw new AppError("invalid", `The time ${message}.`, { fields: [{ path: "watchedAt", message }] });
}

function changedWords(episodes: number, watched: boolean): string {
  const what = episodes === 1 ? "1 episode" : `${episodes} episodes`;
  return watched ? `Marked as watched: ${what}` : `No longer watched: ${what}`;
}
