import {
  type CatalogueEpisode,
  contradicts,
  countsThrough,
  dayDistance,
  type Entry,
  entriesOf,
  groupByDay,
  groupByTitle,
  hasSameTitle,
  idNames,
  isDayExact,
  isSameEpisode,
  isSpecialFacts,
  type LocalEpisode,
  only,
  placeOf,
  type Subject,
  subjectsOf,
} from "./episode-facts.ts";
import { agree } from "./external-ids.ts";

export type EpisodeMethod = "id" | "number" | "title-date" | "air-date" | "absolute" | "title";

export interface EpisodeLink {
  catalogueIndex: number;
  method: EpisodeMethod;
}

export interface EpisodeMatch {
  links: Map<string, EpisodeLink>;
  /** Keys of episodes that stay the server's own and keep their marks. */
  unmatched: string[];
}

/** The share of comparable episodes of a season that must agree before its numbers are believed. */
const SEASON_AGREEMENT = 0.7;
type Proposal = (subject: Subject) => Entry | null;

/**
 * Finds the server's episodes in a catalogue. The passes go from strong to weak evidence and look at all episodes
 * before the next begins, so the outcome does not depend on their order. Whatever is not certain stays unmatched:
 * a mark on the server's own episode is right, a mark on a wrong one is not.
 */
export function matchEpisodes(
  locals: readonly LocalEpisode[],
  catalogue: readonly CatalogueEpisode[],
  options: { absoluteOrder?: boolean | undefined } = {},
): EpisodeMatch {
  const subjects = subjectsOf(locals);
  const entries = entriesOf(catalogue);
  const links = new Map<string, EpisodeLink>();
  const takenBy = new Map<number, LocalEpisode[]>();

  const pass = (method: EpisodeMethod, propose: Proposal): void => {
    const proposals = new Map<number, Subject[]>();
    for (const subject of subjects) {
      if (links.has(subject.local.key)) continue;
      const entry = propose(subject);
      if (!entry) continue;
      proposals.set(entry.index, [...(proposals.get(entry.index) ?? []), subject]);
    }
    for (const [catalogueIndex, group] of proposals) {
      const holders = [...(takenBy.get(catalogueIndex) ?? []), ...group.map(({ local }) => local)];
      // Two different episodes that point at one: neither is certain.
      if (!holders.every((a) => holders.every((b) => isSameEpisode(a, b)))) continue;
      takenBy.set(catalogueIndex, holders);
      for (const { local } of group) links.set(local.key, { catalogueIndex, method });
    }
  };

  pass("id", byId(entries));
  const numbers = numberIndex(entries);
  const bySeason = subjects.filter(({ local }) => !countsThrough(local));
  pass("absolute", byCountingThrough(subjects, entries));
  const trusted = trustedSeasons(bySeason, numbers, links);
  pass("number", byNumber(numbers, trusted));
  pass("title-date", byTitleAndDate(entries));
  const isSuspicious = (subject: Subject): boolean => {
    if (countsThrough(subject.local)) return false;
    const hit = trusted(subject.local.season) ? numbers.get(placeOf(subject.local)) : undefined;
    return hit !== undefined && contradicts(subject.local, hit.episode);
  };
  const unlessSuspicious =
    (propose: Proposal): Proposal =>
    (subject) => {
      if (isSuspicious(subject)) return null;
      const entry = propose(subject);
      return entry && !contradicts(subject.local, entry.episode) ? entry : null;
    };
  pass("air-date", unlessSuspicious(byAirDate(subjects, entries)));
  pass("absolute", unlessSuspicious(byAbsolute(subjects, entries, options.absoluteOrder ?? false)));
  pass("title", unlessSuspicious(byTitle(subjects, entries)));

  return { links, unmatched: locals.map(({ key }) => key).filter((key) => !links.has(key)) };
}

/** Step 1. An id that leads to two entries proves nothing; of several ids the majority decides, then the number. */
function byId(entries: readonly Entry[]): Proposal {
  const holders = new Map<string, Entry[]>();
  for (const entry of entries) {
    for (const name of idNames(entry.episode)) holders.set(name, [...(holders.get(name) ?? []), entry]);
  }
  return ({ local }) => {
    const votes = new Map<Entry, number>();
    for (const name of idNames(local)) {
      const [entry, ...more] = holders.get(name) ?? [];
      if (entry && more.length === 0) votes.set(entry, (votes.get(entry) ?? 0) + 1);
    }
    const isPlaced = (entry: Entry): number => (placeOf(entry.episode) === placeOf(local) ? 1 : 0);
    const [best] = [...votes].sort(
      ([a, votesA], [b, votesB]) => votesB - votesA || isPlaced(b) - isPlaced(a) || a.index - b.index,
    );
    return best?.[0] ?? null;
  };
}

