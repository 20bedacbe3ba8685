import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { Layout } from "../../../views/layout.tsx";
import { ShowSection } from "../../../views/pages/show.tsx";
import { episodeCode } from "../../../views/parts/episode-row.tsx";
import { playWords } from "../../../views/parts/play-evidence.tsx";
import {
  PlayDialog,
  PlayDocument,
  PlaySheet,
  PlaySheetDone,
  type PlaySheetModel,
} from "../../../views/parts/play-sheet.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { clockTime, dateText, fullTime } from "../../../views/ui/format.ts";
import { PartUpdate } from "../../../views/ui/toast.tsx";
import { type OnePlay, onePlay } from "../../db/queries/one-play.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError, isAppError } from "../../kernel/errors.ts";
import { localTimeIn, readLocalTime } from "../../services/tracking/zoned-days.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { safeNext } from "../guard.ts";
import { type Visit, visit } from "./answer.ts";
import { historyChanged, isOnHistory } from "./history-change.ts";
import { airedAt, episodeTitle, playModel, sourceWords } from "./models.ts";
import { readShow, showModel } from "./show-model.ts";

const Params = { params: t.Object({ id: t.String() }), detail: { hide: true } };

const timeForm = z.object({
  at: z.string().max(40).optional(),
  as: z.enum(["time", "air", "unknown", "source"]).default("time"),
  back: z.string().max(1000).optional(),
  until: z.string().max(200).optional(),
});

type Form = z.infer<typeof timeForm>;

/** The time that is meant, and a word on it where the clocks have never shown what was asked for. */
type Wish = { watchedAt: number | null; note: string } | "source";

export function createPlayPages(deps: RouteDeps) {
  const { db, paths, tracking } = deps;

  function playOf(userId: number, playId: string): OnePlay {
    const id = toRowId(playId);
    const play = id === null ? null : onePlay(db, userId, id);
    if (play === null) throw new AppError("not-found", "This play is not in your history.");
    return play;
  }

  function sheetOf(reply: Visit, play: OnePlay, back: string): PlaySheetModel {
    return { ...sheetModel(reply.ctx, play), removable: !reply.part || isOnHistory(deps, reply), back };
  }

  const asPage = (ctx: ViewContext, sheet: PlaySheetModel): JSX.Element =>
    Layout({ ctx, title: "Edit time", nav: "history", children: PlayDocument({ ctx, sheet }) });

  const backOf = ({ back }: Form): string => (back === undefined ? paths.history() : safeNext(back, paths));

  function show(request: Request, playId: string): Response {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const sheet = sheetOf(reply, playOf(userId, playId), reply.cameFrom(paths.history()));
    return reply.part ? reply.fragment(PlayDialog({ ctx, sheet })) : reply.page(asPage(ctx, sheet));
  }

  function refused(reply: Visit, play: OnePlay, form: Form, error: AppError): Response {
    const { ctx } = reply;
    const sheet = { ...sheetOf(reply, play, backOf(form)), value: form.at ?? "", error: error.message };
    return reply.part
      ? reply.fragment(PlaySheet({ ctx, sheet }), { status: 422 })
      : reply.page(asPage(ctx, sheet), 422);
  }

  function wishOf(ctx: ViewContext, play: OnePlay, { as, at = "" }: Form): Wish {
    if (as === "source") return "source";
    if (as === "unknown") return { watchedAt: null, note: "" };
    const aired = airedAt(ctx, play.episode);
    if (as === "air" && aired !== null) return { watchedAt: aired, note: "" };
    // The form knows minutes only: to leave them as they are is no correction.
    const isAsBefore = play.watchedAt !== null && at === localTimeIn(play.watchedAt, ctx.timeZone);
    if (isAsBefore) return { watchedAt: play.watchedAt, note: "" };
    const read = readLocalTime(at, ctx.timeZone);
    if (read === null) throw new AppError("invalid", "Enter a date and a time, or choose “Date unknown”.");
    return { watchedAt: read.at, note: read.skipped ? skippedWords(at) : "" };
  }

  function save(reply: Visit, play: OnePlay, form: Form): Response {
    const { ctx, userId } = reply;
    const wish = wishOf(ctx, play, form);
    const { undoToken: token } = tracking.undoable(userId, () =>
      wish === "source" ? tracking.resetPlay(userId, play.id) : tracking.editPlay(userId, play.id, wish),
    );
    const { watchedAt } = playOf(userId, play.id);
    const note = wish === "source" ? "" : wish.note;
    const text = `${episodeWords(play)}: ${watchedAt === null ? "date unknown" : fullTime(watchedAt, ctx)}.${note}`;
    if (!reply.part) return reply.go(backOf(form), { tone: "success", text, undo: { token, back: backOf(form) } });
    if (isOnHistory(deps, reply)) return historyChanged(deps, reply, { text, token, until: form.until ?? "" });
    return showChanged(reply, play.show.id, text, token);
  }

  function showChanged(reply: Visit, showId: string, text: string, token: string): Response {
    const { ctx, userId } = reply;
    const section = ShowSection({ ctx, show: showModel(deps, ctx, readShow(deps, userId, showId)) });
    return reply.fragment([
      PlaySheetDone(),
      PartUpdate({ target: target("show", showId), children: section }),
      ToastWithUndo({ ctx, text, undo: { token, part: `show:${showId}`, back: paths.show(showId) } }),
    ]);
  }

  return new Elysia()
    .get("/plays/:id", ({ request, params }) => show(request, params.id), Params)
    .post(
      "/plays/:id/time",
      ({ request, params }) => {
        const form = readForm(request, timeForm);
        const reply = visit(deps, request);
        const play = playOf(reply.userId, params.id);
        try {
          return save(reply, play, form);
        } catch (error) {
          if (!isAppError(error) || error.code !== "invalid") throw error;
          return refused(reply, play, form, error);
        }
      },
      Params,
    );
}

function episodeWords({ episode }: OnePlay): string {
  return `${episodeCode(episode.season, episode.number)} · ${episodeTitle(episode)}`;
}

function sheetModel(ctx: ViewContext, item: OnePlay): Omit<PlaySheetModel, "removable" | "back"> {
  const aired = airedAt(ctx, item.episode);
  const play = playModel(item);
  return {
    play,
    showId: item.show.id,
    showTitle: item.show.title,
    episode: episodeWords(item),
    facts: `${play.source}. ${playWords(play, ctx)}.`,
    value: item.watchedAt === null ? "" : localTimeIn(item.watchedAt, ctx.timeZone),
    latest: localTimeIn(ctx.now, ctx.timeZone),
    timeZone: ctx.timeZone,
    airDate: aired === null || aired > ctx.now ? null : airWords(ctx, item, aired),
    resetLabel: item.edited ? resetLabel(item) : null,
  };
}

function airWords(ctx: ViewContext, { episode }: OnePlay, aired: number): string {
  return episode.airedExact ? `${dateText(aired, ctx)}, ${clockTime(aired, ctx)}` : dateText(aired, ctx);
}

function resetLabel(play: OnePlay): string {
  if (play.source === "manual") return "Use the time first entered";
  return play.source === "import" ? "Use the imported time" : `Use the time from ${sourceWords(play)}`;
}

function skippedWords(text: string): string {
  return ` On that day the clocks went past ${text.slice(11, 16)}; this is the next time that there was.`;
}
