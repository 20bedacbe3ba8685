import { allIntegrations } from "../../db/repos/integrations.ts";
import {
  type DueMessage,
  deleteMessagesBefore,
  deleteTarget,
  dueMessages,
  insertTarget,
  listTargets,
  queueOutage,
  queueRecovery,
  settleMessage,
  type TargetRow,
  targetOf,
  updateTarget,
} from "../../db/repos/notifications.ts";
import { userById } from "../../db/repos/users.ts";
import { tx } from "../../db/tx.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/instant.ts";
import { type ReadTarget, readTarget, TARGET_KINDS, TARGET_LABELS } from "../../domain/notification-target.ts";
import { outageOf } from "../../domain/outage.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { HttpClient } from "../../kernel/http.ts";
import { randomToken } from "../../kernel/ids.ts";
import { secret } from "../../kernel/secret.ts";
import type { Deps } from "../context.ts";
import { messageAbout, testMessage } from "./message.ts";
import { send } from "./send.ts";
import type { Notifications, TargetInput, TargetView } from "./types.ts";

/** Waits before the further attempts to say one thing. */
const laterMs = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS];
const mostTargets = 10;
const atOnce = 20;
/** Outages longer ago than that are not asked about again. */
const keptMs = 90 * DAY_MS;
const longestName = 60;

export type NotificationOptions = {
  http: HttpClient;
  /** Throws `conflict` when what is stored was sealed with another key. */
  requireKey: () => void;
};

