// The runtime's own functions: `node:crypto` takes a good part of the program's start to load.

function randomBytes(count: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(count)));
}

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

export function sha256Hex(content: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex");
}

export function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(sha256Hex(a));
  const right = Buffer.from(sha256Hex(b));
  return crypto.timingSafeEqual(left, right);
}
