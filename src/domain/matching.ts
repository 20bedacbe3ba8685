import { agree, conflict, type ExternalIds, sharedKinds } from "./external-ids.ts";
import { dayNumber, type Instant } from "./instant.ts";
import { countryCode, type TitleKey, titleKey } from "./title.ts";

/** How a server's show was found to be ours. `chosen`: by the user. `server`: only the media server knows it. */
export const MATCH_METHODS = ["tmdb", "tvdb", "imdb", "plex-guid", "title-year", "title", "chosen", "server"] as const;
export type MatchMethod = (typeof MATCH_METHODS)[number];

export interface MatchSubject {
  title: string;
  originalTitle?: string | undefined;
  year?: number | undefined;
  country?: string | undefined;
  /** The show's own ids. */
  ids: ExternalIds;
  /** When the episodes the user owns were first shown. */
  episodeDates?: readonly Instant[] | undefined;
}

export interface MatchCandidate {
  source: string;
  sourceId: string;
  title: string;
  originalTitle?: string | undefined;
  aliases?: readonly string[] | undefined;
  year?: number | undefined;
  country?: string | undefined;
  ids: ExternalIds;
  network?: string | undefined;
  overview?: string | undefined;
  posterUrl?: string | undefined;
  episodeDates?: readonly Instant[] | undefined;
}

export interface Evidence {
  label: string;
  points: number;
}

export interface Scored<C extends MatchCandidate = MatchCandidate> {
  candidate: C;
  score: number;
  evidence: Evidence[];
}

export type MatchDecision<C extends MatchCandidate = MatchCandidate> =
  | {
      kind: "matched";
      candidate: C;
      method: "title-year" | "title";
      /** 0 to 1. */
      confidence: number;
      score: number;
      evidence: Evidence[];
    }
  | { kind: "doubtful"; candidates: Scored<C>[] }
  | { kind: "unknown" };

export const ACCEPT_SCORE = 80;
export const ACCEPT_LEAD = 15;
/** The share of the owned episodes' dates that has to be found among a candidate's. */
const DATES_SHARE = 0.8;

const YEAR_EQUAL: Evidence = { label: "same year", points: 30 };
const YEAR_NEAR: Evidence = { label: "year differs by one", points: 20 };

export function score<C extends MatchCandidate>(subject: MatchSubject, candidate: C): Scored<C> {
  const wanted = keysOf(subject);
  const offered = keysOf(candidate);
  const evidence = [
    titleEvidence(wanted.keys, offered.keys, candidate.aliases ?? []),
    yearEvidence(wanted.year, offered.year),
    countryEvidence(wanted.country, offered.country),
    ...idEvidence(subject.ids, candidate.ids),
    dateEvidence(subject.episodeDates ?? [], candidate.episodeDates ?? []),
  ].filter((item) => item !== null);
  return { candidate, score: evidence.reduce((sum, { points }) => sum + points, 0), evidence };
}

/** Sure only when the best is good and clearly better than the next; otherwise the user is asked. */
export function decide<C extends MatchCandidate>(scored: readonly Scored<C>[]): MatchDecision<C> {
  const ranked = withoutDoubles(scored).filter(isPlausible);
  const [best] = ranked;
  if (!best) return { kind: "unknown" };
  const rival = ranked.find((other) => other !== best && !isSameShow(best.candidate, other.candidate));
  const leads = rival === undefined || best.score - rival.score >= ACCEPT_LEAD;
  if (best.score < ACCEPT_SCORE || !leads) return { kind: "doubtful", candidates: ranked };
  const hasYear = best.evidence.some(({ label }) => label === YEAR_EQUAL.label || label === YEAR_NEAR.label);
  return {
    kind: "matched",
    candidate: best.candidate,
    method: hasYear ? "title-year" : "title",
    confidence: Math.min(1, best.score / 100),
    score: best.score,
    evidence: best.evidence,
  };
}

export function matchByText<C extends MatchCandidate>(
  subject: MatchSubject,
  candidates: readonly C[],
): MatchDecision<C> {
  return decide(candidates.map((candidate) => score(subject, candidate)));
}

/** One id of the subject and the show it leads to. */
export interface IdClaim<C extends MatchCandidate = MatchCandidate> {
  method: "tmdb" | "tvdb" | "imdb";
  candidate: C;
  /** 0 to 1: how many of the owned episodes' ids were found in the candidate. */
  episodeShare?: number | undefined;
}

export interface ResolvedMatch<C extends MatchCandidate = MatchCandidate> {
  candidate: C;
  method: IdClaim["method"];
  confidence: number;
  /** The ids disagree and nothing decides between them: show "check match". */
  check: boolean;
  evidence: Evidence[];
}

const ID_ORDER: readonly IdClaim["method"][] = ["tmdb", "tvdb", "imdb"];

/**
 * Ids that lead to different shows: one of them is wrong, and it need not be the second. The show with more agreement
 * wins; on a tie the fixed order decides and the match is flagged. Null without claims.
 */
