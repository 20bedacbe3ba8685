import type { Db } from "../../db/open.ts";
import { episodesOfShow } from "../../db/repos/episodes.ts";
import { playsBesideImport } from "../../db/repos/imports.ts";
import { suppressionsOf } from "../../db/repos/suppressions.ts";
import { agree, type ExternalIds, ID_KINDS } from "../../domain/external-ids.ts";
import type { ImportedEpisode, ImportedPlay, ImportedShow, ImportFormat } from "../../domain/imports/model.ts";
import { type ImportedViewing, nameViewings, settlePlays } from "../../domain/imports/settle.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import type { Suppression } from "../../domain/play-merge.ts";
import { createEpisodeIndex, type LocalEpisode } from "../sync/episode-index.ts";

/** Where what is new goes: into the database, or nowhere while it is only counted. */
export type Sink = {
  /** Makes the episode; its id. */
  episode(wanted: LocalEpisode): number;
  play(episodeId: number, viewing: ImportedViewing): void;
};

export type SettleContext = {
  db: Db;
  userId: number;
  format: ImportFormat;
  bringBack: boolean;
  sink: Sink;
};

export type Settled = { added: number; there: number; suppressed: number };

/** Episodes settled together: one transaction's worth. */
const PART = 250;

/**
 * Brings one show of a file together with what the user has of it, some episodes at a time. The same for the preview and
 * for the import itself, so that the one cannot say what the other does not do. `showId` null: the show is not here yet.
 */
export function createShowSettler(context: SettleContext, show: ImportedShow, showId: number | null) {
  const { db, sink } = context;
  const locator = createLocator(showId === null ? [] : episodesOfShow(db, showId).map(localOf), sink);
  const groups = byEpisode(show.plays);
  const parts = Array.from({ length: Math.max(1, Math.ceil(groups.length / PART)) }, (_, index) =>
    groups.slice(index * PART, (index + 1) * PART),
  );

  /** Inside the caller's transaction. */
  function settle(part: readonly ImportedPlay[][]): Settled {
    const located = new Map<number, { episode: LocalEpisode; plays: ImportedPlay[] }>();
    for (const plays of part) {
      const [first] = plays;
      if (first === undefined) continue;
      const episode = locator.find(first.episode);
      const there = located.get(episode.id);
      if (there === undefined) located.set(episode.id, { episode, plays: [...plays] });
      else there.plays.push(...plays);
    }
    const ids = [...located.keys()];
    const stored = grouped(playsBesideImport(db, context.userId, ids));
    const removed = context.bringBack ? new Map<number, Suppression[]>() : removals(context, ids);
    const sum: Settled = { added: 0, there: 0, suppressed: 0 };
    for (const { episode, plays } of located.values()) {
      const durationMs = episode.runtimeMin === null ? null : episode.runtimeMin * MINUTE_MS;
      const viewings = nameViewings(context.format, plays);
      const settled = settlePlays(stored.get(episode.id) ?? [], viewings, {
        durationMs,
        removed: removed.get(episode.id) ?? [],
      });
      for (const viewing of settled.add) sink.play(episode.id, viewing);
      sum.added += settled.add.length;
      sum.there += settled.there;
      sum.suppressed += settled.suppressed;
    }
    return sum;
  }

  return { parts, settle, episodeId: (wanted: ImportedEpisode) => locator.find(wanted).id, unplaced: locator.unplaced };
}

/** Plays of one episode of the file together, in the file's order. */
function byEpisode(plays: readonly ImportedPlay[]): ImportedPlay[][] {
  const groups = new Map<string, ImportedPlay[]>();
  for (const play of plays) {
    const { season, number, title, airedAt, ids } = play.episode;
    const name = number === null ? `${title} ${airedAt}` : (ids.tvdb ?? ids.tmdb ?? ids.trakt ?? "");
    const key = `${season}x${number} ${name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [play]);
    else group.push(play);
  }
  return [...groups.values()];
}

/** Id first, then number; what is found nowhere is made, and keeps its mark as an episode of its own. */
function createLocator(known: readonly LocalEpisode[], sink: Sink) {
  const index = createEpisodeIndex(known);
  const outside = createEpisodeIndex(known.filter(({ inCatalogue }) => !inCatalogue));
  let unplaced = 0;

  function located(wanted: LocalEpisode, byIdOnly: boolean): LocalEpisode | undefined {
    const found = index.find(wanted);
    if (!byIdOnly || found === undefined || !found.inCatalogue || agree(found.ids, wanted.ids)) return found;
    // Equal numbers of specials say nothing across catalogues.
    return outside.find(wanted);
  }

  return {
    find(imported: ImportedEpisode): LocalEpisode {
      const wanted = wantedOf(imported);
      const found = located(wanted, imported.byIdOnly);
      if (found !== undefined) return found;
      if (imported.byIdOnly) unplaced += 1;
      const made = { ...wanted, id: sink.episode(wanted) };
      index.add(made);
      outside.add(made);
      return made;
    },
    unplaced: () => unplaced,
  };
}

function wantedOf({ season, number, title, airedAt, ids, guid }: ImportedEpisode): LocalEpisode {
  const unknown = { id: 0, numberAbs: null, runtimeMin: null, onServer: false, inCatalogue: false };
  return { ...unknown, season, number, title, airedAt, ids, guid };
}

function localOf(row: ReturnType<typeof episodesOfShow>[number]): LocalEpisode {
  const { id, season, number, numberAbs, title, airedAt, runtimeMin, onServer, inCatalogue, plex } = row;
  const ids: ExternalIds = {};
  for (const kind of ID_KINDS) {
    const value = row[kind];
    if (value !== null) ids[kind] = value;
  }
  return { id, season, number, numberAbs, title, airedAt, runtimeMin, onServer, inCatalogue, ids, guid: plex };
}

/** What the user has taken away by hand; what an undone sync keeps out concerns that server only. */
function removals({ db, userId }: SettleContext, episodeIds: readonly number[]): Map<number, Suppression[]> {
  const rows = suppressionsOf(db, userId, episodeIds).filter(({ reason }) => reason === "user");
  const groups = grouped(rows);
  return new Map(
    [...groups].map(([id, all]) => [id, all.map((row) => ({ ...row, evidence: row.evidence ?? undefined }))]),
  );
}

function grouped<Row extends { episodeId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.episodeId);
    if (group === undefined) groups.set(row.episodeId, [row]);
    else group.push(row);
  }
  return groups;
}
