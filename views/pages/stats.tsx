import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { BarChart, type BarChartModel } from "../parts/bar-chart.tsx";
import { Chart, type ChartTable } from "../parts/chart.tsx";
import { HeatMap, type HeatMapModel } from "../parts/heat-map.tsx";
import { HourGrid, type HourGridModel } from "../parts/hour-grid.tsx";
import { refreshing } from "../parts/more.tsx";
import { WaysIn } from "../parts/ways-in.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Poster } from "../ui/poster.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";

type Drawn<Picture> = { title: string; picture: Picture; table: ChartTable };

export type TopShowModel = {
  id: string;
  title: string;
  posterUrl: string | null;
  /** "42 h · 50 plays of 48 episodes" */
  facts: string;
  value: number;
};

export type TopNameModel = { name: string; facts: string; value: number };

export type StatsPageModel = {
  /** Of this very period and unit. */
  selfHref: string;
  /** Ever. */
  hasPlays: boolean;
  /** "All time" and the years. */
  periods: readonly Tab[];
  /** In the chosen period. */
  plays: number;
  episodes: number;
  shows: number;
  /** "42 days", "3 h 20 min" */
  time: string;
  heat: Drawn<HeatMapModel>;
  units: readonly Tab[];
  bars: Drawn<BarChartModel>;
  hours: Drawn<HourGridModel>;
  facts: readonly { name: string; value: string; note?: string | undefined }[];
  topBy: readonly Tab[];
  topShows: readonly TopShowModel[];
  topNetworks: readonly TopNameModel[];
  topGenres: readonly TopNameModel[];
  /** What is not in the pictures, said honestly. */
  notes: readonly string[];
};

type Props = { ctx: ViewContext; stats: StatsPageModel };

export function StatsPage({ ctx, stats }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Statistics" nav="stats" live>
      <PageHeader ctx={ctx} title="Statistics" />
      <StatsSection ctx={ctx} stats={stats} />
    </Layout>
  );
}

/** All the numbers; come anew when plays have changed. */
export function StatsSection({ ctx, stats }: Props): JSX.Element {
  return (
    <div id={id("stats")} {...refreshing({ href: stats.selfHref, into: target("stats") })}>
      {stats.hasPlays ? <Filled ctx={ctx} stats={stats} /> : <Nothing ctx={ctx} />}
    </div>
  );
}

function Filled({ ctx, stats }: Props): JSX.Element {
  const { heat, bars, hours } = stats;
  return (
    <div class="stats">
      <Tabs label="Period" tabs={stats.periods} />
      <Totals ctx={ctx} stats={stats} />
      <section class="section" aria-labelledby={id("chart", "heat")}>
        <h2 id={id("chart", "heat")} safe>
          {heat.title}
        </h2>
        <Chart ctx={ctx} label="Plays day by day" table={heat.table} warmth>
          <HeatMap heat={heat.picture} />
        </Chart>
      </section>
      <section class="section" aria-labelledby={id("chart", "bars")}>
        <h2 id={id("chart", "bars")} safe>
          {bars.title}
        </h2>
        <Tabs label="Unit" tabs={stats.units} />
        <Chart ctx={ctx} label={bars.title} table={bars.table} columns={bars.picture.bars.length}>
          <BarChart chart={bars.picture} />
        </Chart>
      </section>
      <section class="section" aria-labelledby={id("chart", "hours")}>
        <h2 id={id("chart", "hours")} safe>
          {hours.title}
        </h2>
        <Chart ctx={ctx} label={hours.title} table={hours.table} warmth>
          <HourGrid grid={hours.picture} />
        </Chart>
      </section>
      <section class="section" aria-label="Habits">
        <h2>Habits</h2>
        <Facts stats={stats} />
      </section>
      <TopShows ctx={ctx} stats={stats} />
      <div class="stats-columns">
        <TopNames title="Networks" names={stats.topNetworks} />
        <TopNames title="Genres" names={stats.topGenres} />
      </div>
      {stats.notes.length === 0 ? "" : <Notes notes={stats.notes} />}
    </div>
  );
}

function Totals({ ctx, stats }: Props): JSX.Element {
  return (
    <div class="number-row">
      <p class="number">
        <strong safe>{formatNumber(stats.episodes, ctx)}</strong>
        <span>episodes</span>
        {stats.plays > stats.episodes ? <span safe>{count(stats.plays, ctx, "play")}</span> : ""}
      </p>
      <p class="number">
        <strong safe>{stats.time}</strong>
        <span>in front of the screen</span>
      </p>
      <p class="number">
        <strong safe>{formatNumber(stats.shows, ctx)}</strong>
        <span>{stats.shows === 1 ? "show" : "shows"}</span>
      </p>
    </div>
  );
}

function Facts({ stats }: { stats: StatsPageModel }): JSX.Element {
  return (
    <dl class="facts">
      {stats.facts.map(({ name, value, note }) => (
        <div>
          <dt safe>{name}</dt>
          <dd>
            <span class="strong" safe>
              {value}
            </span>
            {note === undefined ? "" : <span class="dim fact-note" safe>{` ${note}`}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function TopShows({ ctx, stats }: Props): JSX.Element {
  if (stats.topShows.length === 0) return "";
  const most = Math.max(1, ...stats.topShows.map(({ value }) => value));
  return (
    <section class="section" aria-labelledby={id("chart", "shows")}>
      <h2 id={id("chart", "shows")}>Top shows</h2>
      <Tabs label="Order of the shows" tabs={stats.topBy} />
      <ol class="top-shows">
        {stats.topShows.map((show) => (
          <li class="top-show">
            <Poster title={show.title} src={show.posterUrl} size="thumb" />
            <div class="top-text">
              <a class="history-show" href={ctx.paths.show(show.id)} dir="auto" safe>
                {show.title}
              </a>
              <ProgressBar label="Share" value={show.value} max={most} hidden />
              <p class="dim numbers" safe>
                {show.facts}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function TopNames({ title, names }: { title: string; names: readonly TopNameModel[] }): JSX.Element {
  if (names.length === 0) return "";
  const most = Math.max(1, ...names.map(({ value }) => value));
  return (
    <section class="section" aria-labelledby={id("chart", title)}>
      <h2 id={id("chart", title)} safe>
        {title}
      </h2>
      <ol class="top-names">
        {names.map(({ name, facts, value }) => (
          <li class="top-text">
            <p class="top-line">
              <span dir="auto" class="top-name" safe>
                {name}
              </span>
              <span class="dim numbers" safe>
                {facts}
              </span>
            </p>
            <ProgressBar label="Share" value={value} max={most} hidden />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Notes({ notes }: { notes: readonly string[] }): JSX.Element {
  return (
    <section class="section stack dim" aria-label="What the pictures leave out">
      {notes.map((note) => (
        <p safe>{note}</p>
      ))}
    </section>
  );
}

function Nothing({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <EmptyState
      ctx={ctx}
      icon="chart"
      title="Numbers will be here"
      text="How much you have watched, and when: a year at a glance, as soon as there is a first play."
    >
      <WaysIn ctx={ctx} />
    </EmptyState>
  );
}
