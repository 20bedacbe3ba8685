import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Poster } from "../ui/poster.tsx";
import { attr } from "../ui/text.ts";

export type FoundShowModel = {
  source: string;
  /** The source's own id. */
  id: string;
  title: string;
  /** One of our own addresses. */
  posterUrl: string | null;
  /** "2019 · HBO · 55 min · Drama" */
  facts: string;
  overview: string | null;
  place: FoundPlace | null;
};

/** Where it is in the reader's library. `sure` is false when only title and year are the same. */
export type FoundPlace = { showId: string; list: string; sure: boolean };

type Props = { ctx: ViewContext; show: FoundShowModel };

export function FoundShow({ ctx, show }: Props): JSX.Element {
  return (
    <li id={id("found", keyOf(show))} class="found">
      <Poster title={show.title} src={show.posterUrl} size="thumb" />
      <div class="found-text">
        <h3 class="found-title" dir="auto" safe>
          {show.title}
        </h3>
        <p class="found-facts numbers" dir="auto" safe>
          {show.facts}
        </p>
        {show.overview === null ? (
          ""
        ) : (
          <p class="found-overview" dir="auto" safe>
            {show.overview}
          </p>
        )}
      </div>
      <FoundActions ctx={ctx} show={show} />
    </li>
  );
}

const keyOf = ({ source, id: sourceId }: Pick<FoundShowModel, "source" | "id">): string => `${source}-${sourceId}`;

export type FoundActionsProps = {
  ctx: ViewContext;
  show: Pick<FoundShowModel, "source" | "id" | "title" | "place">;
  /** It was put there just now, by the button that stood here. */
  added?: boolean | undefined;
};

/** What can be done with it, or where it is already. */
export function FoundActions({ ctx, show, added = false }: FoundActionsProps): JSX.Element {
  const { place } = show;
  return (
    <div id={id("found-actions", keyOf(show))} class="found-actions">
      {place === null ? "" : <Place ctx={ctx} title={show.title} place={place} focused={added} />}
      {place?.sure ? "" : <AddButton ctx={ctx} show={show} list="watching" label="Start watching" />}
      {place?.sure ? "" : <AddButton ctx={ctx} show={show} list="later" label="Watch later" />}
    </div>
  );
}

type PlaceProps = { ctx: ViewContext; title: string; place: FoundPlace; focused: boolean };

function Place({ ctx, title, place, focused }: PlaceProps): JSX.Element {
  const label = place.sure ? `In your library: ${place.list}` : "Maybe in your library";
  return (
    <ButtonLink
      ctx={ctx}
      kind="quiet"
      icon={place.sure ? "check" : "library"}
      href={ctx.paths.show(place.showId)}
      label={label}
      name={`${label}, ${title}`}
      {...(focused ? { attributes: { autofocus: "" } } : {})}
    />
  );
}

type AddProps = { ctx: ViewContext; show: FoundActionsProps["show"]; list: "watching" | "later"; label: string };

function AddButton({ ctx, show, list, label }: AddProps): JSX.Element {
  return (
    <ActionForm action={ctx.paths.shows()} live={{ target: target("found-actions", keyOf(show)), swap: "outerHTML" }}>
      <input type="hidden" name="source" value={attr(show.source)} />
      <input type="hidden" name="id" value={attr(show.id)} />
      <input type="hidden" name="list" value={list} />
      <Button
        ctx={ctx}
        kind={list === "later" ? "quiet" : "secondary"}
        icon={list === "later" ? "clock" : "plus"}
        label={label}
        name={`${label}: ${show.title}`}
      />
    </ActionForm>
  );
}
