import type { ItemLink } from "../../db/repos/item-links.ts";
import type { EpisodeItem } from "../../providers/contract.ts";

// What was last seen of an item, as one text: views|last viewed|open playback|season x number|history rows. Equal texts mean
// that nothing can have changed. A leading tilde says that it is being watched again and not marked meanwhile, as the views
// before that were last known. A question mark asks for another look, whatever the rest says; a minus or a plus says that
// the user's preferences leave the item out, a plus until its show is in the library.

const numbersOf = (item: EpisodeItem) => `${item.season ?? ""}x${item.number ?? ""}`;
const viewOf = (item: EpisodeItem) =>
  `${item.begunAnew ? "~" : ""}${item.viewCount}|${item.lastViewedAt ?? ""}|${item.viewOffsetMs > 0 ? 1 : 0}|${numbersOf(item)}|`;

/** `rows`: how many the history has of the item; null when only a part of the history was read. */
export const stateOf = (item: EpisodeItem, rows: number | null): string => `${viewOf(item)}r${rows ?? "?"}`;

export const unsettled = (state: string): string => `?${state}`;

/** The item was last seen while it was watched again. */
export const wasBegunAnew = (state: string): boolean => /^[?+-]*~/.test(state);

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

/**
 * An item as it is to be understood beside what is known of it. Who begins to watch again takes no view back: what was last
 * known stands until that viewing has ended. And where views are dated by their beginning, a further one that began just now
 * is still open, whatever the server says of its place.
 */
export function understood(
  item: EpisodeItem,
  link: Pick<ItemLink, "viewCount" | "lastViewedAt" | "state"> | undefined,
  { datesBeginning, now }: { datesBeginning: boolean; now: number },
): EpisodeItem {
  if (item.begunAnew) {
    if (link === undefined || link.viewCount === 0) return item;
    const { viewCount, lastViewedAt, state } = link;
    return { ...item, viewCount, lastViewedAt, viewOffsetMs: hadOffset(state) ? Math.max(1, item.viewOffsetMs) : 0 };
  }
  return datesBeginning && isUnderWay(item, link, now)
    ? { ...item, viewOffsetMs: Math.max(1, item.viewOffsetMs) }
    : item;
}

/** It has been watched before, so its mark says nothing of a viewing that can hardly have come to its end. */
export function isUnderWay(
  item: EpisodeItem,
  link: Pick<ItemLink, "viewCount" | "state"> | undefined,
  now: number,
): boolean {
  // Settled already, as it seems: left near its beginning.
  if (link !== undefined && isSameView(link.state, item)) return false;
  const { viewCount, lastViewedAt, durationMs } = item;
  if (viewCount < 2 || lastViewedAt === null || durationMs === null) return false;
  if (link !== undefined && (link.viewCount === 0 || wasBegunAnew(link.state))) return false;
  return now - lastViewedAt < durationMs / 2;
}
