import type { Db } from "../../db/open.ts";
import { episodesOfShow } from "../../db/repos/episodes.ts";
import { type MatchRow, matchesOfShow } from "../../db/repos/matches.ts";
import { idsOfShow, type ShowRow } from "../../db/repos/shows.ts";
import { type MatchCandidate, matchByText, resolveConflict, type Scored } from "../../domain/matching.ts";
import type { CatalogueShow, MetadataSource } from "../../metadata/contract.ts";

/** Kinds of show id in the order of the guide; a source's own kinds come first of all, they are exact. */
const guideOrder = ["tmdb", "tvdb", "imdb"] as const;

export type FoundShow =
  | {
      kind: "matched";
      show: Pick<CatalogueShow, "sourceId">;
      method: MatchRow["method"];
      confidence: number;
      evidence: { label: string; points: number }[];
      byText: boolean;
    }
  | { kind: "doubtful"; candidates: Scored<MatchCandidate>[] }
  | { kind: "unknown" };

const candidateOf = (source: MetadataSource, show: CatalogueShow): MatchCandidate => ({
  source: source.id,
  sourceId: show.sourceId,
  title: show.title,
  originalTitle: show.originalTitle ?? undefined,
  year: show.year ?? undefined,
  country: show.country ?? undefined,
  ids: show.ids,
  posterUrl: show.posterUrl ?? undefined,
});

/**
 * Which show of a source ours is: by the ids the servers gave (TMDB, TVDB, then IMDb), by title and year only when no id
 * helps. When two ids point to two shows, what agrees with more decides.
 */
export async function findShow(db: Db, source: MetadataSource, show: ShowRow, signal: AbortSignal): Promise<FoundShow> {
  const ids = idsOfShow(db, show.id);
  if (show.enrichedFrom === source.id && show.enrichedId !== null) {
    return {
      kind: "matched",
      show: { sourceId: show.enrichedId },
      method: "chosen",
      confidence: 1,
      evidence: [],
      byText: false,
    };
  }
  const own = ids[source.id];
  if (own !== undefined && source.idKinds.includes(source.id)) {
    return { kind: "matched", show: { sourceId: own }, method: "chosen", confidence: 1, evidence: [], byText: false };
  }
  const subject = {
    title: show.title,
    year: show.year ?? undefined,
    ids,
    episodeDates: episodesOfShow(db, show.id).flatMap(({ airedAt }) => (airedAt === null ? [] : [airedAt])),
  };
  for (const kind of guideOrder) {
    const value = ids[kind];
    if (value === undefined || !source.idKinds.includes(kind)) continue;
    const found = await source.find(kind, value, signal);
    if (found === null) continue;
    const candidate = candidateOf(source, found);
    const settled = resolveConflict(subject, [{ method: kind, candidate }]);
    const evidence = settled?.evidence ?? [{ label: `Same ${kind.toUpperCase()} id`, points: 100 }];
    return {
      kind: "matched",
      show: found,
      method: kind,
      confidence: settled?.confidence ?? 1,
      evidence,
      byText: false,
    };
  }
  const decision = matchByText(subject, await source.search(show.title, show.year, signal));
  if (decision.kind !== "matched") return decision;
  const { candidate, method, confidence, evidence } = decision;
  return { kind: "matched", show: { sourceId: candidate.sourceId }, method, confidence, evidence, byText: true };
}

/** The server's shows behind one of ours that the user has not settled by hand. */
export const openMatches = (db: Db, showId: number): MatchRow[] =>
  matchesOfShow(db, showId).filter(({ chosenByUser }) => chosenByUser === 0);

/** Several shows matched alike when it was last looked for. */
export const isDoubtful = ({ evidence }: MatchRow): boolean => evidence.includes('"state":"doubtful"');
