import { AppError } from "../../kernel/errors.ts";
import { asPicture, type Picture } from "../picture.ts";
import type { MediaBrowserClient } from "./client.ts";

/** What a poster on a page needs at most; originals have several megabytes. */
const size = { maxWidth: 600, maxHeight: 900, quality: 90 };
const maxBytes = 12_000_000;

export async function readArtwork(
  client: MediaBrowserClient,
  name: string,
  path: string,
  signal?: AbortSignal,
): Promise<Picture> {
  const parts = /^(\/Items\/[^/?#]+\/Images\/\w+)(?:\?tag=([^&#]*))?$/.exec(path);
  const [, address, tag] = parts ?? [];
  if (address === undefined) throw new AppError("not-found", `${name} has no image at that path.`);
  const query = tag === undefined ? size : { ...size, tag: decodeURIComponent(tag) };
  return client.ask(address, { query, read: (answer) => asPicture(name, answer), maxBytes, signal });
}