/** Step 2. */
function byNumber(numbers: ReadonlyMap<string, Entry>, trusted: (season: number | null) => boolean): Proposal {
  return (subject) => {
    const { local } = subject;
    if (local.season === null || local.number === null || countsThrough(local) || !trusted(local.season)) return null;
    const entry = numbers.get(placeOf(local));
    if (!entry || contradicts(local, entry.episode)) return null;
    // Catalogues number specials each in its own way: the number alone says nothing.
    const isBacked =
      hasSameTitle(subject, entry) || dayDistance(subject, entry) <= 1 || agree(local.ids, entry.episode.ids);
    return local.season === 0 && !isBacked ? null : entry;
  };
}

/** Step 3: right title on the right day, wherever it is numbered. Also finds pilots that are specials elsewhere. */
function byTitleAndDate(entries: readonly Entry[]): Proposal {
  const titled = groupByTitle(entries);
  return (subject) => {
    const near = (titled.get(subject.title ?? "") ?? []).filter((entry) => dayDistance(subject, entry) <= 1);
    return only(near);
  };
}

/** Step 4a. The exact day where both sides know the broadcaster's, else the only episode within a day. */
function byAirDate(subjects: readonly Subject[], entries: readonly Entry[]): Proposal {
  const entriesOn = groupByDay(entries);
  const subjectsOn = groupByDay(subjects);
  return (subject) => {
    if (subject.day === null) return null;
    const isPeer = (other: { local: LocalEpisode } | { episode: CatalogueEpisode }): boolean =>
      isSpecialFacts("local" in other ? other.local : other.episode) === isSpecialFacts(subject.local);
    const within = <T>(days: ReadonlyMap<number, T[]>, reach: number): T[] =>
      [-1, 0, 1].filter((step) => Math.abs(step) <= reach).flatMap((step) => days.get((subject.day ?? 0) + step) ?? []);
    const alone = (reach: number): boolean =>
      within(subjectsOn, reach)
        .filter(isPeer)
        .every(({ local }) => isSameEpisode(local, subject.local));

    const sameDay = within(entriesOn, 0).filter(isPeer);
    const [hit] = sameDay;
    if (hit && sameDay.length === 1 && alone(0) && isDayExact(subject.local, hit.episode)) return hit;
    return alone(1) ? only(within(entriesOn, 1).filter(isPeer)) : null;
  };
}

/** Step 4b. Only for a library that keeps the show as one long first season, or says that its numbers run through. */
function byAbsolute(subjects: readonly Subject[], entries: readonly Entry[], absoluteOrder: boolean): Proposal {
  const numbered = subjects.filter(({ local }) => isNumberedAsItLooks(local));
  const highest = Math.max(0, ...numbered.map(({ local }) => local.number ?? 0));
  const { given, total, at } = countedThrough(entries);
  if (!absoluteOrder && !numbered.every(({ local }) => local.season === 1)) return () => null;
  // Counting through ourselves is only right when nothing is missing, which the dates below have to confirm.
  if (!given && total < highest) return () => null;
  const entryOf = ({ local }: Subject): Entry | null => (isNumberedAsItLooks(local) ? at(local.number) : null);
  const share = sharedDays(numbered, entryOf);
  const isBelieved = share === null ? given : share >= SEASON_AGREEMENT;
  return isBelieved ? entryOf : () => null;
}

function isNumberedAsItLooks(local: LocalEpisode): boolean {
  return local.number !== null && !isSpecialFacts(local) && (local.numbering ?? "auto") === "auto";
}

/** The user has said that these numbers run through. The catalogue's own count is believed; ours unless dates speak against it. */
function byCountingThrough(subjects: readonly Subject[], entries: readonly Entry[]): Proposal {
  const numbered = subjects.filter(({ local }) => countsThrough(local));
  if (numbered.length === 0) return () => null;
  const { given, at } = countedThrough(entries);
  const entryOf = ({ local }: Subject): Entry | null => {
    const entry = countsThrough(local) ? at(local.number) : null;
    return entry && !contradicts(local, entry.episode) ? entry : null;
  };
  const share = given ? null : sharedDays(numbered, entryOf);
  return share === null || share >= SEASON_AGREEMENT ? entryOf : () => null;
}

