import type { Db } from "../../db/open.ts";
import { episodesOfShow } from "../../db/repos/episodes.ts";
import { addGuid } from "../../db/repos/guids.ts";
import { completeYear, type MatchRow, matchesOf, matchOf, saveMatch } from "../../db/repos/matches.ts";
import { addExternalIds, insertShow, setServerPoster, showById } from "../../db/repos/shows.ts";
import type { ExternalIds } from "../../domain/external-ids.ts";
import { dateToInstant } from "../../domain/instant.ts";
import type { MatchMethod } from "../../domain/matching.ts";
import type { Numbering } from "../../domain/preferences.ts";
import { titleKey } from "../../domain/title.ts";
import type { EpisodeItem, HistoryItem, ShowItem } from "../../providers/contract.ts";
import { createEpisodeIndex, type EpisodeIndex, type LocalEpisode } from "./episode-index.ts";
import { createRunShow, type RunShow } from "./run-show.ts";
import { createShowSearch, type Found, idOrder, namedOnly } from "./show-search.ts";
import { createTitleIndex } from "./title-index.ts";

/** Shows whose episodes are held in memory at a time; a listing has the episodes of one show close together. */
const mostIndexes = 125;

export type ShowResolver = ReturnType<typeof createShowResolver>;

/**
 * Server shows → ours, remembered in `matches`. A match once made stays until the user or the catalogue corrects it, so
 * that a server that changes its mind about an id does not move marks about.
 */
