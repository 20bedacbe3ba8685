import type { EpisodeItem } from "../../providers/contract.ts";

// What was last seen of an item, as one text: views|last viewed|open playback|season x number|history rows. Equal texts mean
// that nothing can have changed. A leading question mark asks for another look, whatever the rest says; a minus or a plus
// says that the user's preferences leave the item out, a plus until its show is in the library.

const numbersOf = (item: EpisodeItem) => `${item.season ?? ""}x${item.number ?? ""}`;
const viewOf = (item: EpisodeItem) =>
  `${item.viewCount}|${item.lastViewedAt ?? ""}|${item.viewOffsetMs > 0 ? 1 : 0}|${numbersOf(item)}|`;

/** `rows`: how many the history has of the item; null when only a part of the history was read. */
export const stateOf = (item: EpisodeItem, rows: number | null): string => `${viewOf(item)}r${rows ?? "?"}`;

export const unsettled = (state: string): string => `?${state}`;

export type LeftOut = "never" | "until-in-library";

export const leftOut = (state: string, until: LeftOut): string => `${until === "never" ? "-" : "+"}${state}`;

export const isLeftOut = (state: string): boolean => /^[-+]/.test(state);

/** Season and number as the server last gave them. */
export function numbersIn(state: string): { season: number | null; number: number | null } {
  const [season = "", number = ""] = (state.split("|")[3] ?? "").split("x");
  return { season: season === "" ? null : Number(season), number: number === "" ? null : Number(number) };
}

export const isSameView = (state: string, item: EpisodeItem): boolean => state.startsWith(viewOf(item));

export const hasSameNumbers = (state: string, item: EpisodeItem): boolean => state.split("|")[3] === numbersOf(item);

/** A playback was open, which makes the date that of an unfinished viewing. */
export const hadOffset = (state: string): boolean => state.split("|")[2] === "1";
