import { expect, test } from "bun:test";
import { insertSyncLog, listSyncLogs } from "../../../src/db/repos/sync-logs.ts";
import { addIntegration, addUser, createTestDb, NOW } from "../../support/fixtures.ts";

test("the newest runs of one kind of server are found behind any number of others", () => {
  const db = createTestDb();
  const anna = addUser(db);
  const ben = addUser(db, "ben");
  const add = (userId: number, provider: string) => {
    const integrationId = addIntegration(db, userId, { provider, serverName: `${provider} of ${userId}` });
    return (startedAt: number) =>
      insertSyncLog(db, { integrationId, userId, provider, trigger: "manual", mode: "full", startedAt });
  };
  const onEmby = add(anna, "emby");
  const onPlex = add(anna, "plex");
  const wanted = [onEmby(NOW), onEmby(NOW + 1)];
  for (let index = 0; index < 30; index += 1) onPlex(NOW + 2 + index);
  add(ben, "emby")(NOW + 99);
  const ids = (limit: number) => listSyncLogs(db, anna, { provider: "emby", limit }).map(({ id }) => id);
  expect(ids(20)).toEqual(wanted.toReversed());
  expect(ids(1)).toEqual(wanted.slice(1));
  expect(listSyncLogs(db, anna, { limit: 20 }).every(({ provider }) => provider === "plex")).toBe(true);
});