export function createShowResolver(db: Db, integrationId: number, now: () => number) {
  const known = new Map<string, MatchRow>(matchesOf(db, integrationId).map((row) => [row.serverShow, row]));
  const identityOfItem = new Map<string, string>([...known.values()].map((row) => [row.itemId, row.serverShow]));
  const running = new Map<string, RunShow>();
  const titles = createTitleIndex(known.values());
  /** Items of the server that are one show of ours: with several, an episode may lie there several times. */
  const itemsOf = new Map<number, Set<string>>();
  /** Episodes by our show: two of the server's shows may be one of ours. */
  const indexes = new Map<number, EpisodeIndex>();
  /** Libraries in which each of our shows has been met: one library does not list one show twice under two names. */
  const metIn = new Map<number, Map<string, string>>();

  function isAnotherOf(item: Pick<ShowItem, "identity" | "libraryKey">, showId: number): boolean {
    const identity = metIn.get(showId)?.get(item.libraryKey);
    return identity !== undefined && identity !== item.identity;
  }

  const search = createShowSearch(db, { known, titles, isAnotherOf });

  function meet(item: ShowItem, showId: number): void {
    const libraries = metIn.get(showId) ?? new Map<string, string>();
    metIn.set(showId, libraries.set(item.libraryKey, item.identity));
    const items = itemsOf.get(showId) ?? new Set<string>();
    itemsOf.set(showId, items.add(item.itemId));
  }

  function create(item: ShowItem): Found {
    const { id } = insertShow(
      db,
      {
        title: item.title,
        year: item.year,
        overview: item.overview,
        network: item.network,
        genres: item.genres,
        runtimeMin: item.runtimeMin,
        posterIntegrationId: item.posterPath === null ? null : integrationId,
        posterPath: item.posterPath,
      },
      item.ids,
      now(),
    );
    const kind = idOrder.find((each) => item.ids[each] !== undefined);
    const method: MatchMethod = kind ?? "server";
    const label =
      kind === undefined ? "The server's own show; it gave no ids" : `${kind.toUpperCase()} id given by the server`;
    return {
      showId: id,
      method,
      confidence: kind === undefined ? 0.5 : 1,
      evidence: [{ label, points: kind ? 100 : 0 }],
      isNew: true,
    };
  }

  function remember(item: ShowItem, found: Found): void {
    const row: MatchRow = {
      integrationId,
      serverShow: item.identity,
      itemId: item.itemId,
      showId: found.showId,
      method: found.method,
      confidence: found.confidence,
      chosenByUser: found.method === "chosen" ? 1 : 0,
      title: item.title,
      year: item.year,
      ids: JSON.stringify(item.ids),
      evidence: JSON.stringify({ lines: found.evidence }),
    };
    saveMatch(db, row, now());
    learn(row);
  }

  function learn(row: MatchRow): void {
    known.set(row.serverShow, row);
    titles.add(row);
    if (row.itemId !== "") identityOfItem.set(row.itemId, row.serverShow);
  }

  function isDoubtful(row: MatchRow): boolean {
    return row.chosenByUser === 0 && row.evidence.includes('"state":"doubtful"');
  }

  function begin(row: MatchRow): RunShow {
    const show = createRunShow({
      identity: row.serverShow,
      showId: row.showId,
      title: row.title,
      year: row.year,
      method: row.chosenByUser === 1 ? "chosen" : row.method,
      confidence: row.confidence,
      doubtful: isDoubtful(row),
    });
    running.set(row.serverShow, show);
    return show;
  }

  /** Finds or creates our show for a row of the server's list. Writes; call inside a transaction. */
  function resolve(item: ShowItem): RunShow {
    const match = known.get(item.identity);
    const there = running.get(item.identity);
    if (match !== undefined) {
      identityOfItem.set(item.itemId, item.identity);
      if (match.title !== item.title || match.itemId !== item.itemId || match.year !== item.year) {
        const renewed = {
          ...match,
          itemId: item.itemId,
          title: item.title,
          year: item.year,
          ids: JSON.stringify(item.ids),
        };
        saveMatch(db, renewed, now());
        learn(renewed);
      }
      meet(item, match.showId);
      return there ?? begin(match);
    }
    const found = search(item) ?? create(item);
    if (!found.isNew) {
      addExternalIds(db, found.showId, item.ids);
      if (item.year !== null) completeYear(db, found.showId, item.year);
      if (item.posterPath !== null && showById(db, found.showId)?.posterPath === null) {
        setServerPoster(db, found.showId, integrationId, item.posterPath);
      }
    }
    if (item.guid !== null) addGuid(db, found.showId, item.guid);
    remember(item, found);
    if (found.isNew) hold(found.showId, createEpisodeIndex());
    meet(item, found.showId);
    return begin(known.get(item.identity) as MatchRow);
  }

  /** The show of an episode or of a history row, when it has been met before. */
  function of({ showItemId, showTitle }: Pick<EpisodeItem, "showItemId" | "showTitle">): RunShow | undefined {
    const byItem = showItemId === null ? undefined : identityOfItem.get(showItemId);
    if (byItem !== undefined) return ofIdentity(byItem);
    const [only, ...others] = showTitle === null ? [] : candidates(showTitle);
    return only !== undefined && others.length === 0 ? only : undefined;
  }

  /** Shows of the server that bear this title; those that are one of ours count once. */
  function candidates(title: string): RunShow[] {
    const found = new Map<number, RunShow>();
    for (const identity of titles.of(title)) {
      const show = ofIdentity(identity);
      if (show !== undefined && !found.has(show.showId)) found.set(show.showId, show);
    }
    return [...found.values()];
  }

  /** The same for a history row; among shows of one title, the one that has exactly this episode. */
  function ofRow(row: HistoryItem): RunShow | undefined {
    const certain = of(row);
    if (certain !== undefined || row.showTitle === null) return certain;
    const wanted = localOf(row);
    const fitting = candidates(row.showTitle).filter((show) => episodesOf(show).confirms(wanted));
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** A show of ours, by any of the server's names for it. */
  function ofShow(showId: number): RunShow | undefined {
    const identity = [...known.values()].find((row) => row.showId === showId)?.serverShow;
    return identity === undefined ? undefined : ofIdentity(identity);
  }

  function ofIdentity(identity: string): RunShow | undefined {
    const match = known.get(identity);
    return match === undefined ? undefined : (running.get(identity) ?? begin(match));
  }

  /** A show that the server itself has no row for any more: only history rows or stray episodes name it. */
  function fromTitle(title: string): RunShow {
    const { key, year } = titleKey(title);
    const item: ShowItem = {
      itemId: "",
      identity: namedOnly(key),
      libraryKey: "",
      title,
      originalTitle: null,
      year: year ?? null,
      ids: {},
      guid: null,
      overview: null,
      network: null,
      genres: [],
      runtimeMin: null,
      firstAired: null,
      posterPath: null,
    };
    return resolve(item);
  }

  function episodesOf(show: RunShow): EpisodeIndex {
    const there = indexes.get(show.showId);
    if (there !== undefined) return hold(show.showId, there);
    return hold(show.showId, indexOfShow(db, show.showId));
  }

  /** The shows in use stay in memory; those not touched for long are read again when their turn comes. */
  function hold(showId: number, index: EpisodeIndex): EpisodeIndex {
    indexes.delete(showId);
    indexes.set(showId, index);
    const [oldest] = indexes.keys();
    if (indexes.size > mostIndexes && oldest !== undefined) indexes.delete(oldest);
    return index;
  }

  /** Something else changed this show meanwhile, or gave it to another: look again before the next use. */
  function forget(showId: number): void {
    indexes.delete(showId);
    for (const row of [...known.values()].filter((each) => each.showId === showId)) {
      const current = matchOf(db, integrationId, row.serverShow);
      if (current === undefined || current.showId === showId) continue;
      known.set(row.serverShow, current);
      const show = running.get(row.serverShow);
      if (show !== undefined) show.showId = current.showId;
    }
  }

  return {
    resolve,
    of,
    ofRow,
    ofShow,
    ofIdentity,
    fromTitle,
    episodesOf,
    forget,
    isKnown: (itemId: string) => identityOfItem.has(itemId),
    hasCopies: (item: EpisodeItem) => (itemsOf.get(of(item)?.showId ?? 0)?.size ?? 0) > 1,
  };
}

/** Our episodes of a show, to find the server's among them. */
export function indexOfShow(db: Db, showId: number): EpisodeIndex {
  return createEpisodeIndex(
    episodesOfShow(db, showId).map(
      (row): LocalEpisode => ({
        id: row.id,
        season: row.season,
        number: row.number,
        numberAbs: row.numberAbs,
        title: row.title,
        airedAt: row.airedAt,
        runtimeMin: row.runtimeMin,
        onServer: row.onServer,
        inCatalogue: row.inCatalogue,
        ids: idsOf(row),
        guid: row.plex,
      }),
    ),
  );
}

function idsOf(row: { tmdb: string | null; tvdb: string | null; imdb: string | null }): ExternalIds {
  const ids: ExternalIds = {};
  if (row.tmdb !== null) ids.tmdb = row.tmdb;
  if (row.tvdb !== null) ids.tvdb = row.tvdb;
  if (row.imdb !== null) ids.imdb = row.imdb;
  return ids;
}

/** An episode without a season lies among the specials, unless its library numbers straight through. */
export function seasonOf({ season }: Pick<EpisodeItem, "season">, numbering: Numbering): number {
  return season ?? (numbering === "absolute" ? 1 : 0);
}

/** The wanted episode in the index's terms. */
export function localOf(
  item: Pick<EpisodeItem, "season" | "number" | "title" | "airedOn"> & { ids?: ExternalIds; guid?: string | null },
  numbering: Numbering = "auto",
): LocalEpisode {
  return {
    id: 0,
    season: seasonOf(item, numbering),
    number: item.number,
    numberAbs: null,
    numbering,
    title: item.title,
    airedAt: item.airedOn === null ? null : dateToInstant(item.airedOn),
    runtimeMin: null,
    onServer: true,
    inCatalogue: false,
    ids: item.ids ?? {},
    guid: item.guid ?? null,
  };
}
