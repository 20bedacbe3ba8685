import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { Layout } from "../../../views/layout.tsx";
import { ShowSection } from "../../../views/pages/show.tsx";
import { episodeCode } from "../../../views/parts/episode-row.tsx";
import {
  PlayTimeDialog,
  PlayTimeDone,
  PlayTimeForm,
  type PlayTimeModel,
  PlayTimePage,
} from "../../../views/parts/play-time.tsx";
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
import { airedAt, episodeTitle, sourceWords } from "./models.ts";
import { readShow, showModel } from "./show-model.ts";

const Params = { params: t.Object({ id: t.String() }), detail: { hide: true } };

const timeForm = z.object({
  at: z.string().max(40).optional(),
  as: z.enum(["time", "air", "unknown", "source"]).default("time"),
  back: z.string().max(1000).optional(),
  until: z.string().max(200).optional(),
});

type Form = z.infer<typeof timeForm>;

/** What is to be done, and a word on it where the clocks have never shown what was asked for. */
type Wish = { watchedAt: number | null; note: string } | "source";

export function createPlayTimePages(deps: RouteDeps) {
  const { db, paths, tracking } = deps;

  function playOf(userId: number, playId: string): OnePlay {
    const id = toRowId(playId);
    const play = id === null ? null : onePlay(db, userId, id);
    if (play === null) throw new AppError("not-found", "This play is not in your history.");
    return play;
  }

  function show(reply: Visit, time: PlayTimeModel): Response {
    const { ctx } = reply;
    if (reply.part) return reply.fragment(PlayTimeDialog({ ctx, time }));
    return reply.page(asPage(ctx, time));
  }

  function refused(reply: Visit, play: OnePlay, form: Form, error: AppError): Response {
    const { ctx } = reply;
    const time = { ...timeModel(ctx, play, backOf(form)), value: form.at ?? "", error: error.message };
    return reply.part
      ? reply.fragment(PlayTimeForm({ ctx, time }), { status: 422 })
      : reply.page(asPage(ctx, time), 422);
  }

  const asPage = (ctx: ViewContext, time: PlayTimeModel): JSX.Element =>
    Layout({ ctx, title: "Edit time", nav: "history", children: PlayTimePage({ ctx, time }) });

  const backOf = ({ back }: Form): string => (back === undefined ? paths.history() : safeNext(back, paths));

  function wishOf(ctx: ViewContext, play: OnePlay, { as, at = "" }: Form): Wish {
    if (as === "source") return "source";
    if (as === "unknown") return { watchedAt: null, note: "" };
    const aired = airedAt(ctx, play.episode);
    if (as === "air" && aired !== null) return { watchedAt: aired, note: "" };
    // The form knows minutes only: to leave them as they are is no correction.
    if (play.watchedAt !== null && at === localTimeIn(play.watchedAt, ctx.timeZone))
      return { watchedAt: play.watchedAt, note: "" };
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
    const now = playOf(userId, play.id).watchedAt;
    const note = wish === "source" ? "" : wish.note;
    const text = `${episodeWords(play)}: ${now === null ? "date unknown" : fullTime(now, ctx)}.${note}`;
    if (!reply.part) return reply.go(backOf(form), { tone: "success", text, undo: { token, back: backOf(form) } });
    if (isOnHistory(deps, reply)) {
      const change = { text, token, until: form.until ?? "" };
      return historyChanged(deps, reply, change, (list) => [
        PlayTimeDone(),
        PartUpdate({ target: target("history"), children: list }),
      ]);
    }
    const part = showModel(deps, ctx, readShow(deps, userId, play.show.id));
    return reply.fragment([
      PlayTimeDone(),
      PartUpdate({ target: target("show", play.show.id), children: ShowSection({ ctx, show: part }) }),
      ToastWithUndo({ ctx, text, undo: { token, part: `show:${play.show.id}`, back: paths.show(play.show.id) } }),
    ]);
  }

  return new Elysia()
    .get(
      "/plays/:id/time",
      ({ request, params }) => {
        const reply = visit(deps, request);
        return show(reply, timeModel(reply.ctx, playOf(reply.userId, params.id), reply.cameFrom(paths.history())));
      },
      Params,
    )
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

function timeModel(ctx: ViewContext, play: OnePlay, back: string): PlayTimeModel {
  const aired = airedAt(ctx, play.episode);
  return {
    playId: play.id,
    showTitle: play.show.title,
    episode: episodeWords(play),
    value: play.watchedAt === null ? "" : localTimeIn(play.watchedAt, ctx.timeZone),
    latest: localTimeIn(ctx.now, ctx.timeZone),
    timeZone: ctx.timeZone,
    undated: play.watchedAt === null,
    airDate: aired === null || aired > ctx.now ? null : airWords(ctx, play, aired),
    original: play.original === null ? null : originalWords(ctx, play, play.original.watchedAt),
    back,
  };
}

function airWords(ctx: ViewContext, { episode }: OnePlay, aired: number): string {
  return episode.airedExact ? `${dateText(aired, ctx)}, ${clockTime(aired, ctx)}` : dateText(aired, ctx);
}

function originalWords(ctx: ViewContext, play: OnePlay, at: number | null): { label: string; words: string } {
  const when = at === null ? "no date" : fullTime(at, ctx);
  if (play.source === "manual") return { label: "Use the time first entered", words: `First entered: ${when}.` };
  if (play.source === "import") return { label: "Use the imported time", words: `Imported: ${when}.` };
  const source = sourceWords(play);
  return { label: `Use the time from ${source}`, words: `${source} says: ${when}.` };
}

function skippedWords(text: string): string {
  return ` On that day the clocks went past ${text.slice(11, 16)}; this is the next time that there was.`;
}