/** The regular episodes by the number they have when counted from the show's first to its last. */
function countedThrough(entries: readonly Entry[]): {
  /** The catalogue says the numbers itself. */
  given: boolean;
  total: number;
  at: (number: number | null) => Entry | null;
} {
  const regular = entries
    .filter(({ episode }) => !isSpecialFacts(episode))
    .sort(
      (a, b) => (a.episode.season ?? 0) - (b.episode.season ?? 0) || (a.episode.number ?? 0) - (b.episode.number ?? 0),
    );
  const given = regular.some(({ episode }) => typeof episode.absolute === "number");
  const byNumber = new Map<number, Entry[]>();
  regular.forEach((entry, position) => {
    const absolute = given ? entry.episode.absolute : position + 1;
    if (typeof absolute === "number") byNumber.set(absolute, [...(byNumber.get(absolute) ?? []), entry]);
  });
  return { given, total: regular.length, at: (number) => (number === null ? null : only(byNumber.get(number) ?? [])) };
}

/** Of the pairs with a date on both sides, the share within a day; null without any. */
function sharedDays(subjects: readonly Subject[], entryOf: Proposal): number | null {
  const compared = subjects.flatMap((subject) => {
    const entry = entryOf(subject);
    return entry && Number.isFinite(dayDistance(subject, entry)) ? [dayDistance(subject, entry) <= 1] : [];
  });
  return compared.length === 0 ? null : compared.filter((agrees) => agrees).length / compared.length;
}

/** Step 4c: a title that only one episode has, on both sides. A special is no regular episode of the same name. */
function byTitle(subjects: readonly Subject[], entries: readonly Entry[]): Proposal {
  const offered = groupByTitle(entries);
  const wanted = groupByTitle(subjects);
  return (subject) => {
    const namesakes = wanted.get(subject.title ?? "") ?? [];
    if (!namesakes.every(({ local }) => isSameEpisode(local, subject.local))) return null;
    const entry = only(offered.get(subject.title ?? "") ?? []);
    return entry && isSpecialFacts(entry.episode) === isSpecialFacts(subject.local) ? entry : null;
  };
}

/**
 * Whole-season check: the numbers of a season count only when the catalogue has that many, and the dates and the
 * episodes already found by id mostly stand at the same numbers.
 */
function trustedSeasons(
  subjects: readonly Subject[],
  numbers: ReadonlyMap<string, Entry>,
  links: ReadonlyMap<string, EpisodeLink>,
): (season: number | null) => boolean {
  const catalogueHighest = new Map<number, number>();
  for (const { episode } of numbers.values()) {
    if (episode.season === null || episode.number === null) continue;
    catalogueHighest.set(episode.season, Math.max(episode.number, catalogueHighest.get(episode.season) ?? 0));
  }
  const verdicts = new Map<number, boolean>();
  for (const season of new Set(subjects.map(({ local }) => local.season))) {
    if (season === null) continue;
    const own = subjects.filter(({ local }) => local.season === season && local.number !== null);
    const highest = Math.max(0, ...own.map(({ local }) => local.number ?? 0));
    const pairs = own.flatMap((subject) => {
      const entry = numbers.get(placeOf(subject.local));
      return entry ? [{ subject, entry }] : [];
    });
    const dated = pairs.filter(({ subject, entry }) => Number.isFinite(dayDistance(subject, entry)));
    const linked = own.filter(({ local }) => links.has(local.key));
    const atSamePlace = linked.filter(
      ({ local }) => links.get(local.key)?.catalogueIndex === numbers.get(placeOf(local))?.index,
    );
    const isTrusted =
      // Specials are checked one by one; a library seldom has all of them.
      season === 0 ||
      (highest <= (catalogueHighest.get(season) ?? 0) &&
        dated.filter(({ subject, entry }) => dayDistance(subject, entry) <= 1).length >=
          dated.length * SEASON_AGREEMENT &&
        atSamePlace.length >= linked.length * SEASON_AGREEMENT);
    verdicts.set(season, isTrusted);
  }
  return (season) => season !== null && (verdicts.get(season) ?? false);
}

function numberIndex(entries: readonly Entry[]): Map<string, Entry> {
  const index = new Map<string, Entry>();
  for (const entry of entries) {
    const { season, number } = entry.episode;
    if (season === null || number === null) continue;
    const place = placeOf(entry.episode);
    if (!index.has(place)) index.set(place, entry);
  }
  return index;
}
