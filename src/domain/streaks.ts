/** Days in a row, both ends included; as whole numbers, see `day-series.ts`. */
export type Streak = { from: number; to: number; days: number };

export type Streaks = {
  /** The latest of several that are equally long. */
  longest: Streak | null;
  /** Null: the last day with a play is further back than yesterday. */
  current: Streak | null;
};

/** Runs of days with a play. `days` in order, none twice. */
function runsOf(days: readonly number[]): Streak[] {
  const runs: Streak[] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === day - 1) {
      last.to = day;
      last.days += 1;
    } else runs.push({ from: day, to: day, days: 1 });
  }
  return runs;
}

/** A day that is not over yet breaks no streak: one that reached yesterday goes on. */
export function streaksOf(days: readonly number[], today: number): Streaks {
  const runs = runsOf(days);
  const longest = runs.reduce<Streak | null>(
    (best, run) => (best === null || run.days >= best.days ? run : best),
    null,
  );
  const last = runs.at(-1);
  return { longest, current: last !== undefined && last.to >= today - 1 ? last : null };
}
