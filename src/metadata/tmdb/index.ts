import { cleanId, mergeIds } from "../../domain/external-ids.ts";
import { AppError } from "../../kernel/errors.ts";
import { createArtwork, type PictureAddress, pictureAddresses } from "../artwork.ts";
import type { MetadataSource } from "../contract.ts";
import { SOURCE_FACTS } from "../facts.ts";
import { hasYear } from "../words.ts";
import { createTmdbBrowse } from "./browse.ts";
import { createTmdbClient, type TmdbDeps, type TmdbWhole } from "./client.ts";
import { isPartial, showFound, toCandidate, toCatalogue, toShow, toTitles } from "./mapper.ts";
import type { TmdbSearchRow } from "./schemas.ts";

/** Wide enough for a poster on a screen of double density. */
const posterSize = "w342";

export function createTmdb(deps: TmdbDeps): MetadataSource {
  const client = createTmdbClient(deps);
  const address = pictureAddresses([], [deps.imageUrl]);
  const poster: PictureAddress = (path) =>
    path ? address(`${deps.imageUrl}/${posterSize}/${path.replace(/^\/+/, "")}`) : null;

  async function whole(tmdbId: string, signal?: AbortSignal): Promise<TmdbWhole | null> {
    const found = await client.whole(tmdbId, signal);
    return found && String(found.show.id) === tmdbId ? found : null;
  }

  return {
    id: "tmdb",
    label: SOURCE_FACTS.tmdb.label,
    attribution: SOURCE_FACTS.tmdb.attribution,
    idKinds: ["tmdb", "tvdb", "imdb"],

    async find(kind, value, signal) {
      const id = cleanId(kind, value);
      if (id === undefined || (kind !== "tmdb" && kind !== "tvdb" && kind !== "imdb")) return null;
      const target = kind === "tmdb" ? { tmdbId: id, own: true } : showFound(await client.find(kind, id, signal));
      const found = target && (await whole(target.tmdbId, signal));
      if (!found) return null;
      const show = toShow(found.show, poster);
      if (!target.own) return show;
      // The lookup itself vouches for an id that the show's own list leaves empty, but not against one it names.
      const ids = mergeIds(show.ids, { [kind]: id });
      return ids[kind] === id ? { ...show, ids } : null;
    },

    async search(title, year, signal) {
      const text = title.trim();
      if (text === "") return [];
      const candidate = (row: TmdbSearchRow) => toCandidate(row, poster, client.knownGenres());
      const rows = (await client.search(text, undefined, signal)).map(candidate);
      if (
        year !== null &&
        !hasYear(
          rows.map((row) => ({ year: row.year ?? null })),
          year,
        )
      ) {
        const known = new Set(rows.map(({ sourceId }) => sourceId));
        const more = (await client.search(text, year, signal)).map(candidate);
        rows.unshift(...more.filter(({ sourceId }) => !known.has(sourceId)));
      }
      return rows;
    },

    browse: createTmdbBrowse(client, deps.clock, poster),

    async catalogue(sourceId, signal) {
      const id = cleanId("tmdb", sourceId);
      const found = id === undefined ? null : await whole(id, signal);
      if (!found) return null;
      if (isPartial(found)) {
        throw new AppError("bad-answer", `TMDB left out seasons of a show that has them ("${found.show.name}").`);
      }
      return toCatalogue(found, poster);
    },

    async titles(sourceId, language, signal) {
      const id = cleanId("tmdb", sourceId);
      const found = id === undefined ? null : await client.translated(id, language, signal);
      return found && String(found.show.id) === id ? toTitles(found, language) : null;
    },
    translatesEpisodes: true,

    artwork: createArtwork(deps, "TMDB", address),

    async probe(signal) {
      await client.find("imdb", "tt0000001", signal);
    },

    waitingUntil: client.waitingUntil,
  };
}
