import type { ViewContext } from "../context.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";

export type ImportDoubt = {
  key: string;
  title: string;
  year: number | null;
  plays: string;
  options: readonly SelectOption[];
  value: string;
};

export type ImportQuestionsModel = {
  /** Of a plain CSV file. */
  table: {
    header: readonly string[];
    rows: readonly (readonly string[])[];
    fields: readonly { name: string; label: string; value: string; hint?: string | undefined }[];
    dateOrder: string;
    complete: boolean;
  } | null;
  doubts: readonly ImportDoubt[];
  moreDoubts: number;
  /** null: nothing of the file was removed here. */
  bringBack: { checked: boolean; hint: string } | null;
};

type Table = NonNullable<ImportQuestionsModel["table"]>;

type Props = { ctx: ViewContext; importId: string; questions: ImportQuestionsModel };

const DATE_ORDERS: readonly SelectOption[] = [
  { value: "auto", label: "As the dates themselves tell" },
  { value: "dmy", label: "Day first: 31/12/2024" },
  { value: "mdy", label: "Month first: 12/31/2024" },
];

/** What only the user knows about a file. One form: whatever is answered, the preview is made anew. */
export function ImportQuestions({ ctx, importId, questions }: Props): JSX.Element {
  const { table, doubts, bringBack } = questions;
  if (table === null && doubts.length === 0 && bringBack === null) return "";
  return (
    <section class="section" aria-label="Questions about the file">
      <h2>{table?.complete === false || doubts.length > 0 ? "What needs you" : "Before you import"}</h2>
      <form class="form" method="post" action={ctx.paths.importOptions(importId)}>
        {table === null ? "" : <Columns ctx={ctx} table={table} />}
        {doubts.length === 0 ? "" : <Doubts ctx={ctx} questions={questions} />}
        {bringBack === null ? (
          ""
        ) : (
          <Switch
            label="Bring back what I have removed here"
            name="bringBack"
            scope="import"
            shape="check"
            checked={bringBack.checked}
            hint={bringBack.hint}
          />
        )}
        <div class="actions">
          <Button
            ctx={ctx}
            kind={table?.complete === false ? "primary" : "secondary"}
            icon="refresh"
            label="Preview again"
          />
        </div>
      </form>
    </section>
  );
}

/** Guessed rightly, it is in nobody's way. */
function Columns({ ctx, table }: { ctx: ViewContext; table: Table }): JSX.Element {
  return (
    <details class="import-fold" open={!table.complete}>
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>Which column is what?</span>
      </summary>
      <ColumnFields ctx={ctx} table={table} />
    </details>
  );
}

function ColumnFields({ ctx, table }: { ctx: ViewContext; table: Table }): JSX.Element {
  const columns = [{ value: "", label: "Not in the file" }, ...table.header.map((value) => ({ value, label: value }))];
  return (
    <div class="import-columns">
      <section class="import-sample" aria-label="The first rows of the file" tabindex="0">
        <table>
          <thead>
            <tr>
              {table.header.map((name) => (
                <th scope="col" dir="auto" safe>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr>
                {row.map((cell) => (
                  <td dir="auto" safe>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {table.complete ? (
        ""
      ) : (
        <p class="hint hint-attention">Needed: the show, and season and episode (or a code such as S01E02).</p>
      )}
      <div class="import-fields">
        {table.fields.map(({ name, label, value, hint }) => (
          <Select
            ctx={ctx}
            label={label}
            name={`column.${name}`}
            scope="import"
            options={columns}
            value={value}
            hint={hint}
          />
        ))}
        <Select
          ctx={ctx}
          label="How dates are written"
          name="dateOrder"
          scope="import"
          options={DATE_ORDERS}
          value={table.dateOrder}
        />
      </div>
    </div>
  );
}

function Doubts({ ctx, questions }: { ctx: ViewContext; questions: ImportQuestionsModel }): JSX.Element {
  return (
    <fieldset class="import-columns">
      <legend class="field-label">Which show is meant?</legend>
      <div class="import-fields">
        {questions.doubts.map(({ key, title, year, plays, options, value }) => (
          <Select
            ctx={ctx}
            label={year === null ? title : `${title} (${year})`}
            name={`choice.${key}`}
            scope="import"
            options={options}
            value={value}
            hint={plays}
          />
        ))}
      </div>
      {questions.moreDoubts === 0 ? (
        ""
      ) : (
        <p class="dim" safe>{`and ${questions.moreDoubts} more, once these are answered`}</p>
      )}
    </fieldset>
  );
}
