export type Turns = ReturnType<typeof createTurns>;

/**
 * Small readings of a server go one after the other, and never beside a run: two at once might both create what neither
 * of them knows yet. `runOf`: resolves when the run that is under way has ended; null without one.
 */
export function createTurns(runOf: (integrationId: number) => Promise<void> | null) {
  const line = new Map<number, Promise<void>>();
  const busy = new Map<number, Promise<void>>();

  async function whenFree<Out>(integrationId: number, work: () => Promise<Out>): Promise<Out> {
    for (let run = runOf(integrationId); run !== null; run = runOf(integrationId)) await run;
    const { promise, resolve } = Promise.withResolvers<void>();
    busy.set(integrationId, promise);
    try {
      return await work();
    } finally {
      busy.delete(integrationId);
      resolve();
    }
  }

  return {
    /** Does the work when its turn has come. */
    take<Out>(integrationId: number, work: () => Promise<Out>): Promise<Out> {
      const before = line.get(integrationId) ?? Promise.resolve();
      const mine = before.then(() => whenFree(integrationId, work));
      const settled = mine.then(
        () => undefined,
        () => undefined,
      );
      line.set(integrationId, settled);
      return mine;
    },
    /** Resolves when the small reading that is under way has ended; those still in line wait for the run that asks. */
    free: (integrationId: number): Promise<void> => busy.get(integrationId) ?? Promise.resolve(),
    allEnded: async () => {
      await Promise.all(line.values());
    },
  };
}
