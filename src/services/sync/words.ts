import type { LeftOutWhy } from "./sieve.ts";

const things: Record<LeftOutWhy, [one: string, many: string]> = {
  special: ["special", "specials"],
  short: ["short video", "short videos"],
  "unknown-show": ["episode of a show that is not in your library", "episodes of shows that are not in your library"],
  earlier: ["play before the earliest date", "plays before the earliest date"],
  rewatch: ["further viewing", "further viewings"],
};

/** What was watched and did not come in; null when nothing was kept out. */
export function leftOutSentence(counts: ReadonlyMap<LeftOutWhy, number>): string | null {
  const parts = [...counts].map(([why, count]) => `${count} ${things[why][count === 1 ? 0 : 1]}`);
  return parts.length === 0 ? null : `Left out, as your settings say: ${parts.join(", ")}.`;
}
