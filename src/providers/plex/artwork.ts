import { AppError, hasCode, isAppError } from "../../kernel/errors.ts";
import type { HttpAnswer } from "../../kernel/http.ts";
import { asPicture, type Picture } from "../picture.ts";
import type { PlexClient } from "./client.ts";

/** What a poster on a page needs at most; originals have several megabytes. */
const size = { width: 600, height: 900 };
const maxBytes = 12_000_000;

/** An image in a useful size where the server can make one, else the original. */
export async function readArtwork(
  client: PlexClient,
  name: string,
  path: string,
  signal?: AbortSignal,
): Promise<Picture> {
  if (!/^\/(?!\/)/.test(path)) throw new AppError("not-found", `${name} has no image at that path.`);
  const read = (answer: HttpAnswer) => asPicture(name, answer);
  try {
    const query = { ...size, minSize: 1, upscale: 0, url: path };
    return await client.get("/photo/:/transcode", { read, query, maxBytes, tries: 1, signal });
  } catch (error) {
    const cannotResize = hasCode(error, "not-found", "bad-answer") || (isAppError(error) && (error.status ?? 0) >= 500);
    if (!cannotResize) throw error;
    return client.get(path, { read, maxBytes, signal });
  }
}
