import { type IntegrationRow, integrationById } from "../../db/repos/integrations.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/instant.ts";
import { hasCode, toAppError } from "../../kernel/errors.ts";
import type { ServerNews } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import type { Reread, SyncService } from "../sync/types.ts";

/** A look at one item that somebody has been watching. */
export type Look = {
  itemId: string;
  /** What the server counted before; null when that is not known. */
  viewsBefore: number | null;
  /** The server may count it a little later: look again when it does not yet. */
  again: boolean;
  /** It was seen to be left near its beginning. */
  leftEarly: boolean;
};

/** News of one change comes in several pieces, and a mark on a season is one for each episode. */
const togetherMs = SECOND_MS;
/** More within a minute is a scan of the library, which one run reads with fewer questions. */
const mostItems = 100;
const runGapMs = 5 * MINUTE_MS;
const lookAgainMs = [5 * SECOND_MS, MINUTE_MS];

export type RereadsOptions = {
  integrationId: number;
  sync: Pick<SyncService, "reread" | "start" | "running" | "finished">;
  signal: AbortSignal;
};

type ItemsNews = Extract<ServerNews, { kind: "items" }>;

export type Rereads = ReturnType<typeof createRereads>;

/** Turns news into as few questions as will do. */
export function createRereads(
  { db, clock, log }: Pick<Deps, "db" | "clock" | "log">,
  { integrationId, sync, signal }: RereadsOptions,
) {
  /** With whether one that is no episode says something about episodes. */
  const waiting = new Map<string, boolean>();
  const looking = new Map<string, AbortController>();
  /** Items asked for in the current minute. */
  let spent = { since: Number.NEGATIVE_INFINITY, items: 0 };
  let runAt = Number.NEGATIVE_INFINITY;
  let runPlanned = false;

  function own(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (signal.aborted || hasCode(error, "cancelled")) return;
      log.error("stream.failed", { integration: integrationId, reason: toAppError(error) });
    });
  }

  /** A server that fails is the sync's to tell; here the next news, or the next run, makes up for it. */
  async function reread(itemIds: readonly string[], leftEarly = false): Promise<Reread | null> {
    try {
      return await sync.reread(integrationId, { itemIds, trigger: "stream", leftEarly });
    } catch (error) {
      if (hasCode(error, "internal", "database")) throw error;
      log.debug("stream.reread", { integration: integrationId, reason: error });
      return null;
    }
  }

  function isScan(count: number): boolean {
    const now = clock.ticks();
    if (now - spent.since > MINUTE_MS) spent = { since: now, items: 0 };
    spent.items += count;
    return spent.items > mostItems;
  }

  async function flush(): Promise<void> {
    await clock.sleep(togetherMs, signal);
    const asked = new Map(waiting);
    waiting.clear();
    if (keptUpToDate() === null) return;
    if (isScan(asked.size)) return everything();
    const read = await reread([...asked.keys()]);
    // A season or a show, perhaps, whose episodes have all changed.
    if (read?.items.some(({ state, itemId }) => state === "gone" && asked.get(itemId) === true)) everything();
  }

  function items({ itemIds, each = false }: ItemsNews): void {
    const first = waiting.size === 0;
    for (const itemId of itemIds) waiting.set(itemId, !each || waiting.get(itemId) === true);
    if (first && waiting.size > 0) own(flush);
  }

  /** One run over what has changed, not too often; news that comes before it begins is part of it. */
  function everything(): void {
    if (runPlanned) return;
    runPlanned = true;
    own(async () => {
      try {
        await clock.sleep(Math.max(togetherMs, runAt + runGapMs - clock.ticks()), signal);
        for (let syncId = sync.running(integrationId); syncId !== null; syncId = sync.running(integrationId)) {
          await sync.finished(syncId);
        }
      } finally {
        runPlanned = false;
      }
      if (!signal.aborted) start();
    });
  }

  /** Null until a sync has brought what there was before: the first one is the user's to start. */
  function keptUpToDate(): IntegrationRow | null {
    const row = integrationById(db, integrationId);
    return row === undefined || row.watermarkAt === null ? null : row;
  }

  /** Where the user has switched automatic runs off, single items are all that news leads to. */
  function start(): void {
    if (keptUpToDate()?.autoSync !== true) return;
    runAt = clock.ticks();
    try {
      sync.start(integrationId, { trigger: "stream" });
    } catch (error) {
      if (!hasCode(error, "conflict", "not-found")) throw error;
    }
  }

  function look({ itemId, viewsBefore, again, leftEarly }: Look): void {
    looking.get(itemId)?.abort();
    const newer = new AbortController();
    looking.set(itemId, newer);
    const given = AbortSignal.any([signal, newer.signal]);
    own(async () => {
      for (const waitMs of again ? [0, ...lookAgainMs] : [0]) {
        if (waitMs > 0 && !(await slept(waitMs, given))) return;
        const read = await reread([itemId], leftEarly);
        const views = read?.items[0]?.item?.viewCount ?? 0;
        if (viewsBefore === null ? (read?.watchesAdded ?? 0) > 0 : views > viewsBefore) break;
      }
      if (looking.get(itemId) === newer) looking.delete(itemId);
    });
  }

  async function slept(ms: number, given: AbortSignal): Promise<boolean> {
    await clock.sleep(ms, given).catch(() => undefined);
    return !given.aborted;
  }

  return { items, everything, look };
}
