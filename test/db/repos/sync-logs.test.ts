import { expect, test } from "bun:test";
import { serverGlances } from "../../../src/db/queries/page-context.ts";
import { insertSyncLog, listSyncLogs } from "../../../src/db/repos/sync-logs.ts";
import { LIVE_TRIGGERS, type SyncTrigger } from "../../../src/domain/sync.ts";
import * as given from "../../support/fixtures.ts";

/** A sync that the guard has held back, and then an evening of live news. */
function evening() {
  const db = given.createTestDb();
  const userId = given.addUser(db);
  const integrationId = given.addIntegration(db, userId);
  const run = (trigger: SyncTrigger, startedAt: number) =>
    insertSyncLog(db, { integrationId, userId, provider: "plex", trigger, mode: "incremental", startedAt });
  const sync = run("schedule", given.NOW);
  db.raw.run("UPDATE sync_logs SET status = 'held' WHERE id = ?", [sync]);
  const live = [1, 2, 3].flatMap((hour) => LIVE_TRIGGERS.map((trigger) => run(trigger, given.NOW + hour)));
  return { db, userId, integrationId, sync, live };
}

test("what arrives live pushes no sync out of the list of syncs", () => {
  const { db, userId, integrationId, sync, live } = evening();
  const ids = (choice: { live?: boolean; integrationId?: number; provider?: string }) =>
    listSyncLogs(db, userId, { ...choice, limit: 4 }).map(({ id }) => id);
  const newest = live.toReversed().slice(0, 4);
  expect(ids({ live: false })).toEqual([sync]);
  expect(ids({ live: true, integrationId })).toEqual(newest);
  expect(ids({ provider: "plex" })).toEqual(newest);
  expect(ids({ provider: "emby" })).toEqual([]);
});

test("a held sync goes on asking after live news", () => {
  const { db, userId, sync } = evening();
  expect(serverGlances(db, userId).map(({ heldSyncId }) => heldSyncId)).toEqual([String(sync)]);
});

test("the newest runs of one kind of server are found behind any number of others", () => {
  const db = given.createTestDb();
  const anna = given.addUser(db);
  const ben = given.addUser(db, "ben");
  const add = (userId: number, provider: string) => {
    const integrationId = given.addIntegration(db, userId, { provider, serverName: `${provider} of ${userId}` });
    return (startedAt: number) =>
      insertSyncLog(db, { integrationId, userId, provider, trigger: "manual", mode: "full", startedAt });
  };
  const onEmby = add(anna, "emby");
  const onPlex = add(anna, "plex");
  const wanted = [onEmby(given.NOW), onEmby(given.NOW + 1)];
  for (let index = 0; index < 30; index += 1) onPlex(given.NOW + 2 + index);
  add(ben, "emby")(given.NOW + 99);
  const ids = (limit: number) => listSyncLogs(db, anna, { provider: "emby", limit }).map(({ id }) => id);
  expect(ids(20)).toEqual(wanted.toReversed());
  expect(ids(1)).toEqual(wanted.slice(1));
  expect(listSyncLogs(db, anna, { limit: 20 }).every(({ provider }) => provider === "plex")).toBe(true);
});
