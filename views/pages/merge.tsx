import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { episodeCode } from "../parts/episode-row.tsx";
import { type OtherShowModel, OtherShows, showFacts } from "../parts/other-shows.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { count } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Poster } from "../ui/poster.tsx";
import { attr } from "../ui/text.ts";

type MergedShow = Pick<OtherShowModel, "id" | "title" | "year" | "network" | "posterUrl">;

export type MergePlan = {
  into: MergedShow;
  plays: number;
  folded: number;
  kept: readonly { season: number; number: number | null; title: string | null }[];
};

export type MergePageModel = {
  show: MergedShow;
  query: string;
  others: readonly OtherShowModel[];
  /** Set when the other show is chosen. */
  plan: MergePlan | null;
};

type Props = { ctx: ViewContext; page: MergePageModel };

export function MergePage({ ctx, page }: Props): JSX.Element {
  const { show, plan } = page;
  return (
    <Layout ctx={ctx} title={`Merge ${show.title}`} nav="library">
      <PageHeader
        ctx={ctx}
        title="Merge two shows"
        lead={
          plan === null
            ? `Which of your shows is the same as ${show.title} (${showFacts(show)})?`
            : "Two shows of your library become one."
        }
        back={{ href: ctx.paths.show(show.id), label: show.title }}
      />
      {plan === null ? <Choice ctx={ctx} page={page} /> : <Plan ctx={ctx} show={show} plan={plan} />}
    </Layout>
  );
}

function Choice({ ctx, page }: Props): JSX.Element {
  const { show, others, query } = page;
  return (
    <section id={id("merge", show.id)}>
      <search>
        <form class="search-form" method="get" action={ctx.paths.showMerge(show.id)}>
          <Field
            label="Title in your library"
            name="query"
            scope={`merge-${show.id}`}
            type="search"
            value={query}
            labelHidden
            placeholder="Title in your library"
          />
          <Button ctx={ctx} icon="search" label="Search" />
        </form>
      </search>
      {others.length === 0 ? (
        <p class="dim">
          {query === ""
            ? "No other show of yours has a title like this one. Search for it by its name."
            : "No show of your library has this in its title."}
        </p>
      ) : (
        <OtherShows ctx={ctx} showId={show.id} shows={others} />
      )}
    </section>
  );
}

/** Before anything is changed: what goes where. */
function Plan({ ctx, show, plan }: { ctx: ViewContext; show: MergedShow; plan: MergePlan }): JSX.Element {
  const { into } = plan;
  return (
    <Card class="merge">
      <div class="merge-shows">
        <Side show={show} part="This one goes" />
        <Icon ctx={ctx} name="chevron-right" class="merge-arrow" label="into" />
        <Side show={into} part="This one stays" />
      </div>
      <ul class="merge-facts">
        <li safe>
          {plan.plays === 0
            ? "No plays move; there are none of the show that goes."
            : `${count(plan.plays, ctx, "play")} ${plan.plays === 1 ? "moves" : "move"}, each to its episode, with its date and where it came from.`}
        </li>
        {plan.folded === 0 ? (
          ""
        ) : (
          <li safe>
            {`${count(plan.folded, ctx, "viewing")} that both shows had noted ${plan.folded === 1 ? "counts" : "count"} once.`}
          </li>
        )}
        {plan.kept.length === 0 ? "" : <Kept ctx={ctx} kept={plan.kept} />}
        <li>Rating and list go along where the one that stays has none; notes are put below each other.</li>
        <li>Later syncs take your server's show for the one that stays.</li>
        <li>You can undo it right afterwards, as long as the program runs.</li>
      </ul>
      <div class="actions">
        <ActionForm action={ctx.paths.showMerge(show.id)}>
          <input type="hidden" name="into" value={attr(into.id)} />
          <Button ctx={ctx} kind="primary" icon="check" label="Merge" name={`Merge ${show.title} into ${into.title}`} />
        </ActionForm>
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          href={ctx.paths.showMerge(into.id, { into: show.id })}
          label="The other way round"
        />
        <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.show(show.id)} label="Cancel" />
      </div>
    </Card>
  );
}

function Side({ show, part }: { show: MergedShow; part: string }): JSX.Element {
  return (
    <div class="merge-show">
      <Poster title={show.title} src={show.posterUrl} size="thumb" eager />
      <div>
        <p class="dim" safe>
          {part}
        </p>
        <h2 dir="auto" safe>
          {show.title}
        </h2>
        <p class="dim numbers" safe>
          {showFacts(show)}
        </p>
      </div>
    </div>
  );
}

/** More than this are only counted. */
const MOST_NAMED = 12;

function Kept({ ctx, kept }: { ctx: ViewContext; kept: MergePlan["kept"] }): JSX.Element {
  const more = kept.length - MOST_NAMED;
  return (
    <li>
      <span safe>
        {`${count(kept.length, ctx, "watched episode")} ${kept.length === 1 ? "has" : "have"} no counterpart and ${kept.length === 1 ? "is" : "are"} kept beside the others:`}
      </span>
      <ul class="merge-kept">
        {kept.slice(0, MOST_NAMED).map(({ season, number, title }) => (
          <li dir="auto" safe>
            {title === null ? episodeCode(season, number) : `${episodeCode(season, number)} · ${title}`}
          </li>
        ))}
        {more > 0 ? <li class="dim" safe>{`and ${count(more, ctx, "more", "more")}`}</li> : ""}
      </ul>
    </li>
  );
}
