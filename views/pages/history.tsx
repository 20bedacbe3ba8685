import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { HistoryRow, type HistoryRowModel } from "../parts/history-row.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";

export type HistoryDayModel = {
  /** `YYYY-MM-DD`, or "unknown". */
  day: string;
  /** "Today", "Monday, 3 March". */
  label: string;
  rows: readonly HistoryRowModel[];
};

export type HistoryPageModel = {
  days: readonly HistoryDayModel[];
  /** Set when only one show's plays are listed. */
  show: { id: string; title: string } | null;
  moreHref: string | null;
  first: boolean;
};

/** Pages are turned, not piled up: a day's heading is never torn in two on the way. */
export function HistoryPage({ ctx, page }: { ctx: ViewContext; page: HistoryPageModel }): JSX.Element {
  const { show } = page;
  const back = show === null ? {} : { back: { href: ctx.paths.show(show.id), label: show.title } };
  return (
    <Layout ctx={ctx} title={show === null ? "History" : `Plays of ${show.title}`} nav="history">
      <PageHeader ctx={ctx} title={show === null ? "History" : "All plays"} {...back} />
      {page.days.length === 0 ? <Nothing ctx={ctx} /> : ""}
      {page.days.map((day) => (
        <section class="history-day" aria-labelledby={id("history", day.day)}>
          <h2 id={id("history", day.day)} class="day-title" safe>
            {day.label}
          </h2>
          <ol>
            {day.rows.map((row) => (
              <HistoryRow ctx={ctx} row={row} />
            ))}
          </ol>
        </section>
      ))}
      <nav class="pager" aria-label="Pages">
        {page.first ? (
          ""
        ) : (
          <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.history({ show: show?.id })} label="Back to the newest" />
        )}
        {page.moreHref === null ? "" : <ButtonLink ctx={ctx} href={page.moreHref} label="Show earlier" />}
      </nav>
    </Layout>
  );
}

function Nothing({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <EmptyState
      ctx={ctx}
      icon="history"
      title="What you watch will be here"
      text="Every play, day by day, with where it came from. Connect a server to bring in what you have watched so far."
    >
      <ButtonLink ctx={ctx} kind="primary" href={ctx.paths.integrations()} icon="plug" label="Go to Integrations" />
    </EmptyState>
  );
}