/** Tells users at places of their choice when a server needs them, once for each outage, and when it is well again. */
export function createNotifications(deps: Deps, { http, requireKey }: NotificationOptions): Notifications {
  const { db, clock, vault, bus, log, config } = deps;
  const leaving = new AbortController();
  let working: Promise<void> | null = null;
  let again = false;
  let deafen: () => void = () => undefined;

  const contextOf = (id: string) => ({ integration: `notification:${id}`, field: "url" });
  const link = () => (config.publicUrl === null ? null : `${config.publicUrl.replace(/\/$/, "")}/integrations`);

  function own(userId: number, id: string): TargetRow {
    const found = targetOf(db, userId, id);
    if (found === undefined) throw new AppError("not-found", "There is no such place for notifications.");
    return found;
  }

  function understood(url: string): Exclude<ReadTarget, { problem: string }> {
    const read = readTarget(url);
    if (!("problem" in read)) return read;
    throw new AppError("invalid", read.problem, { fields: [{ path: "url", message: read.problem }] });
  }

  const nameOf = (typed: string | undefined, otherwise: string): string =>
    (typed ?? "").trim().slice(0, longestName) || otherwise;

  async function opened({ id, sealedUrl }: Pick<TargetRow, "id" | "sealedUrl">) {
    return understood((await vault.open(sealedUrl, contextOf(id))).reveal());
  }

  async function add(userId: number, { url, name, enabled = true }: TargetInput & { url: string }) {
    requireKey();
    const { target, host } = understood(url);
    const id = randomToken(12);
    const sealedUrl = await vault.seal(secret(url.trim()), contextOf(id));
    if (listTargets(db, userId).length >= mostTargets) {
      throw new AppError("conflict", `There are ${mostTargets} places already. Remove one first.`);
    }
    const { kind } = target;
    insertTarget(db, {
      id,
      userId,
      name: nameOf(name, TARGET_LABELS[kind]),
      kind,
      host,
      sealedUrl,
      enabled,
      createdAt: clock.now(),
    });
    wake();
    return view(own(userId, id));
  }

  async function change(userId: number, targetId: string, { url, name, enabled }: TargetInput): Promise<TargetView> {
    const { id, name: former } = own(userId, targetId);
    const changed: Partial<TargetRow> = {};
    if (url !== undefined) {
      requireKey();
      const { target, host } = understood(url);
      const sealedUrl = await vault.seal(secret(url.trim()), contextOf(id));
      Object.assign(changed, { kind: target.kind, host, sealedUrl, problem: null });
    }
    if (name !== undefined) changed.name = nameOf(name, former);
    if (enabled !== undefined) changed.enabled = enabled;
    if (Object.keys(changed).length > 0) updateTarget(db, id, changed);
    wake();
    return view(own(userId, id));
  }

  async function test(userId: number, targetId: string) {
    const row = own(userId, targetId);
    try {
      await send(http, await opened(row), testMessage(link()), leaving.signal);
    } catch (thrown) {
      const { message, hint = null } = toAppError(thrown);
      updateTarget(db, row.id, { problem: message });
      return { ok: false, message, hint };
    }
    updateTarget(db, row.id, { lastSentAt: clock.now(), problem: null });
    return { ok: true, message: `${row.host} has taken the test message.`, hint: null };
  }

  /** The state of every server against what has been said of it: also right after a restart, or when news was missed. */
  function notice(): void {
    const now = clock.now();
    tx(db, () => {
      for (const row of allIntegrations(db)) {
        const { id: integrationId, userId, status, firstFailureAt, updatedAt } = row;
        const kind = outageOf(row, now);
        if (kind !== null) queueOutage(db, { userId, integrationId, kind, outageAt: firstFailureAt ?? updatedAt, now });
        else if (status === "ok") queueRecovery(db, integrationId, now);
      }
    });
  }

  async function deliver(due: DueMessage): Promise<void> {
    const attempts = due.attempts + 1;
    const timeZone = userById(db, due.userId)?.timeZone ?? config.timeZone;
    try {
      const place = await opened({ id: due.targetId, sealedUrl: due.sealedUrl });
      await send(http, place, messageAbout({ ...due, timeZone, link: link() }), leaving.signal);
    } catch (thrown) {
      if (leaving.signal.aborted) return;
      const { code, message, retryAfterMs = 0 } = toAppError(thrown);
      const waitMs = laterMs[due.attempts];
      const now = clock.now();
      const nextAttemptAt = waitMs === undefined ? null : now + Math.max(waitMs, retryAfterMs);
      settleMessage(db, due.id, { sentAt: null, nextAttemptAt, attempts });
      updateTarget(db, due.targetId, { problem: message });
      if (nextAttemptAt === null) log.warn("notification.given-up", { target: due.targetId, kind: due.kind, code });
      return;
    }
    const now = clock.now();
    settleMessage(db, due.id, { sentAt: now, nextAttemptAt: null, attempts });
    updateTarget(db, due.targetId, { lastSentAt: now, problem: null });
    log.info("notification.sent", { target: due.targetId, kind: due.kind });
  }

  async function round(): Promise<void> {
    notice();
    for (const due of dueMessages(db, clock.now(), atOnce)) {
      if (leaving.signal.aborted) return;
      await deliver(due);
    }
  }

  /** As long as something has happened meanwhile. */
  async function rounds(): Promise<void> {
    try {
      do {
        again = false;
        await round();
      } while (again && !leaving.signal.aborted);
    } finally {
      working = null;
    }
  }

  function run(): Promise<void> {
    if (leaving.signal.aborted) return Promise.resolve();
    again = true;
    working ??= rounds();
    return working;
  }

  function wake(): void {
    run().catch((error: unknown) => log.error("notification.failed", { reason: toAppError(error) }));
  }

  return {
    list: (userId) => listTargets(db, userId).map(view),
    add,
    change,
    remove: (userId, targetId) => deleteTarget(db, own(userId, targetId).id),
    test,
    run,
    prune: () => deleteMessagesBefore(db, clock.now() - keptMs),
    start: () => {
      deafen = bus.subscribe((name) => {
        if (name === "integration.changed") wake();
      });
      wake();
    },
    stop: async () => {
      deafen();
      leaving.abort(new AppError("cancelled", "Shutting down."));
      await working?.catch(() => undefined);
    },
  };
}

function view({ id, name, kind, host, enabled, lastSentAt, problem, createdAt }: TargetRow): TargetView {
  const known = TARGET_KINDS.find((each) => each === kind);
  if (known === undefined) throw new AppError("internal", "A place for notifications of an unknown kind is stored.");
  return { id, name, kind: known, host, enabled, lastSentAt, problem, createdAt };
}
