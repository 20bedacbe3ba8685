import type { Db } from "../../db/open.ts";
import { findShowByGuid } from "../../db/repos/guids.ts";
import type { MatchRow } from "../../db/repos/matches.ts";
import { findShowByExternalId, findShowsByTitle, idsOfShow, showById } from "../../db/repos/shows.ts";
import { conflict, type ExternalIds } from "../../domain/external-ids.ts";
import { type Evidence, type MatchMethod, resolveConflict } from "../../domain/matching.ts";
import { titleKey } from "../../domain/title.ts";
import type { ShowItem } from "../../providers/contract.ts";
import type { TitleIndex } from "./title-index.ts";

export type Found = { showId: number; method: MatchMethod; confidence: number; evidence: Evidence[]; isNew: boolean };

/** Kinds of show id in the order of the guide: TMDB, TVDB, then IMDb. */
export const idOrder = ["tmdb", "tvdb", "imdb"] as const;

/** The identity of a show that only history rows name. */
export const namedOnly = (key: string) => `title:${key}`;

export type SearchOptions = {
  known: ReadonlyMap<string, MatchRow>;
  titles: TitleIndex;
  /** Our show is already another one of the same library. */
  isAnotherOf: (item: ShowItem, showId: number) => boolean;
};

/** One of our own shows, for the rules that compare shows. */
export function localCandidate(db: Db, showId: number) {
  const row = showById(db, showId);
  return {
    source: "local",
    sourceId: String(showId),
    title: row?.title ?? "",
    year: row?.year ?? undefined,
    ids: idsOfShow(db, showId),
  };
}

/** Which of our shows a server's show is, when it is met for the first time. */
export function createShowSearch(db: Db, { known, titles, isAnotherOf }: SearchOptions) {
  function claims(ids: ExternalIds): { method: (typeof idOrder)[number]; showId: number }[] {
    return idOrder.flatMap((method) => {
      const value = ids[method];
      const showId = value === undefined ? null : findShowByExternalId(db, method, value);
      return showId === null ? [] : [{ method, showId }];
    });
  }

  function byIds(item: ShowItem): Found | null {
    const found = claims(item.ids);
    const first = found[0];
    if (first === undefined) return null;
    if (found.every(({ showId }) => showId === first.showId)) {
      const evidence = found.map(({ method }) => ({ label: `Same ${method.toUpperCase()} id`, points: 100 }));
      return { showId: first.showId, method: first.method, confidence: 1, evidence, isNew: false };
    }
    const subject = { title: item.title, year: item.year ?? undefined, ids: item.ids };
    const settled = resolveConflict(
      subject,
      found.map(({ method, showId }) => ({ method, candidate: localCandidate(db, showId) })),
    );
    if (settled === null) return null;
    const { candidate, method, confidence, evidence } = settled;
    return { showId: Number(candidate.sourceId), method, confidence, evidence, isNew: false };
  }

  function byTitle(item: ShowItem): Found | null {
    const { key, year } = titleKey(item.title);
    const wanted = item.year ?? year ?? null;
    if (key === "") return null;
    const same = findShowsByTitle(db, key, wanted).filter(
      ({ id }) => !conflict(idsOfShow(db, id), item.ids) && !isAnotherOf(item, id),
    );
    const exact = wanted === null ? [] : same.filter((each) => each.year === wanted);
    const single = same.length === 1 ? same[0] : undefined;
    // What only the history named has no year; the show itself, when it comes (back), brings one.
    const isOnlyNamed = single !== undefined && known.get(namedOnly(key))?.showId === single.id;
    const only = exact.length === 1 ? exact[0] : wanted === null || isOnlyNamed ? single : undefined;
    if (only === undefined) return null;
    const dated = exact.length === 1;
    const evidence = [{ label: "Same title", points: 50 }, ...(dated ? [{ label: "Same year", points: 30 }] : [])];
    return {
      showId: only.id,
      method: dated ? "title-year" : "title",
      confidence: dated ? 0.9 : 0.7,
      evidence,
      isNew: false,
    };
  }

  function byGuid(guid: string | null): Found | null {
    const showId = guid === null ? null : findShowByGuid(db, guid);
    if (showId === null) return null;
    return {
      showId,
      method: "plex-guid",
      confidence: 1,
      evidence: [{ label: "Same global id of the server", points: 100 }],
      isNew: false,
    };
  }

  /**
   * A show without any global id gets a new name from the server whenever it is added again. What the user chose for a
   * show of this title and year is still meant.
   */
  function byChoice(item: ShowItem): Found | null {
    if (item.guid !== null || Object.keys(item.ids).length > 0) return null;
    const choices = [...titles.of(item.title)].flatMap((identity) => known.get(identity) ?? []);
    const meant = choices.filter((row) => row.chosenByUser === 1 && row.year === item.year);
    const showIds = new Set(meant.map(({ showId }) => showId));
    const [showId] = showIds;
    if (showId === undefined || showIds.size > 1 || isAnotherOf(item, showId)) return null;
    return {
      showId,
      method: "chosen",
      confidence: 1,
      evidence: [{ label: "Chosen by you", points: 100 }],
      isNew: false,
    };
  }

  return (item: ShowItem): Found | null => byChoice(item) ?? byIds(item) ?? byGuid(item.guid) ?? byTitle(item);
}
