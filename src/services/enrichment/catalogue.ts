import type { Db } from "../../db/open.ts";
import {
  type EpisodeRow,
  ensureSeason,
  episodesOfShow,
  insertEpisode,
  updateEpisode,
} from "../../db/repos/episodes.ts";
import { numberingsOf } from "../../db/repos/item-places.ts";
import { deleteEpisodes, moveMarks, uncatalogue, withoutTraces } from "../../db/repos/relink.ts";
import {
  addExternalIds,
  type IdConflict,
  refreshShowCounts,
  showById,
  updateShowFromCatalogue,
} from "../../db/repos/shows.ts";
import { matchEpisodes } from "../../domain/episode-match.ts";
import { type ExternalIds, mergeIds } from "../../domain/external-ids.ts";
import { toDate } from "../../domain/instant.ts";
import type { Numbering } from "../../domain/preferences.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Catalogue, CatalogueEpisode } from "../../metadata/contract.ts";

const idsOf = (row: EpisodeRow): ExternalIds =>
  Object.fromEntries(
    (["tmdb", "tvdb", "imdb", "trakt", "tvmaze"] as const).flatMap((kind) =>
      row[kind] === null ? [] : [[kind, row[kind]]],
    ),
  );

/** Which of our episodes each catalogue entry is. Two of ours may be the same one: copies with other numbers. */
function link(
  locals: readonly EpisodeRow[],
  catalogue: readonly CatalogueEpisode[],
  numberings: ReadonlyMap<number, Numbering>,
): Map<number, EpisodeRow[]> {
  const { links } = matchEpisodes(
    locals.map((row) => ({
      key: String(row.id),
      season: row.season,
      number: row.number,
      numbering: numberings.get(row.id),
      title: row.title ?? undefined,
      airDate: row.airedAt === null || row.airedExact ? null : toDate(row.airedAt),
      airedAt: row.airedExact ? row.airedAt : null,
      ids: idsOf(row),
      guid: row.plex ?? undefined,
    })),
    catalogue.map((each) => ({
      season: each.season,
      number: each.number,
      absolute: each.numberAbs,
      title: each.title ?? undefined,
      airDate: each.airedOn,
      airedAt: each.airedExact ? each.airedAt : null,
      ids: each.ids,
      guid: each.plexGuid ?? undefined,
    })),
  );
  const byEntry = new Map<number, EpisodeRow[]>();
  for (const row of locals) {
    const found = links.get(String(row.id));
    if (found === undefined) continue;
    const there = byEntry.get(found.catalogueIndex);
    if (there === undefined) byEntry.set(found.catalogueIndex, [row]);
    else there.push(row);
  }
  return byEntry;
}

/** An answer that lost most of what was known is a bad day of the service, not news. */
function refuseShrunken(locals: readonly EpisodeRow[], catalogue: Catalogue): void {
  const before = locals.filter(({ inCatalogue }) => inCatalogue).length;
  if (before > 4 && catalogue.episodes.length < before / 2) {
    throw new AppError(
      "bad-answer",
      `"${catalogue.show.title}" came back with most of its episodes missing; it is asked for again later.`,
    );
  }
}

/**
 * Lays a show's catalogue over what the servers told us: adds what is missing, gives linked episodes their numbers, dates
 * and ids, and never takes a mark away. Call inside a transaction. Returns shows that own an id of this one.
 */
export function writeCatalogue(
  db: Db,
  showId: number,
  source: { id: string; catalogue: Catalogue },
  now: number,
): { conflicts: IdConflict[] } {
  const { catalogue } = source;
  const { show } = catalogue;
  const locals = episodesOfShow(db, showId);
  refuseShrunken(locals, catalogue);
  const links = link(locals, catalogue.episodes, numberingsOf(db, showId));
  uncatalogue(db, showId);
  for (const { number, title } of catalogue.seasons) ensureSeason(db, showId, number, title);
  const placed = new Set<number>();
  const taken = new Set<string>();
  for (const [index, entry] of catalogue.episodes.entries()) {
    // A source that lists one number twice: the first stands for it, the other keeps no number.
    const slot = `${entry.season}x${entry.number}`;
    const number = entry.number !== null && taken.has(slot) ? null : entry.number;
    if (number !== null) taken.add(slot);
    const [keeper, ...doubles] = links.get(index) ?? [];
    if (keeper === undefined) {
      placed.add(addEpisode(db, showId, { ...entry, number }));
      continue;
    }
    placed.add(keeper.id);
    if (doubles.length > 0) {
      moveMarks(db, new Map(doubles.map(({ id }) => [id, keeper.id])), "everybody");
      deleteEpisodes(
        db,
        doubles.map(({ id }) => id),
      );
    }
    ensureSeason(db, showId, entry.season);
    updateEpisode(db, keeper.id, {
      season: entry.season,
      number,
      numberAbs: entry.numberAbs ?? keeper.numberAbs,
      title: entry.title ?? keeper.title,
      airedAt: entry.airedAt ?? keeper.airedAt,
      airedExact: entry.airedAt === null ? keeper.airedExact : entry.airedExact,
      runtimeMin: keeper.runtimeMin ?? entry.runtimeMin,
      inCatalogue: true,
      ...mergeIds(entry.ids, idsOf(keeper)),
      plex: keeper.plex ?? entry.plexGuid,
    });
  }
  const left = locals.filter(({ id, inCatalogue }) => inCatalogue && !placed.has(id)).map(({ id }) => id);
  deleteEpisodes(db, withoutTraces(db, left));
  // A source that leaves the title blank takes nothing from ours.
  const title = show.title.trim() === "" ? (showById(db, showId)?.title ?? show.title) : show.title;
  updateShowFromCatalogue(db, showId, { ...show, title, enrichedFrom: source.id, enrichedId: show.sourceId }, now);
  const conflicts = addExternalIds(db, showId, show.ids);
  refreshShowCounts(db, [showId], now);
  return { conflicts };
}

function addEpisode(db: Db, showId: number, entry: CatalogueEpisode): number {
  ensureSeason(db, showId, entry.season);
  return insertEpisode(db, {
    showId,
    season: entry.season,
    number: entry.number,
    numberAbs: entry.numberAbs,
    title: entry.title,
    airedAt: entry.airedAt,
    airedExact: entry.airedExact,
    runtimeMin: entry.runtimeMin,
    inCatalogue: true,
    ids: entry.ids,
    plex: entry.plexGuid,
  });
}
