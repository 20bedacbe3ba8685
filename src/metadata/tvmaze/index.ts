import { cleanId } from "../../domain/external-ids.ts";
import { AppError } from "../../kernel/errors.ts";
import { createArtwork, pictureAddresses } from "../artwork.ts";
import type { MetadataSource } from "../contract.ts";
import { SOURCE_FACTS } from "../facts.ts";
import { candidateOf, onlyOne } from "../words.ts";
import { createTvmazeBrowse } from "./browse.ts";
import { createTvmazeClient, type TvmazeDeps } from "./client.ts";
import { isPartial, titleIn, toCatalogue, toShow } from "./mapper.ts";

export function createTvmaze(deps: TvmazeDeps): MetadataSource {
  const client = createTvmazeClient(deps);
  const picture = pictureAddresses(["tvmaze.com"], [deps.apiUrl]);

  return {
    id: "tvmaze",
    label: SOURCE_FACTS.tvmaze.label,
    attribution: SOURCE_FACTS.tvmaze.attribution,
    idKinds: ["tvmaze", "tvdb", "imdb"],

    async find(kind, value, signal) {
      const id = cleanId(kind, value);
      if (id === undefined || (kind !== "tvmaze" && kind !== "tvdb" && kind !== "imdb")) return null;
      const tvmazeId = kind === "tvmaze" ? id : await client.lookup(kind, id, signal);
      const found = tvmazeId === null ? null : await client.whole(tvmazeId, signal);
      return found && onlyOne([toShow(found, picture)], kind, id);
    },

    async search(title, _year, signal) {
      const text = title.trim();
      if (text === "") return [];
      return (await client.search(text, signal)).map((show) => candidateOf("tvmaze", toShow(show, picture)));
    },

    browse: createTvmazeBrowse(client, deps.clock, picture),

    async catalogue(sourceId, signal) {
      const id = cleanId("tvmaze", sourceId);
      const found = id === undefined ? null : await client.whole(id, signal);
      if (!found || String(found.id) !== id) return null;
      if (isPartial(found)) {
        throw new AppError("bad-answer", `TVmaze sent no episodes for a show that has some ("${found.name}").`);
      }
      return toCatalogue(found, picture);
    },

    async titles(sourceId, language, signal) {
      const id = cleanId("tvmaze", sourceId);
      const found = id === undefined ? null : await client.whole(id, signal);
      return found && String(found.id) === id ? { show: titleIn(found, language), episodes: [] } : null;
    },

    artwork: createArtwork(deps, "TVmaze", picture),

    async probe(signal) {
      // A search always has an answer, while any number might be unknown.
      await client.search("probe", signal);
    },

    waitingUntil: client.waitingUntil,
  };
}
