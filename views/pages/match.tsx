import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { type MatchCandidateModel, MatchCandidates } from "../parts/match-candidates.tsx";
import { MatchEvidence, type MatchEvidenceModel } from "../parts/match-evidence.tsx";
import { type OtherShowModel, OtherShows } from "../parts/other-shows.tsx";
import { Card } from "../ui/card.tsx";
import { PageHeader } from "../ui/page-header.tsx";

export type MatchPageModel = {
  showId: string;
  title: string;
  year: number | null;
  query: string;
  /** One for each server that has it. */
  matches: readonly MatchEvidenceModel[];
  candidates: readonly MatchCandidateModel[];
  /** The user's own other shows that may be this one. */
  others: readonly OtherShowModel[];
  problem?: string | undefined;
};

export function MatchPage({ ctx, page }: { ctx: ViewContext; page: MatchPageModel }): JSX.Element {
  const name = page.year === null ? page.title : `${page.title} (${page.year})`;
  return (
    <Layout ctx={ctx} title={`Wrong show? ${page.title}`} nav="library">
      <PageHeader
        ctx={ctx}
        title="Wrong show?"
        lead={`Now taken for ${name}.`}
        back={{ href: ctx.paths.show(page.showId), label: page.title }}
      />
      {page.matches.length === 0 ? (
        <p class="dim">No server has this show; it was added by hand.</p>
      ) : (
        <div class="stack">
          {page.matches.map((evidence) => (
            <Card>
              <MatchEvidence ctx={ctx} evidence={evidence} />
            </Card>
          ))}
        </div>
      )}
      <MatchCandidates
        ctx={ctx}
        showId={page.showId}
        query={page.query}
        candidates={page.candidates}
        problem={page.problem}
      />
      <section class="section">
        <h2>Or is it another show of yours?</h2>
        {page.others.length === 0 ? "" : <OtherShows ctx={ctx} showId={page.showId} shows={page.others} />}
        <p>
          <a class="link" href={ctx.paths.showMerge(page.showId)}>
            Merge it with another show of your library
          </a>
        </p>
      </section>
    </Layout>
  );
}
