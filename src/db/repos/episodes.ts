import type { ExternalIds } from "../../domain/external-ids.ts";
import type { Db } from "../open.ts";
import type { episodes } from "../schema/tables.ts";

export type EpisodeRow = typeof episodes.$inferSelect;

export type NewEpisode = {
  showId: number;
  season: number;
  number: number | null;
  numberAbs?: number | null;
  title?: string | null;
  airedAt?: number | null;
  airedExact?: boolean;
  runtimeMin?: number | null;
  onServer?: boolean;
  inCatalogue?: boolean;
  ids?: ExternalIds;
  /** Global Plex id. */
  plex?: string | null;
};

/** Given fields replace, absent ones stay. */
export type EpisodeChange = Partial<Omit<EpisodeRow, "id" | "showId">>;

type Flags = "airedExact" | "onServer" | "inCatalogue";
type Stored = Omit<EpisodeRow, Flags> & Record<Flags, 0 | 1>;

const columns = `e.id, e.show_id AS showId, e.season, e.number, e.number_abs AS numberAbs, e.title, e.aired_at AS airedAt,
  e.aired_exact AS airedExact, e.runtime_min AS runtimeMin, e.on_server AS onServer, e.in_catalogue AS inCatalogue,
  e.tmdb, e.tvdb, e.imdb, e.trakt, e.tvmaze, e.plex`;

function readRow(row: Stored): EpisodeRow {
  return {
    ...row,
    airedExact: row.airedExact === 1,
    onServer: row.onServer === 1,
    inCatalogue: row.inCatalogue === 1,
  };
}

export function episodesOfShow(db: Db, showId: number): EpisodeRow[] {
  return db.raw
    .query<Stored, [{ showId: number }]>(
      `SELECT ${columns} FROM episodes e WHERE e.show_id = $showId ORDER BY e.season, e.number, e.id`,
    )
    .all({ showId })
    .map(readRow);
}

/** The hottest write of a first sync: values by position and no RETURNING, which is twice as fast as by name. */
export function insertEpisode(db: Db, episode: NewEpisode): number {
  const ids = episode.ids ?? {};
  const { lastInsertRowid } = db.raw
    .query<unknown, (string | number | null)[]>(
      `INSERT INTO episodes (show_id, season, number, number_abs, title, aired_at, aired_exact, runtime_min, on_server,
         in_catalogue, tmdb, tvdb, imdb, trakt, tvmaze, plex)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      episode.showId,
      episode.season,
      episode.number,
      episode.numberAbs ?? null,
      episode.title ?? null,
      episode.airedAt ?? null,
      episode.airedExact ? 1 : 0,
      episode.runtimeMin ?? null,
      episode.onServer ? 1 : 0,
      episode.inCatalogue ? 1 : 0,
      ids.tmdb ?? null,
      ids.tvdb ?? null,
      ids.imdb ?? null,
      ids.trakt ?? null,
      ids.tvmaze ?? null,
      episode.plex ?? null,
    );
  return Number(lastInsertRowid);
}

const columnOf: Record<keyof EpisodeChange, string> = {
  season: "season",
  number: "number",
  numberAbs: "number_abs",
  title: "title",
  airedAt: "aired_at",
  airedExact: "aired_exact",
  runtimeMin: "runtime_min",
  onServer: "on_server",
  inCatalogue: "in_catalogue",
  tmdb: "tmdb",
  tvdb: "tvdb",
  imdb: "imdb",
  trakt: "trakt",
  tvmaze: "tvmaze",
  plex: "plex",
};

export function updateEpisode(db: Db, id: number, change: EpisodeChange): void {
  const names = (Object.keys(columnOf) as (keyof EpisodeChange)[]).filter((name) => change[name] !== undefined);
  if (names.length === 0) return;
  const values: Record<string, string | number | null> = { id };
  for (const name of names) {
    const value = change[name];
    values[name] = typeof value === "boolean" ? Number(value) : (value ?? null);
  }
  const set = names.map((name) => `${columnOf[name]} = $${name}`).join(", ");
  db.raw.query<unknown, [typeof values]>(`UPDATE episodes SET ${set} WHERE id = $id`).run(values);
}

/** Makes the season known; a title replaces an unknown one only. */
export function ensureSeason(db: Db, showId: number, number: number, title: string | null = null): void {
  db.raw
    .query<unknown, [{ showId: number; number: number; title: string | null }]>(
      `INSERT INTO seasons (show_id, number, title) VALUES ($showId, $number, $title)
       ON CONFLICT (show_id, number) DO UPDATE SET title = excluded.title
       WHERE seasons.title IS NULL AND excluded.title IS NOT NULL`,
    )
    .run({ showId, number, title });
}

/** True when the show has that season, be it by its episodes only. */
export function hasSeason(db: Db, showId: number, number: number): boolean {
  const row = db.raw
    .query<{ found: 0 | 1 }, [{ showId: number; number: number }]>(
      `SELECT EXISTS (SELECT 1 FROM seasons WHERE show_id = $showId AND number = $number)
         OR EXISTS (SELECT 1 FROM episodes WHERE show_id = $showId AND season = $number) AS found`,
    )
    .get({ showId, number });
  return row?.found === 1;
}
