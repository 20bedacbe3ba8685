import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../src/version.ts";
import { setUpAndConnect } from "../commands/connect.ts";
import { runCommand, startServer, temporaryFolder } from "../commands/run-command.ts";
import { startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { executable } from "./executable.ts";

beforeAll(() => {
  executable();
}, 120_000);

/** What somebody might leave where the program is started. */
function hostileFolder() {
  const folder = temporaryFolder();
  writeFileSync(join(folder.path, "bunfig.toml"), 'preload = ["./evil.ts"]\n[test]\npreload = ["./evil.ts"]\n');
  writeFileSync(join(folder.path, "evil.ts"), 'require("node:fs").writeFileSync("owned", "yes"); process.exit(66);\n');
  writeFileSync(join(folder.path, ".env"), "BUN_OPTIONS=--preload=./evil.ts\nSIGNUP=open\nNODE_ENV=test\n");
  writeFileSync(join(folder.path, "tsconfig.json"), "{ this is no JSON");
  writeFileSync(join(folder.path, "package.json"), "{ nor is this");
  return folder;
}

describe("the executable", () => {
  test("runs alone: version, help and configuration errors from an empty folder", async () => {
    using folder = temporaryFolder();
    const options = { folder: folder.path };
    expect(await runCommand(["--version"], options)).toEqual({ code: 0, out: `${VERSION}\n`, error: "" });
    expect((await runCommand(["rekey", "--help"], options)).code).toBe(0);
    const wrong = await runCommand([], { ...options, env: { PORT: "99999" } });
    expect([wrong.code, wrong.error]).toEqual([2, "PORT: must be a whole number from 0 to 65535.\n"]);
  });

  test("migrates and serves in a folder with a hostile bunfig.toml, of which it runs nothing", async () => {
    using folder = hostileFolder();
    await using server = await startServer({ folder: folder.path });
    expect(await (await fetch(`${server.url}/api/health`)).json()).toEqual({ status: "ok", version: VERSION });
    expect(existsSync(join(folder.path, "owned"))).toBe(false);
    expect(existsSync(join(folder.path, "data/episode-tracker.db"))).toBe(true);
    expect(statSync(join(folder.path, "data/encryption.key")).mode & 0o777).toBe(0o600);
    server.signal("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  test("carries its pages, scripts and styles with it", async () => {
    using folder = temporaryFolder();
    await using server = await startServer({ folder: folder.path });
    const page = await (await fetch(`${server.url}/setup`)).text();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*\/static\/[^"]+)"/g)].map((match) => match[1] ?? "");
    expect(addresses.some((each) => each.endsWith(".css"))).toBe(true);
    let scripts = "";
    for (const address of addresses) {
      const answer = await fetch(new URL(address, server.url));
      expect([address, answer.status]).toEqual([address, 200]);
      const text = await answer.text();
      expect(text.length).toBeGreaterThan(20);
      if (address.endsWith(".js")) scripts += text;
    }
    expect(scripts).toContain("htmx");
  });

  test("stops with 0 on SIGTERM while requests keep coming and a sync runs", async () => {
    const world = createWorld();
    const anna = world.addAccount({ username: "anna" });
    const attic = world.addServer({ name: "Attic", owner: anna });
    const tv = world.addLibrary(attic, { title: "TV Shows" });
    for (let index = 0; index < 30; index += 1) {
      const item = world.addToLibrary(tv, world.addShow({ title: `Show ${index}`, seasons: [10] }));
      world.markWatched(anna, item, { at: Date.UTC(2026, 2, 1) + index * 60_000 });
    }
    const sims = startSimulators(world, { withKeys: false });
    try {
      using folder = temporaryFolder();
      const env = { ...sims.env, METADATA_SOURCES: "none" };
      await using server = await startServer({ folder: folder.path, env });
      const client = await setUpAndConnect(server.url, sims, anna);
      sims.faults.add({ service: "plex-server", path: /library/, effect: { kind: "delay", delayMs: 150 } });
      expect((await client.post("/api/integrations/plex/sync", {})).status).toBe(202);

      let answered = 0;
      const load = Array.from({ length: 8 }, async () => {
        for (;;) {
          const status = await client.get("/api/health").then(
            (answer) => answer.status,
            () => null,
          );
          if (status === null) return;
          answered += 1;
        }
      });
      while (answered < 50) await Bun.sleep(5);
      server.signal("SIGTERM");
      expect(await server.exited).toBe(0);
      await Promise.all(load);

      // What was running is finished or told as interrupted by the next start, and the data is whole.
      const checked = await runCommand(["doctor"], { folder: folder.path, env });
      expect(checked.out).toContain("Database: sound");
      await using again = await startServer({ folder: folder.path, env });
      expect((await fetch(`${again.url}/api/health`)).status).toBe(200);
    } finally {
      await sims.stop();
    }
  });

  test("a second signal ends it at once", async () => {
    using folder = temporaryFolder();
    await using server = await startServer({ folder: folder.path });
    server.signal("SIGINT");
    server.signal("SIGINT");
    expect([0, 130]).toContain(await server.exited);
  });

  test("user, backup and restore work from the executable", async () => {
    using folder = temporaryFolder();
    const options = { folder: folder.path };
    expect((await runCommand(["user", "add", "anna"], { ...options, input: "a long enough password\n" })).code).toBe(0);
    const file = join(folder.path, "copy.db");
    expect((await runCommand(["backup", file], options)).code).toBe(0);
    expect(readFileSync(file).subarray(0, 15).toString()).toBe("SQLite format 3");
    expect((await runCommand(["restore", file], options)).out).toContain("Restored: 1 users");
  });
});
