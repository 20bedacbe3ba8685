import type { Db } from "./open.ts";

type NotPromise<Out> = Out extends PromiseLike<unknown> ? never : Out;

/**
 * Runs `work` in one immediate transaction (nested calls are savepoints). The callback is synchronous by type and by check:
 * an async one would commit at its first await.
 */
export function tx<Out>(db: Db, work: () => NotPromise<Out>): NotPromise<Out> {
  return db.raw
    .transaction(() => {
      const result: unknown = work();
      if (typeof result === "object" && result !== null && "then" in result) {
        throw new TypeError("A transaction must not be asynchronous.");
      }
      return result as NotPromise<Out>;
    })
    .immediate();
}
