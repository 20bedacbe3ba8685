import type { Instant } from "./instant.ts";
import {
  type Certainty,
  type DesiredPlay,
  isHistoryEvidence,
  isListingEvidence,
  isUnfinishedEvidence,
  LISTING_TOLERANCE_MS,
  sameViewingWindowMs,
} from "./plays.ts";

/** A play of one episode as the tracker has it. Its time is that of its source, also where the user has corrected it. */
export interface StoredPlay {
  id: number;
  watchedAt: Instant | null;
  certainty: Certainty;
  /** When the user says that it was; left out: nothing else than the source. */
  correctedTo?: Instant | null | undefined;
  source: string;
  /** The integration it came from; null when made by hand, imported, or the integration is gone. */
  integrationId: number | null;
  /** Its source dates viewings by their beginning. */
  datesBeginning?: boolean | undefined;
  /** See {@link MergeOptions}. */
  fileParts?: number | undefined;
  evidence: string;
}

/** A mark that the user removed by hand: an old view on the server does not bring it back. */
export interface Suppression {
  /** Only the play with this evidence; without it the whole episode was unmarked. */
  evidence?: string | undefined;
  /** When the removed play was. Keeps out the same viewing under the key of its second row. */
  watchedAt?: Instant | null | undefined;
  /** When the user removed it. Views after that are new. */
  until: Instant;
  /** What the listing counts is known to be new, whatever its date. */
  exceptListing?: boolean;
  /** The removed play was dated by its beginning. */
  datesBeginning?: boolean | undefined;
  /** See {@link MergeOptions}. */
  fileParts?: number | undefined;
}

export interface MergeOptions {
  /** Whose answers `desired` are. */
  integrationId: number | null;
  durationMs: number | null;
  /** This server dates viewings by their beginning. */
  datesBeginning?: boolean | undefined;
  /** How many episodes the file holds that this one is in. All of them are dated by the beginning of the file. */
  fileParts?: number | undefined;
  suppressed?: readonly Suppression[] | undefined;
}

/** What the source of a stored play says by now. A time that the user has given stays the one that is shown. */
export interface PlayUpdate {
  id: number;
  watchedAt: Instant | null;
  certainty: Certainty;
  evidence: string;
}

export interface PlayMerge {
  add: DesiredPlay[];
  update: PlayUpdate[];
  /** Stored plays that stay as they are. Every stored play is in `update` or here: merging never removes one. */
  keep: number[];
}

/**
 * Brings what a server proves together with what is stored. Each desired play finds the stored play it is, improves
 * it, or is added; strongest evidence first, so that the outcome depends on neither order. Running it again on its
 * own outcome changes nothing.
 *
 * The same viewing is: the same evidence; a time within half the runtime; a listing date up to an hour after a row.
 * A stored play stands for one viewing only, so a rewatch next to it is still added. Plays of other servers or made by
 * hand absorb a viewing but are never changed. Some servers date the beginning of a viewing and others its end: then a
 * runtime may lie between the two; where the beginning is that of a file of several episodes, the runtimes of them all.
 * Whether two are one is the same seen from either, whichever was stored first.
 *
 * A playback that was broken off stands in for the viewing that ends it: a later row or listing takes its play over.
 *
 * A corrected play is found again by what its server said. A play that is not this server's may be known here by the
 * time that was first entered as well as by the corrected one.
 */
