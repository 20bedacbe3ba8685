import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Button } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { attr } from "../ui/text.ts";

export type FilterChipModel = {
  /** "Show", "From". */
  kind: string;
  value: string;
  /** The same page without it. */
  removeHref: string;
};

export type HistoryFilterModel = {
  /** The newest page of what is listed. */
  selfHref: string;
  title: string;
  titleError?: string | undefined;
  /** Shows to choose from. */
  names: readonly string[];
  from: string;
  to: string;
  source: string;
  sources: readonly SelectOption[];
  undated: boolean;
  /** `YYYY-MM`, newest first. */
  months: readonly SelectOption[];
  chips: readonly FilterChipModel[];
  /** What a jump to a month keeps. */
  kept: Readonly<Record<string, string | undefined>>;
};

type Props = { ctx: ViewContext; filter: HistoryFilterModel };

/** Forms with GET: the address says what is listed. */
export function HistoryFilter({ ctx, filter }: Props): JSX.Element {
  return (
    <search class="toolbar history-toolbar">
      <details class="filters" open={filter.titleError !== undefined}>
        <summary class="button button-secondary">
          <Icon ctx={ctx} name="filter" />
          <span class="button-label">Filter</span>
        </summary>
        <FilterForm ctx={ctx} filter={filter} />
      </details>
      {filter.months.length < 2 ? "" : <MonthForm ctx={ctx} filter={filter} />}
      {filter.chips.length === 0 ? "" : <Chips ctx={ctx} chips={filter.chips} />}
    </search>
  );
}

function FilterForm({ ctx, filter }: Props): JSX.Element {
  const names = id("history-names");
  return (
    <form class="filter-form card" method="get" action={ctx.paths.history()}>
      <Field
        label="Show"
        name="title"
        scope="history"
        value={filter.title}
        error={filter.titleError}
        autocomplete="off"
        maxlength={500}
        attributes={{ list: names }}
      />
      <datalist id={names}>
        {filter.names.map((name) => (
          <option value={attr(name)}></option>
        ))}
      </datalist>
      <Select ctx={ctx} label="Source" name="source" scope="history" options={filter.sources} value={filter.source} />
      <Field label="From" name="from" scope="history" type="date" value={filter.from} />
      <Field label="To" name="to" scope="history" type="date" value={filter.to} />
      <Switch
        label="Date unknown only"
        name="undated"
        scope="history"
        value="only"
        shape="check"
        checked={filter.undated}
      />
      <div class="actions actions-end">
        <Button ctx={ctx} kind="primary" label="Show plays" />
      </div>
    </form>
  );
}

function MonthForm({ ctx, filter }: Props): JSX.Element {
  return (
    <form class="month-form" method="get" action={ctx.paths.history()}>
      {Object.entries(filter.kept).map(([name, value]) =>
        value === undefined ? "" : <input type="hidden" name={name} value={attr(value)} />,
      )}
      <Select
        ctx={ctx}
        label="Go to a month"
        labelHidden
        name="month"
        scope="history"
        options={filter.months}
        value=""
        attributes={{ "data-submit-on-change": "" }}
      />
      <span class="no-script">
        <Button ctx={ctx} label="Go" name="Go to that month" />
      </span>
    </form>
  );
}

function Chips({ ctx, chips }: { ctx: ViewContext; chips: readonly FilterChipModel[] }): JSX.Element {
  return (
    <ul class="chips" aria-label="Shown are only plays with">
      {chips.map(({ kind, value, removeHref }) => (
        <li>
          <Chip ctx={ctx} kind={kind} value={value} href={removeHref} />
        </li>
      ))}
    </ul>
  );
}
