import { MINUTE_MS, toIso } from "../instant.ts";
import { mergePlays, type StoredPlay, type Suppression } from "../play-merge.ts";
import { type DesiredPlay, isHistoryEvidence, isListingEvidence, sameViewingWindowMs } from "../plays.ts";
import type { ImportedPlay, ImportFormat } from "./model.ts";

export type ImportedViewing = { play: ImportedPlay; evidence: string };

/** A play of ours, as far as finding it again in a file needs. */
export type KnownPlay = StoredPlay & { editedFrom: string | null };

export type Settled = {
  add: ImportedViewing[];
  /** Viewings that are stored already, under whatever name, and doubles within the file. */
  there: number;
  /** Viewings that the user had taken away. */
  suppressed: number;
};

/**
 * One episode's plays of a file under names that stay the same whenever the file is read: for what comes from elsewhere
 * the format and the minute, since services keep no seconds; for our own export the evidence it has always had.
 */
export function nameViewings(format: ImportFormat, plays: readonly ImportedPlay[]): ImportedViewing[] {
  let undated = 0;
  return plays.map((play) => {
    if (play.origin !== null) return { play, evidence: play.origin.evidence };
    if (play.watchedAt !== null) return { play, evidence: `${format}:${toIso(play.watchedAt).slice(0, 16)}Z` };
    undated += 1;
    return { play, evidence: `${format}:unknown:${undated}` };
  });
}

type Options = { durationMs: number | null; removed: readonly Suppression[] };

/**
 * Which of a file's viewings of one episode are new. A stored play stands for one viewing only: first for the one of its
 * own name, then for the nearest within half the runtime, then for one without a time. Settling again what was added
 * adds nothing.
 */
export function settlePlays(
  existing: readonly KnownPlay[],
  viewings: readonly ImportedViewing[],
  { durationMs, removed }: Options,
): Settled {
  const windowMs = sameViewingWindowMs(durationMs);
  const wanted = withoutDoubles(viewings, windowMs);
  const spare = [...existing];
  const isExact = (play: KnownPlay, { play: { watchedAt }, evidence }: ImportedViewing) =>
    play.evidence === evidence && play.watchedAt === watchedAt;
  const unnamed = unclaimed(spare, unclaimed(spare, wanted, isExact), (play, viewing) =>
    isSameProof(play, viewing, windowMs),
  );
  const byName = new Map(unnamed.map((viewing, index) => [`import:${index}`, viewing]));
  const dated = [...byName].filter(([, { play }]) => play.watchedAt !== null);
  const merge = (suppressed: readonly Suppression[]) =>
    mergePlays(spare, dated.map(desired), { integrationId: null, durationMs, suppressed }).add.flatMap(
      ({ evidence }) => byName.get(evidence) ?? [],
    );
  const fresh = merge([]);
  const kept = removed.length === 0 ? fresh : merge(removed).filter((each) => !isRemoved(each, removed));
  const undated = unnamed.filter(({ play }) => play.watchedAt === null);
  const freshUndated = undated.slice(Math.max(0, spare.length - (dated.length - fresh.length)));
  const keptUndated = freshUndated.filter((each) => !isRemoved(each, removed));
  const add = [...kept, ...keptUndated];
  const suppressed = fresh.length + freshUndated.length - add.length;
  return { add, suppressed, there: viewings.length - add.length - suppressed };
}

/** Takes from `spare` the first play that is each viewing's; returns the viewings that have none. */
function unclaimed(
  spare: KnownPlay[],
  viewings: readonly ImportedViewing[],
  isIt: (play: KnownPlay, viewing: ImportedViewing) => boolean,
): ImportedViewing[] {
  return viewings.filter((viewing) => {
    const index = spare.findIndex((play) => isIt(play, viewing));
    if (index >= 0) spare.splice(index, 1);
    return index < 0;
  });
}

function desired([evidence, { play }]: [string, ImportedViewing]): DesiredPlay {
  return { watchedAt: play.watchedAt, certainty: play.certainty, evidence };
}

/** Services record one viewing twice, minutes apart. Of our own plays each has its reason. */
function withoutDoubles(viewings: readonly ImportedViewing[], windowMs: number): ImportedViewing[] {
  const doubles = new Set<ImportedViewing>();
  let first = Number.NEGATIVE_INFINITY;
  const foreign = viewings.flatMap((viewing) => {
    const at = viewing.play.watchedAt;
    return viewing.play.origin === null && at !== null ? [{ viewing, at }] : [];
  });
  for (const { viewing, at } of foreign.sort((a, b) => a.at - b.at)) {
    if (at - first < Math.max(windowMs, MINUTE_MS)) doubles.add(viewing);
    else first = at;
  }
  return doubles.size === 0 ? [...viewings] : viewings.filter((viewing) => !doubles.has(viewing));
}

/**
 * The same evidence is the same play, whatever time the user has given it since. Only the names that servers give their
 * rows mean something else on another server.
 */
function isSameProof(stored: KnownPlay, { play, evidence }: ImportedViewing, windowMs: number): boolean {
  if (stored.evidence !== evidence) return false;
  const isServers = isHistoryEvidence(evidence) || isListingEvidence(evidence);
  if (!isServers || stored.watchedAt === null || play.watchedAt === null) return true;
  const isEdited = stored.editedFrom !== null || (play.origin?.editedFrom ?? null) !== null;
  return isEdited || Math.abs(stored.watchedAt - play.watchedAt) < windowMs;
}

/** By the name of its play; without a time also by the episode as a whole. */
function isRemoved({ play, evidence }: ImportedViewing, removed: readonly Suppression[]): boolean {
  return removed.some((row) => (row.evidence === undefined ? play.watchedAt === null : row.evidence === evidence));
}
