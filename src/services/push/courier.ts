import { integrationById, listIntegrations } from "../../db/repos/integrations.ts";
import {
  attemptsOfDue,
  dueTargets,
  dueWishes,
  freshWishes,
  nextPushAt,
  type PushTarget,
  passFresh,
  postponeAll,
  weightOfFresh,
} from "../../db/repos/pushes.ts";
import { guardHolds } from "../../domain/guard.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/instant.ts";
import { readPreferences } from "../../domain/preferences.ts";
import { singleFlight } from "../../kernel/async.ts";
import { AppError, hasCode, toAppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import type { SyncService } from "../sync/types.ts";
import { deliver } from "./deliver.ts";
import { patienceMs } from "./patience.ts";

const idleMs = 10 * MINUTE_MS;
const shortestPauseMs = 500;
/** Somebody who never stops clicking is not kept waiting for ever. */
const longestSettleMs = 10 * SECOND_MS;

export type PushDeps = Pick<Deps, "db" | "clock" | "log" | "bus" | "providers">;
export type CourierOptions = { sync: Pick<SyncService, "inTurn" | "running"> };

/** Takes wishes to their servers, each server on its own: one that is away keeps no other waiting. */
export function createCourier(deps: PushDeps, { sync }: CourierOptions) {
  const { db, clock, log, bus, providers } = deps;
  const abort = new AbortController();
  const once = singleFlight<number, void>();
  let wake: () => void = () => undefined;
  let loop: Promise<void> | null = null;
  const underWay = new Set<Promise<void>>();

  /** A run of another server is one change: its wishes are weighed when it has ended. */
  const isMidway = ({ id, userId }: PushTarget): boolean =>
    listIntegrations(db, userId).some((other) => other.id !== id && sync.running(other.id) !== null);

  /** What has come together in one go is passed on, or waits for the user's word when it is a lot. */
  function weigh(target: PushTarget): void {
    const { oldest, settled } = freshWishes(db, target.id);
    if (oldest === null || settled === null || isMidway(target)) return;
    const now = clock.now();
    if (settled > now && oldest > now - longestSettleMs) return;
    const { changes, existing } = weightOfFresh(db, target.id);
    const held = guardHolds({ removals: changes, existing });
    passFresh(db, target.id, held ? "held" : "ready");
    if (held) log.info("push.held", { integration: target.id, changes, existing });
    publish(target);
  }

  const publish = ({ id, userId }: PushTarget) => bus.publish("pushes.changed", { integrationId: id, userId });

  const isDue = ({ id }: PushTarget): boolean => dueWishes(db, id, clock.now(), 1).length > 0;

  async function serve(target: PushTarget): Promise<void> {
    weigh(target);
    if (!isDue(target)) return;
    try {
      while (!abort.signal.aborted && isDue(target)) {
        const { id: integrationId, userId, provider } = target;
        const { capabilities } = providers.get(provider).manifest;
        const sendsDates = readPreferences(integrationById(db, integrationId)?.preferences ?? "").pushDates;
        const { signal } = abort;
        await sync.inTurn(integrationId, (contact) =>
          deliver({ db, clock, integrationId, userId, capabilities, sendsDates, contact, signal }),
        );
        publish(target);
      }
    } catch (thrown) {
      if (abort.signal.aborted || hasCode(thrown, "cancelled")) return;
      postpone(target, toAppError(thrown));
    }
  }

  function postpone(target: PushTarget, error: AppError): void {
    const now = clock.now();
    const until = now + patienceMs(attemptsOfDue(db, target.id, now), error.retryAfterMs);
    postponeAll(db, target.id, now, { until, failed: error.message });
    log[error.code === "internal" ? "error" : "debug"]("push.postponed", { integration: target.id, reason: error });
    publish(target);
  }

  function deliverAll(): Promise<void>[] {
    return dueTargets(db, clock.now()).map((target) => once(target.id, () => serve(target)));
  }

  async function forever(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        for (const served of deliverAll()) watch(served);
      } catch (error) {
        log.error("push.failed", { reason: toAppError(error) });
      }
      await pause();
    }
  }

  function watch(served: Promise<void>): void {
    if (underWay.has(served)) return;
    underWay.add(served);
    const ended = () => {
      underWay.delete(served);
      wake();
    };
    served.catch((error: unknown) => log.error("push.failed", { reason: toAppError(error) })).finally(ended);
  }

  /** Until something is due, or somebody wakes us. */
  async function pause(): Promise<void> {
    if (abort.signal.aborted) return;
    const due = nextPushAt(db) ?? Number.POSITIVE_INFINITY;
    const waking = new AbortController();
    wake = () => waking.abort();
    try {
      const waitMs = Math.min(Math.max(due - clock.now(), shortestPauseMs), idleMs);
      await clock.sleep(waitMs, AbortSignal.any([waking.signal, abort.signal]));
    } catch (error) {
      if (!waking.signal.aborted && !abort.signal.aborted) throw error;
    }
  }

  return {
    start: () => {
      loop ??= forever();
    },
    wake: () => wake(),
    async deliverDue() {
      await Promise.all(deliverAll());
    },
    async stop() {
      abort.abort(new AppError("cancelled", "Shutting down."));
      await loop;
      await Promise.all(underWay);
    },
  };
}
