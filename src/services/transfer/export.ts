import type { Db } from "../../db/open.ts";
import {
  type ExportedEpisode,
  type ExportedShow,
  exportedMatches,
  exportedShowIds,
  exportedShows,
} from "../../db/queries/export.ts";
import { profileOf } from "../../db/repos/imports.ts";
import { userById } from "../../db/repos/users.ts";
import { cleanIds } from "../../domain/external-ids.ts";
import {
  CSV_HEADER,
  csvRows,
  isoOrNull,
  OWN_FORMAT,
  OWN_VERSION,
  type OwnEpisode,
  type OwnMatch,
  type OwnShow,
} from "../../domain/imports/own.ts";
import { toIso } from "../../domain/instant.ts";
import { yieldToOthers } from "../../kernel/async.ts";

/** Shows read and written at a time: what is in memory does not grow with the library. */
const AT_ONCE = 25;

async function* showsOf(db: Db, userId: number, showIds: readonly number[]): AsyncGenerator<OwnShow[]> {
  for (let at = 0; at < showIds.length; at += AT_ONCE) {
    yield exportedShows(db, userId, showIds.slice(at, at + AT_ONCE)).map(ownShow);
    await yieldToOthers();
  }
}

export async function* exportCsv(db: Db, userId: number): AsyncGenerator<string> {
  yield CSV_HEADER;
  for await (const shows of showsOf(db, userId, exportedShowIds(db, userId))) yield shows.map(csvRows).join("");
}

/** One document, a line to a show, so that tools for texts can read it too. */
export async function* exportJson(db: Db, userId: number, now: number): AsyncGenerator<string> {
  const showIds = exportedShowIds(db, userId);
  const head = {
    format: OWN_FORMAT,
    version: OWN_VERSION,
    exportedAt: toIso(now),
    user: { name: userById(db, userId)?.username ?? "", ...profileOf(db, userId) },
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"shows":[`;
  let first = true;
  for await (const shows of showsOf(db, userId, showIds)) {
    yield shows.map((show, index) => `${first && index === 0 ? "\n" : ",\n"}${JSON.stringify(show)}`).join("");
    first = false;
  }
  yield `\n],\n"matches":${JSON.stringify(matches(db, userId, showIds))}}\n`;
}

function matches(db: Db, userId: number, showIds: readonly number[]): OwnMatch[] {
  const places = new Map(showIds.map((id, index) => [id, index]));
  return exportedMatches(db, userId).flatMap(({ showId, ids, chosen, ...match }) => {
    const show = places.get(showId);
    return show === undefined ? [] : [{ ...match, chosen: chosen === 1, ids: cleanIds(JSON.parse(ids)), show }];
  });
}

function ownShow({ title, year, ids, moreIds, entry, plays, removals }: ExportedShow): OwnShow {
  return {
    title,
    year,
    ids,
    moreIds,
    library:
      entry === null
        ? null
        : {
            list: entry.list,
            chosen: entry.listChosen === 1,
            rating: entry.rating,
            notes: entry.notes,
            addedAt: toIso(entry.addedAt),
          },
    plays: plays.map(({ episode, watchedAt, ...play }) => ({
      episode: ownEpisode(episode),
      watchedAt: isoOrNull(watchedAt),
      ...play,
    })),
    removed: removals.map(({ episode, evidence, watchedAt, until }) => ({
      episode: ownEpisode(episode),
      evidence,
      watchedAt: isoOrNull(watchedAt),
      until: toIso(until),
    })),
  };
}

function ownEpisode({ airedAt, ...episode }: ExportedEpisode): OwnEpisode {
  return { ...episode, airedAt: isoOrNull(airedAt) };
}
