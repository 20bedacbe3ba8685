import { AppError, hasCode, isAppError } from "../../kernel/errors.ts";
import type { HttpAnswer } from "../../kernel/http.ts";
import type { PlexClient } from "./client.ts";

type Image = { bytes: Uint8Array<ArrayBuffer>; type: string };

/** What a poster on a page needs at most; originals have several megabytes. */
const size = { width: 600, height: 900 };
const maxBytes = 12_000_000;

type Signature = { type: string; at: number; bytes: readonly number[] };

const signatures: Signature[] = [
  { type: "image/jpeg", at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: "image/png", at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  // "WEBP" after "RIFF" and the length of the file.
  { type: "image/webp", at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
];

/** An image in a useful size where the server can make one, else the original. */
export async function readArtwork(
  client: PlexClient,
  name: string,
  path: string,
  signal?: AbortSignal,
): Promise<Image> {
  if (!/^\/(?!\/)/.test(path)) throw new AppError("not-found", `${name} has no image at that path.`);
  const read = (answer: HttpAnswer) => asImage(name, answer);
  try {
    const query = { ...size, minSize: 1, upscale: 0, url: path };
    return await client.get("/photo/:/transcode", { read, query, maxBytes, tries: 1, signal });
  } catch (error) {
    const cannotResize = hasCode(error, "not-found", "bad-answer") || (isAppError(error) && (error.status ?? 0) >= 500);
    if (!cannotResize) throw error;
    return client.get(path, { read, maxBytes, signal });
  }
}

/** By the first bytes: what is passed on to a browser under our address must be a picture. */
function asImage(name: string, answer: HttpAnswer): Image {
  const found = signatures.find(({ at, bytes }) => bytes.every((byte, index) => answer.bytes[at + index] === byte));
  if (found === undefined) throw new AppError("bad-answer", `${name} sent something that is not a picture.`);
  return { bytes: answer.bytes, type: found.type };
}
