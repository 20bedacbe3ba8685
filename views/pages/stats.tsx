import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { attr } from "../ui/text.ts";

export type HeatDayModel = {
  /** "3 Mar 2025" */
  label: string;
  plays: number;
  /** 0–4: how warm. */
  level: number;
  /** Column (week) and row (weekday), from 0. */
  week: number;
  weekday: number;
};

export type StatsPageModel = {
  episodes: number;
  plays: number;
  shows: number;
  /** "42 days", "3 h 20 min" */
  time: string;
  undated: number;
  days: readonly HeatDayModel[];
  /** Where a month begins: its name and column. */
  monthMarks: readonly { label: string; week: number }[];
  /** Rows with a name, from 0: "Mon", "Wed". */
  weekdays: readonly { label: string; row: number }[];
  playsInYear: number;
  busiest: { label: string; plays: number } | null;
  months: readonly { label: string; plays: number }[];
};

type Props = { ctx: ViewContext; stats: StatsPageModel };

const CELL = 14;
const GAP = 3;
const STEP = CELL + GAP;
const LEFT = 34;
const TOP = 20;

export function StatsPage({ ctx, stats }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Statistics" nav="stats">
      <PageHeader ctx={ctx} title="Statistics" />
      {stats.plays === 0 ? <Nothing ctx={ctx} /> : <Filled ctx={ctx} stats={stats} />}
    </Layout>
  );
}

function Filled({ ctx, stats }: Props): JSX.Element {
  return (
    <>
      <div class="number-row">
        <p class="number">
          <strong safe>{formatNumber(stats.episodes, ctx)}</strong>
          <span>episodes watched</span>
        </p>
        <p class="number">
          <strong safe>{stats.time}</strong>
          <span>in front of the screen</span>
        </p>
        <p class="number">
          <strong safe>{formatNumber(stats.shows, ctx)}</strong>
          <span>shows begun</span>
        </p>
      </div>
      <section class="section" aria-label="The last year">
        <h2>The last year</h2>
        <HeatMap ctx={ctx} stats={stats} />
        <p class="dim" safe>
          {[
            `${count(stats.playsInYear, ctx, "play")} in the last year`,
            stats.busiest === null ? "" : `most on ${stats.busiest.label}: ${formatNumber(stats.busiest.plays, ctx)}`,
            stats.undated === 0 ? "" : `${count(stats.undated, ctx, "play")} of unknown date`,
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </p>
      </section>
      <Months ctx={ctx} stats={stats} />
    </>
  );
}

/** One picture for screen readers with its gist as its name; the table below holds the numbers. */
function HeatMap({ ctx, stats }: Props): JSX.Element {
  const weeks = Math.max(0, ...stats.days.map(({ week }) => week)) + 1;
  const width = LEFT + weeks * STEP;
  const height = TOP + 7 * STEP;
  const gist = `${count(stats.playsInYear, ctx, "play")} in the last year, day by day`;
  return (
    // Scrolls sideways on narrow screens, so the keyboard must reach it.
    <section class="heat" aria-label="Plays by day" tabindex="0">
      <svg
        class="heat-map"
        viewBox={`0 0 ${width} ${height}`}
        width={String(width)}
        height={String(height)}
        role="img"
        aria-label={attr(gist)}
      >
        {stats.monthMarks.map(({ label, week }) => (
          <text class="heat-word" x={String(LEFT + week * STEP)} y="12" safe>
            {label}
          </text>
        ))}
        {stats.weekdays.map(({ label, row }) => (
          <text class="heat-word" x="0" y={String(TOP + row * STEP + 11)} safe>
            {label}
          </text>
        ))}
        {stats.days.map(({ label, plays, level, week, weekday }) => (
          <rect
            class={`heat-day heat-${level}`}
            x={String(LEFT + week * STEP)}
            y={String(TOP + weekday * STEP)}
            width={String(CELL)}
            height={String(CELL)}
            rx="3"
          >
            <title safe>{`${label}: ${count(plays, ctx, "play")}`}</title>
          </rect>
        ))}
      </svg>
    </section>
  );
}

function Months({ ctx, stats }: Props): JSX.Element {
  if (stats.months.length === 0) return "";
  const most = Math.max(...stats.months.map(({ plays }) => plays));
  return (
    <details class="section technical">
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>By month</span>
      </summary>
      <table class="months">
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col">Plays</th>
            <th scope="col">
              <span class="visually-hidden">Share</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {stats.months.map(({ label, plays }) => (
            <tr>
              <th scope="row" safe>
                {label}
              </th>
              <td class="numbers" safe>
                {formatNumber(plays, ctx)}
              </td>
              <td>
                <meter min="0" max={String(most)} value={String(plays)} aria-label={attr(`Plays in ${label}`)}></meter>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
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
      <ButtonLink ctx={ctx} kind="primary" href={ctx.paths.integrations()} icon="plug" label="Go to Integrations" />
    </EmptyState>
  );
}
