import type { ViewContext } from "../context.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Group } from "./setting-group.tsx";

/** Everything out, and everything in, for the settings page. */
export function TransferLinks({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <Group title="Your data" hint="Yours to take along: every show, play, rating and note.">
      <div class="actions">
        <ButtonLink ctx={ctx} href={ctx.paths.imports()} label="Import" name="Import from a file" />
        <ButtonLink
          ctx={ctx}
          href={ctx.paths.api.export("json")}
          label="Export as JSON"
          attributes={{ download: "" }}
        />
        <ButtonLink ctx={ctx} href={ctx.paths.api.export("csv")} label="Export as CSV" attributes={{ download: "" }} />
      </div>
      <p class="dim">JSON is complete and can be imported elsewhere without loss; CSV opens in a spreadsheet.</p>
    </Group>
  );
}
