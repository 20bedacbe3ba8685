import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../src/commands/list.ts";
import { VERSION } from "../../src/version.ts";
import { fromSource, runCommand, temporaryFolder } from "./run-command.ts";

describe("the command line", () => {
  test("prints its version", async () => {
    using folder = temporaryFolder();
    expect(await runCommand(["--version"], { folder: folder.path })).toEqual({
      code: 0,
      out: `${VERSION}\n`,
      error: "",
    });
  });

  test("prints help that names every command, also with a broken configuration", async () => {
    using folder = temporaryFolder();
    const { code, out } = await runCommand(["--help"], { folder: folder.path, env: { PORT: "many" } });
    expect(code).toBe(0);
    for (const { name } of commands) expect(out).toContain(`  ${name}`);
  });

  test.each(commands.map(({ name }) => [name]))("%s has help of its own", async (name) => {
    using folder = temporaryFolder();
    const { code, out } = await runCommand([...name.split(" "), "--help"], { folder: folder.path });
    expect(code).toBe(0);
    expect(out).toContain(`Usage: episode-tracker ${name}`);
  });

  test.each([
    [["servee"], 'Unknown command "servee". Did you mean serve?'],
    [["user"], "user needs one of: user add, user list, user reset-password."],
    [["backup", "--forse"], "Unknown option --forse."],
    [["sync", "--usr", "anna"], "Unknown option --usr. Did you mean --user?"],
    [["sync", "--provider", "plx"], "--provider must be one of"],
    [["restore"], "FILE is missing"],
  ])("answers %p with a suggestion and exit code 2", async (words, message) => {
    using folder = temporaryFolder();
    const { code, error, out } = await runCommand(words, { folder: folder.path });
    expect(error).toContain(message);
    expect([code, out]).toEqual([2, ""]);
  });
});

describe("configuration", () => {
  test("every mistake has its line on standard error, and the exit code is 2", async () => {
    using folder = temporaryFolder();
    const env = { PORT: "many", TZ: "Mars/Olympus", LOG_LEVEL: "loud", INTEGRATION_ENCRYPTION_KEY: "hunter2hunter2" };
    const { code, out, error } = await runCommand(["serve"], { folder: folder.path, env });
    expect([code, out]).toEqual([2, ""]);
    const lines = error.trim().split("\n");
    expect(lines.map((line) => line.split(":")[0]).sort()).toEqual([
      "INTEGRATION_ENCRYPTION_KEY",
      "LOG_LEVEL",
      "PORT",
      "TZ",
    ]);
    expect(error).not.toContain("hunter2");
  });

  test("a variable may come from a file, and an unreadable file is a mistake", async () => {
    using folder = temporaryFolder();
    const secret = join(folder.path, "port");
    writeFileSync(secret, "not a port\n");
    const wrong = await runCommand(["healthcheck"], { folder: folder.path, env: { PORT_FILE: secret } });
    expect([wrong.code, wrong.error]).toEqual([2, "PORT: must be a whole number from 0 to 65535.\n"]);
    const missing = await runCommand(["healthcheck"], { folder: folder.path, env: { PORT_FILE: "/nowhere/port" } });
    expect([missing.code, missing.error]).toEqual([2, "PORT_FILE: the file /nowhere/port cannot be read.\n"]);
  });

  test(".env of the working directory is read, and the environment wins over it", async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, ".env"), "SIGNUP=perhaps\nLOG_LEVEL=warn\n");
    const read = await runCommand(["healthcheck"], { folder: folder.path });
    expect([read.code, read.error]).toEqual([2, "SIGNUP: must be one of closed, open.\n"]);
    const won = await runCommand(["user", "list"], { folder: folder.path, env: { SIGNUP: "open" } });
    expect(won.code).toBe(0);
  });

  test("a data folder that is a file is explained", async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, "data"), "");
    const { code, error } = await runCommand(["serve"], { folder: folder.path });
    expect(code).toBe(1);
    expect(error).toContain(`DATA_DIR: ${join(folder.path, "data")} is not a folder.`);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a data folder of somebody else names the owner, us and the command",
    async () => {
      using folder = temporaryFolder();
      const data = join(folder.path, "data");
      mkdirSync(data, { mode: 0o755 });
      const program = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", ...fromSource];
      Bun.spawnSync(["chmod", "755", folder.path]);
      const { code, error } = await runCommand(["serve"], { folder: folder.path, program });
      expect(code).toBe(1);
      expect(error).toContain(`${data} belongs to 0:0 (mode 755), this program runs as 65534:65534.`);
      expect(error).toContain("sudo chown -R 65534:65534 ");
    },
  );
});
