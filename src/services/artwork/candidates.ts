import { MINUTE_MS } from "../../domain/instant.ts";
import { singleFlight } from "../../kernel/async.ts";
import { toAppError } from "../../kernel/errors.ts";
import { randomToken, sha256Hex } from "../../kernel/ids.ts";
import type { ShowCandidate } from "../../metadata/contract.ts";
import { createRecent } from "../../metadata/recent.ts";
import type { Deps } from "../context.ts";
import { imageKind } from "./image-kinds.ts";

export type CandidatePicture = { bytes: Uint8Array<ArrayBuffer>; type: string };

/** Posters of shows that nobody has yet: sources forbid linking to theirs, so they pass through here. */
export type CandidatePosters = {
  /** The name under which a candidate's poster is served while it is remembered; null without one. */
  keyOf(candidate: Pick<ShowCandidate, "source" | "posterUrl">): string | null;
  /** Null: nobody was told this name, or the picture cannot be had at the moment. */
  picture(key: string): Promise<CandidatePicture | null>;
};

export type CandidatePosterDeps = Pick<Deps, "clock" | "log" | "sources">;

const MOST_KEYS = 4_000;
/** Of all pictures together. They are in the browser's cache as well; this one is for whoever looks next. */
const MOST_BYTES = 6_000_000;

/** Only addresses that a source's own answer named are ever fetched: a key is no address, and an unknown one is nothing. */
export function createCandidatePosters({ clock, log, sources }: CandidatePosterDeps): CandidatePosters {
  const secret = randomToken();
  const addresses = new Map<string, { source: string; url: string }>();
  const failed = createRecent<true>(clock, { entries: 500, forMs: 5 * MINUTE_MS });
  const pictures = createPictureCache(MOST_BYTES);
  const once = singleFlight<string, CandidatePicture | null>();

  async function load(key: string): Promise<CandidatePicture | null> {
    const address = addresses.get(key);
    const source = sources.find(({ id }) => id === address?.source);
    if (address === undefined || source === undefined || failed.get(key) !== null) return null;
    try {
      const { bytes, type } = await source.artwork(address.url);
      const picture = { bytes, type: imageKind({ bytes, type }, source.label).type };
      pictures.set(key, picture);
      return picture;
    } catch (error) {
      log.info("artwork.failed", { origin: source.label, failure: toAppError(error) });
      failed.set(key, true);
      return null;
    }
  }

  return {
    keyOf({ source, posterUrl }) {
      if (posterUrl === undefined) return null;
      const key = sha256Hex(`${secret} ${source} ${posterUrl}`).slice(0, 32);
      addresses.delete(key);
      addresses.set(key, { source, url: posterUrl });
      for (const oldest of addresses.keys()) {
        if (addresses.size <= MOST_KEYS) break;
        addresses.delete(oldest);
      }
      return key;
    },
    picture: async (key) => pictures.get(key) ?? once(key, () => load(key)),
  };
}

/** The pictures used last, up to a size. */
function createPictureCache(mostBytes: number) {
  const kept = new Map<string, CandidatePicture>();
  let held = 0;
  return {
    get(key: string): CandidatePicture | null {
      const picture = kept.get(key);
      if (picture === undefined) return null;
      kept.delete(key);
      kept.set(key, picture);
      return picture;
    },
    set(key: string, picture: CandidatePicture): void {
      kept.set(key, picture);
      held += picture.bytes.byteLength;
      for (const [oldest, { bytes }] of kept) {
        if (held <= mostBytes) break;
        kept.delete(oldest);
        held -= bytes.byteLength;
      }
    },
  };
}
