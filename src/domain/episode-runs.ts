/** Episodes of one season with numbers that follow each other. `first` is null for one without a number. */
export type EpisodeRun = { season: number; first: number | null; last: number | null };

type Numbered = { season: number; number: number | null };

/** `S1 E1…E8, S2 E1` of a list in order: how a day on which many come out is told in few words. */
export function runsOfEpisodes(episodes: readonly Numbered[]): EpisodeRun[] {
  const runs: EpisodeRun[] = [];
  for (const { season, number } of episodes) {
    const run = runs.at(-1);
    const follows = run !== undefined && run.season === season && run.last !== null && number === run.last + 1;
    if (follows) run.last = number;
    else runs.push({ season, first: number, last: number });
  }
  return runs;
}
