import type { ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { Switch } from "../ui/switch.tsx";
import { Time } from "../ui/time.tsx";
import { episodeCode } from "./episode-row.tsx";
import { Group } from "./setting-group.tsx";

export type PlanShowModel = {
  showId: string;
  title: string;
  marks: number;
  unmarks: number;
  episodes: readonly { season: number; number: number | null; title: string | null; wanted: "watched" | "unwatched" }[];
};

export type TwoWayPlanModel =
  /** It cannot be told yet. */
  | { problem: string }
  | {
      serverName: string;
      marks: number;
      unmarks: number;
      shows: readonly PlanShowModel[];
      fingerprint: string;
      readAt: number;
    };

type Told = Exclude<TwoWayPlanModel, { problem: string }>;
type Props = { ctx: ViewContext; integrationId: string; plan: TwoWayPlanModel };

/** What the first run would change. Nothing is sent before the button is pressed. */
export function TwoWayPlan({ ctx, integrationId, plan }: Props): JSX.Element {
  return (
    <Group title="Before it begins" hint="Nothing has been sent yet.">
      {"problem" in plan ? (
        <p class="hint hint-attention" safe>
          {plan.problem}
        </p>
      ) : (
        <Question ctx={ctx} integrationId={integrationId} plan={plan} />
      )}
    </Group>
  );
}

function Question({ ctx, integrationId, plan }: Props & { plan: Told }): JSX.Element {
  const { serverName, marks, unmarks } = plan;
  return (
    <>
      <p>
        <span safe>
          {marks + unmarks === 0
            ? `${serverName} and your library agree. Only what changes from now on is sent.`
            : `${serverName} and your library differ in ${count(marks + unmarks, ctx, "episode")}.`}
        </span>
        <span class="dim">
          {" As read "}
          <Time ctx={ctx} at={plan.readAt} />.
        </span>
      </p>
      {plan.shows.length === 0 ? "" : <Shows ctx={ctx} shows={plan.shows} />}
      <ActionForm
        action={ctx.paths.twoWayConfirm(integrationId)}
        class="form"
        live={{ target: target("pushes"), swap: "outerMorph" }}
      >
        <input type="hidden" name="fingerprint" value={plan.fingerprint} />
        {marks === 0 ? (
          ""
        ) : (
          <Switch
            shape="check"
            name="marks"
            checked
            label={`Mark ${count(marks, ctx, "episode")} as watched on ${serverName}`}
            hint="You have watched them, and they are not marked there."
          />
        )}
        {unmarks === 0 ? (
          ""
        ) : (
          <Switch
            shape="check"
            name="unmarks"
            checked={false}
            label={`Set ${count(unmarks, ctx, "episode")} to unwatched on ${serverName}`}
            hint="You have unmarked them here, and they are still marked there."
          />
        )}
        <div class="actions">
          <Button ctx={ctx} kind="primary" label="Begin" name="Begin two-way sync" />
        </div>
      </ActionForm>
    </>
  );
}

function Shows({ ctx, shows }: { ctx: ViewContext; shows: readonly PlanShowModel[] }): JSX.Element {
  return (
    <div>
      {shows.map((show) => (
        <details class="import-fold">
          <summary>
            <span class="push-name" dir="auto" safe>
              {show.title}
            </span>
            <span class="dim numbers push-count" safe>
              {changes(ctx, show)}
            </span>
          </summary>
          <ul class="push-plan">
            {show.episodes.map((episode) => (
              <li>
                <span class="numbers" safe>
                  {episodeCode(episode.season, episode.number)}
                </span>
                <span class="dim" dir="auto" safe>
                  {` ${episode.title ?? ""}`}
                </span>
                {episode.wanted === "watched" ? "" : <span class="dim"> · to unwatched</span>}
              </li>
            ))}
            {show.marks + show.unmarks > show.episodes.length ? (
              <li class="dim" safe>
                {`and ${formatNumber(show.marks + show.unmarks - show.episodes.length, ctx)} more`}
              </li>
            ) : (
              ""
            )}
          </ul>
        </details>
      ))}
    </div>
  );
}

function changes(ctx: ViewContext, { marks, unmarks }: PlanShowModel): string {
  const parts = [marks > 0 ? count(marks, ctx, "mark") : "", unmarks > 0 ? `${count(unmarks, ctx, "mark")} off` : ""];
  return parts.filter((part) => part !== "").join(", ");
}
