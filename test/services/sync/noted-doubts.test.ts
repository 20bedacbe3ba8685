import { afterEach, expect, test } from "bun:test";
import { insertSyncLog, itemsOfSync, noteDoubt, syncLogById } from "../../../src/db/repos/sync-logs.ts";
import { createJournal } from "../../../src/services/sync/journal.ts";
import { createRunShow } from "../../../src/services/sync/run-show.ts";
import { connected, plainWorld, type Scene, scene } from "./harness.ts";

const open: Scene[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

test("a doubt that the catalogue notes while a sync runs is in its log at the end, once", async () => {
  const at = scene(plainWorld(1));
  open.push(at);
  const { product, integration } = await connected(at);
  const { db } = product.app.deps;
  const { userId } = product;
  const integrationId = Number(integration.id);
  const facts = { integrationId, userId, provider: "plex", trigger: "manual", mode: "full", startedAt: 1 } as const;
  const syncId = insertSyncLog(db, facts);
  const journal = createJournal(db, syncId, { service: "Plex", serverName: "Attic" });
  await product.sync(integration);
  const { id: showId } = db.raw.query<{ id: number }, []>("SELECT id FROM shows LIMIT 1").get() ?? { id: 0 };
  const match = { method: "server" as const, confidence: 0.5, doubtful: false };
  const show = createRunShow({ identity: "twins", showId, title: "Twins", year: null, ...match });
  journal.added(show, 1);
  journal.flush();
  // A later sync of the same server would be the newest log; here this one is.
  db.raw.run("DELETE FROM sync_log_items WHERE sync_log_id <> ?", [syncId]);
  noteDoubt(
    db,
    { integrationId, serverShow: "twins" },
    { kind: "show-match", show: "Twins", message: "There are two of them.", hint: "Choose one." },
  );
  for (let time = 0; time < 3; time += 1) {
    journal.added(show, 1);
    journal.flush();
  }
  const log = syncLogById(db, syncId);
  expect(log?.showsDoubtful).toBe(1);
  expect(JSON.parse(log?.errors ?? "[]")).toEqual([
    { kind: "show-match", show: "Twins", message: "There are two of them.", hint: "Choose one." },
  ]);
  expect(itemsOfSync(db, syncId).map(({ outcome, added }) => ({ outcome, added }))).toEqual([
    { outcome: "doubtful", added: 4 },
  ]);
});
