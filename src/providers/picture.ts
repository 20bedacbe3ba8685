import { AppError } from "../kernel/errors.ts";
import type { HttpAnswer } from "../kernel/http.ts";

export type Picture = { bytes: Uint8Array<ArrayBuffer>; type: string };

type Signature = { type: string; at: number; bytes: readonly number[] };

const signatures: Signature[] = [
  { type: "image/jpeg", at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: "image/png", at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  // "WEBP" after "RIFF" and the length of the file.
  { type: "image/webp", at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
];

/** By the first bytes: what is passed on to a browser under our address must be a picture. */
export function asPicture(name: string, answer: HttpAnswer): Picture {
  const found = signatures.find(({ at, bytes }) => bytes.every((byte, index) => answer.bytes[at + index] === byte));
  if (found === undefined) throw new AppError("bad-answer", `${name} sent something that is not a picture.`);
  return { bytes: answer.bytes, type: found.type };
}
