import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { AirDay } from "../ui/day.tsx";
import { Field } from "../ui/field.tsx";
import { count } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { Poster } from "../ui/poster.tsx";
import { CheckButton } from "./check-button.tsx";
import { episodeCode } from "./episode-row.tsx";
import { OpenShow } from "./show-menu.tsx";

export type UpNextModel = {
  /** What the reader's clocks show now, as `<input type="datetime-local">` has it. */
  clock: string;
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  episodeId: string;
  seasonNumber: number;
  episodeNumber: number | null;
  episodeTitle: string;
  airedAt: number | null;
  /** False: only the day is known. */
  airedExact: boolean;
  isNew: boolean;
  runtimeMin: number | null;
  /** Aired and unwatched after this one. */
  remaining: number;
};

export type UpNextCardProps = {
  ctx: ViewContext;
  next: UpNextModel;
  /** Takes the place of one that has just been watched. */
  arriving?: boolean | undefined;
  /** First on the page. */
  eager?: boolean | undefined;
};

export function UpNextCard({ ctx, next, arriving = false, eager }: UpNextCardProps): JSX.Element {
  return (
    <li id={id("up-next", next.showId)} class={arriving ? "up-next up-next-arriving" : "up-next"}>
      <span class="up-next-art">
        <Poster title={next.showTitle} src={next.posterUrl} size="thumb" eager={eager} />
      </span>
      <div class="up-next-text">
        <h3 class="up-next-show">
          <a href={ctx.paths.show(next.showId)} dir="auto" safe>
            {next.showTitle}
          </a>
        </h3>
        <p class="up-next-episode">
          <span class="numbers" safe>
            {episodeCode(next.seasonNumber, next.episodeNumber)}
          </span>
          <span class="dim"> · </span>
          <span dir="auto" safe>
            {next.episodeTitle}
          </span>
        </p>
        <Facts ctx={ctx} next={next} />
      </div>
      <div class="up-next-controls">
        <CheckButton
          ctx={ctx}
          size="big"
          action={ctx.paths.episodeWatched(next.episodeId)}
          watched={false}
          subject={subjectOf(next)}
          live={{ target: target("up-next", next.showId), swap: "outerHTML" }}
        />
        <CardMenu ctx={ctx} next={next} />
      </div>
    </li>
  );
}

function subjectOf({ showTitle, seasonNumber, episodeNumber, episodeTitle }: UpNextModel): string {
  return `${showTitle}, ${episodeCode(seasonNumber, episodeNumber)}, ${episodeTitle}`;
}

function Facts({ ctx, next }: { ctx: ViewContext; next: UpNextModel }): JSX.Element {
  const ahead = next.airedAt !== null && next.airedAt > ctx.now;
  const facts = [
    ...(next.runtimeMin === null ? [] : [`${next.runtimeMin} min`]),
    ...(next.remaining === 0 ? [] : [`${count(next.remaining, ctx, "more", "more")} waiting`]),
  ];
  return (
    <p class="up-next-facts dim">
      {next.isNew ? <span class="up-next-new">New</span> : ""}
      <span class="fact">
        {ahead ? "Airs " : "Aired "}
        <AirDay ctx={ctx} at={next.airedAt} exact={next.airedExact} />
      </span>
      {facts.map((fact) => (
        <span class="fact numbers" safe>
          {fact}
        </span>
      ))}
    </p>
  );
}

/**
 * What stands behind the three dots is asked for as it comes into view: it would be more of the page than the cards are.
 * Without script the way to the show's page is there, which has all of it. Named by its episode, so that the next
 * one's card begins with a menu of its own.
 */
function CardMenu({ ctx, next }: { ctx: ViewContext; next: UpNextModel }): JSX.Element {
  const ask = hx({
    get: ctx.paths.upNextMenu(next.showId, next.episodeId),
    trigger: "intersect",
    target: target("up-next-menu", next.episodeId),
    swap: "innerHTML",
    keepOnError: true,
  });
  return (
    <Menu ctx={ctx} label={`More for ${next.showTitle}`}>
      <div id={id("up-next-menu", next.episodeId)} class="show-menu" {...ask} {...{ "hx-morph-skip-children": "" }}>
        <OpenShow ctx={ctx} showId={next.showId} title={next.showTitle} />
      </div>
    </Menu>
  );
}

export type UpNextMenuProps = {
  ctx: ViewContext;
  showId: string;
  title: string;
  /** Null: another episode is next by now, and its card is on its way. */
  next: UpNextModel | null;
};

export function UpNextMenu({ ctx, showId, title, next }: UpNextMenuProps): JSX.Element {
  return (
    <>
      {next === null ? "" : <CardActions ctx={ctx} next={next} />}
      <OpenShow ctx={ctx} showId={showId} title={title} />
    </>
  );
}

function CardActions({ ctx, next }: { ctx: ViewContext; next: UpNextModel }): JSX.Element {
  const card = target("up-next", next.showId);
  const skip = { action: ctx.paths.upNextShow(next.showId), live: { target: card, swap: "outerHTML" } } as const;
  return (
    <>
      <details class="menu-fold">
        <summary class="button button-quiet">
          <Icon ctx={ctx} name="history" />
          <span>Watched earlier</span>
        </summary>
        <ActionForm
          action={ctx.paths.episodeWatched(next.episodeId)}
          method="put"
          live={{ target: card, swap: "outerHTML" }}
          class="menu-form"
        >
          <Field
            label="When"
            name="watchedAt"
            scope={`up-next-${next.showId}`}
            type="datetime-local"
            required
            value={next.clock}
          />
          <Button ctx={ctx} kind="primary" label="Mark" name={`Mark as watched at that time: ${subjectOf(next)}`} />
        </ActionForm>
      </details>
      <ActionForm {...skip}>
        <input type="hidden" name="list" value="later" />
        <Button ctx={ctx} kind="quiet" icon="clock" label="Watch later" name={`Watch later: ${next.showTitle}`} />
      </ActionForm>
      <ActionForm {...skip}>
        <input type="hidden" name="list" value="archived" />
        <Button ctx={ctx} kind="quiet" icon="ban" label="Archive" name={`Archive: ${next.showTitle}`} />
      </ActionForm>
    </>
  );
}
