import { type ArtworkState, artworkState, saveArtwork, showsWithoutArtwork } from "../../db/repos/artwork.ts";
import { tx } from "../../db/tx.ts";
import { DAY_MS, HOUR_MS } from "../../domain/instant.ts";
import { mapLimit, singleFlight } from "../../kernel/async.ts";
import { toAppError } from "../../kernel/errors.ts";
import { createGate } from "../../kernel/limits.ts";
import type { MediaServer } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import { imageKind } from "./image-kinds.ts";
import { createPosterFiles } from "./poster-files.ts";

export type Poster = {
  /** Absolute path. */
  file: string;
  type: string;
  /** Names the content. */
  etag: string;
};

export type Artwork = {
  /** The show's poster, fetched when it is not there yet. Null: there is none, or none can be had at the moment. */
  poster(showId: number): Promise<Poster | null>;
  /** Fetches up to `limit` posters that are missing, last watched first; returns how many came. */
  warm(limit: number): Promise<number>;
};

export type ArtworkDeps = Pick<Deps, "config" | "db" | "clock" | "log" | "sources">;

export type ArtworkParts = { openServer(integrationId: number): Promise<MediaServer> };

type Image = { bytes: Uint8Array<ArrayBuffer>; type: string };
type Origin = { key: string; name: string; ask(): Promise<Image> };

const AT_A_TIME = 4;
/** Patience after the first, second and any further failure in a row. */
const PATIENCE_MS = [HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

export function createArtwork(deps: ArtworkDeps, parts: ArtworkParts): Artwork {
  const { config, db, clock, log } = deps;
  const files = createPosterFiles(config.dataDir);
  const gate = createGate(clock, { concurrency: AT_A_TIME });
  const once = singleFlight<number, void>();

  /** Where the poster can come from, best first: a catalogue's is chosen for its quality, the server's is what is there. */
  function originsOf(state: ArtworkState): Origin[] {
    const { posterUrl, posterIntegrationId: integrationId, posterPath } = state;
    const source = deps.sources.find(({ id }) => id === state.enrichedFrom);
    const origins: Origin[] = [];
    if (posterUrl !== null && source !== undefined) {
      const ask = () => source.artwork(posterUrl);
      origins.push({ key: `${source.id}:${posterUrl}`, name: source.label, ask });
    }
    if (integrationId !== null && posterPath !== null) {
      const ask = async () => (await parts.openServer(integrationId)).artwork(posterPath);
      origins.push({ key: `server:${integrationId}:${posterPath}`, name: "The media server", ask });
    }
    return origins;
  }

  function stored(state: ArtworkState): Poster | null {
    if (state.file === null || state.contentType === null || !files.has(state.file)) return null;
    return { file: files.path(state.file), type: state.contentType, etag: `"${state.file}"` };
  }

  function isDue(state: ArtworkState, best: Origin): boolean {
    const hasBest = state.source === best.key && stored(state) !== null;
    if (hasBest) return false;
    // Another address than the one that failed gets its own chance.
    const isNew = state.file === null && state.source !== best.key;
    return isNew || state.failedAt === null || clock.now() >= state.failedAt + patienceMs(state.attempts);
  }

  async function fetchPoster(state: ArtworkState, origins: readonly Origin[]): Promise<void> {
    let failures = 0;
    for (const origin of origins) {
      // What is stored is better than, or as good as, everything from here on.
      if (state.source === origin.key && stored(state) !== null) break;
      try {
        const image = await gate.run(() => origin.ask());
        const kind = imageKind(image, origin.name);
        keep(
          state,
          origin,
          { name: files.write(state.showId, image.bytes, kind.extension), type: kind.type },
          failures,
        );
        return;
      } catch (error) {
        failures += 1;
        log.info("artwork.failed", { showId: state.showId, origin: origin.name, failure: toAppError(error) });
      }
    }
    const { showId, file, contentType } = state;
    const source = file === null ? (origins[0]?.key ?? "") : (state.source ?? "");
    const failure = { failedAt: clock.now(), attempts: state.attempts + 1 };
    tx(db, () => saveArtwork(db, { showId, file, contentType, source, fetchedAt: null, ...failure }));
  }

  /** A second choice is kept with a mark to ask for the first again later. */
  function keep(state: ArtworkState, origin: Origin, file: { name: string; type: string }, failures: number): void {
    const now = clock.now();
    const outcome = failures === 0 ? { failedAt: null, attempts: 0 } : { failedAt: now, attempts: state.attempts + 1 };
    const row = { showId: state.showId, file: file.name, contentType: file.type, source: origin.key, fetchedAt: now };
    tx(db, () => saveArtwork(db, { ...row, ...outcome }));
    if (state.file !== null && state.file !== file.name) files.remove(state.file);
  }

  async function refresh(showId: number): Promise<void> {
    const state = artworkState(db, showId);
    const origins = state === undefined ? [] : originsOf(state);
    const [best] = origins;
    if (state === undefined || best === undefined || !isDue(state, best)) return;
    await fetchPoster(state, origins);
  }

  async function poster(showId: number): Promise<Poster | null> {
    await once(showId, () => refresh(showId));
    const state = artworkState(db, showId);
    return state === undefined ? null : stored(state);
  }

  return {
    poster,
    async warm(limit) {
      const due = showsWithoutArtwork(db).filter((showId) => {
        const state = artworkState(db, showId);
        const best = state === undefined ? undefined : originsOf(state)[0];
        return state !== undefined && best !== undefined && isDue(state, best);
      });
      const posters = await mapLimit(due.slice(0, limit), AT_A_TIME, poster);
      return posters.filter((each) => each !== null).length;
    },
  };
}

function patienceMs(attempts: number): number {
  return PATIENCE_MS[Math.min(attempts, PATIENCE_MS.length) - 1] ?? 0;
}
