import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Poster } from "../ui/poster.tsx";
import { Badge } from "../ui/status-pill.tsx";
import { attr } from "../ui/text.ts";

export type MatchCandidateModel = {
  source: string;
  id: string;
  /** "TVmaze" */
  sourceName: string;
  title: string;
  year: number | null;
  /** One of our own addresses. */
  posterUrl: string | null;
  /** In words: "Drama · BBC One · 3 seasons". */
  facts?: string | undefined;
  overview?: string | undefined;
  /** Why it is offered, one line per reason. */
  reasons?: readonly string[] | undefined;
  current: boolean;
};

export type MatchCandidatesProps = {
  ctx: ViewContext;
  showId: string;
  query: string;
  candidates: readonly MatchCandidateModel[];
  /** Set when the metadata sources could not be asked. */
  problem?: string | undefined;
};

export function MatchCandidates({ ctx, showId, query, candidates, problem }: MatchCandidatesProps): JSX.Element {
  return (
    <section id={id("match", showId)} class="section match">
      <h2>Which show is it?</h2>
      <search>
        <form class="search-form" method="get" action={ctx.paths.showMatch(showId)}>
          <Field
            label="Title"
            name="query"
            scope={`match-${showId}`}
            type="search"
            value={query}
            labelHidden
            placeholder="Title"
          />
          <Button ctx={ctx} icon="search" label="Search" />
        </form>
      </search>
      {problem === undefined ? (
        ""
      ) : (
        <p class="hint hint-bad" role="alert" dir="auto" safe>
          {problem}
        </p>
      )}
      {candidates.length === 0 && problem === undefined ? (
        <p class="dim">No show of that title was found. Try a shorter title, or the original one.</p>
      ) : (
        ""
      )}
      <ul class="candidates">
        {candidates.map((candidate) => (
          <Candidate ctx={ctx} showId={showId} candidate={candidate} />
        ))}
      </ul>
      <p class="dim">
        What you have watched moves along, and later syncs keep to your choice. A show that is in your library already
        becomes one with this.
      </p>
    </section>
  );
}

type CandidateProps = { ctx: ViewContext; showId: string; candidate: MatchCandidateModel };

function Candidate({ ctx, showId, candidate }: CandidateProps): JSX.Element {
  const facts = [
    candidate.year === null ? "year unknown" : String(candidate.year),
    candidate.facts ?? "",
    candidate.sourceName,
  ];
  return (
    <li class={candidate.current ? "candidate candidate-current" : "candidate"}>
      <Poster title={candidate.title} src={candidate.posterUrl} size="thumb" />
      <div class="candidate-text">
        <h3 dir="auto" safe>
          {candidate.title}
        </h3>
        <p class="dim numbers" safe>
          {facts.filter((fact) => fact !== "").join(" · ")}
        </p>
        {candidate.overview === undefined ? (
          ""
        ) : (
          <p class="candidate-overview dim" dir="auto" safe>
            {candidate.overview}
          </p>
        )}
        {candidate.reasons === undefined || candidate.reasons.length === 0 ? (
          ""
        ) : (
          <p class="candidate-reasons dim" safe>
            {candidate.reasons.join(" · ")}
          </p>
        )}
      </div>
      {candidate.current ? (
        <Badge label="Now" />
      ) : (
        <ActionForm action={ctx.paths.showMatch(showId)} method="put">
          <input type="hidden" name="source" value={attr(candidate.source)} />
          <input type="hidden" name="id" value={attr(candidate.id)} />
          <Button
            ctx={ctx}
            label="This one"
            name={`This one: ${candidate.title}, ${facts[0] ?? ""}, ${candidate.sourceName}`}
          />
        </ActionForm>
      )}
    </li>
  );
}
