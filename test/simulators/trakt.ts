import type { CatalogueShow } from "./catalogue.ts";
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
import { type Call, htmlError, json, type ListenOptions, listen, type RunningSimulator } from "./simulator.ts";

/** Trakt API v2, public part: lookup, search, show, the seasons call, updates. */

export type TraktSimulator = RunningSimulator & { clientId: string; limiter: Limiter };

type Json = Record<string, unknown>;

const stamp = "2026-05-24T05:45:58.000Z";
const withMs = (instant: string | null): string | null => instant;

export function startTrakt(deps: MetadataDeps, options: ListenOptions = {}): TraktSimulator {
  const clientId = hexOf("simulated trakt client id", 64);
  const limiter = createLimiter(deps.now, deps.limits ? 500 : 0, 300_000);
  let host = "";

  const shows = (): CatalogueShow[] => knownShows(deps.world).filter((show) => show.ids.trakt !== undefined);

  const episodesBy = createEpisodeIndex(shows, "trakt");

  const idsOf = (show: CatalogueShow): Json => ({
    trakt: show.ids.trakt,
    slug: show.slug,
    tvdb: show.ids.tvdb ?? null,
    imdb: show.ids.imdb ?? null,
    tmdb: show.ids.tmdb ?? null,
    plex: { guid: show.plexHex, slug: show.slug },
  });

  const airedCount = (show: CatalogueShow): number =>
    seasonsAt(show, "trakt")
      .filter((season) => season.number > 0)
      .flatMap((season) => season.episodes)
      .filter((row) => hasAired(row.episode, deps.now())).length;

  const small = (show: CatalogueShow): Json => ({
    title: show.title,
    year: show.year,
    ids: idsOf(show),
    aired_episodes: airedCount(show),
  });

  const status: Record<CatalogueShow["status"], string> = {
    running: "returning series",
    ended: "ended",
    canceled: "canceled",
    "in production": "in production",
  };

  const full = (show: CatalogueShow): Json => {
    const first = seasonsAt(show, "trakt").find((season) => season.number > 0)?.episodes[0]?.episode;
    const episodes = airedCount(show);
    return {
      ...small(show),
      tagline: "",
      overview: show.overview,
      first_aired: withMs(first?.airstamp ?? null),
      airs: { day: show.airs.day, time: show.airs.time, timezone: show.airs.timezone },
      runtime: show.runtimeMin,
      total_runtime: show.runtimeMin * episodes,
      certification: "TV-14",
      network: show.network,
      country: show.country,
      trailer: null,
      homepage: null,
      status: status[show.status],
      rating: 7.9,
      votes: 812,
      comment_count: 9,
      updated_at: stamp,
      language: show.language,
      languages: [show.language],
      available_translations: ["de", "en"],
      genres: show.genres.map((genre) => genre.toLowerCase().replace(/\s+/g, "-")),
      subgenres: [],
      original_title: show.title,
      colors: { poster: ["#101820", "#e0e0e0"] },
      social_ids: {},
      // Addresses have no scheme.
      images: {
        fanart: [],
        poster: [`${host}/images/shows/posters/medium/${posterName(show)}`],
        logo: [],
        clearart: [],
        banner: [],
        thumb: [],
      },
    };
  };

  const episodeView = (row: NumberedEpisode): Json => {
    const { episode } = row;
    const { ids } = episode;
    const serial = ids.trakt ?? 0;
    return {
      season: row.season,
      number: row.number,
      number_abs: episode.show.genres.includes("anime") ? episode.absolute : null,
      title: episode.title,
      original_title: episode.title,
      // Specials lack most ids; imdb is now and then an empty text.
      ids: {
        trakt: serial,
        tvdb: row.season === 0 ? null : (ids.tvdb ?? null),
        imdb: row.season === 0 ? null : serial % 7 === 0 ? "" : (ids.imdb ?? null),
        tmdb: ids.tmdb ?? null,
        plex: { guid: row.season === 0 && serial % 2 === 0 ? null : episode.plexHex },
      },
      overview: episode.overview === "" ? null : episode.overview,
      first_aired: withMs(episode.airstamp),
      released: row.season === 0 ? null : episode.airedOn,
      effective_release_date: withMs(episode.airstamp),
      runtime: episode.runtimeMin,
      episode_type: "standard",
      rating: 0,
      votes: 0,
      comment_count: 0,
      updated_at: stamp,
      available_translations: ["en"],
      after_credits: false,
      during_credits: false,
      images: { screenshot: [] },
    };
  };

  const seasonView = (show: CatalogueShow, row: NumberedSeason, extended: string): Json => {
    const ids = row.season?.ids;
    const base: Json = {
      number: row.number,
      ids: {
        trakt: ids?.trakt ?? 390_000 + row.number,
        tvdb: ids?.tvdb ?? null,
        tmdb: ids?.tmdb ?? null,
        plex: { guid: row.season?.plexHex ?? null },
      },
    };
    if (extended.includes("full")) {
      Object.assign(base, {
        title: row.season?.title ?? `Season ${row.number}`,
        original_title: row.season?.title ?? `Season ${row.number}`,
        overview: null,
        rating: 0,
        votes: 0,
        episode_count: row.episodes.length,
        aired_episodes: row.episodes.filter((entry) => hasAired(entry.episode, deps.now())).length,
        total_runtime: row.episodes.reduce((sum, entry) => sum + (entry.episode.runtimeMin ?? 0), 0),
        network: row.number === 0 ? null : show.network,
        first_aired: withMs(row.episodes[0]?.episode.airstamp ?? null),
        updated_at: stamp,
        images: { poster: [], thumb: [] },
      });
    }
    if (extended.includes("episodes")) {
      base["episodes"] = row.episodes.map((entry) =>
        extended.includes("full")
          ? episodeView(entry)
          : { season: entry.season, number: entry.number, title: entry.episode.title, ids: episodeView(entry)["ids"] },
      );
    }
    return base;
  };

  /** A path id is a trakt number, a slug or an IMDb id; a bare number is always read as a trakt id. */
  const byPathId = (id: string): CatalogueShow | undefined =>
    shows().find((show) =>
      /^\d+$/.test(id) ? show.ids.trakt === Number(id) : id.startsWith("tt") ? show.ids.imdb === id : show.slug === id,
    );

  const cached = (seconds: number): Record<string, string> => ({
    "cache-control": `public, max-age=${seconds}, s-maxage=${seconds * 12}`,
    server: "cloudflare",
  });

  const lookup = (call: Call, kind: string, id: string): Response => {
    const types = (call.url.searchParams.get("type") ?? "show,episode").split(",");
    const isFull = (call.url.searchParams.get("extended") ?? "").includes("full");
    const fits = (value: string | number | undefined): boolean => value !== undefined && String(value) === id;
    if (!["trakt", "imdb", "tmdb", "tvdb"].includes(kind)) return json({ error: "Bad Request" }, { status: 400 });
    const key = kind as "trakt" | "imdb" | "tmdb" | "tvdb";
    const rows: Json[] = [];
    if (types.includes("show")) {
      for (const show of shows()) {
        if (fits(show.ids[key])) rows.push({ type: "show", score: 100, show: isFull ? full(show) : small(show) });
      }
    }
    if (types.includes("episode")) {
      for (const { show, row } of episodesBy(key, id)) {
        rows.push({ type: "episode", score: 100, episode: episodeView(row), show: small(show) });
      }
    }
    // A miss is an empty list, not 404.
    return json(rows, { headers: cached(3600) });
  };

  const search = (call: Call, exact: boolean): Response => {
    const query = call.url.searchParams;
    const years = /^(\d{4})(?:-(\d{4}))?$/.exec(query.get("years") ?? "");
    const from = years === null ? 0 : Number(years[1]);
    const until = years === null ? 9999 : Number(years[2] ?? years[1]);
    const limit = Math.min(Number(query.get("limit") ?? 50), 250);
    const found = searchShows(shows(), query.get("query") ?? "", exact).filter(
      (show) => years === null || (show.year !== null && show.year >= from && show.year <= until),
    );
    // A score above 2^53; namesakes tie.
    const rows = found
      .slice(0, limit)
      .map((show) => ({ type: "show", score: 578_730_123_365_189_600, show: full(show) }));
    return json(rows, {
      headers: {
        ...cached(1800),
        "x-pagination-page": "1",
        "x-pagination-limit": String(limit),
        "x-pagination-page-count": String(Math.max(1, Math.ceil(found.length / limit))),
        "x-pagination-item-count": String(found.length),
      },
    });
  };

  const slugs = (show: CatalogueShow): string[] => show.genres.map((genre) => genre.toLowerCase().replace(/\s+/g, "-"));
  const within = (text: string | null, value: number | null): boolean => {
    const [from = "", until = from] = (text ?? "").split("-");
    return text === null || (value !== null && value >= Number(from) && value <= Number(until));
  };
  const among = (text: string | null, values: string[]): boolean =>
    text === null || text.split(",").some((each) => values.includes(each));

  /** `/shows/popular` answers bare shows, `/shows/trending` shows with a count around them. Unknown filters are passed over. */
  const chart = (call: Call, trending: boolean): Response => {
    const query = call.url.searchParams;
    const limit = Math.min(Number(query.get("limit") ?? 10), 250);
    const pageNumber = Math.max(1, Number(query.get("page") ?? 1));
    const found = shows().filter(
      (show) =>
        within(query.get("years"), show.year) &&
        within(query.get("runtimes"), show.runtimeMin) &&
        among(query.get("genres"), slugs(show)) &&
        among(query.get("networks"), [show.network]) &&
        among(query.get("status"), [status[show.status]]) &&
        among(query.get("countries"), [show.country]),
    );
    const ordered = trending ? found.toReversed() : found;
    const view = (query.get("extended") ?? "").includes("full") ? full : small;
    const rows = ordered.slice((pageNumber - 1) * limit, pageNumber * limit).map(view);
    return json(trending ? rows.map((show, at) => ({ watchers: 900 - at, show })) : rows, {
      headers: {
        ...cached(3600),
        "x-pagination-page": String(pageNumber),
        "x-pagination-limit": String(limit),
        "x-pagination-page-count": String(Math.ceil(found.length / limit)),
        "x-pagination-item-count": String(found.length),
      },
    });
  };

  const genres = (): Response => {
    const known = [...new Set(shows().flatMap(slugs))].sort();
    const name = (slug: string) =>
      slug.replace(/(^|-)(\w)/g, (_, dash: string, letter: string) => (dash && " ") + letter.toUpperCase());
    return json([{ name: "None", slug: "none" }, ...known.map((slug) => ({ name: name(slug), slug }))]);
  };

  const networks = (): Response => {
    const known = new Map(shows().map((show) => [show.network, show.country]));
    return json([...known].map(([name, country]) => ({ name, country })));
  };

  const updates = (call: Call, idsOnly: boolean): Response => {
    const limit = Math.min(Number(call.url.searchParams.get("limit") ?? 10), 100);
    const pageNumber = Number(call.url.searchParams.get("page") ?? 1);
    const changed = shows().filter((show) => show.status === "running");
    const rows = changed.slice((pageNumber - 1) * limit, pageNumber * limit);
    const headers = {
      "x-pagination-page": String(pageNumber),
      "x-pagination-limit": String(limit),
      "x-pagination-page-count": String(Math.max(1, Math.ceil(changed.length / limit))),
      "x-pagination-item-count": String(changed.length),
    };
    return json(
      idsOnly ? rows.map((show) => show.ids.trakt) : rows.map((show) => ({ updated_at: stamp, show: small(show) })),
      { headers },
    );
  };

  const neighbour = (show: CatalogueShow, next: boolean): Response => {
    const rows = seasonsAt(show, "trakt")
      .filter((season) => season.number > 0)
      .flatMap((season) => season.episodes);
    const now = deps.now();
    const row = next
      ? rows.find((entry) => entry.episode.airstamp !== null && !hasAired(entry.episode, now))
      : rows.filter((entry) => hasAired(entry.episode, now)).at(-1);
    return row === undefined ? new Response(null, { status: 204 }) : json(episodeView(row));
  };

  const ofShow = (call: Call, show: CatalogueShow, rest: string[]): Response => {
    const extended = call.url.searchParams.get("extended") ?? "";
    const [leaf, season, third, number] = rest;
    if (leaf === undefined)
      return json(extended.includes("full") ? full(show) : small(show), { headers: cached(3600) });
    if (leaf === "translations") {
      const rows = Object.entries(show.translations).map(([tag, { title }]) => {
        const [language = tag, country = language] = tag.toLowerCase().split("-");
        return { title: title ?? null, overview: null, tagline: null, language, country };
      });
      return json(
        rows.filter(({ language }) => season === undefined || language === season),
        { headers: cached(3600) },
      );
    }
    if (leaf === "aliases") return json(show.aliases.map((title) => ({ title, country: "de" })));
    if (leaf === "next_episode" || leaf === "last_episode") return neighbour(show, leaf === "next_episode");
    if (leaf !== "seasons") return new Response("", { status: 404 });
    const seasons = seasonsAt(show, "trakt");
    const headers = { ...cached(3600), "x-show-updated-at": stamp };
    if (season === undefined)
      return json(
        seasons.map((row) => seasonView(show, row, extended)),
        { headers },
      );
    const wanted = seasons.find((row) => row.number === Number(season));
    if (third === undefined) return json((wanted?.episodes ?? []).map(episodeView), { headers });
    if (third === "info")
      return wanted === undefined ? new Response("", { status: 404 }) : json(seasonView(show, wanted, "full"));
    const episode = wanted?.episodes.find((row) => row.number === Number(number));
    return episode === undefined ? new Response("", { status: 404 }) : json(episodeView(episode));
  };

  const handle = (call: Call): Response => {
    const image = /^\/images\/.*\/([^/]+)$/.exec(call.path);
    if (image?.[1] !== undefined) return posterAnswer(deps, image[1]);
    const agent = call.request.headers.get("user-agent") ?? "";
    // Cloudflare stands in front and refuses nameless clients and library defaults with a page.
    if (agent === "" || /^(bun|node|undici|axios|got|python|curl|go-http)/i.test(agent)) {
      const blocked = htmlError(403, "Forbidden", "Attention Required! | Cloudflare");
      blocked.headers.set("server", "cloudflare");
      return blocked;
    }
    if (call.request.headers.get("trakt-api-key") !== clientId) return new Response("", { status: 403 });
    const type = call.request.headers.get("content-type") ?? "";
    if (call.request.headers.get("trakt-api-version") !== "2" || !type.includes("application/json")) {
      return new Response("", { status: 412 });
    }
    const slot = limiter.take();
    if (!slot.allowed) {
      const until = new Date(deps.now() + slot.retryAfterSeconds * 1000).toISOString().replace(/\.\d+Z/, "Z");
      return new Response("", {
        status: 429,
        headers: {
          "retry-after": String(slot.retryAfterSeconds),
          "x-ratelimit": JSON.stringify({
            name: "UNAUTHED_API_GET_LIMIT",
            period: 300,
            limit: 500,
            remaining: 0,
            until,
          }),
        },
      });
    }
    if (call.method !== "GET") return new Response("", { status: 405 });
    const [, area = "", second = "", third = "", ...rest] = call.path.split("/").map(decodeURIComponent);
    if (area === "search" && second === "show") return search(call, third === "exact");
    if (area === "search") return lookup(call, second, third);
    if (area === "genres" && second === "shows") return genres();
    if (area === "networks" && second === "") return networks();
    if (area !== "shows") return new Response("", { status: 404 });
    if (second === "popular" || second === "trending") return chart(call, second === "trending");
    if (second === "updates") return updates(call, third === "id");
    const show = byPathId(second);
    if (show !== undefined) return ofShow(call, show, third === "" ? [] : [third, ...rest]);
    // An unknown show has no seasons, which is an empty list; the show itself is 404.
    return third === "seasons" ? json([]) : new Response("", { status: 404 });
  };

  const running = listen("trakt", null, deps, handle, options);
  host = new URL(running.url).host;
  return { ...running, clientId, limiter };
}
