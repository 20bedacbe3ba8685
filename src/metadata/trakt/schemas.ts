import { z } from "zod";

const text = z.string().nullish();
const amount = z.number().nullish();

/** Ids are cleaned by the domain: null, "" and junk occur in all of them. */
const ids = z.object({
  trakt: z.unknown().optional(),
  tmdb: z.unknown().optional(),
  tvdb: z.unknown().optional(),
  imdb: z.unknown().optional(),
  plex: z.object({ guid: text }).nullish(),
});

export const traktShow = z.object({
  title: z.string(),
  original_title: text,
  year: amount,
  ids,
  overview: text,
  status: text,
  network: text,
  country: text,
  genres: z.array(z.string()).nullish(),
  runtime: amount,
  aired_episodes: amount,
  airs: z.object({ timezone: text }).nullish(),
  images: z.object({ poster: z.array(z.string()).nullish() }).nullish(),
});
export type TraktShow = z.infer<typeof traktShow>;

/** `score` is left out on purpose: it is larger than a JavaScript number can hold. */
export const traktSearch = z.array(z.object({ type: z.string(), show: traktShow.nullish() }));
export type TraktSearch = z.infer<typeof traktSearch>;

/** The popular are shows, the trending are shows with a count around them. */
export const traktList = z.array(z.union([z.object({ show: traktShow }).transform(({ show }) => show), traktShow]));

export const traktGenres = z.array(z.object({ name: z.string(), slug: z.string() }));
export type TraktGenre = z.infer<typeof traktGenres>[number];

const traktEpisode = z.object({
  number: z.number().int(),
  number_abs: amount,
  title: text,
  ids,
  first_aired: text,
  released: text,
  runtime: amount,
});
export type TraktEpisode = z.infer<typeof traktEpisode>;

export const traktSeasons = z.array(
  z.object({
    number: z.number().int(),
    title: text,
    aired_episodes: amount,
    episodes: z.array(traktEpisode).nullish(),
  }),
);
export type TraktSeason = z.infer<typeof traktSeasons>[number];

export const traktTranslations = z.array(z.object({ title: text, language: text, country: text }));
export type TraktTranslation = z.infer<typeof traktTranslations>[number];

export const traktRateLimit = z.object({ remaining: z.number(), until: z.string() });
