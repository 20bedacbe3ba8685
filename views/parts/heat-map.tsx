import { attr } from "../ui/text.ts";

export type HeatDayModel = {
  /** "3 Mar 2025: 2 plays" */
  label: string;
  /** 0–4: how warm. */
  level: number;
  /** Column (week) and row (weekday), from 0. */
  week: number;
  weekday: number;
};

export type HeatMapModel = {
  gist: string;
  days: readonly HeatDayModel[];
  /** Where a month begins: its name and column. */
  monthMarks: readonly { label: string; week: number }[];
  /** Rows with a name, from 0: "Mon", "Wed". */
  weekdays: readonly { label: string; row: number }[];
};

const CELL = 14;
const GAP = 3;
const STEP = CELL + GAP;
const LEFT = 34;
const TOP = 20;

export function HeatMap({ heat }: { heat: HeatMapModel }): JSX.Element {
  const weeks = Math.max(0, ...heat.days.map(({ week }) => week)) + 1;
  const width = LEFT + weeks * STEP;
  const height = TOP + 7 * STEP;
  return (
    <svg
      class="heat-map"
      viewBox={`0 0 ${width} ${height}`}
      width={String(width)}
      height={String(height)}
      role="img"
      aria-label={attr(heat.gist)}
    >
      {heat.monthMarks.map(({ label, week }) => (
        <text class="chart-word" x={String(LEFT + week * STEP)} y="12" safe>
          {label}
        </text>
      ))}
      {heat.weekdays.map(({ label, row }) => (
        <text class="chart-word" x="0" y={String(TOP + row * STEP + 11)} safe>
          {label}
        </text>
      ))}
      {heat.days.map(({ label, level, week, weekday }) => (
        <rect
          class={`heat heat-${level}`}
          x={String(LEFT + week * STEP)}
          y={String(TOP + weekday * STEP)}
          width={String(CELL)}
          height={String(CELL)}
          rx="3"
        >
          <title safe>{label}</title>
        </rect>
      ))}
    </svg>
  );
}

/** What the colours mean, from few to many. */
export function HeatKey(): JSX.Element {
  return (
    <p class="heat-key dim">
      <span>Fewer</span>
      <svg width="82" height="14" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3, 4].map((level) => (
          <rect class={`heat heat-${level}`} x={String(level * STEP)} y="0" width="14" height="14" rx="3" />
        ))}
      </svg>
      <span>More</span>
    </p>
  );
}
