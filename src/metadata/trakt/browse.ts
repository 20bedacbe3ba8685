import type { BrowseCriteria, SHOW_STATUSES, Span } from "../../domain/browse.ts";
import type { Browse, CatalogueShow } from "../contract.ts";
import { knownNetworks } from "../networks.ts";
import { candidateOf, fits } from "../words.ts";
import type { TraktClient } from "./client.ts";
import type { TraktShow } from "./schemas.ts";

// `/shows/popular` and `/shows/trending` with the filters of the API's documentation ("Filters").

const perPage = 24;

const statuses: Record<(typeof SHOW_STATUSES)[number], string> = {
  running: "returning series,continuing",
  ended: "ended,canceled",
  upcoming: "planned,upcoming,in production,pilot",
};

/** A range has two ends here; these lie beyond all there is. */
const range = ({ from, to }: Span, first: number, last: number) => `${from ?? first}-${to ?? last}`;

function queryOf({ genre, network, status, runtime, year, country }: BrowseCriteria) {
  return {
    genres: genre,
    networks: network,
    status: status === undefined ? undefined : statuses[status],
    runtimes: runtime === undefined ? undefined : range(runtime, 0, 1000),
    years: year === undefined ? undefined : range(year, 1900, 2100),
    countries: country?.toLowerCase(),
    limit: perPage,
  };
}

export function createTraktBrowse(client: TraktClient, toShow: (show: TraktShow) => CatalogueShow | null): Browse {
  return {
    scope: "Trakt lists what its members watch most, ever or at the moment.",
    filters: ["sort", "genre", "network", "status", "runtime", "year", "country"],
    needs: [],
    sorts: ["popular", "trending"],
    networks: { known: knownNetworks.map(({ name }) => ({ value: name, label: name })), free: true },

    async genres(signal) {
      return (await client.genres(signal))
        .filter(({ slug }) => slug !== "none")
        .map(({ name, slug }) => ({ value: slug, label: name }));
    },

    async find(criteria, page, signal) {
      const order = criteria.sort === "trending" ? "trending" : "popular";
      const { shows, pages } = await client.list(order, { ...queryOf(criteria), page }, signal);
      // A filter that it does not understand it passes over in silence, so each row is held to what was asked.
      const found = shows.map(toShow).filter((show) => show !== null && fits(show, criteria));
      return {
        items: found.flatMap((show) => (show === null ? [] : [candidateOf("trakt", show)])),
        nextPage: page < pages && shows.length > 0 ? page + 1 : null,
      };
    },
  };
}
