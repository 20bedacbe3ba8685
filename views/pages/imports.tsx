import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { ImportRow, type ImportRowModel } from "../parts/import-row.tsx";
import { Group } from "../parts/setting-group.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { describedBy, fieldIds } from "../ui/field.tsx";
import { PageHeader } from "../ui/page-header.tsx";

export type ImportsPageModel = {
  imports: readonly ImportRowModel[];
  moreHref: string | null;
  error?: string | undefined;
};

type Props = { ctx: ViewContext; page: ImportsPageModel };

const SOURCES: readonly { name: string; where: string }[] = [
  {
    name: "Episode Tracker",
    where: "Settings → Data → Export, here or on another installation. The JSON file brings everything.",
  },
  {
    name: "Trakt",
    where: "app.trakt.tv → Settings → Export your data. The zip as it is, old or new; single files of it, too.",
  },
  {
    name: "TV Time",
    where:
      "The records it sent on request (tracking-prod-records-v2.csv; unpack a locked zip first), or its own export.",
  },
  { name: "Simkl", where: "simkl.com/apps/backup. SimklBackup.json, or the zip around it." },
  { name: "Yamtrack", where: "Settings → Export. The CSV file." },
  { name: "Any table", where: "A CSV file with a header line. You say which column is what." },
];

export function ImportsPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Import" nav="settings">
      <PageHeader
        ctx={ctx}
        title="Import"
        lead="You see first what will be added. What is here already is not added twice."
        back={{ href: ctx.paths.settingsData(), label: "Data" }}
      />
      <div class="settings">
        <Upload ctx={ctx} error={page.error} />
        <Group title="What can be imported" hint="Recognised by what is in the file, whatever its name.">
          <dl class="import-sources">
            {SOURCES.map(({ name, where }) => (
              <div>
                <dt safe>{name}</dt>
                <dd safe>{where}</dd>
              </div>
            ))}
          </dl>
        </Group>
        <Group title="Your imports" hint="Each can be taken back.">
          <Imports ctx={ctx} page={page} />
        </Group>
      </div>
    </Layout>
  );
}

function Upload({ ctx, error }: { ctx: ViewContext; error: string | undefined }): JSX.Element {
  const ids = fieldIds("file", "import");
  const hint = "JSON, CSV or zip, at most 50 MB.";
  return (
    <Group title="Choose a file" hint="Nothing is changed yet.">
      <form class="form" method="post" action={ctx.paths.imports()} enctype="multipart/form-data">
        <div class="field">
          <label class="field-label" for={ids.input}>
            File
          </label>
          <input
            class="input input-file"
            id={ids.input}
            type="file"
            name="file"
            accept=".json,.csv,.tsv,.txt,.zip"
            required
            {...describedBy(ids, { hint, error })}
          />
          <p class="field-hint" id={ids.hint}>
            {hint}
          </p>
          {error === undefined ? (
            ""
          ) : (
            <p class="field-error" id={ids.error} dir="auto" safe>
              {error}
            </p>
          )}
        </div>
        <div class="actions">
          <Button ctx={ctx} kind="primary" label="Preview" name="Preview the file" />
        </div>
      </form>
    </Group>
  );
}

function Imports({ ctx, page }: Props): JSX.Element {
  if (page.imports.length === 0) return <p class="dim">Nothing yet. Every import will be listed here.</p>;
  return (
    <>
      <ul class="rows" id={id("import")}>
        {page.imports.map((row) => (
          <ImportRow ctx={ctx} row={row} />
        ))}
      </ul>
      {page.moreHref === null ? (
        ""
      ) : (
        <div class="actions">
          <ButtonLink ctx={ctx} href={page.moreHref} label="Show earlier ones" />
        </div>
      )}
    </>
  );
}
