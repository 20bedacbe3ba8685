import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { AirDay } from "../ui/day.tsx";
import { Field } from "../ui/field.tsx";
import { count } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { Poster } from "../ui/poster.tsx";
import { CheckButton } from "./check-button.tsx";
import { episodeCode } from "./episode-row.tsx";

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
  const code = episodeCode(next.seasonNumber, next.episodeNumber);
  const subject = `${next.showTitle}, ${code}, ${next.episodeTitle}`;
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
            {code}
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
          subject={subject}
          live={{ target: target("up-next", next.showId), swap: "outerHTML" }}
        />
        <CardMenu ctx={ctx} next={next} subject={subject} />
      </div>
    </li>
  );
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

function CardMenu({ ctx, next, subject }: { ctx: ViewContext; next: UpNextModel; subject: string }): JSX.Element {
  const card = target("up-next", next.showId);
  const skip = { action: ctx.paths.upNextShow(next.showId), live: { target: card, swap: "outerHTML" } } as const;
  return (
    <Menu ctx={ctx} label={`More for ${next.showTitle}`}>
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
          <Button ctx={ctx} kind="primary" label="Mark" name={`Mark as watched at that time: ${subject}`} />
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
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        href={ctx.paths.show(next.showId)}
        icon="tv"
        label="Open show"
        name={`Open show: ${next.showTitle}`}
      />
    </Menu>
  );
}
