import type { ViewContext } from "../context.ts";
import { clockTime, dateText, fullTime, isoTime, relativeTime, stampText } from "./format.ts";
import { attr } from "./text.ts";

export type TimeProps = {
  ctx: ViewContext;
  at: number | null;
  /** "stamp": the clock for today, else date and clock. */
  as?: "relative" | "date" | "clock" | "stamp" | undefined;
  /** What a missing time is called; it is a fact, not an error. */
  unknown?: string | undefined;
};

const WRITERS = { relative: relativeTime, date: dateText, clock: clockTime, stamp: stampText } as const;

export function Time({ ctx, at, as = "relative", unknown = "Date unknown" }: TimeProps): JSX.Element {
  if (at === null) {
    return (
      <span class="time time-unknown" safe>
        {unknown}
      </span>
    );
  }
  return (
    <time class="time" datetime={isoTime(at)} title={attr(fullTime(at, ctx))} safe>
      {WRITERS[as](at, ctx)}
    </time>
  );
}
