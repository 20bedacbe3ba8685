import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** An unguessable token of 256 bits, URL-safe. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** A short random name for requests and log references. */
export function randomRef(): string {
  return randomBytes(4).toString("hex");
}

export function randomUuid(): string {
  return crypto.randomUUID();
}

/** A number in [0, 1) for jitter; never for secrets. */
export function randomUnit(): number {
  return Math.random();
}

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(sha256Hex(a));
  const right = Buffer.from(sha256Hex(b));
  return timingSafeEqual(left, right);
}
