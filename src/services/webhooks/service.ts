import {
  type IntegrationRow,
  integrationById,
  integrationByWebhook,
  updateIntegration,
} from "../../db/repos/integrations.ts";
import {
  type DeliveryOutcome,
  type DeliveryRow,
  deleteDeliveries,
  deliveriesOf,
  forgetDeliveries,
  hasCome,
  insertDelivery,
  waitingCount,
} from "../../db/repos/webhooks.ts";
import { tx } from "../../db/tx.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { oneByOne, singleFlight } from "../../kernel/async.ts";
import { AppError, hasCode, toAppError } from "../../kernel/errors.ts";
import { randomToken, sha256Hex } from "../../kernel/ids.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { WebhookDelivery, WebhookRegistry, Webhooks } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import { openToken } from "../integrations/credentials.ts";
import type { Integrations } from "../integrations/types.ts";
import { createDeliveryQueue, type QueueParts } from "./queue.ts";
import type { DeliveryView, Registered, WebhookService } from "./types.ts";

export type WebhookParts = QueueParts & { integrations: Pick<Integrations, "open" | "get" | "requireKey"> };

/** How many deliveries of an integration are kept to look at. */
const KEPT = 50;
/** A show marked as a whole is a message for each episode. What a flood brings beyond this comes with the next sync. */
const MOST_WAITING = 1_000;
/** The same news again within this time is a double. Later it is looked at anew, and does no harm. */
const DOUBLE_MS = 10 * MINUTE_MS;

const field = "webhook-secret";

