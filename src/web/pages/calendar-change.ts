import { target } from "../../../views/dom.ts";
import { CalendarCheck } from "../../../views/parts/calendar-row.tsx";
import { ToastWithUndo, type Undo } from "../../../views/parts/toast-with-undo.tsx";
import { PartUpdate } from "../../../views/ui/toast.tsx";
import { calendarEpisode } from "../../db/queries/calendar.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import type { RouteDeps } from "../deps.ts";
import type { Visit } from "./answer.ts";
import { calendarEpisodeModel } from "./calendar-model.ts";

// Answers to what is marked on the calendar.

/** The check alone; its page hears of the change and follows. */
export function calendarChanged(
  deps: RouteDeps,
  reply: Visit,
  episodeId: string,
  words: (what: string) => string,
  undo: Undo,
): Response {
  const { check, what } = checkOf(deps, reply, episodeId);
  return reply.fragment([check, ToastWithUndo({ ctx: reply.ctx, text: words(what), undo })]);
}

export function calendarAgain(deps: RouteDeps, reply: Visit, episodeId: string): JSX.Element {
  const { check } = checkOf(deps, reply, episodeId);
  return PartUpdate({ target: target("calendar-check", episodeId), children: check });
}

function checkOf({ db }: RouteDeps, { ctx, userId }: Visit, episodeId: string): { check: JSX.Element; what: string } {
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
