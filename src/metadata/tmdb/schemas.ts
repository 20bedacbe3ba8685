import { z } from "zod";

const text = z.string().nullish();
const amount = z.number().nullish();
const id = z.number().int();

const tmdbSeasonRow = z.object({ season_number: z.number().int(), name: text, episode_count: amount });

export const tmdbShow = z.object({
  id,
  name: z.string(),
  original_name: text,
  overview: text,
  status: text,
  first_air_date: text,
  last_air_date: text,
  networks: z.array(z.object({ name: text })).nullish(),
  origin_country: z.array(z.string()).nullish(),
  genres: z.array(z.object({ name: text })).nullish(),
  episode_run_time: z.array(z.number()).nullish(),
  last_episode_to_air: z.object({ runtime: amount }).nullish(),
  poster_path: text,
  number_of_episodes: amount,
  seasons: z.array(tmdbSeasonRow),
  external_ids: z.object({ imdb_id: z.unknown().optional(), tvdb_id: z.unknown().optional() }).nullish(),
});
export type TmdbShow = z.infer<typeof tmdbShow>;

/** Crew and guest stars make up nine tenths of this answer; they are not decoded. */
export const tmdbSeason = z.object({
  season_number: z.number().int(),
  name: text,
  episodes: z.array(
    z.object({
      id: z.unknown().optional(),
      episode_number: z.number().int(),
      name: text,
      air_date: text,
      runtime: amount,
    }),
  ),
});
export type TmdbSeason = z.infer<typeof tmdbSeason>;

export const tmdbFind = z.object({
  tv_results: z.array(z.object({ id })),
  tv_season_results: z.array(z.object({ show_id: id })).nullish(),
  tv_episode_results: z.array(z.object({ show_id: id })).nullish(),
});
export type TmdbFind = z.infer<typeof tmdbFind>;

const tmdbSearchRow = z.object({
  id,
  name: z.string(),
  original_name: text,
  first_air_date: text,
  origin_country: z.array(z.string()).nullish(),
  poster_path: text,
  overview: text,
  genre_ids: z.array(z.number().int()).nullish(),
});
export type TmdbSearchRow = z.infer<typeof tmdbSearchRow>;
export const tmdbSearch = z.object({ results: z.array(tmdbSearchRow) });

/** A show in another language. Where the name is not translated it is the original one, so it is read from the list. */
export const tmdbTranslated = z.object({
  id,
  original_name: text,
  original_language: text,
  seasons: z.array(tmdbSeasonRow),
  translations: z.object({
    translations: z.array(z.object({ iso_639_1: text, iso_3166_1: text, data: z.object({ name: text }).nullish() })),
  }),
});
export type TmdbTranslated = z.infer<typeof tmdbTranslated>;
export const tmdbDiscover = tmdbSearch.extend({ page: z.number().int(), total_pages: z.number().int() });
export type TmdbDiscover = z.infer<typeof tmdbDiscover>;

export const tmdbGenres = z.object({ genres: z.array(z.object({ id, name: z.string() })) });
export type TmdbGenre = z.infer<typeof tmdbGenres>["genres"][number];

export const tmdbParts = z.record(z.string(), z.unknown());
