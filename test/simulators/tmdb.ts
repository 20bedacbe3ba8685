import { type CatalogueShow, episodeCode } from "./catalogue.ts";
import {
  createEpisodeIndex,
  createLimiter,
  hasAired,
  knownShows,
  type Limiter,
  type MetadataDeps,
  type NumberedEpisode,
  type NumberedSeason,
  posterAnswer,
  posterName,
  searchShows,
  seasonsAt,
} from "./metadata-common.ts";
import { hexOf } from "./random.ts";
import { type Call, json, type ListenOptions, listen, type RunningSimulator } from "./simulator.ts";

/** TMDB v3: find, show with appended seasons, season, external ids, search, images. Dates only, never times. */

export type TmdbSimulator = RunningSimulator & { apiKey: string; readToken: string; limiter: Limiter };

type Json = Record<string, unknown>;

/** Numbers of genres and networks as TMDB gives them; other names get one of their own. */
const genreNames: Record<string, [number, string]> = {
  action: [10_759, "Action & Adventure"],
  adventure: [10_759, "Action & Adventure"],
  animation: [16, "Animation"],
  anime: [16, "Animation"],
  comedy: [35, "Comedy"],
  crime: [80, "Crime"],
  documentary: [99, "Documentary"],
  drama: [18, "Drama"],
  family: [10_751, "Family"],
  mystery: [9648, "Mystery"],
  fantasy: [10_765, "Sci-Fi & Fantasy"],
  "science fiction": [10_765, "Sci-Fi & Fantasy"],
  "science-fiction": [10_765, "Sci-Fi & Fantasy"],
  "talk show": [10_767, "Talk"],
  western: [37, "Western"],
};
const networkNumbers: Record<string, number> = {
  ABC: 2,
  AMC: 174,
  "Apple TV+": 2552,
  "BBC One": 4,
  "BBC Two": 332,
  "Disney+": 2739,
  FOX: 19,
  FX: 88,
  HBO: 49,
  Hulu: 453,
  NBC: 6,
  Netflix: 213,
  "Prime Video": 1024,
  Syfy: 77,
};
const statusNumbers: Record<CatalogueShow["status"], string> = {
  running: "0",
  "in production": "2",
  ended: "3",
  canceled: "4",
};

const genreIdsOf = (show: CatalogueShow): number[] => [
  ...new Set(show.genres.flatMap((name) => genreNames[name.toLowerCase()]?.[0] ?? [])),
];

const votes = (show: CatalogueShow): number => 143 + 10 * (show.id % 30);

const refusal = (status: number, code: number, message: string, headers: Record<string, string> = {}): Response =>
  json({ status_code: code, status_message: message, success: false }, { status, headers });

const placeholders: Record<string, string> = { de: "Folge", fr: "Épisode", es: "Episodio", nl: "Aflevering" };

const notFound = (): Response => refusal(404, 34, "The resource you requested could not be found.");

