import { countsThrough } from "../../domain/episode-facts.ts";
import { matchEpisodes } from "../../domain/episode-match.ts";
import { conflict, type ExternalIds, sharedKinds } from "../../domain/external-ids.ts";
import { DAY_MS, toDate } from "../../domain/instant.ts";
import type { Numbering } from "../../domain/preferences.ts";
import { titleKey } from "../../domain/title.ts";

/** An episode as far as finding it again needs. */
export type LocalEpisode = {
  id: number;
  season: number;
  number: number | null;
  /** Counted through the whole show, where the catalogue says so. */
  numberAbs: number | null;
  /** How the library that is read numbers its episodes; left out: as it looks. */
  numbering?: Numbering;
  title: string | null;
  airedAt: number | null;
  runtimeMin: number | null;
  onServer: boolean;
  inCatalogue: boolean;
  ids: ExternalIds;
  guid: string | null;
};

/** Kinds of id that a server gives for episodes. */
const episodeKinds = ["tvdb", "tmdb", "imdb"] as const;

const isFarFrom = (a: LocalEpisode, b: LocalEpisode): boolean =>
  a.airedAt !== null && b.airedAt !== null && Math.abs(a.airedAt - b.airedAt) > DAY_MS;

const contradicts = (a: LocalEpisode, b: LocalEpisode): boolean => conflict(a.ids, b.ids);

function sameId(a: LocalEpisode, b: LocalEpisode): boolean {
  if (a.guid !== null && a.guid === b.guid) return true;
  return sharedKinds(a.ids, b.ids).some((kind) => a.ids[kind] === b.ids[kind]);
}

export type EpisodeIndex = ReturnType<typeof createEpisodeIndex>;

/**
 * The episodes of one show by season and number, and by id where numbers do not decide. Order of evidence: the same
 * numbers without a contradicting id; an equal id anywhere in the show; then, against a catalogue, air date, absolute
 * number and title.
 */
export function createEpisodeIndex(initial: readonly LocalEpisode[] = []) {
  const all: LocalEpisode[] = [];
  const byNumber = new Map<number, LocalEpisode[]>();
  const byEpisode = new Map<number, LocalEpisode>();
  const byGuid = new Map<string, LocalEpisode>();
  const byId = {
    tvdb: new Map<string, LocalEpisode>(),
    tmdb: new Map<string, LocalEpisode>(),
    imdb: new Map<string, LocalEpisode>(),
  };
  let catalogued = 0;

  const slot = (season: number, number: number) => season * 100_000 + number;

  function add(episode: LocalEpisode): void {
    all.push(episode);
    byEpisode.set(episode.id, episode);
    if (episode.inCatalogue) catalogued += 1;
    if (episode.guid !== null) byGuid.set(episode.guid, episode);
    for (const kind of episodeKinds) {
      const value = episode.ids[kind];
      if (value !== undefined) byId[kind].set(value, episode);
    }
    if (episode.number === null) return;
    const key = slot(episode.season, episode.number);
    const there = byNumber.get(key);
    if (there === undefined) byNumber.set(key, [episode]);
    else there.push(episode);
  }

  function withSameId(wanted: LocalEpisode): LocalEpisode | undefined {
    const global = wanted.guid === null ? undefined : byGuid.get(wanted.guid);
    if (global !== undefined) return global;
    for (const kind of episodeKinds) {
      const value = wanted.ids[kind];
      const found = value === undefined ? undefined : byId[kind].get(value);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function unnumbered(wanted: LocalEpisode): LocalEpisode | undefined {
    const key = wanted.title === null ? null : titleKey(wanted.title).key;
    if (key === null || key === "") return undefined;
    return all.find(
      (each) =>
        each.season === wanted.season &&
        each.number === null &&
        each.title !== null &&
        titleKey(each.title).key === key &&
        (each.airedAt === null || wanted.airedAt === null || each.airedAt === wanted.airedAt),
    );
  }

  /**
   * By a number that runs through the show. The catalogue's own count decides; where it has none, its episodes are
   * counted, unless the date speaks against that. Without a catalogue the number stands as it is, in the first season.
   */
  function byCountingThrough(wanted: LocalEpisode): LocalEpisode | undefined {
    const regular = all
      .filter(({ inCatalogue, season, number }) => inCatalogue && season > 0 && number !== null)
      .sort((a, b) => a.season - b.season || (a.number ?? 0) - (b.number ?? 0));
    const given = regular.some(({ numberAbs }) => numberAbs !== null);
    const found = regular.filter(({ numberAbs }, position) => (given ? numberAbs : position + 1) === wanted.number);
    const [only, ...others] = found.filter((each) => !contradicts(each, wanted) && (given || !isFarFrom(each, wanted)));
    if (only !== undefined && others.length === 0) return only;
    const there = byNumber.get(slot(wanted.season, wanted.number ?? 0)) ?? [];
    return there.find((each) => !each.inCatalogue && !contradicts(each, wanted));
  }

  /** One episode against the catalogue's list, by everything that is not an id or a number. */
  function byEvidence(wanted: LocalEpisode): LocalEpisode | undefined {
    if (catalogued === 0) return undefined;
    const catalogue = all.filter(({ inCatalogue }) => inCatalogue);
    const local = {
      key: "wanted",
      season: wanted.season,
      number: wanted.number,
      title: wanted.title ?? undefined,
      airDate: wanted.airedAt === null ? null : toDate(wanted.airedAt),
      ids: wanted.ids,
      guid: wanted.guid ?? undefined,
      numbering: wanted.numbering,
    };
    const candidates = catalogue.map((each) => ({
      season: each.season,
      number: each.number,
      title: each.title ?? undefined,
      airDate: each.airedAt === null ? null : toDate(each.airedAt),
      ids: each.ids,
      guid: each.guid ?? undefined,
    }));
    const link = matchEpisodes([local], candidates).links.get("wanted");
    return link === undefined ? undefined : catalogue[link.catalogueIndex];
  }

  function find(wanted: LocalEpisode): LocalEpisode | undefined {
    if (countsThrough(wanted)) return withSameId(wanted) ?? byCountingThrough(wanted) ?? byEvidence(wanted);
    if (wanted.number !== null) {
      const there = byNumber.get(slot(wanted.season, wanted.number));
      if (there !== undefined) {
        const agreeing = there.find((each) => sameId(each, wanted)) ?? there.find((each) => !contradicts(each, wanted));
        if (agreeing !== undefined) return agreeing;
      }
    }
    const identified = withSameId(wanted);
    if (identified !== undefined) return identified;
    if (wanted.number === null) {
      const same = unnumbered(wanted);
      if (same !== undefined) return same;
    }
    return byEvidence(wanted);
  }

  /** Same numbers, and nothing else speaks against it: neither title nor date. */
  function confirms(wanted: LocalEpisode): boolean {
    const found = find(wanted);
    if (found === undefined || found.season !== wanted.season || found.number !== wanted.number) return false;
    const differ = <Value>(a: Value | null, b: Value | null) => a !== null && b !== null && a !== b;
    const key = (title: string | null) => (title === null ? null : titleKey(title).key);
    return !differ(key(found.title), key(wanted.title)) && !differ(found.airedAt, wanted.airedAt);
  }

  for (const episode of initial) add(episode);
  return { confirms, add, find, byEpisodeId: (id: number) => byEpisode.get(id) };
}
