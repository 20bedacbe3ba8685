import { z } from "zod";

const text = z.string().nullish();
const amount = z.number().nullish();
const id = z.number().int();

const broadcaster = z.object({ name: text, country: z.object({ code: text }).nullish() }).nullish();

const tvmazeEpisode = z.object({
  id: z.unknown().optional(),
  name: text,
  season: z.number().int(),
  number: z.number().int().nullish(),
  type: text,
  airdate: text,
  airtime: text,
  airstamp: text,
  runtime: amount,
});
export type TvmazeEpisode = z.infer<typeof tvmazeEpisode>;

export const tvmazeShow = z.object({
  id,
  name: z.string(),
  genres: z.array(z.string()).nullish(),
  status: text,
  runtime: amount,
  averageRuntime: amount,
  premiered: text,
  network: broadcaster,
  webChannel: broadcaster,
  externals: z.object({ thetvdb: z.unknown().optional(), imdb: z.unknown().optional() }).nullish(),
  image: z.object({ medium: text, original: text }).nullish(),
  summary: text,
  /** How much it is followed, 0 to 100. */
  weight: amount,
  _links: z.object({ previousepisode: z.unknown().optional(), nextepisode: z.unknown().optional() }).nullish(),
});
export type TvmazeShow = z.infer<typeof tvmazeShow>;

const episodes = z.array(tvmazeEpisode);

const aka = z.object({ name: text, country: z.object({ code: text }).nullish() });
export type TvmazeAka = z.infer<typeof aka>;

/** The embedded list is found under the name of the embed or under "episodes"; one of them has to be there. */
const embedded = z
  .object({ episodes: episodes.optional(), episodeswithspecials: episodes.optional(), akas: z.array(aka).nullish() })
  .transform((parts) => ({ episodes: parts.episodeswithspecials ?? parts.episodes, akas: parts.akas ?? [] }))
  .pipe(z.object({ episodes, akas: z.array(aka) }));

export const tvmazeWhole = tvmazeShow
  .extend({ _embedded: embedded })
  .transform(({ _embedded, ...show }) => ({ ...show, _embedded: _embedded.episodes, akas: _embedded.akas }));
export type TvmazeWhole = z.infer<typeof tvmazeWhole>;

export const tvmazeSearch = z.array(z.object({ show: tvmazeShow }));

/** On television the show stands beside its episode, on the web it is embedded. One of the two has to be there. */
export const tvmazeSchedule = z.array(
  z
    .object({ show: z.unknown().optional(), _embedded: z.object({ show: z.unknown().optional() }).nullish() })
    .transform(({ show, _embedded }) => show ?? _embedded?.show)
    .pipe(tvmazeShow),
);
