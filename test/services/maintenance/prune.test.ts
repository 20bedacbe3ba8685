import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../../src/config.ts";
import { DAY_MS } from "../../../src/domain/instant.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createMaintenance } from "../../../src/services/maintenance/service.ts";
import { addIntegration, addSyncLog, addUser, dataFolder, seededAt } from "./seed.ts";

const now = seededAt;

function maintenanceOf(folder: ReturnType<typeof dataFolder>) {
  const clock = { now: () => now, ticks: () => 0, sleep: async () => undefined };
  return createMaintenance({ db: folder.db, clock, log: silentLog, config: readConfig({ DATA_DIR: folder.path }) });
}

test("expired sessions and sign-ins go, valid ones stay", () => {
  using folder = dataFolder();
  const user = addUser(folder.db, "anna");
  for (const [hash, expiresAt] of [
    ["old", now - 1],
    ["new", now + 1],
  ] as const) {
    folder.db
      .sql(
        "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES ($hash, $user, 0, 0, $expiresAt)",
      )
      .run({ hash, user, expiresAt });
    folder.db
      .sql(
        `INSERT INTO pins (id, user_id, provider, remote_id, sealed_code, auth_url, expires_at, created_at)
         VALUES ($hash, $user, 'plex', '1', 'x', 'x', $expiresAt, 0)`,
      )
      .run({ hash, user, expiresAt });
  }
  expect(maintenanceOf(folder).prune()).toMatchObject({ sessions: 1, pins: 1 });
  expect(folder.db.sql("SELECT token_hash FROM sessions UNION ALL SELECT id FROM pins").values().flat()).toEqual([
    "new",
    "new",
  ]);
});

test("sync logs older than a year go, except the newest fifty of each integration and those that wait", () => {
  using folder = dataFolder();
  const userId = addUser(folder.db, "anna");
  const [busy, quiet] = [addIntegration(folder.db, userId, "busy"), addIntegration(folder.db, userId, "quiet")];
  for (let day = 1; day <= 60; day += 1)
    addSyncLog(folder.db, { integrationId: busy, userId }, now - (400 + day) * DAY_MS);
  const held = addSyncLog(folder.db, { integrationId: busy, userId }, now - 900 * DAY_MS, "held");
  for (let day = 0; day < 55; day += 1) addSyncLog(folder.db, { integrationId: busy, userId }, now - day * DAY_MS);
  for (let day = 1; day <= 3; day += 1)
    addSyncLog(folder.db, { integrationId: quiet, userId }, now - (400 + day) * DAY_MS);
  expect(maintenanceOf(folder).prune()).toMatchObject({ syncLogs: 60 });
  const counts = folder.db.sql("SELECT integration_id, count(*) FROM sync_logs GROUP BY 1 ORDER BY 1").values();
  expect(counts).toEqual([
    [busy, 56],
    [quiet, 3],
  ]);
  expect(folder.db.sql("SELECT status FROM sync_logs WHERE id = $held").get({ held })).toEqual({ status: "held" });
});

test("images that no show refers to go, unless they are brand-new", () => {
  using folder = dataFolder();
  const images = join(folder.path, "images/posters");
  mkdirSync(images, { recursive: true });
  folder.db.raw.run("INSERT INTO shows (id, title, title_key, sort_title, created_at) VALUES (1, 'A', 'a', 'a', 0)");
  folder.db.raw.run("INSERT INTO artwork (show_id, file, source) VALUES (1, 'kept.jpg', 'x')");
  for (const name of ["kept.jpg", "orphan.jpg", "arriving.jpg"]) writeFileSync(join(images, name), "x");
  const [old, fresh] = [new Date(now - DAY_MS), new Date(now)];
  for (const name of ["kept.jpg", "orphan.jpg"]) utimesSync(join(images, name), old, old);
  utimesSync(join(images, "arriving.jpg"), fresh, fresh);
  expect(maintenanceOf(folder).prune()).toMatchObject({ images: 1 });
  expect(readdirSync(images).sort()).toEqual(["arriving.jpg", "kept.jpg"]);
});

test("diagnostics count rows and name nobody", () => {
  using folder = dataFolder();
  addIntegration(folder.db, addUser(folder.db, "anna-the-user"), "attic-server");
  const facts = maintenanceOf(folder).diagnostics();
  expect(facts.rows).toMatchObject({ users: 1, integrations: 1, plays: 0 });
  expect(JSON.stringify(facts)).not.toMatch(/anna|attic|127\.0\.0\.1/);
});
