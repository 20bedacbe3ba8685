import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plexEpisode } from "../simulators/plex-world.ts";
import { startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { setUpAndConnect } from "./connect.ts";
import { runCommand, startServer, temporaryFolder } from "./run-command.ts";

const watchedAt = Date.UTC(2026, 2, 1, 20);

/** A person with one server on which two episodes were watched, connected over HTTP by a server that has ended since. */
async function connectedFolder() {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  const item = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3] }));
  world.play(anna, plexEpisode(item, 1, 1), { at: watchedAt });
  world.play(anna, plexEpisode(item, 1, 2), { at: watchedAt + 3_600_000 });
  const sims = startSimulators(world, { withKeys: false });
  const folder = temporaryFolder();
  const env = { ...sims.env, METADATA_SOURCES: "none" };
  await using server = await startServer({ folder: folder.path, env });
  await setUpAndConnect(server.url, sims, anna);
  server.signal("SIGTERM");
  await server.exited;
  return {
    sims,
    env,
    path: folder.path,
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await sims.stop();
    },
  };
}

test("sync marks what was watched, says so in plain lines, and finds nothing new the second time", async () => {
  await using house = await connectedFolder();
  const first = await runCommand(["sync"], { folder: house.path, env: house.env });
  expect(first.error).toBe("");
  expect(first.out).toMatch(/Attic \(anna\): success: 1 shows, 2 episodes, 2 new plays in [\d.]+ s\n$/);
  expect(first.out).not.toContain("\u001b");
  expect(first.code).toBe(0);
  const second = await runCommand(["sync", "--user", "anna", "--provider=plex"], {
    folder: house.path,
    env: house.env,
  });
  expect(second.out).toContain("0 new plays");
  expect(second.code).toBe(0);
});

test("sync exits with 1 and says why when the server is gone, the user unknown or nothing connected", async () => {
  await using house = await connectedFolder();
  const stranger = await runCommand(["sync", "--user", "ana"], { folder: house.path, env: house.env });
  expect([stranger.code, stranger.error]).toEqual([1, "There is no account named ana.\nDid you mean anna?\n"]);
  await house.sims.takeDown("Attic");
  const gone = await runCommand(["sync"], { folder: house.path, env: house.env });
  expect(gone.code).toBe(1);
  expect(gone.out + gone.error).toContain("Attic");
  using empty = temporaryFolder();
  const none = await runCommand(["sync"], { folder: empty.path });
  expect([none.code, none.error]).toEqual([
    1,
    "There is no server to sync with. Connect one on the Integrations page.\n",
  ]);
});

test("rekey moves the credentials to a new key in the data folder, and syncing goes on with it", async () => {
  await using house = await connectedFolder();
  const keyFile = join(house.path, "data/encryption.key");
  const before = readFileSync(keyFile, "utf8");
  const { code, out } = await runCommand(["rekey"], { folder: house.path, env: house.env });
  expect(code).toBe(0);
  expect(out).toContain("stored credentials are encrypted with the new key.");
  const after = readFileSync(keyFile, "utf8");
  expect(after).not.toBe(before);
  expect(out).not.toContain(after.trim());
  expect((await runCommand(["sync"], { folder: house.path, env: house.env })).code).toBe(0);
});

test("rekey with a given key needs that key afterwards", async () => {
  await using house = await connectedFolder();
  const next = "n".repeat(32);
  const wrong = await runCommand(["rekey"], {
    folder: house.path,
    env: { ...house.env, NEW_INTEGRATION_ENCRYPTION_KEY: "short" },
  });
  expect([wrong.code, wrong.error]).toEqual([1, "NEW_INTEGRATION_ENCRYPTION_KEY: must be exactly 32 characters.\n"]);
  const current = readFileSync(join(house.path, "data/encryption.key"), "utf8").trim();
  const env = { ...house.env, INTEGRATION_ENCRYPTION_KEY: current };
  const done = await runCommand(["rekey"], {
    folder: house.path,
    env: { ...env, NEW_INTEGRATION_ENCRYPTION_KEY: next },
  });
  expect(done.code).toBe(0);
  expect(done.out).not.toContain(next);
  expect((await runCommand(["sync"], { folder: house.path, env })).code).toBe(1);
  expect(
    (await runCommand(["sync"], { folder: house.path, env: { ...env, INTEGRATION_ENCRYPTION_KEY: next } })).code,
  ).toBe(0);
});