export function mergePlays(
  existing: readonly StoredPlay[],
  desired: readonly DesiredPlay[],
  options: MergeOptions,
): PlayMerge {
  const { integrationId, durationMs, datesBeginning = false, fileParts, suppressed = [] } = options;
  // The bulk of a first sync.
  if (existing.length === 0 && desired.length <= 1 && suppressed.length === 0) {
    return { add: [...desired], update: [], keep: [] };
  }
  // The bulk of every later one.
  if (existing.length === 1 && desired.length === 1 && isKnownPlay(existing[0], desired[0], integrationId)) {
    return { add: [], update: [], keep: existing.map((play) => play.id) };
  }
  const stored = [...existing].sort((a, b) => a.id - b.id);
  const isMine = (play: StoredPlay): boolean => integrationId !== null && play.integrationId === integrationId;
  const ledger: Ledger = {
    mine: stored.filter(isMine),
    others: stored.filter((play) => !isMine(play)).flatMap(underBothTimes),
    windowMs: sameViewingWindowMs(durationMs),
    datesBeginning,
    fileParts,
    claimed: new Set(),
    updates: new Map(),
    add: [],
  };
  const wanted = distinct(desired).filter((play) => !isSuppressed(ledger, play, suppressed));
  const listed = wanted.filter((play) => isListingEvidence(play.evidence));
  const unfinished = wanted.filter((play) => isUnfinishedEvidence(play.evidence));
  const history = wanted.filter((play) => !listed.includes(play) && !unfinished.includes(play));
  for (const play of unfinished) takeUnfinished(ledger, play);
  takeHistory(ledger, history, new Set(listed.map((play) => play.evidence)));
  for (const play of listed) takeListing(ledger, play, history);
  return {
    add: ledger.add,
    update: [...ledger.updates.values()].sort((a, b) => a.id - b.id),
    keep: stored.filter((play) => !ledger.updates.has(play.id)).map((play) => play.id),
  };
}

function isKnownPlay(
  stored: StoredPlay | undefined,
  play: DesiredPlay | undefined,
  integrationId: number | null,
): boolean {
  return (
    stored !== undefined &&
    stored.evidence === play?.evidence &&
    play.isFresh !== true &&
    stored.watchedAt !== null &&
    integrationId !== null &&
    stored.integrationId === integrationId
  );
}

/** Both have one id, so that claiming the play under one time claims it under the other. */
function underBothTimes(play: StoredPlay): StoredPlay[] {
  const { correctedTo: at = null } = play;
  return at === null || at === play.watchedAt ? [play] : [play, { ...play, watchedAt: at }];
}

interface Ledger {
  mine: readonly StoredPlay[];
  others: readonly StoredPlay[];
  windowMs: number;
  datesBeginning: boolean;
  fileParts: number | undefined;
  /** Stored plays that already stand for a desired one. */
  claimed: Set<number>;
  updates: Map<number, PlayUpdate>;
  add: DesiredPlay[];
}

type Dated<P> = P & { watchedAt: Instant };

/** Which of the broken-off playbacks of an episode it was cannot be told: there is one play for all of them. */
function takeUnfinished(ledger: Ledger, play: DesiredPlay): void {
  const mine = ledger.mine.find((other) => isUnfinishedEvidence(other.evidence));
  if (mine) {
    ledger.claimed.add(mine.id);
    return;
  }
  const all = [...ledger.mine, ...ledger.others];
  // Whatever came after it may well have ended it.
  const isKnown = isDated(play)
    ? all.filter(isDated).some((other) => begins(play, other) || isListingOf(play, other, ledger.windowMs))
    : all.length > 0;
  if (!isKnown) ledger.add.push(play);
}

/** The broken-off playback that this viewing ends. */
function unfinishedBefore(ledger: Ledger, play: DesiredPlay): StoredPlay | undefined {
  return ledger.mine.find(
    (other) =>
      isUnfinishedEvidence(other.evidence) &&
      !ledger.claimed.has(other.id) &&
      (!isDated(play) || other.watchedAt === null || play.watchedAt > other.watchedAt - ledger.windowMs),
  );
}

