import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { CalendarFeeds, type CalendarFeedsModel } from "../parts/calendar-feeds.tsx";
import { CalendarMonth, type MonthModel } from "../parts/calendar-month.tsx";
import { CalendarRow, type CalendarRowModel } from "../parts/calendar-row.tsx";
import { Refresher } from "../parts/more.tsx";
import { WaysIn } from "../parts/ways-in.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Switch } from "../ui/switch.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { attr } from "../ui/text.ts";

export type CalendarDayModel = {
  day: string;
  label: string;
  today: boolean;
  rows: readonly CalendarRowModel[];
};

type Shown =
  | { view: "agenda"; days: readonly CalendarDayModel[] }
  | { view: "week"; days: readonly CalendarDayModel[] }
  | { view: "month"; month: MonthModel; chosen: CalendarDayModel };

export type CalendarPageModel = {
  shown: Shown;
  /** "24 Nov to 21 Dec", "November 2026" */
  span: string;
  tabs: readonly Tab[];
  /** What the address says besides the list. */
  kept: readonly { name: string; value: string }[];
  onlyWatching: boolean;
  earlier: { href: string; name: string };
  later: { href: string; name: string };
  /** null: today is on the page. */
  todayHref: string | null;
  /** This very page, to ask for it again. */
  selfHref: string;
  hasShows: boolean;
  feeds: CalendarFeedsModel;
};

type Props = { ctx: ViewContext; page: CalendarPageModel };

export function CalendarPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Calendar" nav="calendar" live>
      <CalendarSection ctx={ctx} page={page} />
      <CalendarFeeds ctx={ctx} feeds={page.feeds} />
    </Layout>
  );
}

/** Everything that changes with the address. */
export function CalendarSection({ ctx, page }: Props): JSX.Element {
  return (
    <div id={id("calendar")}>
      <Refresher href={page.selfHref} into={target("calendar")} />
      {page.hasShows ? <Filled ctx={ctx} page={page} /> : <NoShows ctx={ctx} />}
    </div>
  );
}

function Times({ ctx, page: { earlier, todayHref, later } }: Props): JSX.Element {
  return (
    <nav class="actions calendar-times" aria-label="Time">
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        href={earlier.href}
        icon="chevron-left"
        label="Earlier"
        name={earlier.name}
        attributes={{ title: earlier.name }}
      />
      {todayHref === null ? "" : <ButtonLink ctx={ctx} kind="quiet" href={todayHref} label="Today" />}
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        href={later.href}
        icon="chevron-right"
        label="Later"
        name={later.name}
        attributes={{ title: later.name }}
      />
    </nav>
  );
}

function Filled({ ctx, page }: Props): JSX.Element {
  const { shown } = page;
  return (
    <>
      <PageHeader ctx={ctx} title="Calendar" lead={page.span}>
        <Times ctx={ctx} page={page} />
      </PageHeader>
      <div class="calendar-bar">
        <Tabs label="View" tabs={page.tabs} />
        <OnlyWatching ctx={ctx} page={page} />
      </div>
      {shown.view === "agenda" ? <Agenda ctx={ctx} days={shown.days} /> : ""}
      {shown.view === "week" ? <Week ctx={ctx} days={shown.days} /> : ""}
      {shown.view === "month" ? (
        <>
          <CalendarMonth ctx={ctx} month={shown.month} />
          <Day ctx={ctx} day={shown.chosen} />
        </>
      ) : (
        ""
      )}
    </>
  );
}

function OnlyWatching({ ctx, page }: Props): JSX.Element {
  return (
    <form class="calendar-filter" method="get" action={ctx.paths.calendar()}>
      {page.kept.map(({ name, value }) => (
        <input type="hidden" name={name} value={attr(value)} />
      ))}
      <Switch
        label="Only Watching"
        name="list"
        scope="calendar"
        value="watching"
        checked={page.onlyWatching}
        attributes={{ "data-submit-on-change": "" }}
      />
      <span class="no-script">
        <Button ctx={ctx} label="Show" />
      </span>
    </form>
  );
}

type DaysProps = { ctx: ViewContext; days: readonly CalendarDayModel[] };

function Agenda({ ctx, days }: DaysProps): JSX.Element {
  if (days.length === 0) {
    return (
      <EmptyState
        ctx={ctx}
        icon="calendar"
        title="Nothing in these weeks"
        text="Episodes of your shows appear here as soon as their dates are known."
      />
    );
  }
  return <>{days.map((day) => Day({ ctx, day }))}</>;
}

function Day({ ctx, day }: { ctx: ViewContext; day: CalendarDayModel }): JSX.Element {
  return (
    <section class="history-day" aria-labelledby={id("calendar", day.day)}>
      <h2 id={id("calendar", day.day)} class={day.today ? "day-title day-today" : "day-title"} safe>
        {day.label}
      </h2>
      {day.rows.length === 0 ? <p class="dim">Nothing comes out on this day.</p> : <Rows ctx={ctx} day={day} />}
    </section>
  );
}

function Rows({ ctx, day }: { ctx: ViewContext; day: CalendarDayModel }): JSX.Element {
  return (
    <ul>
      {day.rows.map((row) => (
        <CalendarRow ctx={ctx} row={row} />
      ))}
    </ul>
  );
}

/** Seven columns where there is room, else seven days one below the other. */
function Week({ ctx, days }: DaysProps): JSX.Element {
  return (
    <div class="calendar-week">
      {days.map((day) => (
        <section class={day.today ? "week-day week-today" : "week-day"} aria-labelledby={id("calendar", day.day)}>
          <h2 id={id("calendar", day.day)} class={day.today ? "week-title day-today" : "week-title"} safe>
            {day.label}
          </h2>
          {day.rows.length === 0 ? <p class="dim week-nothing">Nothing</p> : <Rows ctx={ctx} day={day} />}
        </section>
      ))}
    </div>
  );
}

function NoShows({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <>
      <PageHeader ctx={ctx} title="Calendar" />
      <EmptyState
        ctx={ctx}
        icon="calendar"
        title="Coming episodes will be here"
        text="Once shows are in your library, this page says what airs when."
      >
        <WaysIn ctx={ctx} />
      </EmptyState>
    </>
  );
}
