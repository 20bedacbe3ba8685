import type { ViewContext } from "../context.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { fullTime } from "../ui/format.ts";
import { Time } from "../ui/time.tsx";
import { sheetLink } from "./play-sheet.tsx";

export type PlayModel = {
  id: string;
  watchedAt: number | null;
  /** `played`: the server has a row of it; `marked`: ticked off, or counted by a server that keeps no rows; `unknown`: no time known. */
  certainty: "played" | "marked" | "unknown";
  /** Where it came from, in words: "Plex on Attic", "By hand". */
  source: string;
  /** What the source told it by, in words, where that is no row of a history: "its view counter". */
  evidence?: string | undefined;
  syncId?: string | null | undefined;
  /** A person entered it. */
  byHand?: boolean | undefined;
  /** What the source says of the time, when the user has said something else. */
  original?: { watchedAt: number | null } | undefined;
};

const CERTAINTY: Record<PlayModel["certainty"], string> = {
  played: "Played; the time is from the server's history",
  marked: "Marked as watched; the time is when it was marked",
  unknown: "Watched; when is not known",
};

/** Which of an episode's plays is meant. */
const timeName = ({ watchedAt }: PlayModel, ctx: ViewContext): string =>
  watchedAt === null ? "date unknown" : fullTime(watchedAt, ctx);

/** How sure its time is, and who says so. */
export function playWords({ certainty, evidence, original }: PlayModel, ctx: ViewContext): string {
  if (original !== undefined) {
    const said = original.watchedAt === null ? "it had no date" : `it was ${fullTime(original.watchedAt, ctx)}`;
    return `You set this time; before that ${said}`;
  }
  if (evidence === undefined) return CERTAINTY[certainty];
  // A counter rises for a viewing and for a mark alike.
  return `${certainty === "marked" ? "Watched or marked; the time is the server's" : CERTAINTY[certainty]} (${evidence})`;
}

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
              {playWords(play, ctx)}
            </p>
          </div>
          {play.syncId ? (
            <a class="link" href={ctx.paths.sync(play.syncId)}>
              Sync
            </a>
          ) : (
            ""
          )}
          <ButtonLink
            ctx={ctx}
            kind="quiet"
            icon="clock"
            iconOnly
            label="Edit time"
            name={`Edit time: ${timeName(play, ctx)}`}
            {...sheetLink(ctx, play.id)}
          />
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
              name={`Remove this play: ${timeName(play, ctx)}`}
            />
          </ActionForm>
        </li>
      ))}
    </ul>
  );
}
