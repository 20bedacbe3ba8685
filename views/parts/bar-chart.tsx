import { attr } from "../ui/text.ts";

export type BarModel = {
  /** "March 2025: 12 plays, 9 h" */
  label: string;
  /** Under the bar; empty where it would run into its neighbour. */
  tick: string;
  plays: number;
  minutes: number;
};

export type BarChartModel = {
  gist: string;
  bars: readonly BarModel[];
  /** What the top of each panel stands for: "20 plays", "15 h". */
  playsTop: { value: number; label: string };
  minutesTop: { value: number; label: string };
};

const PLAYS = { top: 18, height: 120 };
const TIME = { top: 186, height: 72 };
const TICKS = 282;
const HEIGHT = 290;
/** How much of its place a bar fills. */
const FILL = 0.74;
/** What there is is to be seen, however little beside the rest. */
const LEAST = 2;

const percent = (value: number): string => `${Number(value.toFixed(3))}%`;

/** Two panels over one row of names. Widths are shares of the picture, so that it fits any screen undistorted. */
export function BarChart({ chart }: { chart: BarChartModel }): JSX.Element {
  const place = 100 / Math.max(1, chart.bars.length);
  return (
    <svg class="bar-chart" width="100%" height={String(HEIGHT)} role="img" aria-label={attr(chart.gist)}>
      <Panel panel={PLAYS} label={chart.playsTop.label} />
      <Panel panel={TIME} label={chart.minutesTop.label} />
      {chart.bars.map((bar, index) => (
        <g>
          <title safe>{bar.label}</title>
          <rect
            class="chart-place"
            x={percent(index * place)}
            y="0"
            width={percent(place)}
            height={String(TIME.top + TIME.height)}
          />
          <Bar x={index * place} width={place} panel={PLAYS} share={bar.plays / chart.playsTop.value} kind="plays" />
          <Bar x={index * place} width={place} panel={TIME} share={bar.minutes / chart.minutesTop.value} kind="time" />
        </g>
      ))}
      {chart.bars.map((bar, index) =>
        bar.tick === "" ? (
          ""
        ) : (
          <text class="chart-word chart-tick" x={percent((index + 0.5) * place)} y={String(TICKS)} safe>
            {bar.tick}
          </text>
        ),
      )}
    </svg>
  );
}

type PanelPlace = { top: number; height: number };

function Panel({ panel: { top, height }, label }: { panel: PanelPlace; label: string }): JSX.Element {
  return (
    <>
      <text class="chart-word chart-top" x="100%" y={String(top - 6)} safe>
        {label}
      </text>
      {[top, top + height / 2, top + height].map((y) => (
        <line class="chart-line" x1="0" x2="100%" y1={String(y)} y2={String(y)} />
      ))}
    </>
  );
}

type BarProps = { x: number; width: number; panel: PanelPlace; share: number; kind: "plays" | "time" };

function Bar({ x, width, panel, share, kind }: BarProps): JSX.Element {
  if (share <= 0) return "";
  const height = Math.max(LEAST, Math.min(1, share) * panel.height);
  return (
    <rect
      class={`chart-bar chart-bar-${kind}`}
      x={percent(x + (width * (1 - FILL)) / 2)}
      y={String(Number((panel.top + panel.height - height).toFixed(1)))}
      width={percent(width * FILL)}
      height={String(Number(height.toFixed(1)))}
      rx="2"
    />
  );
}
