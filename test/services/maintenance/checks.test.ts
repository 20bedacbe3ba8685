import { describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSetting } from "../../../src/db/repos/settings.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { createHttp } from "../../../src/kernel/http.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { secret } from "../../../src/kernel/secret.ts";
import { KEY_CHECK_SETTING } from "../../../src/services/accounts/installation-key.ts";
import { checkDataFolder } from "../../../src/services/maintenance/checks/data-folder.ts";
import { checkDatabase, checkKey } from "../../../src/services/maintenance/checks/database.ts";
import { isNetwork, mountOf } from "../../../src/services/maintenance/checks/mounts.ts";
import { checkProcessor } from "../../../src/services/maintenance/checks/processor.ts";
import { checkReachable } from "../../../src/services/maintenance/checks/reachability.ts";
import { checkTimeZone } from "../../../src/services/maintenance/checks/time-zone.ts";
import { ownerFix } from "../../../src/services/maintenance/data-folder.ts";
import { sealKeyCheck } from "../../../src/vault/key-check.ts";
import { createVault } from "../../../src/vault/vault.ts";
import { dataFolder, seededAt } from "./seed.ts";

const mountinfo = `21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 21 0:50 / /config rw,relatime - nfs4 nas:/volume1/tv rw,vers=4.2
41 21 0:51 / /data\\040one ro,relatime - ext4 /dev/sdb1 rw
42 21 0:52 / /config/images rw - tmpfs tmpfs rw`;

describe("mounts", () => {
  test.each([
    ["/srv/tracker", "/", "ext4", false],
    ["/config", "/config", "nfs4", false],
    ["/config/images/a", "/config/images", "tmpfs", false],
    ["/configuration", "/", "ext4", false],
    ["/data one/tracker", "/data one", "ext4", true],
  ])("%s lies on %s", (path, point, type, readOnly) => {
    expect(mountOf(path, mountinfo)).toMatchObject({ point, type, readOnly });
  });

  test("network file systems are told from local ones", () => {
    expect(["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"].every(isNetwork)).toBe(true);
    expect(["ext4", "btrfs", "zfs", "xfs", "fuse.shfs", "overlay"].some(isNetwork)).toBe(false);
  });
});

describe("processor", () => {
  test("SSE4.2 is needed, AVX2 is not", () => {
    expect(checkProcessor("x64", ["sse4_2", "avx2"]).state).toBe("ok");
    expect(checkProcessor("x64", ["sse4_2"])).toMatchObject({
      state: "ok",
      text: "x64 with SSE4.2, without AVX2 (not needed)",
    });
    expect(checkProcessor("x64", ["sse4_1"]).state).toBe("broken");
    expect(checkProcessor("arm64", null).state).toBe("ok");
  });
});

describe("data folder", () => {
  test("a usable folder is fine", () => {
    using folder = dataFolder();
    expect(checkDataFolder(folder.path)[0]).toMatchObject({ state: "ok" });
  });

  test("the command that mends the owner can be copied, in a container and outside", () => {
    using folder = dataFolder();
    const us = { uid: 99, gid: 100 };
    expect(ownerFix(folder.path, us, false)).toBe(`Run: sudo chown -R 99:100 ${folder.path}`);
    expect(ownerFix("/srv/my data", us, false)).toBe("Run: sudo chown -R 99:100 '/srv/my data'");
    expect(ownerFix(folder.path, us, true)).toContain("sudo chown -R 99:100 FOLDER");
  });
});

describe("time zone", () => {
  test("an unset zone that is UTC is worth a note, a chosen one is not", () => {
    expect(checkTimeZone("UTC", null, seededAt).fix).toContain("TZ=");
    expect(checkTimeZone("UTC", "UTC", seededAt).state).toBe("ok");
    expect(checkTimeZone("Europe/Berlin", null, seededAt).text).toContain("13:00");
  });
});

describe("database and key", () => {
  test("a sound database is fine, a damaged one is broken with the way out", () => {
    using folder = dataFolder();
    expect(checkDatabase(folder.path).state).toBe("ok");
    folder.close();
    writeFileSync(join(folder.path, "episode-tracker.db"), "scrambled");
    expect(checkDatabase(folder.path)).toMatchObject({ state: "broken", fix: expect.stringContaining("restore FILE") });
  });

  test("another key than the one used is broken, and a key file that others may read is worth a note", async () => {
    using folder = dataFolder();
    const key = secret("0123456789abcdef0123456789abcdef");
    writeSetting(folder.db, KEY_CHECK_SETTING, await sealKeyCheck(createVault({ key })));
    expect(await checkKey(folder.path, key, folder.db)).toMatchObject({ state: "ok" });
    const other = await checkKey(folder.path, secret("x".repeat(32)), folder.db);
    expect(other.state).toBe("broken");
    expect(JSON.stringify(other)).not.toContain("xxxx");
    expect(await checkKey(folder.path, null, folder.db)).toMatchObject({
      state: "broken",
      text: expect.stringContaining("missing"),
    });
    writeFileSync(join(folder.path, "encryption.key"), key.reveal());
    chmodSync(join(folder.path, "encryption.key"), 0o644);
    expect(await checkKey(folder.path, null, folder.db)).toMatchObject({
      state: "warn",
      fix: expect.stringContaining("chmod 600"),
    });
  });
});

describe("reachability", () => {
  const http = createHttp({ clock: systemClock, log: silentLog, userAgent: "test" });

  test("any answer counts, trouble on the other side and silence do not", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => new Response("no", { status: Number(new URL(request.url).pathname.slice(1)) }),
    });
    const ask = (path: string) =>
      checkReachable(http, { name: "Attic", url: `http://127.0.0.1:${server.port}/${path}` }, "Switch it on.");
    expect((await ask("200")).state).toBe("ok");
    expect((await ask("401")).state).toBe("ok");
    expect((await ask("404")).state).toBe("ok");
    expect(await ask("503")).toMatchObject({ state: "broken", fix: "Switch it on." });
    await server.stop(true);
    expect(await ask("200")).toMatchObject({ state: "broken" });
  });
});
