import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { episodeCode } from "../parts/episode-row.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";

export type CalendarRowModel = {
  episodeId: string;
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  seasonNumber: number;
  episodeNumber: number | null;
  episodeTitle: string;
  /** null: only the day is known. */
  clockAt: number | null;
  watched: boolean;
};

export type CalendarDayModel = { day: string; label: string; rows: readonly CalendarRowModel[] };

export type CalendarPageModel = {
  days: readonly CalendarDayModel[];
  /** "24 Nov – 21 Dec" */
  span: string;
  today: boolean;
  earlierHref: string;
  laterHref: string;
  hasShows: boolean;
};

export function CalendarPage({ ctx, page }: { ctx: ViewContext; page: CalendarPageModel }): JSX.Element {
  return (
    <Layout ctx={ctx} title="Calendar" nav="calendar">
      <PageHeader ctx={ctx} title="Calendar" lead={page.span}>
        <nav class="actions" aria-label="Weeks">
          <ButtonLink ctx={ctx} kind="quiet" href={page.earlierHref} label="Earlier" />
          {page.today ? "" : <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.calendar()} label="Today" />}
          <ButtonLink ctx={ctx} kind="quiet" href={page.laterHref} label="Later" />
        </nav>
      </PageHeader>
      {page.days.length === 0 ? <Nothing ctx={ctx} page={page} /> : ""}
      {page.days.map((day) => (
        <section class="history-day" aria-labelledby={id("calendar", day.day)}>
          <h2 id={id("calendar", day.day)} class="day-title" safe>
            {day.label}
          </h2>
          <ul>
            {day.rows.map((row) => (
              <CalendarRow ctx={ctx} row={row} />
            ))}
          </ul>
        </section>
      ))}
    </Layout>
  );
}

function CalendarRow({ ctx, row }: { ctx: ViewContext; row: CalendarRowModel }): JSX.Element {
  return (
    <li class="history-row">
      <Poster title={row.showTitle} src={row.posterUrl} size="thumb" />
      <div class="history-text">
        <a class="history-show" href={ctx.paths.show(row.showId)} dir="auto" safe>
          {row.showTitle}
        </a>
        <p>
          <span class="numbers" safe>
            {episodeCode(row.seasonNumber, row.episodeNumber)}
          </span>
          <span class="dim"> · </span>
          <span dir="auto" safe>
            {row.episodeTitle}
          </span>
        </p>
      </div>
      <p class="history-facts dim calendar-facts">
        {row.clockAt === null ? "" : <Time ctx={ctx} at={row.clockAt} as="clock" />}
        {row.watched ? <Icon ctx={ctx} name="check" class="good" label="Watched" /> : ""}
      </p>
    </li>
  );
}

function Nothing({ ctx, page }: { ctx: ViewContext; page: CalendarPageModel }): JSX.Element {
  if (page.hasShows) {
    return (
      <EmptyState
        ctx={ctx}
        icon="calendar"
        title="Nothing in these weeks"
        text="Episodes of your shows appear here as soon as their dates are known."
      />
    );
  }
  return (
    <EmptyState
      ctx={ctx}
      icon="calendar"
      title="Coming episodes will be here"
      text="Once shows are in your library, this page says what airs when."
    >
      <ButtonLink ctx={ctx} kind="primary" href={ctx.paths.integrations()} icon="plug" label="Connect a server" />
      <ButtonLink ctx={ctx} href={ctx.paths.search()} icon="search" label="Search for a show" />
    </EmptyState>
  );
}
