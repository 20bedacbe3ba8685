import type { ViewContext } from "../context.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { fullTime } from "../ui/format.ts";
import { Time } from "../ui/time.tsx";

export type PlayModel = {
  id: string;
  watchedAt: number | null;
  /** `played`: seen by the server; `marked`: ticked off, the time is the tick's; `unknown`: no time known. */
  certainty: "played" | "marked" | "unknown";
  /** Where it came from, in words: "Plex on Attic", "By hand". */
  source: string;
  /** What the source said, in words: "history entry", "view count". */
  evidence?: string | undefined;
  syncId?: string | null | undefined;
};

const CERTAINTY: Record<PlayModel["certainty"], string> = {
  played: "Played; the time is from the server's history",
  marked: "Marked as watched; the time is when it was marked",
  unknown: "Watched; when is not known",
};

export type PlayEvidenceProps = {
  ctx: ViewContext;
  plays: readonly PlayModel[];
  /** Where the answer to a removal goes. */
  live?: { target: string } | undefined;
};

export function PlayEvidence({ ctx, plays, live }: PlayEvidenceProps): JSX.Element {
  return (
    <ul class="plays">
      {plays.map((play) => (
        <li class="play">
          <div class="play-facts">
            <p>
              <Time ctx={ctx} at={play.watchedAt} as="stamp" />
              <span class="dim"> · </span>
              <span dir="auto" safe>
                {play.source}
              </span>
            </p>
            <p class="dim" safe>
              {play.evidence === undefined
                ? CERTAINTY[play.certainty]
                : `${CERTAINTY[play.certainty]} (${play.evidence})`}
            </p>
          </div>
          {play.syncId ? (
            <a class="link" href={ctx.paths.sync(play.syncId)}>
              Sync
            </a>
          ) : (
            ""
          )}
          <ActionForm
            action={ctx.paths.play(play.id)}
            method="delete"
            live={live === undefined ? undefined : { target: live.target, swap: "outerMorph" }}
          >
            <Button
              ctx={ctx}
              kind="quiet"
              icon="trash"
              iconOnly
              label="Remove this play"
              name={`Remove this play: ${play.watchedAt === null ? "date unknown" : fullTime(play.watchedAt, ctx)}`}
            />
          </ActionForm>
        </li>
      ))}
    </ul>
  );
}
