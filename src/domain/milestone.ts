export const MILESTONES = ["series-premiere", "season-premiere", "season-finale", "series-finale"] as const;
export type Milestone = (typeof MILESTONES)[number];

export interface MilestoneInput {
  season: number;
  number: number | null;
  /** The highest number of its season that the catalogue knows. */
  lastNumber: number | null;
  /** The catalogue knows no later season. */
  isLastSeason: boolean;
  /** No more episodes will come, as far as the catalogue knows. */
  hasEnded: boolean;
}

/**
 * What an episode begins or ends. Catalogues list a running season only as far as it is announced, so its last known
 * episode is a finale only when the show has ended or has gone on since.
 */
export function milestoneOf({ season, number, lastNumber, isLastSeason, hasEnded }: MilestoneInput): Milestone | null {
  if (season === 0 || number === null) return null;
  if (number === 1) return season === 1 ? "series-premiere" : "season-premiere";
  if (number !== lastNumber || (isLastSeason && !hasEnded)) return null;
  return isLastSeason ? "series-finale" : "season-finale";
}
