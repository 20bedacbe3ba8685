import type { Db } from "../../db/open.ts";
import { ensureSeason, episodesOfShow, insertEpisode } from "../../db/repos/episodes.ts";
import { refreshProgress, usersOfShow } from "../../db/repos/library.ts";
import { deleteShow, moveEntries, moveMarks, moveShowLinks } from "../../db/repos/relink.ts";
import { refreshShowCounts } from "../../db/repos/shows.ts";
import { matchEpisodes } from "../../domain/episode-match.ts";
import { toDate } from "../../domain/instant.ts";

export type Counterparts = {
  pairs: Map<number, number>;
  /** Those that had to be made. */
  made: number[];
};

/** For each episode of one show its counterpart in another, made where there is none: no mark is left behind. */
export function counterparts(db: Db, fromShowId: number, intoShowId: number, only?: ReadonlySet<number>): Counterparts {
  const from = episodesOfShow(db, fromShowId);
  const into = episodesOfShow(db, intoShowId);
  const facts = (row: (typeof from)[number]) => ({
    season: row.season,
    number: row.number,
    title: row.title ?? undefined,
    airDate: row.airedAt === null ? null : toDate(row.airedAt),
    ids: Object.fromEntries(
      (["tmdb", "tvdb", "imdb"] as const).flatMap((kind) => (row[kind] === null ? [] : [[kind, row[kind]]])),
    ),
    guid: row.plex ?? undefined,
  });
  const { links } = matchEpisodes(
    from.map((row) => ({ key: String(row.id), ...facts(row) })),
    into.map(facts),
  );
  // The user says that these are one show; then equal numbers are the same episode even where an old id disagrees.
  const byNumber = new Map(
    into.flatMap((row) => (row.number === null ? [] : [[`${row.season}x${row.number}`, row.id] as const])),
  );
  const pairs = new Map<number, number>();
  const made: number[] = [];
  const make = (row: (typeof from)[number]): number => {
    const id = copyInto(db, intoShowId, row);
    made.push(id);
    return id;
  };
  // All of them are compared: a few seen episodes alone may look like another numbering.
  for (const row of from.filter(({ id }) => only === undefined || only.has(id))) {
    const link = links.get(String(row.id));
    const target =
      (link === undefined ? undefined : into[link.catalogueIndex]?.id) ??
      (row.number === null ? undefined : byNumber.get(`${row.season}x${row.number}`));
    pairs.set(row.id, target ?? make(row));
  }
  return { pairs, made };
}

function copyInto(db: Db, showId: number, row: ReturnType<typeof episodesOfShow>[number]): number {
  ensureSeason(db, showId, row.season);
  return insertEpisode(db, {
    showId,
    season: row.season,
    number: row.number,
    title: row.title,
    airedAt: row.airedAt,
    airedExact: row.airedExact,
    runtimeMin: row.runtimeMin,
    onServer: row.onServer,
    plex: row.plex,
  });
}

/** Two of our shows are one: everything of the first goes to the second, and the first is gone. Inside a transaction. */
export function mergeShows(db: Db, fromShowId: number, intoShowId: number, now: number): number[] {
  const users = [...new Set([...usersOfShow(db, fromShowId), ...usersOfShow(db, intoShowId)])];
  moveMarks(db, counterparts(db, fromShowId, intoShowId).pairs, "everybody");
  moveEntries(db, fromShowId, intoShowId, "everybody");
  moveShowLinks(db, fromShowId, intoShowId);
  deleteShow(db, fromShowId);
  refreshShowCounts(db, [intoShowId], now);
  for (const userId of users) refreshProgress(db, userId, [intoShowId], now);
  return users;
}