function takeHistory(ledger: Ledger, plays: readonly DesiredPlay[], listedEvidence: ReadonlySet<string>): void {
  let open = plays.filter((play) => !claimByEvidence(ledger, play, [play.evidence]));
  // A part of the history may begin in the middle of a stored viewing: then its rows are that viewing's.
  open = open.filter(
    (play) => isInsideStoredViewing(ledger, play) || !claimByEvidence(ledger, play, play.alsoKnownAs ?? []),
  );
  open = claimNearest(ledger, open);
  open = claimElsewhere(ledger, open);
  for (const play of open) {
    const spare =
      ledger.mine.find(
        (other) =>
          isListingEvidence(other.evidence) &&
          !ledger.claimed.has(other.id) &&
          // A listing mark without a time is the earliest row; a row without a time is a listing mark nobody else claims.
          (isDated(play) ? other.watchedAt === null : !listedEvidence.has(other.evidence)),
      ) ?? unfinishedBefore(ledger, play);
    if (spare) claim(ledger, spare, play);
    else if (isDated(play) || !ledger.others.some((other) => isOrphanOf(play, other))) ledger.add.push(play);
  }
}

function takeListing(ledger: Ledger, play: DesiredPlay, history: readonly DesiredPlay[]): void {
  // Says nothing that a known viewing does not: neither a new play, nor a date for one without.
  if (isDated(play) && isListingKnown(ledger, play, history)) return;
  // The counter has begun again from nothing: by its number it would be an earlier viewing.
  const isFurther = play.isFresh === true && isDated(play);
  if (!isFurther && claimByEvidence(ledger, play, [play.evidence])) return;
  const unfinished = unfinishedBefore(ledger, play);
  if (unfinished) {
    claim(ledger, unfinished, play);
    return;
  }
  // "Watched at some time" is nothing new about an episode that has been watched.
  const isFirst = ledger.mine.length + ledger.others.length + ledger.add.length === 0;
  if (isDated(play) || isFirst) ledger.add.push(withEvidenceOfItsOwn(ledger, play));
}

function withEvidenceOfItsOwn(ledger: Ledger, play: DesiredPlay): DesiredPlay {
  const taken = ledger.mine.some((other) => (ledger.updates.get(other.id) ?? other).evidence === play.evidence);
  return taken ? { ...play, evidence: `${play.evidence}@${play.watchedAt ?? ""}` } : play;
}

function isListingKnown(ledger: Ledger, play: Dated<DesiredPlay>, history: readonly DesiredPlay[]): boolean {
  const { windowMs } = ledger;
  const mine = ledger.mine
    .map((other) => ledger.updates.get(other.id) ?? other)
    .filter((other) => !isUnfinishedEvidence(other.evidence));
  // Read with its rows, a listing has been measured from the newest. Without them a stored viewing may have had later ones.
  const reachMs = LISTING_TOLERANCE_MS + (history.length > 0 ? 0 : windowMs);
  return (
    [...mine, ...ledger.add, ...history].filter(isDated).some((other) =>
      // Of viewings before the newest row a listing knows nothing that the rows do not.
      isHistoryEvidence(other.evidence)
        ? play.watchedAt - other.watchedAt <= reachMs
        : distance(play, other) < windowMs,
    ) ||
    // A row that somebody else's play has absorbed is not stored as ours: its hour after counts here as well.
    ledger.others.filter(isDated).some((other) => isOneViewing(ledger, play, other))
  );
}

function claimByEvidence(ledger: Ledger, play: DesiredPlay, names: readonly string[]): boolean {
  const same = ledger.mine.find((other) => names.includes(other.evidence) && !ledger.claimed.has(other.id));
  if (same) claim(ledger, same, play);
  return same !== undefined;
}

function isInsideStoredViewing(ledger: Ledger, play: DesiredPlay): boolean {
  if (!isDated(play)) return false;
  return ledger.mine
    .filter(isDated)
    .filter((other) => isHistoryEvidence(other.evidence) && !ledger.claimed.has(other.id))
    .some((other) => begins(other, play) && distance(play, other) < ledger.windowMs);
}

/**
 * Closest pairs first, but one that the play follows before one that it would move; each play once. Returns the plays
 * that found nobody.
 */
