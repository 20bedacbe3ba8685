import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import {
  type ImportLineModel,
  ImportLineRows,
  type ImportListModel,
  type ImportShowModel,
  ImportShowRows,
} from "../parts/import-items.tsx";
import { ImportQuestions, type ImportQuestionsModel } from "../parts/import-questions.tsx";
import { IMPORT_LOOK, type ImportStatus } from "../parts/import-words.ts";
import { Notes } from "../parts/notes.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { count } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { StatusPill } from "../ui/status-pill.tsx";
import { Time } from "../ui/time.tsx";

export type ImportPageModel = {
  id: string;
  status: ImportStatus;
  /** What will be or was done, in one sentence. */
  sentence: string;
  /** "Trakt" */
  source: string;
  fileName: string;
  createdAt: number;
  progress: { done: number; total: number } | null;
  failure: string | null;
  questions: ImportQuestionsModel | null;
  notes: readonly string[];
  shows: ImportListModel<ImportShowModel>;
  notUnderstood: ImportListModel<ImportLineModel>;
  leftOut: ImportListModel<ImportLineModel>;
  /** There is something to import. */
  ready: boolean;
  undoable: boolean;
};

type Props = { ctx: ViewContext; page: ImportPageModel };

export function ImportPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title={`Import of ${page.fileName}`} nav="settings">
      <ImportSection ctx={ctx} page={page} />
    </Layout>
  );
}

export function ImportSection({ ctx, page }: Props): JSX.Element {
  const look = IMPORT_LOOK[page.status];
  const poll = hx({
    get: ctx.paths.import(page.id),
    trigger: "every 1s",
    target: target("import", page.id),
    swap: "outerMorph",
    keepOnError: true,
  });
  return (
    <article id={id("import", page.id)} {...(page.progress === null ? {} : poll)}>
      <PageHeader ctx={ctx} title="Import" back={{ href: ctx.paths.imports(), label: "Imports" }}>
        <StatusPill ctx={ctx} tone={look.tone} icon={look.icon} label={look.label} />
      </PageHeader>
      <p class="sync-sentence" dir="auto" safe>
        {page.sentence}
      </p>
      <p class="dim sync-origin">
        <span safe>{page.source}</span>
        <span> · </span>
        <span class="import-file" dir="auto" safe>
          {page.fileName}
        </span>
        <span> · </span>
        <Time ctx={ctx} at={page.createdAt} as="stamp" />
      </p>
      {page.failure === null ? (
        ""
      ) : (
        <p class="hint hint-bad" role="alert" dir="auto" safe>
          {page.failure}
        </p>
      )}
      {page.progress === null ? "" : <Progress ctx={ctx} page={page} progress={page.progress} />}
      {page.questions === null ? "" : <ImportQuestions ctx={ctx} importId={page.id} questions={page.questions} />}
      <Notes ctx={ctx} notes={page.notes} />
      <div class="import-lists">
        <Fold ctx={ctx} title={count(page.shows.total, ctx, "show")} list={page.shows}>
          <ImportShowRows ctx={ctx} list={page.shows} />
        </Fold>
        <Fold
          ctx={ctx}
          title={`${count(page.notUnderstood.total, ctx, "line")} not understood`}
          list={page.notUnderstood}
        >
          <ImportLineRows ctx={ctx} list={page.notUnderstood} kind="not-understood" />
        </Fold>
        <Fold ctx={ctx} title={`${count(page.leftOut.total, ctx, "entry", "entries")} left out`} list={page.leftOut}>
          <ImportLineRows ctx={ctx} list={page.leftOut} kind="left-out" />
        </Fold>
      </div>
      <Actions ctx={ctx} page={page} />
    </article>
  );
}

function Progress({ ctx, page, progress }: Props & { progress: { done: number; total: number } }): JSX.Element {
  return (
    <div class="section">
      <ProgressBar label="Import" value={progress.done} max={progress.total} />
      <p class="dim numbers" safe>
        {`${count(progress.done, ctx, "show")} of ${count(progress.total, ctx, "show")}`}
      </p>
      <div class="no-script">
        <ButtonLink ctx={ctx} href={ctx.paths.import(page.id)} label="Look again" />
      </div>
    </div>
  );
}

type FoldProps = PropsWithChildren<{ ctx: ViewContext; title: string; list: { total: number; open: boolean } }>;

function Fold({ ctx, title, list, children }: FoldProps): JSX.Element {
  if (list.total === 0) return "";
  return (
    <details class="import-fold" open={list.open}>
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span safe>{title}</span>
      </summary>
      <ul class="import-items">{children}</ul>
    </details>
  );
}

function Actions({ ctx, page }: Props): JSX.Element {
  if (page.status === "preview") {
    return (
      <div class="actions import-actions">
        {page.ready ? (
          <ActionForm action={ctx.paths.importApply(page.id)}>
            <Button ctx={ctx} kind="primary" icon="check" label="Import" />
          </ActionForm>
        ) : (
          ""
        )}
        <ActionForm action={ctx.paths.import(page.id)} method="delete">
          <Button ctx={ctx} kind="quiet" icon="trash" label="Discard" />
        </ActionForm>
      </div>
    );
  }
  return (
    <div class="actions import-actions">
      {page.status === "failed" ? (
        <ActionForm action={ctx.paths.importApply(page.id)}>
          <Button ctx={ctx} kind="primary" icon="refresh" label="Go on" name="Go on with the import" />
        </ActionForm>
      ) : (
        ""
      )}
      {page.status === "done" ? <ButtonLink ctx={ctx} icon="library" href={ctx.paths.shows()} label="Library" /> : ""}
      {page.status === "done" ? <ButtonLink ctx={ctx} icon="history" href={ctx.paths.history()} label="History" /> : ""}
      {page.undoable ? (
        <ActionForm action={ctx.paths.importUndo(page.id)}>
          <Button ctx={ctx} kind="quiet" icon="undo" label="Undo this import" />
        </ActionForm>
      ) : (
        ""
      )}
    </div>
  );
}
