import { cleanId } from "../../domain/external-ids.ts";
import { partsOfTag } from "../../domain/title-language.ts";
import { AppError } from "../../kernel/errors.ts";
import { createArtwork, pictureAddresses } from "../artwork.ts";
import type { CatalogueShow, MetadataSource } from "../contract.ts";
import { SOURCE_FACTS } from "../facts.ts";
import { candidateOf, hasYear, onlyOne } from "../words.ts";
import { createTraktBrowse } from "./browse.ts";
import { createTraktClient, type TraktDeps, type TraktIdKind } from "./client.ts";
import { titleIn, toCatalogue, toShow } from "./mapper.ts";
import type { TraktSearch, TraktSeason, TraktShow } from "./schemas.ts";

const idKinds = ["trakt", "tmdb", "tvdb", "imdb"] as const satisfies readonly TraktIdKind[];

/** An unknown show answers `[]` like a show without episodes; the show's own count tells the two apart. */
function isPartial(show: TraktShow, seasons: readonly TraktSeason[]): boolean {
  if (seasons.some(({ aired_episodes, episodes }) => (aired_episodes ?? 0) > 0 && !episodes?.length)) return true;
  return show.aired_episodes !== 0 && !seasons.some(({ episodes }) => episodes?.length);
}

export function createTrakt(deps: TraktDeps): MetadataSource {
  const client = createTraktClient(deps);
  const picture = pictureAddresses(["trakt.tv"], [deps.apiUrl]);

  const showsIn = (rows: TraktSearch): CatalogueShow[] =>
    rows
      .map(({ type, show }) => (type === "show" && show ? toShow(show, picture) : null))
      .filter((show) => show !== null);

  return {
    id: "trakt",
    label: SOURCE_FACTS.trakt.label,
    attribution: SOURCE_FACTS.trakt.attribution,
    idKinds,

    async find(kind, value, signal) {
      const known = idKinds.find((each) => each === kind);
      const id = cleanId(kind, value);
      if (known === undefined || id === undefined) return null;
      return onlyOne(showsIn(await client.lookup(known, id, signal)), known, id);
    },

    async search(title, year, signal) {
      const text = title.trim();
      if (text === "") return [];
      const found = showsIn(await client.searchExact(text, signal));
      found.push(...showsIn(await client.search(text, undefined, signal)));
      if (year !== null && !hasYear(found, year)) {
        found.push(...showsIn(await client.search(text, `${year - 1}-${year + 1}`, signal)));
      }
      const unique = new Map<string, CatalogueShow>();
      for (const show of found) if (!unique.has(show.sourceId)) unique.set(show.sourceId, show);
      return [...unique.values()].map((show) => candidateOf("trakt", show));
    },

    async findByName(slug, signal) {
      // A bare number would be taken for a Trakt number, and an IMDb id for one.
      if (!/^[a-z\d-]+$/.test(slug) || /^(?:\d+|tt\d+)$/.test(slug)) return null;
      const row = await client.show(slug, signal);
      return row && toShow(row, picture);
    },

    browse: createTraktBrowse(client, (show) => toShow(show, picture)),

    async catalogue(sourceId, signal) {
      // A path understands slugs too, and takes a bare number for a Trakt number whatever was meant.
      const id = cleanId("trakt", sourceId);
      if (id === undefined) return null;
      const row = await client.show(id, signal);
      const show = row && toShow(row, picture);
      if (!row || show?.sourceId !== id) return null;
      const seasons = await client.seasons(id, signal);
      if (seasons === null) return null;
      if (isPartial(row, seasons)) {
        throw new AppError("bad-answer", `Trakt sent no episodes for a show that has some ("${show.title}").`);
      }
      return toCatalogue(show, seasons, row.airs?.timezone ?? null);
    },

    async titles(sourceId, language, signal) {
      const id = cleanId("trakt", sourceId);
      const rows = id === undefined ? null : await client.translations(id, partsOfTag(language).language, signal);
      return rows && { show: titleIn(rows, language), episodes: [] };
    },

    artwork: createArtwork(deps, "Trakt", picture),

    async probe(signal) {
      await client.lookup("trakt", "1", signal);
    },

    waitingUntil: client.waitingUntil,
  };
}
