import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestApp, type TestApp } from "../support/app.ts";

let folder: string;
let app: TestApp;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "episode-tracker-health-"));
  app = createTestApp({ dbPath: join(folder, "tracker.db") });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const health = () => app.client().get("/api/health");

describe("the health check", () => {
  test("is ok on a database that can be read and written, and leaves no trace in it", async () => {
    expect((await health()).status).toBe(200);
    expect(app.db.raw.query("SELECT count(*) AS n FROM settings").get()).toEqual({ n: 0 });
  });

  test("is 503 while another program holds the database, and ok afterwards", async () => {
    const other = new Database(join(folder, "tracker.db"));
    other.run("BEGIN IMMEDIATE");
    const answer = await health();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
    expect(answer.json.detail).toContain("locked");
    other.run("ROLLBACK");
    other.close();
    expect((await health()).status).toBe(200);
    expect(app.db.raw.query("PRAGMA busy_timeout").get()).toEqual({ timeout: 5000 });
  });

  test("is 503 when the database file is gone", async () => {
    rmSync(join(folder, "tracker.db"));
    expect((await health()).status).toBe(503);
  });

  test("is 503 when nothing can be written", async () => {
    app.db.raw.run("PRAGMA query_only = ON");
    expect((await health()).status).toBe(503);
    app.db.raw.run("PRAGMA query_only = OFF");
  });
});