export function startTmdb(deps: MetadataDeps, options: ListenOptions = {}): TmdbSimulator {
  const apiKey = hexOf("simulated tmdb key", 32);
  const readToken = `eyJhbGciOiJIUzI1NiJ9.${hexOf("simulated tmdb token", 40)}.${hexOf("signature", 20)}`;
  const limiter = createLimiter(deps.now, deps.limits ? 40 : 0, 1_000);

  const shows = (): CatalogueShow[] => knownShows(deps.world).filter((show) => show.ids.tmdb !== undefined);
  const episodesBy = createEpisodeIndex(shows, "tmdb");
  const byId = (id: string): CatalogueShow | undefined => shows().find((show) => String(show.ids.tmdb) === id);

  const firstAired = (show: CatalogueShow): string =>
    seasonsAt(show, "tmdb").find((season) => season.number > 0)?.episodes[0]?.episode.airedOn ?? "";

  const small = (show: CatalogueShow): Json => ({
    adult: false,
    backdrop_path: null,
    id: show.ids.tmdb,
    name: show.title,
    original_name: show.title,
    overview: show.overview,
    poster_path: `/${posterName(show)}`,
    media_type: "tv",
    original_language: show.language,
    genre_ids: genreIdsOf(show),
    popularity: 10 + (show.id % 90),
    first_air_date: firstAired(show),
    vote_average: 8.1,
    vote_count: votes(show),
    origin_country: [show.country.toUpperCase()],
  });

  /** In the language asked for; what nobody has translated gets the language's word for an episode and its number. */
  const episodeName = (show: CatalogueShow, row: NumberedEpisode, language: string | null): string => {
    if (language === null || language.startsWith(show.language)) return row.episode.title;
    const translated = show.translations[language]?.episodes?.[episodeCode(row.episode)];
    return translated ?? `${placeholders[language.slice(0, 2)] ?? "Episode"} ${row.number}`;
  };

  const episodeView = (show: CatalogueShow, row: NumberedEpisode, language: string | null = null): Json => ({
    air_date: row.episode.airedOn,
    episode_number: row.number,
    episode_type: "standard",
    id: row.episode.ids.tmdb ?? null,
    name: episodeName(show, row, language),
    overview: row.episode.overview,
    production_code: "",
    runtime: row.episode.runtimeMin,
    season_number: row.season,
    show_id: show.ids.tmdb,
    still_path: null,
    vote_average: 7.5,
    vote_count: 12,
  });

  const seasonView = (show: CatalogueShow, row: NumberedSeason, language: string | null = null): Json => ({
    _id: hexOf(`tmdb season ${show.id} ${row.number}`, 24),
    air_date: row.episodes[0]?.episode.airedOn ?? null,
    episodes: row.episodes.map((entry) => ({
      ...episodeView(show, entry, language),
      crew: [
        {
          id: 1_200_001,
          credit_id: hexOf(entry.episode.plexHex, 24),
          name: "A Director",
          job: "Director",
          department: "Directing",
        },
      ],
      guest_stars: [],
    })),
    name: row.season?.title ?? `Season ${row.number}`,
    overview: "",
    id: row.season?.ids.tmdb ?? 490_000 + row.number,
    poster_path: null,
    season_number: row.number,
    vote_average: 7.5,
  });

  /** Every translation that anybody has begun; a name that is the original one is left blank. */
  const translationsOf = (show: CatalogueShow): Json => ({
    translations: Object.entries<{ title?: string }>({ [show.language]: {}, ...show.translations }).map(
      ([tag, { title }]) => {
        const [language, country = language?.toUpperCase()] = tag.split("-");
        return { iso_639_1: language, iso_3166_1: country, name: "", english_name: "", data: { name: title ?? "" } };
      },
    ),
  });

  const externalIds = (show: CatalogueShow): Json => ({
    imdb_id: show.ids.imdb ?? null,
    freebase_mid: null,
    freebase_id: null,
    tvdb_id: show.ids.tvdb ?? null,
    tvrage_id: null,
    wikidata_id: null,
    facebook_id: null,
    instagram_id: null,
    twitter_id: null,
  });

  const status: Record<CatalogueShow["status"], string> = {
    running: "Returning Series",
    ended: "Ended",
    canceled: "Canceled",
    "in production": "In Production",
  };

  const details = (call: Call, show: CatalogueShow): Response => {
    const appended = (call.url.searchParams.get("append_to_response") ?? "").split(",").filter((part) => part !== "");
    if (appended.length > 20) {
      return refusal(400, 27, "Too many append to response objects: The maximum number of remote calls is 20.");
    }
    const language = call.url.searchParams.get("language");
    const seasons = seasonsAt(show, "tmdb");
    const regular = seasons.filter((season) => season.number > 0).flatMap((season) => season.episodes);
    const last = regular.filter((row) => hasAired(row.episode, deps.now())).at(-1);
    const next = regular.find((row) => row.episode.airstamp !== null && !hasAired(row.episode, deps.now()));
    const answer: Json = {
      adult: false,
      backdrop_path: null,
      created_by: [],
      episode_run_time: [show.runtimeMin],
      first_air_date: firstAired(show),
      genres: show.genres.map((name, position) => ({ id: 10_000 + position, name })),
      homepage: "",
      id: show.ids.tmdb,
      in_production: show.status === "running",
      languages: [show.language],
      last_air_date: last?.episode.airedOn ?? null,
      last_episode_to_air: last === undefined ? null : episodeView(show, last),
      name: (language === null ? undefined : show.translations[language]?.title) ?? show.title,
      next_episode_to_air: next === undefined ? null : episodeView(show, next),
      networks: [
        {
          id: networkNumbers[show.network] ?? 9000,
          logo_path: null,
          name: show.network,
          origin_country: show.country.toUpperCase(),
        },
      ],
      number_of_episodes: regular.length,
      number_of_seasons: seasons.filter((season) => season.number > 0).length,
      origin_country: [show.country.toUpperCase()],
      original_language: show.language,
      original_name: show.title,
      overview: show.overview,
      popularity: 10 + (show.id % 90),
      poster_path: `/${posterName(show)}`,
      seasons: seasons.map((row) => ({
        air_date: row.episodes[0]?.episode.airedOn ?? null,
        episode_count: row.episodes.length,
        id: row.season?.ids.tmdb ?? 490_000 + row.number,
        name: row.season?.title ?? `Season ${row.number}`,
        overview: "",
        poster_path: null,
        season_number: row.number,
        vote_average: 7.5,
      })),
      status: status[show.status],
      tagline: "",
      type: "Scripted",
      vote_average: 8.1,
      vote_count: votes(show),
    };
    for (const part of appended) {
      if (part === "translations") answer[part] = translationsOf(show);
      if (part === "external_ids") answer[part] = externalIds(show);
      const number = /^season\/(\d+)$/.exec(part)?.[1];
      const season = number === undefined ? undefined : seasons.find((row) => row.number === Number(number));
      // A season that does not exist is simply absent.
      if (season !== undefined) answer[part] = seasonView(show, season, language);
    }
    return json(answer, { headers: { "cache-control": "public, max-age=21600" } });
  };

  const find = (call: Call, id: string): Response => {
    const source = call.url.searchParams.get("external_source");
    const key = source === "tvdb_id" ? "tvdb" : source === "imdb_id" ? "imdb" : null;
    if (key === null) return refusal(400, 5, "Invalid parameters: Your request parameters are incorrect.");
    const episodes: Json[] = [];
    const seasons: Json[] = [];
    for (const { show, row } of episodesBy(key, id)) {
      episodes.push({ ...episodeView(show, row), media_type: "tv_episode" });
    }
    if (key === "tvdb") {
      for (const show of shows()) {
        if (!show.seasons.some((season) => String(season.ids.tvdb) === id)) continue;
        const season = seasonsAt(show, "tmdb").find((row) => String(row.season?.ids.tvdb) === id);
        if (season === undefined) continue;
        seasons.push({
          ...seasonView(show, season),
          episodes: undefined,
          media_type: "tv_season",
          show_id: show.ids.tmdb,
        });
      }
    }
    return json({
      movie_results: [],
      person_results: [],
      tv_results: shows()
        .filter((show) => String(show.ids[key]) === id)
        .map(small),
      tv_episode_results: episodes,
      tv_season_results: seasons,
    });
  };

  const search = (call: Call): Response => {
    const query = call.url.searchParams;
    const first = query.get("first_air_date_year");
    const any = query.get("year");
    const found = searchShows(shows(), query.get("query") ?? "").filter(
      (show) =>
        (first === null || firstAired(show).startsWith(first)) &&
        (any === null ||
          show.seasons.some((season) => season.episodes.some((episode) => episode.airedOn?.startsWith(any)))),
    );
    const page = Math.max(1, Number(query.get("page") ?? 1));
    return json({
      page,
      results: found.slice((page - 1) * 20, page * 20).map((show) => ({ ...small(show), media_type: undefined })),
      total_pages: Math.max(1, Math.ceil(found.length / 20)),
      total_results: found.length,
    });
  };

  /** Filters that it does not know are passed over; so is one whose value is empty. */
  const discover = (call: Call): Response => {
    const query = call.url.searchParams;
    const asked = (name: string): string[] => (query.get(name) ?? "").split("|").filter((part) => part !== "");
    const among = (name: string, values: string[]): boolean =>
      asked(name).length === 0 || asked(name).some((each) => values.includes(each));
    const between = (name: string, value: string | number): boolean => {
      const [from, until] = [query.get(`${name}.gte`), query.get(`${name}.lte`)];
      const number = typeof value === "number";
      return (
        (from === null || (number ? value >= Number(from) : value >= from)) &&
        (until === null || (number ? value <= Number(until) : value !== "" && value <= until))
      );
    };
    const days = (show: CatalogueShow): string[] =>
      show.seasons.flatMap((season) => season.episodes.flatMap(({ airedOn }) => airedOn ?? []));
    const found = shows().filter(
      (show) =>
        among("with_genres", genreIdsOf(show).map(String)) &&
        among("with_networks", [String(networkNumbers[show.network] ?? 9000)]) &&
        among("with_status", [statusNumbers[show.status]]) &&
        among("with_origin_country", [show.country.toUpperCase()]) &&
        between("with_runtime", show.runtimeMin) &&
        between("first_air_date", firstAired(show)) &&
        (query.get("air_date.gte") === null || days(show).some((day) => between("air_date", day))) &&
        votes(show) >= Number(query.get("vote_count.gte") ?? 0),
    );
    const order = query.get("sort_by") ?? "popularity.desc";
    const popularity = (show: CatalogueShow): number => 10 + (show.id % 90);
    found.sort((a, b) =>
      order === "first_air_date.desc" ? firstAired(b).localeCompare(firstAired(a)) : popularity(b) - popularity(a),
    );
    const page = Math.max(1, Number(query.get("page") ?? 1));
    if (page > 500) return refusal(400, 22, "Invalid page: Pages start at 1 and max at 500.");
    return json({
      page,
      results: found.slice((page - 1) * 20, page * 20).map((show) => ({ ...small(show), media_type: undefined })),
      total_pages: Math.ceil(found.length / 20),
      total_results: found.length,
    });
  };

  const genres = (): Response => {
    const known = new Map(Object.values(genreNames));
    return json({ genres: [...known].map(([id, name]) => ({ id, name })) });
  };

  const changes = (): Response => {
    const rows = shows()
      .filter((show) => show.status === "running")
      .map((show) => ({ id: show.ids.tmdb, adult: false }));
    return json({ results: rows.slice(0, 100), page: 1, total_pages: 1, total_results: rows.length });
  };

  const handle = (call: Call): Response => {
    const image = /^\/t\/p\/(?:w\d+|original)\/([^/]+)$/.exec(call.path);
    if (image?.[1] !== undefined) return posterAnswer(deps, image[1]);
    const bearer = call.request.headers.get("authorization");
    if (call.url.searchParams.get("api_key") !== apiKey && bearer !== `Bearer ${readToken}`) {
      return refusal(401, 7, "Invalid API key: You must be granted a valid key.");
    }
    const slot = limiter.take();
    if (!slot.allowed) {
      return refusal(429, 25, "Your request count is over the allowed limit.", {
        "retry-after": String(slot.retryAfterSeconds),
      });
    }
    const [, version, area, second = "", third, number] = call.path.split("/");
    if (version !== "3" || call.method !== "GET") return notFound();
    if (area === "find") return find(call, second);
    if (area === "search" && second === "tv") return search(call);
    if (area === "discover" && second === "tv") return discover(call);
    if (area === "genre" && second === "tv" && third === "list") return genres();
    if (area === "configuration")
      return json({ images: { secure_base_url: "https://image.tmdb.org/t/p/", poster_sizes: ["w342", "original"] } });
    if (area !== "tv") return notFound();
    if (second === "changes") return changes();
    const show = byId(second);
    if (show === undefined) return notFound();
    if (third === undefined) return details(call, show);
    if (third === "external_ids") return json({ id: show.ids.tmdb, ...externalIds(show) });
    if (third === "episode_groups") return json({ id: show.ids.tmdb, results: [] });
    if (third !== "season") return notFound();
    const season = seasonsAt(show, "tmdb").find((row) => row.number === Number(number));
    return season === undefined ? notFound() : json(seasonView(show, season));
  };

  return { ...listen("tmdb", null, deps, handle, options), apiKey, readToken, limiter };
}
