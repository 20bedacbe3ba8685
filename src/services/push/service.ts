import { pushCounts, recentPushes, waitingPushes } from "../../db/queries/pushes.ts";
import { type IntegrationRow, integrationById, updateIntegration } from "../../db/repos/integrations.ts";
import {
  agreeTo,
  type Difference,
  differencesTo,
  giveUpWishes,
  hurryWishes,
  prunePushLog,
  releaseHeld,
} from "../../db/repos/pushes.ts";
import { toRowId } from "../../db/row-id.ts";
import { tx } from "../../db/tx.ts";
import { AppError } from "../../kernel/errors.ts";
import { sha256Hex } from "../../kernel/ids.ts";
import { numericId } from "../integrations/view.ts";
import type { SyncService } from "../sync/types.ts";
import { createCourier, type PushDeps } from "./courier.ts";
import type { PlannedShow, Push, TwoWayPlan } from "./types.ts";
import { isTwoWay } from "./wishes.ts";

/** Episodes of one show that a plan lists; the rest is counted. */
const mostPerShow = 100;
const keptPerServer = 200;

export type PushOptions = { sync: Pick<SyncService, "inTurn" | "running"> };

export function createPush(deps: PushDeps, { sync }: PushOptions): Push {
  const { db, clock, log, bus } = deps;
  const courier = createCourier(deps, { sync });
  let deafen: () => void = () => undefined;

  function own(userId: number, integrationId: string): IntegrationRow {
    const row = integrationById(db, numericId(integrationId, "integration"));
    if (row === undefined || row.userId !== userId) throw new AppError("not-found", "There is no such integration.");
    return row;
  }

  const whose = (userId: number, integrationId: string) => ({ userId, integrationId: own(userId, integrationId).id });

  function announce({ id, userId }: IntegrationRow): void {
    bus.publish("pushes.changed", { integrationId: id, userId });
    courier.wake();
  }

  function planOf(row: IntegrationRow): { plan: TwoWayPlan; differences: Difference[] } {
    if (!row.twoWay) throw new AppError("conflict", "Two-way sync is switched off.", { hint: "Switch it on first." });
    if (row.lastFullAt === null)
      throw new AppError("conflict", `${row.serverName} has not been read as a whole yet.`, {
        hint: "Press Sync Now first.",
      });
    const differences = differencesTo(db, row.userId, row.id);
    const names = differences.map(({ episodeId, wanted }) => `${episodeId} ${wanted}`);
    const marks = differences.filter(({ wanted }) => wanted === "watched").length;
    return {
      differences,
      plan: {
        marks,
        unmarks: differences.length - marks,
        shows: plannedShows(differences),
        fingerprint: sha256Hex(names.join("\n")).slice(0, 16),
        readAt: row.lastSyncAt ?? row.lastFullAt,
      },
    };
  }

  return {
    start: () => {
      // Whatever changes plays may have left a wish; a server that answers a sync also takes marks.
      deafen = bus.subscribe((name, payload) => {
        if (name === "plays.changed" || name === "integration.changed") courier.wake();
        if (name !== "sync.finished" || !("status" in payload)) return;
        if (payload.status === "success" || payload.status === "partial")
          hurryWishes(db, payload.integrationId, clock.now());
        courier.wake();
      });
      courier.start();
    },
    stop: () => {
      deafen();
      return courier.stop();
    },
    deliverDue: courier.deliverDue,
    preview: (userId, integrationId) => planOf(own(userId, integrationId)).plan,
    confirm(userId, integrationId, { fingerprint, marks, unmarks }) {
      const row = own(userId, integrationId);
      const { plan, differences } = planOf(row);
      if (plan.fingerprint !== fingerprint)
        throw new AppError("conflict", "What would change is something else by now.", {
          hint: "Look at it once more, then say yes.",
        });
      const agreed = differences.filter(({ wanted }) => (wanted === "watched" ? marks : unmarks));
      tx(db, () => {
        const now = clock.now();
        updateIntegration(db, row.id, { twoWaySince: row.twoWaySince ?? now, updatedAt: now });
        agreeTo(db, row.id, agreed, now);
      });
      log.info("push.confirmed", { integration: row.id, marks: agreed.length });
      bus.publish("integration.changed", { integrationId: row.id, userId });
      announce(row);
      return agreed.length;
    },
    counts: (userId, integrationId) => pushCounts(db, own(userId, integrationId).id),
    waiting: (userId, integrationId, options) => waitingPushes(db, whose(userId, integrationId), options),
    recent: (userId, integrationId, limit) => recentPushes(db, whose(userId, integrationId), limit),
    release(userId, integrationId) {
      const row = own(userId, integrationId);
      if (!isTwoWay(row)) throw new AppError("conflict", "Two-way sync is switched off.");
      const released = releaseHeld(db, row.id, clock.now());
      if (released > 0) announce(row);
      return released;
    },
    giveUp(userId, integrationId, episodeId) {
      const row = own(userId, integrationId);
      const id = episodeId === undefined ? null : toRowId(episodeId);
      const given =
        episodeId !== undefined && id === null ? 0 : tx(db, () => giveUpWishes(db, row.id, id, clock.now()));
      if (given === 0 && episodeId !== undefined) throw new AppError("not-found", "Nothing waits for this episode.");
      if (given > 0) announce(row);
      return given;
    },
    prune: () => prunePushLog(db, keptPerServer),
  };
}

function plannedShows(differences: readonly Difference[]): PlannedShow[] {
  return [...Map.groupBy(differences, ({ showId }) => showId)].map(([showId, all]) => {
    const marks = all.filter(({ wanted }) => wanted === "watched").length;
    return {
      showId: String(showId),
      title: all[0]?.show ?? "",
      marks,
      unmarks: all.length - marks,
      episodes: all
        .slice(0, mostPerShow)
        .map(({ season, number, title, wanted }) => ({ season, number, title, wanted })),
    };
  });
}
