import type { ViewContext } from "../context.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { StatusPill } from "../ui/status-pill.tsx";
import { Time } from "../ui/time.tsx";
import { IMPORT_LOOK, type ImportStatus } from "./import-words.ts";

export type ImportRowModel = {
  id: string;
  /** "Trakt" */
  source: string;
  fileName: string;
  status: ImportStatus;
  createdAt: number;
  sentence: string;
  undoable: boolean;
};

export function ImportRow({ ctx, row }: { ctx: ViewContext; row: ImportRowModel }): JSX.Element {
  const look = IMPORT_LOOK[row.status];
  return (
    <li class="row import-row">
      <div class="row-text">
        <p>
          <a class="link" href={ctx.paths.import(row.id)} dir="auto" safe>
            {row.fileName}
          </a>
        </p>
        <p class="dim">
          <span safe>{row.source}</span>
          <span> · </span>
          <Time ctx={ctx} at={row.createdAt} as="stamp" />
          <span> · </span>
          <span safe>{row.sentence}</span>
        </p>
      </div>
      <StatusPill ctx={ctx} tone={look.tone} icon={look.icon} label={look.label} />
      {row.undoable ? (
        <ActionForm action={ctx.paths.importUndo(row.id)}>
          <Button ctx={ctx} kind="quiet" icon="undo" label="Undo" name={`Undo the import of ${row.fileName}`} />
        </ActionForm>
      ) : (
        ""
      )}
    </li>
  );
}
