import { drawPoster, plainPoster } from "./poster-art.ts";

/** Poster bytes by title, drawn once and kept (the newest 200). */
const kept = new Map<string, Uint8Array<ArrayBuffer>>();

export function posterOf(show: { title: string; hue: number }, drawn: boolean): Uint8Array<ArrayBuffer> {
  const key = `${drawn ? "drawn" : "plain"} ${show.hue} ${show.title}`;
  let bytes = kept.get(key);
  if (bytes === undefined) {
    bytes = drawn ? drawPoster(show.title, show.hue) : plainPoster(show.hue);
    if (kept.size >= 200) {
      const oldest = kept.keys().next().value;
      if (oldest !== undefined) kept.delete(oldest);
    }
    kept.set(key, bytes);
  }
  return bytes;
}
