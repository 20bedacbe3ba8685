import type { BrowseCriteria, BrowseSort, SHOW_STATUSES } from "../../domain/browse.ts";
import { toDate } from "../../domain/instant.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { PictureAddress } from "../artwork.ts";
import type { Browse } from "../contract.ts";
import { knownNetworks } from "../networks.ts";
import { genreSlug } from "../words.ts";
import type { TmdbClient } from "./client.ts";
import { toCandidate } from "./mapper.ts";

// `/discover/tv`, as documented on developer.themoviedb.org ("Discover", "TV").

/** 0 returning, 1 planned, 2 in production, 3 ended, 4 cancelled, 5 pilot; `|` is "or". */
const statuses: Record<(typeof SHOW_STATUSES)[number], string> = { running: "0|2", ended: "3|4", upcoming: "1|2|5" };

const orders = {
  popular: "popularity.desc",
  newest: "first_air_date.desc",
  rated: "vote_average.desc",
} as const satisfies Partial<Record<BrowseSort, string>>;

/** Fewer votes make a show that three people love the best of all. */
const enoughVotes = 200;
/** Pages beyond are refused. */
const lastPage = 500;

function orderOf(sort: BrowseSort | undefined): string {
  return sort === "newest" || sort === "rated" ? orders[sort] : orders.popular;
}

function queryOf(criteria: BrowseCriteria, genreId: number | undefined, today: string) {
  const { sort, network, status, runtime, year, airsOn, country } = criteria;
  // The newest are those that have begun, not what is planned for some day.
  const until = year?.to != null ? `${year.to}-12-31` : sort === "newest" ? today : undefined;
  return {
    include_adult: "false",
    sort_by: orderOf(sort),
    "vote_count.gte": sort === "rated" ? enoughVotes : undefined,
    with_genres: genreId,
    with_networks: network === undefined ? undefined : knownNetworks.find(({ name }) => name === network)?.tmdb,
    with_status: status === undefined ? undefined : statuses[status],
    "with_runtime.gte": runtime?.from ?? undefined,
    "with_runtime.lte": runtime?.to ?? undefined,
    "first_air_date.gte": year?.from == null ? undefined : `${year.from}-01-01`,
    "first_air_date.lte": until,
    "air_date.gte": airsOn,
    "air_date.lte": airsOn,
    with_origin_country: country,
  };
}

export function createTmdbBrowse(client: TmdbClient, clock: Clock, picture: PictureAddress): Browse {
  return {
    scope: "TMDB lists everything it knows. It knows networks by number only, so the best known are offered.",
    filters: ["sort", "genre", "network", "status", "runtime", "year", "weekday", "country"],
    needs: [],
    sorts: ["popular", "newest", "rated"],
    networks: { known: knownNetworks.map(({ name }) => ({ value: name, label: name })), free: false },

    async genres(signal) {
      return (await client.genres(signal)).map(({ name }) => ({ value: genreSlug(name), label: name }));
    },

    async find(criteria, page, signal) {
      const { genre, network } = criteria;
      const wanted = genre && (await client.genres(signal)).find(({ name }) => genreSlug(name) === genre);
      // A genre or network that it has no number for would be left out of the question, and everything would fit.
      if (genre !== undefined && !wanted) return { items: [], nextPage: null };
      if (network !== undefined && !knownNetworks.some(({ name }) => name === network))
        return { items: [], nextPage: null };
      const query = queryOf(criteria, wanted ? wanted.id : undefined, toDate(clock.now()));
      const answer = await client.discover({ ...query, page }, signal);
      return {
        items: answer.results.map((row) => toCandidate(row, picture, client.knownGenres())),
        nextPage: page < Math.min(answer.total_pages, lastPage) ? page + 1 : null,
      };
    },
  };
}
