import type { ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { count } from "../ui/format.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Time } from "../ui/time.tsx";
import { episodeCode } from "./episode-row.tsx";
import { Group } from "./setting-group.tsx";

export type PushRowFacts = {
  episodeId: string;
  showId: string;
  show: string;
  season: number;
  number: number | null;
  title: string | null;
  wanted: "watched" | "unwatched";
};

export type WaitingRow = PushRowFacts & {
  since: number;
  held: boolean;
  attempts: number;
  nextAt: number | null;
  lastError: string | null;
};

export type WaitingModel = {
  serverName: string;
  rows: readonly WaitingRow[];
  /** All that wait, not only those shown. */
  total: number;
  /** Of these, what waits for the user's word. */
  heldMarks: number;
  heldUnmarks: number;
  moreHref: string | null;
};

export type PushedRow = PushRowFacts & {
  id: string;
  outcome: "sent" | "already" | "newer" | "gone" | "refused" | "given-up" | "part";
  at: number;
};

type ListProps = { ctx: ViewContext; integrationId: string; waiting: WaitingModel };

const live = { target: target("pushes"), swap: "outerMorph" } as const;

function waitingText(ctx: ViewContext, going: number, held: number): string {
  if (going + held === 0) return "Nothing waits.";
  const parts = [
    going > 0 ? `${count(going, ctx, "change")} on the way` : "",
    held > 0 ? `${count(held, ctx, "change")} waiting for your word` : "",
  ];
  return `${parts.filter((part) => part !== "").join(", ")}.`;
}

/** What is on its way, and what is asked before it goes. */
export function WaitingList({ ctx, integrationId, waiting }: ListProps): JSX.Element {
  const held = waiting.heldMarks + waiting.heldUnmarks;
  return (
    <Group title="Waiting" hint={waitingText(ctx, waiting.total - held, held)}>
      {held === 0 ? "" : <Held ctx={ctx} integrationId={integrationId} waiting={waiting} />}
      {waiting.rows.length === 0 ? (
        <p class="dim" safe>{`${waiting.serverName} has everything.`}</p>
      ) : (
        <ul class="rows">
          {waiting.rows.map((row) => (
            <Waits ctx={ctx} integrationId={integrationId} row={row} />
          ))}
        </ul>
      )}
      {waiting.moreHref === null ? "" : <ButtonLink ctx={ctx} kind="quiet" href={waiting.moreHref} label="Show more" />}
      {waiting.total < 2 ? (
        ""
      ) : (
        <div class="actions">
          <ActionForm
            action={ctx.paths.twoWayPushes(integrationId)}
            method="delete"
            live={{
              ...live,
              confirm: `Give up on ${count(waiting.total, ctx, "change")}? They stay here and do not go to ${waiting.serverName}.`,
              confirmLabel: "Give up",
            }}
          >
            <Button ctx={ctx} label="Give up on all" />
          </ActionForm>
        </div>
      )}
    </Group>
  );
}

/** The guard's question. */
function Held({ ctx, integrationId, waiting }: ListProps): JSX.Element {
  const { heldMarks, heldUnmarks, serverName } = waiting;
  const parts = [
    heldMarks > 0 ? `mark ${count(heldMarks, ctx, "episode")} as watched` : "",
    heldUnmarks > 0 ? `set ${count(heldUnmarks, ctx, "episode")} to unwatched` : "",
  ].filter((part) => part !== "");
  return (
    <div class="push-held">
      <p class="hint hint-attention" safe>
        {`This would ${parts.join(" and ")} on ${serverName}. It waits for your word.`}
      </p>
      <ActionForm action={ctx.paths.twoWayApproval(integrationId)} live={live}>
        <Button ctx={ctx} kind="primary" label="Send them" name={`Send them to ${serverName}`} />
      </ActionForm>
    </div>
  );
}

function Name({ ctx, row }: { ctx: ViewContext; row: PushRowFacts }): JSX.Element {
  return (
    <span class="push-name">
      <a class="link" href={ctx.paths.show(row.showId)} dir="auto" safe>
        {row.show}
      </a>
      <span class="numbers" safe>
        {` · ${episodeCode(row.season, row.number)}`}
      </span>
      {row.title === null ? (
        ""
      ) : (
        <span class="dim" dir="auto" safe>
          {` · ${row.title}`}
        </span>
      )}
    </span>
  );
}

const WANTED = { watched: "Mark as watched", unwatched: "Set to unwatched" } as const;

function Waits({ ctx, integrationId, row }: Omit<ListProps, "waiting"> & { row: WaitingRow }): JSX.Element {
  const name = `${row.show} ${episodeCode(row.season, row.number)}`;
  return (
    <li class="row">
      <div class="row-text">
        <Name ctx={ctx} row={row} />
        <p class="dim">
          <span safe>{`${WANTED[row.wanted]} · `}</span>
          <Time ctx={ctx} at={row.since} />
          {row.held ? (
            <span> · waits for your word</span>
          ) : row.attempts === 0 ? (
            ""
          ) : (
            <>
              <span safe>{` · tried ${count(row.attempts, ctx, "time")} · next `}</span>
              <Time ctx={ctx} at={row.nextAt} />
            </>
          )}
        </p>
        {row.lastError === null ? (
          ""
        ) : (
          <p class="dim" safe>
            {row.lastError}
          </p>
        )}
      </div>
      <ActionForm action={ctx.paths.twoWayPush(integrationId, row.episodeId)} method="delete" live={live}>
        <Button ctx={ctx} kind="quiet" label="Give up" name={`Give up on ${name}`} />
      </ActionForm>
    </li>
  );
}

const OUTCOME: Record<PushedRow["outcome"], { icon: IconName; tone: string; text: string }> = {
  sent: { icon: "check", tone: "good", text: "sent" },
  already: { icon: "check", tone: "neutral", text: "it was so already" },
  newer: { icon: "info", tone: "neutral", text: "watched there after that; the viewing stays" },
  gone: { icon: "x", tone: "attention", text: "no longer on the server" },
  refused: { icon: "x", tone: "bad", text: "refused by the server" },
  "given-up": { icon: "ban", tone: "neutral", text: "given up by you" },
  part: { icon: "info", tone: "neutral", text: "its file also holds an episode you have not watched" },
};

export function PushedList({ ctx, rows }: { ctx: ViewContext; rows: readonly PushedRow[] }): JSX.Element {
  return (
    <Group title="Last changes" hint="What became of them, newest first.">
      <ul class="rows">
        {rows.map((row) => {
          const { icon, tone, text } = OUTCOME[row.outcome];
          return (
            <li class="row">
              <Icon ctx={ctx} name={icon} class={`tone-${tone}`} />
              <div class="row-text">
                <Name ctx={ctx} row={row} />
                <p class="dim">
                  <span safe>{`${WANTED[row.wanted]}: ${text} · `}</span>
                  <Time ctx={ctx} at={row.at} />
                </p>
              </div>
            </li>
          );
        })}
      </ul>
    </Group>
  );
}
