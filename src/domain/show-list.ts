import type { ShowProgress } from "./progress.ts";

export const LIST_NAMES = ["watching", "later", "ended", "archived"] as const;
export type ListName = (typeof LIST_NAMES)[number];

export function isListName(text: string): text is ListName {
  return (LIST_NAMES as readonly string[]).includes(text);
}

export interface AutomaticListInput {
  /** No more episodes will come, as far as the catalogue knows. */
  hasEnded: boolean;
  progress: Pick<ShowProgress, "watched" | "total">;
}

/** Where a synced show goes while the user has not put it anywhere. A choice of the user is never moved. */
export function automaticList({ hasEnded, progress }: AutomaticListInput): ListName {
  const allWatched = progress.total > 0 && progress.watched >= progress.total;
  return hasEnded && allWatched ? "ended" : "watching";
}
