import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";

export type MonthDayModel = {
  /** `YYYY-MM-DD` */
  day: string;
  number: string;
  /** "Thursday, 26 November, today: 3 entries" */
  name: string;
  href: string;
  today: boolean;
  /** Its entries stand below the month. */
  chosen: boolean;
  /** Of the month before or after. */
  outside: boolean;
  /** As many as fit. */
  entries: readonly { title: string; code: string; watched: boolean }[];
  count: number;
};

export type MonthModel = {
  /** "November 2026" */
  caption: string;
  weekdays: readonly { short: string; long: string }[];
  weeks: readonly (readonly MonthDayModel[])[];
};

/** Each day is one link, to what comes out on it; on a phone a count stands for the titles. */
export function CalendarMonth({ ctx, month }: { ctx: ViewContext; month: MonthModel }): JSX.Element {
  return (
    <table class="month">
      <caption class="visually-hidden" safe>
        {month.caption}
      </caption>
      <thead>
        <tr>
          {month.weekdays.map(({ short, long }) => (
            <th scope="col">
              <span aria-hidden="true" safe>
                {short}
              </span>
              <span class="visually-hidden" safe>
                {long}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {month.weeks.map((days) => (
          <tr>
            {days.map((day) => (
              <MonthDay ctx={ctx} day={day} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classesOf({ today, chosen, outside }: MonthDayModel): string {
  return `month-day${today ? " month-today" : ""}${chosen ? " month-chosen" : ""}${outside ? " month-outside" : ""}`;
}

function MonthDay({ ctx, day }: { ctx: ViewContext; day: MonthDayModel }): JSX.Element {
  const choose = hx({ get: day.href, target: target("calendar"), swap: "outerMorph", keepOnError: true });
  const more = day.count - day.entries.length;
  return (
    <td class={classesOf(day)}>
      <a
        class="month-link"
        href={`${day.href}#${id("calendar", day.day)}`}
        {...(day.today ? { "aria-current": "date" } : {})}
        {...choose}
        {...{ "hx-push-url": "true" }}
      >
        <span class="visually-hidden" safe>
          {day.name}
        </span>
        <span class="month-number" aria-hidden="true" safe>
          {day.number}
        </span>
        {day.count === 0 ? (
          ""
        ) : (
          <span class="month-count" aria-hidden="true" safe>
            {String(day.count)}
          </span>
        )}
      </a>
      {day.count === 0 ? (
        ""
      ) : (
        <ul class="month-entries">
          {day.entries.map((entry) => (
            <li class={entry.watched ? "month-entry month-watched" : "month-entry"}>
              {entry.watched ? <Icon ctx={ctx} name="check" class="good" label="Watched" /> : ""}
              <span class="month-title" dir="auto" safe>
                {entry.title}
              </span>
              <span class="dim numbers" safe>
                {` ${entry.code}`}
              </span>
            </li>
          ))}
          {more > 0 ? <li class="month-more dim" safe>{`+${more} more`}</li> : ""}
        </ul>
      )}
    </td>
  );
}
