import { z } from "zod";
import { type IntegrationRow, integrationById } from "../../db/repos/integrations.ts";
import { entryOf } from "../../db/repos/library.ts";
import {
  type DeliveryOutcome,
  dueDeliveries,
  integrationsWithWaiting,
  nextDeliveryAt,
  postponeDelivery,
  settleDelivery,
  showOfItem,
  type WaitingDelivery,
} from "../../db/repos/webhooks.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { isShown, nextLook, nextTry } from "../../domain/webhook-patience.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { WebhookNews } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import type { Integrations } from "../integrations/types.ts";
import type { Reread, RereadItem, SyncService } from "../sync/types.ts";
import type { Tracking } from "../tracking/types.ts";

export type QueueParts = {
  sync: Pick<SyncService, "reread">;
  integrations: Pick<Integrations, "open">;
  tracking: Pick<Tracking, "updateShow">;
};

const newsSchema: z.ZodType<WebhookNews> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("watched"), itemId: z.string(), viewCount: z.number().nullable() }),
  z.object({ kind: z.literal("added"), itemId: z.string() }),
  z.object({ kind: z.literal("changed"), itemId: z.string() }),
  z.object({ kind: z.literal("rated"), itemId: z.string() }),
]);

type Delivery<News = WebhookNews> = Omit<WaitingDelivery, "news"> & { news: News };
type ItemNews = Exclude<WebhookNews, { kind: "rated" }>;

type Settled = { outcome: Exclude<DeliveryOutcome, "waiting">; reason: string | null; syncId?: string | null };

/** One question to a server holds no more items. */
const mostAtOnce = 100;
/** When the database itself refuses. */
const troubleMs = MINUTE_MS;
const knownAlready = "Nothing new: it was known already.";

export type DeliveryQueue = ReturnType<typeof createDeliveryQueue>;

/**
 * Asks the servers about what has been told, one integration beside the other: a server that sleeps keeps nobody else
 * waiting. What comes while it is asked goes into the next question together, each item once.
 */
