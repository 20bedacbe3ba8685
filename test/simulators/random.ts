/** A seeded generator (mulberry32), so that every generated world and every drawn fault can be repeated. */
export type Random = {
  next(): number;
  int(minimum: number, maximum: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (minimum, maximum) => minimum + Math.floor(next() * (maximum - minimum + 1)),
    chance: (probability) => next() < probability,
    pick: (values) => {
      const value = values[Math.floor(next() * values.length)];
      if (value === undefined) throw new Error("Nothing to pick from");
      return value;
    },
  };
}

/** Hexadecimal digits derived from a text: invented but stable ids. */
export function hexOf(text: string, length: number): string {
  let digits = "";
  for (let round = 0; digits.length < length; round++) {
    digits += new Bun.CryptoHasher("sha256").update(`${round}:${text}`).digest("hex");
  }
  return digits.slice(0, length);
}