export function resolveConflict<C extends MatchCandidate>(
  subject: MatchSubject,
  claims: readonly IdClaim<C>[],
): ResolvedMatch<C> | null {
  const ranked = [...claims]
    .sort((a, b) => ID_ORDER.indexOf(a.method) - ID_ORDER.indexOf(b.method))
    .map((claim) => ({ claim, ...agreement(subject, claim) }))
    // Stable: equal agreement keeps the required order.
    .sort((a, b) => b.total - a.total);
  const [best] = ranked;
  if (!best) return null;
  const rival = ranked.find(({ claim }) => !isSameShow(best.claim.candidate, claim.candidate));
  const check = rival !== undefined && rival.total === best.total;
  return {
    candidate: best.claim.candidate,
    method: best.claim.method,
    confidence: rival === undefined ? 1 : check ? 0.5 : 0.8,
    check,
    evidence: best.evidence,
  };
}

interface Keys {
  keys: TitleKey[];
  year: number | undefined;
  country: string | undefined;
}

function keysOf(side: MatchSubject | MatchCandidate): Keys {
  const keys = [side.title, side.originalTitle ?? ""].filter((title) => title.trim() !== "").map(titleKey);
  return {
    keys,
    year: side.year ?? keys.find((key) => key.year !== undefined)?.year,
    country:
      keys.find((key) => key.country !== undefined)?.country ??
      (side.country === undefined ? undefined : countryCode(side.country)),
  };
}

function titleEvidence(
  wanted: readonly TitleKey[],
  offered: readonly TitleKey[],
  aliases: readonly string[],
): Evidence | null {
  const aliasKeys = aliases.map(titleKey);
  const meets = (others: readonly TitleKey[], part: "key" | "secondKey"): boolean =>
    wanted.some((a) => others.some((b) => a[part] !== "" && a[part] === b[part]));
  if (meets(offered, "key")) return { label: "same title", points: 50 };
  if (meets(aliasKeys, "key")) return { label: "same as another title of it", points: 40 };
  if (meets([...offered, ...aliasKeys], "secondKey")) return { label: "nearly the same title", points: 30 };
  return null;
}

function yearEvidence(a: number | undefined, b: number | undefined): Evidence {
  if (a === undefined || b === undefined) return { label: "year not known", points: 5 };
  const distance = Math.abs(a - b);
  if (distance === 0) return YEAR_EQUAL;
  return distance === 1 ? YEAR_NEAR : { label: "another year", points: -40 };
}

function countryEvidence(a: string | undefined, b: string | undefined): Evidence | null {
  if (a === undefined || b === undefined) return null;
  return a === b ? { label: "same country", points: 10 } : { label: "another country", points: -30 };
}

function idEvidence(a: ExternalIds, b: ExternalIds): Evidence[] {
  const evidence: Evidence[] = [];
  if (agree(a, b)) evidence.push({ label: "same id", points: 40 });
  if (conflict(a, b)) evidence.push({ label: "another id", points: -40 });
  return evidence;
}

/** Within a day either way: evening broadcasts fall on the next day in UTC. */
function dateEvidence(owned: readonly Instant[], offered: readonly Instant[]): Evidence | null {
  if (owned.length === 0 || offered.length === 0) return null;
  const days = new Set(offered.map(dayNumber));
  const found = owned.filter((at) => [-1, 0, 1].some((step) => days.has(dayNumber(at) + step))).length;
  return found / owned.length >= DATES_SHARE ? { label: "your episodes' dates are among its own", points: 20 } : null;
}

/** Something speaks for it other than a missing year: a namesake of another decade is worth asking about. */
function isPlausible({ score: points, evidence }: Scored): boolean {
  return (
    points > 0 &&
    evidence.some(({ label, points: some }) => some > 0 && (label.includes("title") || label === "same id"))
  );
}

/** Best first; the order in which a source lists its rows decides nothing. */
function withoutDoubles<C extends MatchCandidate>(scored: readonly Scored<C>[]): Scored<C>[] {
  const best = new Map<string, Scored<C>>();
  for (const item of scored) {
    const key = nameOf(item.candidate);
    const known = best.get(key);
    if (!known || item.score > known.score) best.set(key, item);
  }
  return [...best.values()].sort((a, b) => b.score - a.score || (nameOf(a.candidate) < nameOf(b.candidate) ? -1 : 1));
}

function nameOf(candidate: MatchCandidate): string {
  return `${candidate.source}:${candidate.sourceId}`;
}

/** Two sources' entries for one show are no rivals. */
function isSameShow(a: MatchCandidate, b: MatchCandidate): boolean {
  return nameOf(a) === nameOf(b) || (agree(a.ids, b.ids) && !conflict(a.ids, b.ids));
}

function agreement(subject: MatchSubject, claim: IdClaim): { total: number; evidence: Evidence[] } {
  const { candidate, episodeShare } = claim;
  const wanted = keysOf(subject);
  const offered = keysOf(candidate);
  const evidence: Evidence[] = [];
  const same = sharedKinds(subject.ids, candidate.ids).filter((kind) => subject.ids[kind] === candidate.ids[kind]);
  if (same.length > 0) evidence.push({ label: `same id (${same.join(", ")})`, points: same.length });
  if (wanted.keys.some((a) => offered.keys.some((b) => a.key === b.key)))
    evidence.push({ label: "same title", points: 1 });
  const distance = Math.abs((wanted.year ?? Number.NaN) - (offered.year ?? Number.NaN));
  if (distance <= 1) evidence.push({ label: distance === 0 ? YEAR_EQUAL.label : YEAR_NEAR.label, points: 1 });
  if (episodeShare !== undefined && episodeShare > 0) {
    evidence.push({ label: "your episodes' ids are among its own", points: Math.min(1, episodeShare) });
  }
  return { total: evidence.reduce((sum, { points }) => sum + points, 0), evidence };
}