export function createWebhooks(deps: Deps, parts: WebhookParts): WebhookService {
  const { db, clock, log, bus, vault, providers } = deps;
  const queue = createDeliveryQueue(deps, parts);
  const making = singleFlight<number, Secret>();
  /** Lists are read, changed and written back: two changes at once would lose one. */
  const inLine = oneByOne<string>();

  function own(userId: number, integrationId: string): IntegrationRow {
    const { id } = parts.integrations.get(userId, integrationId);
    return rowOf(Number(id));
  }

  function rowOf(id: number): IntegrationRow {
    const row = integrationById(db, id);
    if (row === undefined) throw new AppError("not-found", "There is no such integration.");
    return row;
  }

  function partOf({ provider }: IntegrationRow): Webhooks {
    const found = isProviderId(provider) ? providers.get(provider) : undefined;
    if (found?.webhooks === undefined) {
      throw new AppError("not-found", "This kind of server sends no webhooks.");
    }
    return found.webhooks;
  }

  async function makeSecret(id: number): Promise<Secret> {
    parts.integrations.requireKey();
    const made = secret(randomToken());
    const sealedWebhookSecret = await vault.seal(made, { integration: String(id), field });
    updateIntegration(db, id, { sealedWebhookSecret, webhookHash: sha256Hex(made.reveal()) });
    return made;
  }

  function secretOf({ id, sealedWebhookSecret }: IntegrationRow): Promise<Secret> {
    if (sealedWebhookSecret === null) return making(id, () => makeSecret(id));
    parts.integrations.requireKey();
    return vault.open(sealedWebhookSecret, { integration: String(id), field });
  }

  const addressOf = ({ provider }: IntegrationRow, base: string, last: string) => `${base}/${provider}/${last}`;

  /** Also an address that a failed change left in the list. */
  function isOurs({ webhookHash, webhookRegisteredUrl }: IntegrationRow): (url: string) => boolean {
    const hashes = [webhookHash, lastPart(webhookRegisteredUrl ?? "")].filter(Boolean);
    return (url) => hashes.includes(sha256Hex(lastPart(url)));
  }

  /** Stands in the list now, under whatever address this program was reached when it was put there. */
  const standsIn = ({ webhookHash }: IntegrationRow, urls: readonly string[]): string | null =>
    urls.find((url) => sha256Hex(lastPart(url)) === webhookHash) ?? null;

  /** In place of the secret its hash: enough to find the address again, of no use to whoever reads the database. */
  function remember(id: number, url: string | null): void {
    const webhookRegisteredUrl = url === null ? null : `${withoutLast(url)}/${sha256Hex(lastPart(url))}`;
    updateIntegration(db, id, { webhookRegisteredUrl });
  }

  function isKnownRegistered({ webhookHash, webhookRegisteredUrl }: IntegrationRow): boolean {
    return webhookHash !== null && lastPart(webhookRegisteredUrl ?? "") === webhookHash;
  }

  /** Asks the service's list, where there is one. */
  function withList<Out>(
    row: IntegrationRow,
    ask: (list: WebhookRegistry, token: Secret) => Promise<Out>,
  ): Promise<Out> {
    const { registry } = partOf(row);
    if (registry === undefined) throw new AppError("conflict", "Put the address in by hand; this service has no list.");
    return inLine(`${row.provider} ${row.accountId}`, async () => {
      try {
        return await ask(registry, await openToken(vault, row, "account-token"));
      } catch (error) {
        if (!hasCode(error, "unsupported")) throw error;
        const { message, hint } = toAppError(error);
        throw new AppError("conflict", message, { cause: error, ...(hint === undefined ? {} : { hint }) });
      }
    });
  }

  async function look(row: IntegrationRow): Promise<boolean> {
    const found = standsIn(row, await withList(row, (list, token) => list.list(token)));
    // A former address that a failed change has left there is still to be taken out.
    if (found !== null || isKnownRegistered(row)) remember(row.id, found);
    return found !== null;
  }

  async function put(row: IntegrationRow, base: string): Promise<void> {
    const url = addressOf(row, base, (await secretOf(row)).reveal());
    const current = rowOf(row.id);
    await withList(current, (list, token) => list.change(token, { add: url, isOurs: isOurs(current) }));
    remember(row.id, url);
    log.info("webhook.registered", { integration: row.id });
  }

  async function takeOut(row: IntegrationRow): Promise<void> {
    await withList(row, (list, token) => list.change(token, { add: null, isOurs: isOurs(row) }));
    remember(row.id, null);
  }

  async function rotate(userId: number, integrationId: string, base: string): Promise<Registered> {
    const before = own(userId, integrationId);
    partOf(before);
    const wasThere = await check(before);
    await makeSecret(before.id);
    log.info("webhook.rotated", { integration: before.id });
    if (!wasThere) return { registered: false, problem: null };
    try {
      await put(rowOf(before.id), base);
      return { registered: true, problem: null };
    } catch (error) {
      return { registered: false, problem: toAppError(error).message };
    }
  }

  /** What the list says, or what was known last. */
  async function check(row: IntegrationRow): Promise<boolean> {
    if (partOf(row).registry === undefined || row.webhookHash === null) return false;
    try {
      return await look(row);
    } catch (error) {
      if (hasCode(error, "conflict")) return false;
      log.debug("webhook.check", { integration: row.id, reason: error });
      return isKnownRegistered(row);
    }
  }

  function admit({ id, enabled }: IntegrationRow, read: WebhookDelivery, now: number): string | null {
    if (read.news === null) return read.reason;
    if (!enabled) return "This server is switched off.";
    // A mark may be set, taken back and set again: only one that still waits for the look makes the next superfluous.
    const alsoUsed = read.news.kind !== "changed";
    if (hasCome(db, id, { fingerprint: read.fingerprint, since: now - DOUBLE_MS, alsoUsed })) {
      return "The same has come already.";
    }
    return waitingCount(db, id) < MOST_WAITING ? null : "Too much at once. The next sync brings it.";
  }

  return {
    async view(userId, integrationId, base) {
      const before = own(userId, integrationId);
      const { guide, registry } = partOf(before);
      const url = addressOf(before, base, (await secretOf(before)).reveal());
      const row = rowOf(before.id);
      const registered = isKnownRegistered(row);
      const registeredAt = withoutLast(row.webhookRegisteredUrl ?? "");
      return {
        url,
        registered,
        registeredAt: registered && registeredAt !== withoutLast(url) ? registeredAt : null,
        registrable: registry !== undefined,
        guide,
        deliveries: deliveriesOf(db, row.id, KEPT).map(deliveryView),
      };
    },
    isRegistered: async (userId, integrationId) => check(own(userId, integrationId)),
    rotate,
    register: async (userId, integrationId, base) => put(own(userId, integrationId), base),
    unregister: async (userId, integrationId) => takeOut(own(userId, integrationId)),
    deliveries: (userId, integrationId) => deliveriesOf(db, own(userId, integrationId).id, KEPT).map(deliveryView),
    find(provider: ProviderId, given) {
      const row = integrationByWebhook(db, provider, sha256Hex(given));
      return row === undefined ? null : { integrationId: row.id, userId: row.userId };
    },
    receive({ integrationId, userId }, body) {
      const row = rowOf(integrationId);
      const account = { id: row.accountId, username: row.accountName, email: row.accountEmail };
      const read = partOf(row).read(body, { serverId: row.serverId, owned: row.owned, account });
      if (read === null) return;
      const now = clock.now();
      const { event, title, fingerprint } = read;
      const refused = tx(db, () => {
        const reason = admit(row, read, now);
        const news = reason === null ? JSON.stringify(read.news) : null;
        const outcome = outcomeOf(read, reason);
        insertDelivery(db, { integrationId, fingerprint, event, title, outcome, reason, news, now });
        forgetDeliveries(db, integrationId, KEPT);
        return reason;
      });
      log.debug("webhook.received", { integration: integrationId, event, refused });
      bus.publish("webhook.delivery", { integrationId, userId });
      if (refused === null) queue.kick(integrationId);
    },
    async leave(integrationId) {
      const row = integrationById(db, integrationId);
      if (row === undefined || row.webhookHash === null) return;
      try {
        if (row.webhookRegisteredUrl !== null) await takeOut(row);
      } catch (error) {
        log.warn("webhook.unregister", { integration: integrationId, reason: error });
      }
      updateIntegration(db, integrationId, {
        webhookHash: null,
        sealedWebhookSecret: null,
        webhookRegisteredUrl: null,
      });
      deleteDeliveries(db, integrationId);
    },
    start: queue.start,
    stop: queue.stop,
    idle: queue.idle,
  };
}

function outcomeOf(read: WebhookDelivery, reason: string | null): DeliveryOutcome {
  if (reason === null) return "waiting";
  return read.news === null && read.isTest === true ? "used" : "ignored";
}

function deliveryView({ id, syncLogId, ...row }: DeliveryRow): DeliveryView {
  return { ...row, id: String(id), syncId: syncLogId === null ? null : String(syncLogId) };
}

const lastPart = (url: string): string => url.slice(url.lastIndexOf("/") + 1);
const withoutLast = (url: string): string => url.slice(0, Math.max(0, url.lastIndexOf("/")));
