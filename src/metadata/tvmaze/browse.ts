import { toDate } from "../../domain/instant.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { PictureAddress } from "../artwork.ts";
import type { Browse } from "../contract.ts";
import { knownNetworks } from "../networks.ts";
import { candidateOf, fits, genreSlug } from "../words.ts";
import type { TvmazeClient } from "./client.ts";
import { toShow } from "./mapper.ts";

// It has no list of shows with filters. It has the schedule of a day (`/schedule`, `/schedule/web`: www.tvmaze.com/api),
// and what that holds is narrowed down here.

const perPage = 24;

const genres = [
  "Action",
  "Adult",
  "Adventure",
  "Anime",
  "Children",
  "Comedy",
  "Crime",
  "DIY",
  "Drama",
  "Espionage",
  "Family",
  "Fantasy",
  "Food",
  "History",
  "Horror",
  "Legal",
  "Medical",
  "Music",
  "Mystery",
  "Nature",
  "Romance",
  "Science-Fiction",
  "Sports",
  "Supernatural",
  "Thriller",
  "Travel",
  "War",
  "Western",
].map((name) => ({ value: genreSlug(name), label: name }));

export function createTvmazeBrowse(client: TvmazeClient, clock: Clock, picture: PictureAddress): Browse {
  return {
    scope: "TVmaze can list what is shown on one day in one country, on television and on the web.",
    filters: ["weekday", "country", "sort", "genre", "network", "status", "runtime", "year"],
    needs: ["weekday", "country"],
    sorts: ["popular", "newest"],
    networks: { known: knownNetworks.map(({ name }) => ({ value: name, label: name })), free: true },
    genres: async () => genres,

    async find(criteria, page, signal) {
      const { airsOn = toDate(clock.now()), country = "US", sort } = criteria;
      const onDay = await client.schedule(airsOn, country, signal);
      const found = onDay
        .map((row) => ({ row, show: toShow(row, picture) }))
        .filter(({ show }) => fits(show, criteria))
        .sort(({ row: a }, { row: b }) =>
          sort === "newest"
            ? (b.premiered ?? "").localeCompare(a.premiered ?? "")
            : (b.weight ?? 0) - (a.weight ?? 0) || a.id - b.id,
        );
      const items = found.slice((page - 1) * perPage, page * perPage).map(({ show }) => candidateOf("tvmaze", show));
      return { items, nextPage: page * perPage < found.length ? page + 1 : null };
    },
  };
}
