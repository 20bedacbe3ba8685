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

/** What `work` would do and say: it runs as in `tx`, and nothing of it stays. */
export function rehearse<Out>(db: Db, work: () => NotPromise<Out>): NotPromise<Out> {
  const done: { result?: { value: NotPromise<Out> } } = {};
  const curtain = new Error("The rehearsal is over.");
  try {
    tx(db, () => {
      done.result = { value: work() };
      throw curtain;
    });
  } catch (error) {
    if (error !== curtain) throw error;
  }
  if (done.result === undefined) throw curtain;
  return done.result.value;
}
