import type { ViewContext } from "../context.ts";
import { count, formatNumber } from "../ui/format.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { MoreRow } from "./more.tsx";

export type ImportShowModel = {
  showId: string | null;
  title: string;
  year: number | null;
  outcome: "matched" | "created" | "doubtful" | "skipped" | "none";
  plays: number;
  added: number;
  alreadyThere: number;
  suppressed: number;
  note: string | null;
};

export type ImportLineModel = { place: string; reason: string };

export type ImportListModel<Row> = { rows: readonly Row[]; total: number; moreHref: string | null; open: boolean };

const OUTCOME: Record<ImportShowModel["outcome"], { icon: IconName; label: string; tone: string }> = {
  matched: { icon: "check", label: "Found", tone: "good" },
  created: { icon: "plus", label: "New", tone: "good" },
  doubtful: { icon: "eye", label: "Needs your eye", tone: "attention" },
  skipped: { icon: "x", label: "Left out", tone: "neutral" },
  none: { icon: "info", label: "Nothing", tone: "neutral" },
};

function summary(ctx: ViewContext, row: ImportShowModel): string {
  if (row.outcome === "doubtful" || row.outcome === "skipped") return `${count(row.plays, ctx, "play")} left out`;
  const parts = [
    row.added > 0 ? `+${count(row.added, ctx, "play")}` : "",
    row.alreadyThere > 0 ? `${formatNumber(row.alreadyThere, ctx)} here already` : "",
    row.suppressed > 0 ? `${formatNumber(row.suppressed, ctx)} removed by you` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "no plays" : parts.join(", ");
}

export function ImportShowRows({
  ctx,
  list,
}: {
  ctx: ViewContext;
  list: ImportListModel<ImportShowModel>;
}): JSX.Element {
  return (
    <>
      {list.rows.map((row) => (
        <li class="import-item">
          <Icon
            ctx={ctx}
            name={OUTCOME[row.outcome].icon}
            label={OUTCOME[row.outcome].label}
            class={`tone-${OUTCOME[row.outcome].tone}`}
          />
          <span class="import-item-text">
            <ShowName ctx={ctx} row={row} />
            {row.year === null ? "" : <span class="dim numbers" safe>{` ${row.year}`}</span>}
            {row.note === null ? (
              ""
            ) : (
              <span class="import-note dim" dir="auto" safe>
                {row.note}
              </span>
            )}
          </span>
          <span class="dim numbers" safe>
            {summary(ctx, row)}
          </span>
        </li>
      ))}
      {list.moreHref === null ? "" : <MoreRow ctx={ctx} href={list.moreHref} scope="import-show" />}
    </>
  );
}

function ShowName({ ctx, row }: { ctx: ViewContext; row: ImportShowModel }): JSX.Element {
  if (row.showId === null) {
    return (
      <span dir="auto" safe>
        {row.title}
      </span>
    );
  }
  return (
    <a class="link" href={ctx.paths.show(row.showId)} dir="auto" safe>
      {row.title}
    </a>
  );
}

export function ImportLineRows({
  ctx,
  list,
  kind,
}: {
  ctx: ViewContext;
  list: ImportListModel<ImportLineModel>;
  kind: string;
}): JSX.Element {
  return (
    <>
      {list.rows.map(({ place, reason }) => (
        <li class="import-item">
          <span class="import-item-text">
            <span class="strong" dir="auto" safe>
              {place}
            </span>
            <span class="import-note dim" dir="auto" safe>
              {reason}
            </span>
          </span>
        </li>
      ))}
      {list.moreHref === null ? "" : <MoreRow ctx={ctx} href={list.moreHref} scope={`import-${kind}`} />}
    </>
  );
}
