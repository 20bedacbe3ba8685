import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectedFolder, KINDS } from "./connected.ts";
import { runCommand, temporaryFolder } from "./run-command.ts";

describe.each(KINDS)("sync with %s", (provider) => {
  test("marks what was watched, says so in plain lines, and finds nothing new the second time", async () => {
    await using house = await connectedFolder(provider);
    const first = await runCommand(["sync"], { folder: house.path, env: house.env });
    expect(first.error).toBe("");
    expect(first.out).toMatch(/Attic \(anna\): success: 1 shows, 2 episodes, 2 new plays in [\d.]+ s\n$/);
    expect(first.out).not.toContain("\u001b");
    expect(first.code).toBe(0);
    const second = await runCommand(["sync", "--user", "anna", `--provider=${provider}`], {
      folder: house.path,
      env: house.env,
    });
    expect(second.out).toContain("0 new plays");
    expect(second.code).toBe(0);
  });

  test("exits with 1 and says why when the server is gone, or only another kind is connected", async () => {
    await using house = await connectedFolder(provider);
    const others = KINDS.filter((each) => each !== provider);
    for (const other of others) {
      const none = await runCommand(["sync", "--provider", other], { folder: house.path, env: house.env });
      expect([none.code, none.error]).toEqual([
        1,
        "There is no server to sync with. Connect one on the Integrations page.\n",
      ]);
    }
    await house.sims.takeDown("Attic");
    const gone = await runCommand(["sync"], { folder: house.path, env: house.env });
    expect(gone.code).toBe(1);
    expect(gone.out + gone.error).toContain("Attic");
  });
});

test("sync exits with 1 when the user is unknown or nothing connected, and with 2 for a kind that nobody knows", async () => {
  await using house = await connectedFolder();
  const stranger = await runCommand(["sync", "--user", "ana"], { folder: house.path, env: house.env });
  expect([stranger.code, stranger.error]).toEqual([1, "There is no account named ana.\nDid you mean anna?\n"]);
  using empty = temporaryFolder();
  const none = await runCommand(["sync"], { folder: empty.path });
  expect([none.code, none.error]).toEqual([
    1,
    "There is no server to sync with. Connect one on the Integrations page.\n",
  ]);
  const kodi = await runCommand(["sync", "--provider", "kodi"], { folder: house.path, env: house.env });
  expect(kodi.code).toBe(2);
  expect(kodi.error).toContain("--provider must be one of plex, jellyfin, emby.");
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