function claimNearest(ledger: Ledger, plays: readonly DesiredPlay[]): DesiredPlay[] {
  const pairs = plays.filter(isDated).flatMap((play) =>
    ledger.mine
      .filter(isDated)
      .filter((other) => !ledger.claimed.has(other.id) && isSameViewing(play, other, ledger.windowMs))
      .map((other) => ({ play, other })),
  );
  const keepsTime = ({ play, other }: (typeof pairs)[number]): boolean => begins(other, play);
  pairs.sort(
    (a, b) =>
      Number(keepsTime(b)) - Number(keepsTime(a)) ||
      distance(a.play, a.other) - distance(b.play, b.other) ||
      compareDesired(a.play, b.play) ||
      a.other.id - b.other.id,
  );
  const settled = new Set<DesiredPlay>();
  for (const { play, other } of pairs) {
    if (settled.has(play) || ledger.claimed.has(other.id)) continue;
    settled.add(play);
    claim(ledger, other, play);
  }
  return plays.filter((play) => !settled.has(play));
}

/**
 * As many as can be: of two viewings close together the one must not take the play that is the only one for the other.
 * So their number is the same, whichever server was stored first. Returns the plays that found nobody.
 */
function claimElsewhere(ledger: Ledger, plays: readonly DesiredPlay[]): DesiredPlay[] {
  const candidates = new Map<DesiredPlay, { id: number; off: number }[]>();
  for (const play of plays.filter(isDated)) {
    const found = ledger.others.filter(isDated).filter((other) => isOneViewing(ledger, play, other));
    if (found.length === 0) continue;
    const measured = found.map((other) => ({ id: other.id, off: offBy(ledger, play, other) }));
    candidates.set(
      play,
      measured.sort((a, b) => a.off - b.off || a.id - b.id),
    );
  }
  const takenBy = new Map<number, DesiredPlay>();
  const find = (play: DesiredPlay, tried: Set<number>): boolean =>
    (candidates.get(play) ?? []).some(({ id }) => {
      if (tried.has(id)) return false;
      tried.add(id);
      const holder = takenBy.get(id);
      if (holder !== undefined && !find(holder, tried)) return false;
      takenBy.set(id, play);
      return true;
    });
  const closest = (play: DesiredPlay): number => candidates.get(play)?.[0]?.off ?? 0;
  const inTurn = [...candidates.keys()].sort((a, b) => closest(a) - closest(b) || compareDesired(a, b));
  const settled = new Set(inTurn.filter((play) => find(play, new Set())));
  for (const id of takenBy.keys()) ledger.claimed.add(id);
  return plays.filter((play) => !settled.has(play));
}

function claim(ledger: Ledger, stored: StoredPlay, play: DesiredPlay): void {
  ledger.claimed.add(stored.id);
  if (!isImprovement(stored, play)) return;
  // A time is never given up for none.
  const { watchedAt, certainty } = isDated(play) ? play : stored;
  ledger.updates.set(stored.id, { id: stored.id, watchedAt, certainty, evidence: play.evidence });
}

/** A time for a play without one, the row behind a listing's word, or an earlier row of the same viewing. */
function isImprovement(stored: StoredPlay, play: DesiredPlay): boolean {
  // The proof changes at least, so that a further viewing is not taken for the end of this one.
  if (isUnfinishedEvidence(stored.evidence)) return true;
  if (!isDated(play)) return false;
  if (stored.watchedAt === null) return true;
  if (!isHistoryEvidence(play.evidence) || stored.evidence === play.evidence) return false;
  if (isListingEvidence(stored.evidence)) return true;
  return isHistoryEvidence(stored.evidence) && play.watchedAt < stored.watchedAt;
}

function isSameViewing(play: Dated<DesiredPlay>, other: Dated<StoredPlay>, windowMs: number): boolean {
  return isListingEvidence(other.evidence) ? isListingOf(other, play, windowMs) : distance(play, other) < windowMs;
}

/** A listing's date is that of a viewing when it is close to it, or follows within the hour. */
function isListingOf(listed: { watchedAt: Instant }, viewing: { watchedAt: Instant }, windowMs: number): boolean {
  const lateMs = listed.watchedAt - viewing.watchedAt;
  return Math.abs(lateMs) < windowMs || (lateMs >= 0 && lateMs <= LISTING_TOLERANCE_MS);
}

