import type { ViewContext } from "../context.ts";
import { clockTime, fullDay, fullTime, isoDay, isoTime, relativeDay, relativeTime, weekdayText } from "./format.ts";
import { attr } from "./text.ts";

export type AirDayProps = {
  ctx: ViewContext;
  at: number | null;
  /** False: only the day is known, and no clock is said. */
  exact: boolean;
  /** "relative": "3 days ago"; "weekday": "Friday, 4 Dec", with the clock where it is known. */
  as?: "relative" | "weekday" | undefined;
  unknown?: string | undefined;
};

/** When something airs, as exactly as it is known. */
export function AirDay({ ctx, at, exact, as = "relative", unknown = "on an unknown date" }: AirDayProps): JSX.Element {
  if (at === null) {
    return (
      <span class="time time-unknown" safe>
        {unknown}
      </span>
    );
  }
  return (
    <time
      class="time"
      datetime={exact ? isoTime(at) : isoDay(at, ctx)}
      title={attr(exact ? fullTime(at, ctx) : fullDay(at, ctx))}
      safe
    >
      {as === "weekday" ? weekdayOf(at, exact, ctx) : relativeOf(at, exact, ctx)}
    </time>
  );
}

function weekdayOf(at: number, exact: boolean, ctx: ViewContext): string {
  return exact ? `${weekdayText(at, ctx)}, ${clockTime(at, ctx)}` : weekdayText(at, ctx);
}

function relativeOf(at: number, exact: boolean, ctx: ViewContext): string {
  return exact ? relativeTime(at, ctx) : relativeDay(at, ctx);
}
