import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { MoreRow } from "../parts/more.tsx";
import { Notes } from "../parts/notes.tsx";
import { type SyncErrorModel, SyncErrors } from "../parts/sync-error.tsx";
import { SyncProgress, type SyncProgressModel } from "../parts/sync-progress.tsx";
import { SyncChanges, SyncShowRow, type SyncShowRowModel } from "../parts/sync-show-row.tsx";
import { STATUS_LOOK, type SyncMode, type SyncStatus } from "../parts/sync-words.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { count } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { StatusPill } from "../ui/status-pill.tsx";
import { Time } from "../ui/time.tsx";

export type SyncPageModel = {
  id: string;
  /** "Plex · Attic" */
  source: string;
  mode: SyncMode;
  status: SyncStatus;
  startedAt: number;
  /** What happened, in one sentence. */
  sentence: string;
  running: SyncProgressModel | null;
  /** What the guard waits for. */
  held: { removals: number; existing: number } | null;
  undoable: boolean;
  problems: readonly SyncErrorModel[];
  notes: readonly string[];
  shows: SyncShowsModel;
  technical: readonly { label: string; value: string }[];
};

export type SyncShowsModel = {
  syncId: string;
  rows: readonly SyncShowRowModel[];
  total: number;
  moreHref: string | null;
};

type Props = { ctx: ViewContext; page: SyncPageModel };

export function SyncPage({ ctx, page }: Props): JSX.Element {
  const title = page.mode === "preview" ? "Preview" : "Sync";
  return (
    <Layout ctx={ctx} title={`${title} of ${page.source}`} nav="integrations">
      <SyncSection ctx={ctx} page={page} />
    </Layout>
  );
}

export function SyncSection({ ctx, page }: Props): JSX.Element {
  const refresh = hx({
    get: ctx.paths.sync(page.id),
    trigger: "sync-ended from:body",
    target: target("sync-page", page.id),
    swap: "outerMorph",
    keepOnError: true,
  });
  const look = STATUS_LOOK[page.status];
  return (
    <article id={id("sync-page", page.id)} {...(page.running === null ? {} : refresh)}>
      <PageHeader
        ctx={ctx}
        title={page.mode === "preview" ? "Preview" : "Sync"}
        back={{ href: ctx.paths.integrations(), label: "Integrations" }}
      >
        <StatusPill ctx={ctx} tone={look.tone} icon={look.icon} label={look.label} />
      </PageHeader>
      <p class="sync-sentence" safe>
        {page.sentence}
      </p>
      <p class="dim sync-origin">
        <span dir="auto" safe>
          {page.source}
        </span>
        <span> · </span>
        <Time ctx={ctx} at={page.startedAt} as="stamp" />
      </p>
      {page.running === null ? "" : <RunningNow ctx={ctx} sync={page.running} />}
      <NeedsYou ctx={ctx} page={page} />
      <Notes ctx={ctx} notes={page.notes} />
      <SyncShows ctx={ctx} shows={page.shows} />
      <Undo ctx={ctx} page={page} />
      <Technical ctx={ctx} page={page} />
    </article>
  );
}

function RunningNow({ ctx, sync }: { ctx: ViewContext; sync: SyncProgressModel }): JSX.Element {
  return (
    <Card class="sync-running">
      <SyncProgress ctx={ctx} sync={sync} linkToSync={false} />
    </Card>
  );
}

function NeedsYou({ ctx, page }: Props): JSX.Element {
  if (page.held === null && page.problems.length === 0) return "";
  return (
    <section class="section" aria-label="What needs you">
      <h2>What needs you</h2>
      {page.held === null ? "" : <Held ctx={ctx} page={page} held={page.held} />}
      {page.problems.length === 0 ? "" : <SyncErrors ctx={ctx} errors={page.problems} />}
    </section>
  );
}

function Held({ ctx, page, held }: Props & { held: { removals: number; existing: number } }): JSX.Element {
  return (
    <div class="sync-held hint hint-attention">
      <p>
        <span
          safe
        >{`The server no longer shows ${count(held.removals, ctx, "mark")} of ${count(held.existing, ctx, "mark")} as watched. `}</span>
        <span>Nothing was removed. If a library is missing or was rebuilt, leave it as it is.</span>
      </p>
      <div class="actions">
        <ActionForm action={ctx.paths.syncApproval(page.id)}>
          <Button
            ctx={ctx}
            label="Approve"
            icon="check"
            name={`Approve: remove ${count(held.removals, ctx, "mark")}`}
          />
        </ActionForm>
      </div>
    </div>
  );
}

function SyncShows({ ctx, shows }: { ctx: ViewContext; shows: SyncShowsModel }): JSX.Element {
  if (shows.total === 0) return "";
  return (
    <section class="section" aria-label="Shows">
      <h2 safe>{count(shows.total, ctx, "show")}</h2>
      <ul class="sync-shows">
        <SyncShowRows ctx={ctx} shows={shows} />
      </ul>
    </section>
  );
}

export function SyncShowRows({ ctx, shows }: { ctx: ViewContext; shows: SyncShowsModel }): JSX.Element {
  return (
    <>
      {shows.rows.map((row) => (
        <SyncShowRow ctx={ctx} row={row} />
      ))}
      {shows.moreHref === null ? "" : <MoreRow ctx={ctx} href={shows.moreHref} scope={`sync-${shows.syncId}`} />}
    </>
  );
}

function Undo({ ctx, page }: Props): JSX.Element {
  if (!page.undoable) return "";
  return (
    <section class="section" aria-label="Undo">
      <h2>Not what you wanted?</h2>
      <p class="dim">Undoing takes back exactly what this sync added and puts back what it removed.</p>
      <div class="actions sync-undo">
        <ActionForm
          action={ctx.paths.syncUndo(page.id)}
          live={{
            target: target("sync-page", page.id),
            swap: "outerMorph",
            confirm: "Take back what this sync did?",
            confirmLabel: "Undo this sync",
          }}
        >
          <Button ctx={ctx} icon="undo" label="Undo this sync" />
        </ActionForm>
      </div>
    </section>
  );
}

function Technical({ ctx, page }: Props): JSX.Element {
  return (
    <details class="technical section">
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>Technical detail</span>
      </summary>
      <dl class="facts">
        {page.technical.map(({ label, value }) => (
          <div>
            <dt safe>{label}</dt>
            <dd class="numbers" dir="auto" safe>
              {value}
            </dd>
          </div>
        ))}
        <div>
          <dt>As data</dt>
          <dd>
            <a class="link" href={ctx.paths.api.sync(page.id)}>
              JSON
            </a>
          </dd>
        </div>
      </dl>
    </details>
  );
}

/** What one run did to one show, for readers without script. */
export function SyncShowPage({
  ctx,
  syncId,
  row,
}: {
  ctx: ViewContext;
  syncId: string;
  row: SyncShowRowModel;
}): JSX.Element {
  return (
    <Layout ctx={ctx} title={row.title} nav="integrations">
      <PageHeader ctx={ctx} title={row.title} back={{ href: ctx.paths.sync(syncId), label: "Sync" }} />
      <SyncChanges ctx={ctx} row={row} />
    </Layout>
  );
}
