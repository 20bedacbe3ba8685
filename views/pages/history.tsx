import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { HistoryFilter, type HistoryFilterModel } from "../parts/history-filter.tsx";
import { HistoryRun, type HistoryRunModel } from "../parts/history-run.tsx";
import { MoreRow, Refresher } from "../parts/more.tsx";
import { WaysIn } from "../parts/ways-in.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { attr } from "../ui/text.ts";
import { PartUpdate } from "../ui/toast.tsx";

export type HistoryDayModel = {
  /** `YYYY-MM-DD`, or "unknown". */
  day: string;
  /** "Today", "Monday, 3 March". */
  label: string;
  /** "4 episodes, 2 h 50 min", of the whole day. */
  total: string;
  /** The page before ended in this day. */
  continued: boolean;
  runs: readonly HistoryRunModel[];
};

export type HistoryReachModel = {
  /** How far down the list is shown, for whoever reads it anew: a cursor, "end", "far" (too far to be read anew), or empty: one page. */
  until: string;
  /** Reads it anew when something has happened; null: no longer. */
  refreshHref: string | null;
};

export type HistoryListModel = {
  days: readonly HistoryDayModel[];
  moreHref: string | null;
  first: boolean;
  reach: HistoryReachModel;
  /** Nothing is listed because nothing fits. */
  filtered: boolean;
  /** There is no show of the name that was asked for. */
  unknownName: string | null;
};

export type HistoryPageModel = HistoryListModel & {
  filter: HistoryFilterModel;
  /** Set when only one show's plays are listed. */
  show: { id: string; title: string } | null;
};

type Props = { ctx: ViewContext; page: HistoryPageModel };
type ListProps = { ctx: ViewContext; list: HistoryListModel };

export function HistoryPage({ ctx, page }: Props): JSX.Element {
  const { show } = page;
  const back = show === null ? {} : { back: { href: ctx.paths.show(show.id), label: show.title } };
  return (
    <Layout ctx={ctx} title={show === null ? "History" : `Plays of ${show.title}`} nav="history" live={page.first}>
      <PageHeader ctx={ctx} title={show === null ? "History" : "All plays"} {...back} />
      {hasNothingYet(page) ? "" : <HistoryFilter ctx={ctx} filter={page.filter} />}
      <HistorySection ctx={ctx} list={page} />
      {page.first ? "" : <BackToNewest ctx={ctx} page={page} />}
    </Layout>
  );
}

function hasNothingYet({ days, filtered, first, unknownName }: HistoryListModel): boolean {
  return days.length === 0 && !filtered && first && unknownName === null;
}

function BackToNewest({ ctx, page }: Props): JSX.Element {
  return (
    <nav class="pager" aria-label="Pages">
      <ButtonLink ctx={ctx} kind="quiet" href={page.filter.selfHref} label="Back to the newest" />
    </nav>
  );
}

/** Everything that plays change: what a live update and the answer to an edit bring up to date. */
export function HistorySection({ ctx, list }: ListProps): JSX.Element {
  return (
    <div id={id("history")}>
      <HistoryReach reach={list.reach} />
      {list.days.length === 0 ? (
        <Nothing ctx={ctx} list={list} />
      ) : (
        <ol class="history-days">
          <HistoryDays ctx={ctx} list={list} days={list.days} />
        </ol>
      )}
    </div>
  );
}

function HistoryReach({ reach }: { reach: HistoryReachModel }): JSX.Element {
  return (
    <div id={id("history-reach")} hidden>
      <input type="hidden" name="until" value={attr(reach.until)} />
      {reach.refreshHref === null ? "" : <Refresher href={reach.refreshHref} into={target("history")} />}
    </div>
  );
}

function HistoryDays({ ctx, list, days }: ListProps & { days: readonly HistoryDayModel[] }): JSX.Element {
  return (
    <>
      {days.map((day) => (
        <HistoryDay ctx={ctx} day={day} />
      ))}
      {list.moreHref === null ? "" : <MoreRow ctx={ctx} href={list.moreHref} scope="history" label="Show earlier" />}
    </>
  );
}

function HistoryDay({ ctx, day }: { ctx: ViewContext; day: HistoryDayModel }): JSX.Element {
  return (
    <li class="history-day">
      <div class="day-title history-head">
        <h2 id={id("history-day", day.day)} safe>
          {day.continued ? `${day.label}, continued` : day.label}
        </h2>
        <p class="dim numbers" safe>
          {day.total}
        </p>
      </div>
      <ol id={id("history-rows", day.day)} aria-labelledby={id("history-day", day.day)}>
        <HistoryRuns ctx={ctx} day={day} />
      </ol>
    </li>
  );
}

function HistoryRuns({ ctx, day }: { ctx: ViewContext; day: HistoryDayModel }): JSX.Element {
  return (
    <>
      {day.runs.map((run) => (
        <HistoryRun ctx={ctx} run={run} />
      ))}
    </>
  );
}

/** A further page, for where the row that asked for it stands: what goes on with a day on the page joins that day. */
export function HistoryMore({ ctx, list }: ListProps): JSX.Element {
  const [first, ...others] = list.days;
  const joins = first?.continued === true;
  const days = joins ? others : list.days;
  return (
    <>
      <HistoryDays ctx={ctx} list={list} days={days} />
      {joins ? (
        <PartUpdate target={target("history-rows", first.day)} swap="beforeend">
          <HistoryRuns ctx={ctx} day={first} />
        </PartUpdate>
      ) : (
        ""
      )}
      {days.length === 0 && list.moreHref === null ? (
        <PartUpdate target={target("more", "history")} swap="delete" />
      ) : (
        ""
      )}
      <PartUpdate target={target("history-reach")}>
        <HistoryReach reach={list.reach} />
      </PartUpdate>
    </>
  );
}

function Nothing({ ctx, list }: ListProps): JSX.Element {
  const everything = <ButtonLink ctx={ctx} href={ctx.paths.history()} label="Show everything" />;
  if (list.unknownName !== null) {
    return (
      <EmptyState
        ctx={ctx}
        icon="search"
        title="No show of that name"
        text={`Nothing in your library is called “${list.unknownName}”.`}
      >
        {everything}
      </EmptyState>
    );
  }
  if (!hasNothingYet(list)) {
    return (
      <EmptyState
        ctx={ctx}
        icon="history"
        title="No plays here"
        text="Nothing you have watched fits what is asked for."
      >
        {everything}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      ctx={ctx}
      icon="history"
      title="What you watch will be here"
      text="Every play, day by day, with where it came from. A server brings in what you have watched so far."
    >
      <WaysIn ctx={ctx} />
    </EmptyState>
  );
}