export function createDeliveryQueue(deps: Deps, { sync, integrations, tracking }: QueueParts) {
  const { db, clock, log, bus } = deps;
  const working = new Map<number, Promise<void>>();
  const resting = new Map<number, AbortController>();
  const leaving = new AbortController();

  function kick(integrationId: number): void {
    resting.get(integrationId)?.abort();
    if (leaving.signal.aborted || working.has(integrationId)) return;
    working.set(integrationId, run(integrationId));
  }

  async function run(integrationId: number): Promise<void> {
    try {
      await drain(integrationId);
      working.delete(integrationId);
      if (!leaving.signal.aborted) rest(integrationId);
    } catch (error) {
      working.delete(integrationId);
      log.error("webhook.failed", { integration: integrationId, reason: toAppError(error) });
      wakeAfter(integrationId, troubleMs);
    }
  }

  /** Until the next look, or until news comes. */
  function rest(integrationId: number): void {
    const at = nextDeliveryAt(db, integrationId);
    if (at !== null) wakeAfter(integrationId, at - clock.now());
  }

  function wakeAfter(integrationId: number, ms: number): void {
    const waking = new AbortController();
    resting.set(integrationId, waking);
    clock.sleep(ms, AbortSignal.any([waking.signal, leaving.signal])).then(
      () => kick(integrationId),
      () => undefined,
    );
  }

  async function drain(integrationId: number): Promise<void> {
    while (!leaving.signal.aborted) {
      const due = dueDeliveries(db, integrationId, clock.now());
      if (due.length === 0) return;
      const row = integrationById(db, integrationId);
      await work(row, due.flatMap(understood));
      if (row !== undefined) bus.publish("webhook.delivery", { integrationId, userId: row.userId });
    }
  }

  /** Another program may have noted it in other words, or a hand in none. */
  function understood({ news, ...delivery }: WaitingDelivery): Delivery[] {
    const read = newsSchema.safeParse(parsed(news));
    if (read.success) return [{ ...delivery, news: read.data }];
    settle(delivery.id, { outcome: "ignored", reason: "It cannot be read any more. The next sync brings it." });
    return [];
  }

  async function work(row: IntegrationRow | undefined, due: readonly Delivery[]): Promise<void> {
    if (row === undefined || !row.enabled) {
      const reason = row === undefined ? "This server is not connected any more." : "This server is switched off.";
      for (const { id } of due) settle(id, { outcome: "ignored", reason });
      return;
    }
    const items = due.filter((each): each is Delivery<ItemNews> => each.news.kind !== "rated");
    for (let from = 0; from < items.length && !leaving.signal.aborted; from += mostAtOnce) {
      const some = items.slice(from, from + mostAtOnce);
      await tried(row, some, () => lookAt(row, some));
    }
    for (const each of due) {
      if (each.news.kind === "rated") await tried(row, [each], () => takeRating(row, each));
    }
  }

  /** What the server does not tell now is asked for later, until a day has passed. */
  async function tried(row: IntegrationRow, deliveries: readonly Delivery[], ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (thrown) {
      if (leaving.signal.aborted) return;
      const error = toAppError(thrown);
      if (error.code === "internal") log.error("webhook.internal", { integration: row.id, reason: error });
      for (const { id, receivedAt, attempts } of deliveries) {
        const at = nextTry(receivedAt, attempts, clock.now());
        if (at !== null) postponeDelivery(db, id, { at, attempts: attempts + 1, reason: error.message });
        else settle(id, { outcome: "failed", reason: `${error.message} The next sync brings it.` });
      }
    }
  }

  async function lookAt(row: IntegrationRow, deliveries: readonly Delivery<ItemNews>[]): Promise<void> {
    const itemIds = [...new Set(deliveries.map(({ news }) => news.itemId))];
    const read = await sync.reread(row.id, { itemIds, trigger: "webhook" });
    const found = new Map(read.items.map((item) => [item.itemId, item]));
    for (const delivery of deliveries) judge(row, delivery, found.get(delivery.news.itemId), read);
  }

  function judge(
    row: IntegrationRow,
    { id, news, receivedAt, attempts }: Delivery<ItemNews>,
    found: RereadItem | undefined,
    { syncId }: Reread,
  ): void {
    const item = found?.item ?? null;
    if (found?.state === "library-off") {
      settle(id, { outcome: "ignored", reason: "Its library is not read." });
    } else if (item === null) {
      settle(id, { outcome: "ignored", reason: `${row.serverName} shows no such episode to ${row.accountName}.` });
    } else if (news.kind !== "watched" || isShown(item, news)) {
      settle(id, { outcome: "used", reason: syncId === null ? knownAlready : null, syncId });
    } else {
      const at = nextLook(receivedAt, clock.now());
      const reason = `${row.serverName} does not count it as watched yet.`;
      if (at !== null) postponeDelivery(db, id, { at, attempts, reason });
      else if (item.viewCount > 0) settle(id, { outcome: "used", reason: knownAlready, syncId });
      else settle(id, { outcome: "ignored", reason });
    }
  }

  /** The last change wins: what the user has said here later stays. */
  async function takeRating(row: IntegrationRow, { id, news, receivedAt }: Delivery): Promise<void> {
    const server = await integrations.open(row.id);
    const given = (await server.showRating?.(news.itemId, leaving.signal)) ?? null;
    if (given === null) {
      settle(id, { outcome: "ignored", reason: `${row.serverName} shows no rating of yours.` });
      return;
    }
    const showId = showOfItem(db, row.id, news.itemId);
    const entry = showId === null ? undefined : entryOf(db, row.userId, showId);
    const at = Math.min(given.at ?? receivedAt, clock.now());
    if (entry === undefined) {
      settle(id, { outcome: "ignored", reason: "This show is not in your library." });
    } else if (entry.rating === given.rating) {
      settle(id, { outcome: "used", reason: knownAlready });
    } else if (entry.ratedAt !== null && entry.ratedAt > at) {
      settle(id, { outcome: "ignored", reason: "You have rated it here since." });
    } else {
      tracking.updateShow(row.userId, String(entry.showId), { rating: given.rating, ratedAt: at });
      settle(id, { outcome: "used", reason: `Your rating is ${given.rating} now.` });
    }
  }

  function settle(id: number, { outcome, reason, syncId = null }: Settled): void {
    const syncLogId = syncId === null ? null : Number(syncId);
    settleDelivery(db, id, { outcome, reason, syncLogId, now: clock.now() });
  }

  return {
    kick,
    start: () => {
      for (const integrationId of integrationsWithWaiting(db)) kick(integrationId);
    },
    stop: async () => {
      leaving.abort(new AppError("cancelled", "Shutting down."));
      await Promise.all(working.values());
    },
    idle: async () => {
      while (working.size > 0) await Promise.all(working.values());
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
