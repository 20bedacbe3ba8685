import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Icon } from "../ui/icon.tsx";
import { attr } from "../ui/text.ts";
import { HeatKey } from "./heat-map.tsx";

export type ChartTable = { columns: readonly string[]; rows: readonly (readonly string[])[] };

export type ChartProps = PropsWithChildren<{
  ctx: ViewContext;
  /** "Plays by day": of the picture, of its table, and of what scrolls. */
  label: string;
  /** The numbers that the picture is drawn from. */
  table: ChartTable;
  /** How many columns stand side by side: more than fit scroll inside. */
  columns?: number | undefined;
  /** Its colours mean how many, so it says which means what. */
  warmth?: boolean | undefined;
}>;

function widthClass(columns: number): string {
  if (columns <= 31) return "chart-picture";
  if (columns <= 60) return "chart-picture chart-wide";
  return columns <= 120 ? "chart-picture chart-wider" : "chart-picture chart-widest";
}

/** A picture (one image for screen readers, its name is its gist) and the numbers behind it in a fold. */
export function Chart({ ctx, label, table, columns = 0, warmth = false, children }: ChartProps): JSX.Element {
  return (
    <div class="chart">
      {/* Scrolls sideways on narrow screens, so the keyboard must reach it. */}
      <section class="chart-scroll" aria-label={attr(label)} tabindex="0">
        <div class={widthClass(columns)}>{children}</div>
      </section>
      {warmth ? <HeatKey /> : ""}
      <details class="technical">
        <summary>
          <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
          <span>The numbers</span>
          <span class="visually-hidden" safe>{`: ${label}`}</span>
        </summary>
        <Numbers label={label} table={table} />
      </details>
    </div>
  );
}

function Numbers({ label, table }: { label: string; table: ChartTable }): JSX.Element {
  return (
    <section class="chart-numbers" aria-label={attr(`Table: ${label}`)} tabindex="0">
      <table class="numbers">
        <caption class="visually-hidden" safe>
          {label}
        </caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th scope="col" safe>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(([head = "", ...cells]) => (
            <tr>
              <th scope="row" safe>
                {head}
              </th>
              {cells.map((cell) => (
                <td safe>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
