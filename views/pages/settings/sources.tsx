import type { ViewContext } from "../../context.ts";
import { id, target } from "../../dom.ts";
import { SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { ActionForm } from "../../ui/action-form.tsx";
import { Button } from "../../ui/button.tsx";
import { count, formatNumber } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { OutLink } from "../../ui/link.tsx";
import { StatusPill } from "../../ui/status-pill.tsx";
import { Time } from "../../ui/time.tsx";

export type SourceModel = {
  id: string;
  label: string;
  credit: string;
  url: string;
  state: "on" | "no-key" | "left-out";
  /** What switches it on, where it needs a key. */
  keyVariable: string | null;
  waitingUntil: number | null;
  problem: { at: number; message: string; hint: string | null } | null;
};

export type SourceResult = { ok: boolean; message: string; hint: string | null };

export type SourcesModel = {
  sources: readonly SourceModel[];
  /** How far the looking up of titles and posters is. */
  queue: { pending: number; done: number; failed: number; waitingUntil: number | null };
};

type Props = { ctx: ViewContext; sources: SourcesModel };

export function SourcesSettings({ ctx, sources }: Props): JSX.Element {
  return (
    <>
      <Group
        title="Sources"
        hint="Where titles, dates and posters come from. They are asked in this order, which METADATA_SOURCES sets."
      >
        <ul class="rows">
          {sources.sources.map((source) => (
            <SourceRow ctx={ctx} source={source} result={null} />
          ))}
        </ul>
      </Group>
      <Queue ctx={ctx} sources={sources} />
    </>
  );
}

const isAdmin = (ctx: ViewContext): boolean => ctx.user?.role === "admin";

export type SourceRowProps = { ctx: ViewContext; source: SourceModel; result: SourceResult | null };

/** One source with its state; a test is answered with this part. */
export function SourceRow({ ctx, source, result }: SourceRowProps): JSX.Element {
  return (
    <li class="row source-row" id={id("source", source.id)}>
      <div class="row-text">
        <p class="source-name">
          <span class="strong" safe>
            {source.label}
          </span>
          <State ctx={ctx} source={source} />
        </p>
        <p class="dim credit">
          <span safe>{`${source.credit} `}</span>
          <OutLink
            ctx={ctx}
            href={source.url}
            label={source.url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")}
          />
        </p>
        {result === null ? <Trouble ctx={ctx} source={source} /> : <Result ctx={ctx} result={result} />}
      </div>
      {isAdmin(ctx) && source.state === "on" ? (
        <ActionForm
          action={ctx.paths.sourceTest(source.id)}
          live={{ target: target("source", source.id), swap: "outerMorph" }}
        >
          <Button ctx={ctx} label="Test" name={`Test ${source.label}`} />
        </ActionForm>
      ) : (
        ""
      )}
    </li>
  );
}

function State({ ctx, source }: { ctx: ViewContext; source: SourceModel }): JSX.Element {
  if (source.state === "on") return <StatusPill ctx={ctx} tone="good" label="In use" />;
  return <StatusPill ctx={ctx} tone="neutral" icon="ban" label={source.state === "no-key" ? "No key" : "Left out"} />;
}

function switchOn({ id: name, state, keyVariable }: SourceModel): string {
  if (state === "left-out") return `Add ${name} to METADATA_SOURCES to use it.`;
  return `Set ${keyVariable ?? ""} to use it.`;
}

function Trouble({ ctx, source }: { ctx: ViewContext; source: SourceModel }): JSX.Element {
  if (source.state !== "on")
    return (
      <p class="dim" safe>
        {switchOn(source)}
      </p>
    );
  return (
    <>
      {source.problem === null ? (
        ""
      ) : (
        <p class="source-word">
          <Icon ctx={ctx} name="alert" class="tone-attention" />
          <span>
            <span safe>{[source.problem.message, source.problem.hint ?? ""].join(" ").trimEnd()}</span>
            <span class="dim"> · </span>
            <Time ctx={ctx} at={source.problem.at} />
          </span>
        </p>
      )}
      {source.waitingUntil === null ? (
        ""
      ) : (
        <p class="dim">
          <span>It asked for a pause; it is asked again </span>
          <Time ctx={ctx} at={source.waitingUntil} />
          <span>.</span>
        </p>
      )}
    </>
  );
}

function Result({ ctx, result }: { ctx: ViewContext; result: SourceResult }): JSX.Element {
  return (
    <p class="source-word" role="status">
      <Icon ctx={ctx} name={result.ok ? "check-circle" : "x-circle"} class={result.ok ? "tone-good" : "tone-bad"} />
      <span safe>{[result.message, result.hint ?? ""].join(" ").trimEnd()}</span>
    </p>
  );
}

function Queue({ ctx, sources }: Props): JSX.Element {
  const { pending, done, failed, waitingUntil } = sources.queue;
  return (
    <Group title="Looking up" hint="New shows are looked up at once, running ones every day, ended ones every month.">
      <p safe>
        {pending === 0
          ? `Everything has been looked up: ${count(done, ctx, "show")}.`
          : `${count(pending, ctx, "show")} waiting, ${formatNumber(done, ctx)} done.`}
      </p>
      {failed === 0 ? (
        ""
      ) : (
        <p
          class="dim"
          safe
        >{`${count(failed, ctx, "show")} could not be found; they keep what your server says and are tried again.`}</p>
      )}
      {waitingUntil === null ? (
        ""
      ) : (
        <p class="dim">
          <span>Goes on </span>
          <Time ctx={ctx} at={waitingUntil} />
          <span>.</span>
        </p>
      )}
      {isAdmin(ctx) && sources.sources.some(({ state }) => state === "on") ? (
        <SettingForm
          action={ctx.paths.enrichment()}
          class="action"
          confirm={{
            text: "Ask about every show of every library again? Nothing is lost; it takes a while, and pages show what is known meanwhile.",
            label: "Look up again",
          }}
        >
          <div class="actions">
            <Button ctx={ctx} icon="refresh" label="Look up everything again" />
          </div>
        </SettingForm>
      ) : (
        ""
      )}
    </Group>
  );
}
