import { attr } from "../ui/text.ts";

export type HourGridModel = {
  gist: string;
  rows: readonly { label: string; hours: readonly { label: string; level: number }[] }[];
  /** Hours with a name, from 0. */
  ticks: readonly { label: string; hour: number }[];
};

const ROW = 22;
const CELL = 19;
const TOP = 20;
/** Shares of the width, in percent: names at the left, the hours beside them. */
const LEFT = 10;
const HOUR = (100 - LEFT) / 24;

const percent = (value: number): string => `${Number(value.toFixed(3))}%`;

/** Weekdays downwards, hours across. */
export function HourGrid({ grid }: { grid: HourGridModel }): JSX.Element {
  return (
    <svg
      class="hour-grid"
      width="100%"
      height={String(TOP + grid.rows.length * ROW)}
      role="img"
      aria-label={attr(grid.gist)}
    >
      {grid.ticks.map(({ label, hour }) => (
        <text class="chart-word" x={percent(LEFT + hour * HOUR)} y="12" safe>
          {label}
        </text>
      ))}
      {grid.rows.map((row, weekday) => (
        <>
          <text class="chart-word" x="0" y={String(TOP + weekday * ROW + 14)} safe>
            {row.label}
          </text>
          {row.hours.map(({ label, level }, hour) => (
            <rect
              class={`heat heat-${level}`}
              x={percent(LEFT + hour * HOUR)}
              y={String(TOP + weekday * ROW)}
              width={percent(HOUR * 0.86)}
              height={String(CELL)}
              rx="3"
            >
              <title safe>{label}</title>
            </rect>
          ))}
        </>
      ))}
    </svg>
  );
}
