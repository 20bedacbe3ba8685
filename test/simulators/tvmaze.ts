import type { CatalogueShow } from "./catalogue.ts";
import {
  createLimiter,
  hasAired,
  knownShows,
  type Limiter,
  type MetadataDeps,
  type NumberedEpisode,
  posterAnswer,
  posterName,
  searchShows,
  seasonsAt,
} from "./metadata-common.ts";
import { type Call, json, type ListenOptions, listen, type RunningSimulator } from "./simulator.ts";

/** TVmaze: lookup by redirect, search, show with embedded episodes, updates, images. No key, no TMDB ids. */

export type TvmazeSimulator = RunningSimulator & { limiter: Limiter };

type Json = Record<string, unknown>;

const empty404 = (): Response =>
  new Response("", { status: 404, headers: { "content-type": "application/json; charset=UTF-8" } });

export function startTvmaze(deps: MetadataDeps, options: ListenOptions = {}): TvmazeSimulator {
  const limiter = createLimiter(deps.now, deps.limits ? 20 : 0, 10_000);
  let base = "";

  const shows = (): CatalogueShow[] => knownShows(deps.world).filter((show) => show.ids.tvmaze !== undefined);
  const ok = (value: unknown): Response => json(value, { headers: { "cache-control": "public, max-age=3600" } });

  const status: Record<CatalogueShow["status"], string> = {
    running: "Running",
    ended: "Ended",
    canceled: "Ended",
    "in production": "In Development",
  };

  const isStreamed = (show: CatalogueShow): boolean =>
    /netflix|apple|disney|prime|hulu|max|peacock|paramount/i.test(show.network);

  const regularRows = (show: CatalogueShow): NumberedEpisode[] =>
    seasonsAt(show, "tvmaze")
      .filter((season) => season.number > 0)
      .flatMap((season) => season.episodes);

  const showView = (show: CatalogueShow): Json => {
    const rows = regularRows(show);
    const last = rows.filter((row) => hasAired(row.episode, deps.now())).at(-1);
    const next = rows.find((row) => row.episode.airstamp !== null && !hasAired(row.episode, deps.now()));
    const links: Json = { self: { href: `${base}/shows/${show.ids.tvmaze}` } };
    if (last !== undefined)
      links["previousepisode"] = { href: `${base}/episodes/${last.episode.ids.tvmaze}`, name: last.episode.title };
    if (next !== undefined)
      links["nextepisode"] = { href: `${base}/episodes/${next.episode.ids.tvmaze}`, name: next.episode.title };
    const network = {
      id: 3,
      name: show.network,
      country: {
        name: show.country === "gb" ? "United Kingdom" : "United States",
        code: show.country.toUpperCase(),
        timezone: show.airs.timezone,
      },
      officialSite: null,
    };
    const streamed = isStreamed(show);
    return {
      id: show.ids.tvmaze,
      url: `https://www.tvmaze.com/shows/${show.ids.tvmaze}/${show.slug}`,
      name: show.title,
      type: show.genres.includes("anime") ? "Animation" : "Scripted",
      language: "English",
      genres: show.genres.map((genre) => genre.charAt(0).toUpperCase() + genre.slice(1)),
      status: status[show.status],
      runtime: show.runtimeMin,
      averageRuntime: show.runtimeMin,
      premiered: rows[0]?.episode.airedOn ?? null,
      ended: show.status === "ended" ? (rows.at(-1)?.episode.airedOn ?? null) : null,
      officialSite: null,
      schedule: { time: streamed ? "" : show.airs.time, days: [show.airs.day] },
      rating: { average: 7.9 },
      weight: 20 + (show.id % 80),
      network: streamed ? null : network,
      webChannel: streamed ? { ...network, country: null } : null,
      dvdCountry: null,
      externals: { tvrage: null, thetvdb: show.ids.tvdb ?? null, imdb: show.ids.imdb ?? null },
      image: {
        medium: `${base}/uploads/images/medium_portrait/1/${posterName(show)}`,
        original: `${base}/uploads/images/original_untouched/1/${posterName(show)}`,
      },
      summary: `<p>${show.overview.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</p>`,
      updated: 1_748_000_000,
      _links: links,
    };
  };

  /** Specials have no number and stand in the season in which they were shown. */
  const seasonOfSpecial = (show: CatalogueShow, row: NumberedEpisode): number => {
    const day = row.episode.airedOn;
    const before = regularRows(show).filter(
      (other) => day !== null && other.episode.airedOn !== null && other.episode.airedOn <= day,
    );
    return before.at(-1)?.season ?? 1;
  };

  const episodeView = (show: CatalogueShow, row: NumberedEpisode): Json => {
    const { episode } = row;
    const special = row.season === 0;
    return {
      id: episode.ids.tvmaze,
      url: `https://www.tvmaze.com/episodes/${episode.ids.tvmaze}/${show.slug}`,
      name: episode.title,
      season: special ? seasonOfSpecial(show, row) : row.season,
      number: special ? null : row.number,
      type: special ? (row.number % 2 === 1 ? "significant_special" : "insignificant_special") : "regular",
      airdate: episode.airedOn ?? "",
      airtime: episode.airedOn === null ? "" : show.airs.time,
      airstamp: episode.airstamp === null ? null : episode.airstamp.replace(/\.000Z$/, "+00:00"),
      runtime: episode.runtimeMin,
      rating: { average: null },
      image: null,
      summary:
        episode.overview === "" ? null : `<p>${episode.overview.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</p>`,
      _links: {
        self: { href: `${base}/episodes/${episode.ids.tvmaze}` },
        show: { href: `${base}/shows/${show.ids.tvmaze}` },
      },
    };
  };

  const episodeList = (show: CatalogueShow, withSpecials: boolean): Json[] =>
    seasonsAt(show, "tvmaze")
      .flatMap((season) => season.episodes)
      .filter((row) => withSpecials || row.season > 0)
      .sort((a, b) => (a.episode.airedOn ?? "9999").localeCompare(b.episode.airedOn ?? "9999"))
      .map((row) => episodeView(show, row));

  const seasonList = (show: CatalogueShow): Json[] =>
    seasonsAt(show, "tvmaze")
      .filter((season) => season.number > 0)
      .map((season) => ({
        id: season.season?.ids.tvmaze ?? 290_000 + season.number,
        url: `https://www.tvmaze.com/seasons/${season.season?.ids.tvmaze}`,
        number: season.number,
        name: "",
        episodeOrder: season.episodes.length,
        premiereDate: season.episodes[0]?.episode.airedOn ?? null,
        endDate: season.episodes.at(-1)?.episode.airedOn ?? null,
        network: null,
        webChannel: null,
        image: null,
        summary: "",
        _links: { self: { href: `${base}/seasons/${season.season?.ids.tvmaze}` } },
      }));

  const akasOf = (show: CatalogueShow): Json[] => [
    ...show.aliases.map((alias) => ({ name: alias, country: null })),
    ...Object.entries(show.translations).flatMap(([tag, { title }]) => {
      const code = (tag.split("-")[1] ?? tag).toUpperCase();
      return title === undefined ? [] : [{ name: title, country: { name: code, code, timezone: "UTC" } }];
    }),
  ];

  const withEmbedded = (call: Call, show: CatalogueShow): Json => {
    const wanted = [...call.url.searchParams.getAll("embed[]"), ...call.url.searchParams.getAll("embed")];
    const embedded: Json = {};
    for (const name of wanted) {
      if (name === "episodes") embedded[name] = episodeList(show, false);
      if (name === "episodeswithspecials") embedded[name] = episodeList(show, true);
      if (name === "seasons") embedded[name] = seasonList(show);
      if (name === "akas") embedded[name] = akasOf(show);
    }
    return wanted.length === 0 ? showView(show) : { ...showView(show), _embedded: embedded };
  };

  const lookup = (call: Call): Response => {
    const query = call.url.searchParams;
    const [imdb, tvdb] = [query.get("imdb"), query.get("thetvdb")];
    const found = shows().find(
      (show) => (imdb !== null && show.ids.imdb === imdb) || (tvdb !== null && String(show.ids.tvdb) === tvdb),
    );
    if (found === undefined) return empty404();
    return new Response(null, { status: 301, headers: { location: `${base}/shows/${found.ids.tvmaze}` } });
  };

  const onDay = (date: string | null, belongs: (show: CatalogueShow) => boolean) =>
    shows()
      .filter(belongs)
      .flatMap((show) =>
        seasonsAt(show, "tvmaze")
          .flatMap((season) => season.episodes)
          .filter((row) => row.episode.airedOn === (date ?? new Date(deps.now()).toISOString().slice(0, 10)))
          .map((row) => ({ show, episode: episodeView(show, row) })),
      );

  /** On television: the country's channels, with the show beside the episode. */
  const schedule = (call: Call): Response => {
    const country = (call.url.searchParams.get("country") ?? "US").toLowerCase();
    const rows = onDay(call.url.searchParams.get("date"), (show) => !isStreamed(show) && show.country === country);
    return ok(rows.map(({ show, episode }) => ({ ...episode, show: showView(show) })));
  };

  /** On the web: an empty country means channels of the whole world, none means all. The show is embedded. */
  const webSchedule = (call: Call): Response => {
    const country = call.url.searchParams.get("country");
    const rows = onDay(
      call.url.searchParams.get("date"),
      (show) => isStreamed(show) && (country === null || country === ""),
    );
    return ok(rows.map(({ show, episode }) => ({ ...episode, _embedded: { show: showView(show) } })));
  };

  const ofShow = (call: Call, show: CatalogueShow, leaf: string | undefined): Response => {
    const query = call.url.searchParams;
    if (leaf === undefined) return ok(withEmbedded(call, show));
    if (leaf === "episodes") return ok(episodeList(show, query.get("specials") === "1"));
    if (leaf === "seasons") return ok(seasonList(show));
    if (leaf === "akas") return ok(akasOf(show));
    if (leaf === "alternatelists") return ok([]);
    const rows = seasonsAt(show, "tvmaze").flatMap((season) => season.episodes);
    if (leaf === "episodebynumber") {
      const row = rows.find(
        (entry) =>
          entry.season > 0 &&
          entry.season === Number(query.get("season")) &&
          entry.number === Number(query.get("number")),
      );
      return row === undefined ? empty404() : ok(episodeView(show, row));
    }
    if (leaf === "episodesbydate") {
      const onDay = rows.filter((entry) => entry.episode.airedOn === query.get("date"));
      return onDay.length === 0 ? empty404() : ok(onDay.map((row) => episodeView(show, row)));
    }
    return empty404();
  };

  const handle = (call: Call): Response => {
    const image = /^\/uploads\/images\/[a-z_]+\/\d+\/([^/]+)$/.exec(call.path);
    if (image?.[1] !== undefined) return posterAnswer(deps, image[1]);
    const slot = limiter.take();
    if (!slot.allowed) {
      return json(
        { name: "Too Many Requests", message: "Rate limit exceeded.", code: 0, status: 429 },
        { status: 429 },
      );
    }
    const [, area, second = "", third] = call.path.split("/");
    const query = call.url.searchParams;
    if (area === "schedule") return second === "web" ? webSchedule(call) : second === "" ? schedule(call) : empty404();
    if (area === "lookup" && second === "shows") return lookup(call);
    if (area === "search" && second === "shows") {
      const found = searchShows(shows(), query.get("q") ?? "").slice(0, 10);
      return ok(found.map((show, position) => ({ score: 0.9 - position * 0.05, show: showView(show) })));
    }
    if (area === "singlesearch" && second === "shows") {
      const found = searchShows(shows(), query.get("q") ?? "")[0];
      return found === undefined ? empty404() : ok(withEmbedded(call, found));
    }
    if (area === "updates" && second === "shows") {
      return ok(
        Object.fromEntries(
          shows()
            .filter((show) => show.status === "running")
            .map((show) => [String(show.ids.tvmaze), 1_748_000_000]),
        ),
      );
    }
    if (area !== "shows") return empty404();
    if (second === "") {
      const page = Number(query.get("page") ?? 0);
      const rows = shows().filter((show) => Math.floor((show.ids.tvmaze ?? 0) / 250) === page);
      return rows.length === 0 ? empty404() : ok(rows.map(showView));
    }
    const show = shows().find((candidate) => String(candidate.ids.tvmaze) === second);
    return show === undefined ? empty404() : ofShow(call, show, third);
  };

  const running = listen("tvmaze", null, deps, handle, options);
  base = running.url;
  return { ...running, limiter };
}