/** What somebody says about when a viewing was. */
interface Told {
  watchedAt: Instant;
  evidence: string;
  datesBeginning?: boolean | undefined;
  fileParts?: number | undefined;
}

/** Whether this server and somebody else mean the same viewing. */
function isOneViewing({ windowMs, datesBeginning, fileParts }: Ledger, play: Dated<DesiredPlay>, other: Told): boolean {
  const { watchedAt, evidence } = play;
  const told: Told = { watchedAt, evidence, datesBeginning, fileParts };
  const lateMs = watchedAt - other.watchedAt;
  return lateMs < reachMs(other, told, windowMs) && -lateMs < reachMs(told, other, windowMs);
}

/** How long after the one the other may be and still mean the same viewing. */
function reachMs(first: Told, then: Told, windowMs: number): number {
  const lastsMs = ownLengthMs(first, windowMs) - (then.datesBeginning ? 2 * windowMs : 0);
  const isLate = isListingEvidence(then.evidence) && !isListingEvidence(first.evidence) && !then.datesBeginning;
  return Math.max(0, lastsMs) + (isLate ? Math.max(windowMs, LISTING_TOLERANCE_MS + 1) : windowMs);
}

/** How far apart the two are, measured from where one would expect the other. */
function offBy(ledger: Ledger, play: Dated<DesiredPlay>, other: Dated<StoredPlay>): number {
  const { windowMs } = ledger;
  return Math.abs(play.watchedAt + ownLengthMs(ledger, windowMs) - other.watchedAt - ownLengthMs(other, windowMs));
}

/** From the given time to the end of the viewing at the latest. The window is half a runtime. */
function ownLengthMs({ datesBeginning, fileParts = 1 }: Pick<Told, "datesBeginning" | "fileParts">, windowMs: number) {
  return datesBeginning ? 2 * windowMs * fileParts : 0;
}

/** A play of an integration that was removed since: the same row, read again through a new one. */
function isOrphanOf(play: DesiredPlay, other: StoredPlay): boolean {
  return other.integrationId === null && other.watchedAt === null && other.evidence === play.evidence;
}

function isSuppressed(ledger: Ledger, play: DesiredPlay, suppressed: readonly Suppression[]): boolean {
  const isListing = isListingEvidence(play.evidence);
  return suppressed.some(({ evidence, watchedAt, until, exceptListing = false, datesBeginning, fileParts }) => {
    const isOld = play.watchedAt === null || play.watchedAt <= until;
    if (evidence === undefined) return isOld && !(isListing && exceptListing);
    if (evidence === play.evidence || play.alsoKnownAs?.includes(evidence)) return true;
    // "Watched at some time" may well mean the removed one.
    if (!isDated(play)) return isListing;
    if (!isOld || watchedAt === undefined || watchedAt === null) return false;
    return isOneViewing(ledger, play, { watchedAt, evidence: "removed", datesBeginning, fileParts });
  });
}

function distinct(desired: readonly DesiredPlay[]): DesiredPlay[] {
  const first = new Map<string, DesiredPlay>();
  for (const play of [...desired].sort(compareDesired)) if (!first.has(play.evidence)) first.set(play.evidence, play);
  return [...first.values()];
}

/** By time, what has none last. */
function compareDesired(a: DesiredPlay, b: DesiredPlay): number {
  const byTime = (a.watchedAt ?? Number.POSITIVE_INFINITY) - (b.watchedAt ?? Number.POSITIVE_INFINITY);
  return byTime || (a.evidence < b.evidence ? -1 : a.evidence > b.evidence ? 1 : 0);
}

function distance(a: { watchedAt: Instant }, b: { watchedAt: Instant }): number {
  return Math.abs(a.watchedAt - b.watchedAt);
}

function begins(first: { watchedAt: Instant }, then: { watchedAt: Instant }): boolean {
  return first.watchedAt <= then.watchedAt;
}

function isDated<P extends { watchedAt: Instant | null }>(play: P): play is Dated<P> {
  return play.watchedAt !== null;
}
