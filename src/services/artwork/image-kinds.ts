import { AppError } from "../../kernel/errors.ts";

export type ImageKind = { type: string; extension: string };

const JPEG: ImageKind = { type: "image/jpeg", extension: "jpg" };
const PNG: ImageKind = { type: "image/png", extension: "png" };
const WEBP: ImageKind = { type: "image/webp", extension: "webp" };

function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  return [...text].every((char, index) => bytes[at + index] === char.charCodeAt(0));
}

/** What the first bytes say. Nothing else is served under our address: an SVG or a page could carry scripts. */
function kindOf(bytes: Uint8Array): ImageKind | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return JPEG;
  if (bytes[0] === 0x89 && startsWith(bytes, "PNG\r\n\u001a\n", 1)) return PNG;
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return WEBP;
  return null;
}

/** The kind of an image that was announced as one and is one. Throws `bad-answer`. */
export function imageKind(image: { bytes: Uint8Array; type: string }, from: string): ImageKind {
  const kind = image.type.startsWith("image/") ? kindOf(image.bytes) : null;
  if (kind === null) {
    throw new AppError("bad-answer", `${from} sent something that is not a picture.`, {
      detail: image.type.slice(0, 80),
    });
  }
  return kind;
}
