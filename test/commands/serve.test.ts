import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { VERSION } from "../../src/version.ts";
import { fromSource, runCommand, startServer, temporaryFolder } from "./run-command.ts";

describe("serve", () => {
  test("takes any free port, says which, answers, and ends with 0 on SIGTERM", async () => {
    using folder = temporaryFolder();
    await using server = await startServer({ folder: folder.path });
    const answer = await fetch(`${server.url}/api/health`);
    expect(await answer.json()).toEqual({ status: "ok", version: VERSION });
    server.signal("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(server.output()).toContain('"server.stopped"');
  });

  test("prints the free port it took also when its log is quiet", async () => {
    using folder = temporaryFolder();
    const child = Bun.spawn(fromSource, {
      cwd: folder.path,
      env: {
        PATH: "/usr/bin:/bin",
        PORT: "0",
        HOST: "127.0.0.1",
        LOG_LEVEL: "error",
        DATA_DIR: join(folder.path, "data"),
      },
      stdout: "pipe",
      stderr: "ignore",
    });
    try {
      const reader = child.stdout.getReader();
      const { value } = await reader.read();
      expect(new TextDecoder().decode(value)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
  });

  test("healthcheck finds the running server, and fails without one", async () => {
    using folder = temporaryFolder();
    const { path } = folder;
    expect((await runCommand(["healthcheck"], { folder: path, env: { PORT: "0" } })).code).toBe(1);
    await using server = await startServer({ folder: path });
    const { port } = new URL(server.url);
    expect(await runCommand(["healthcheck"], { folder: path, env: { PORT: "0" } })).toEqual({
      code: 0,
      out: `ok ${VERSION}\n`,
      error: "",
    });
    expect((await runCommand(["healthcheck"], { folder: path, env: { PORT: port, HOST: "0.0.0.0" } })).code).toBe(0);
    server.signal("SIGTERM");
    await server.exited;
    expect((await runCommand(["healthcheck"], { folder: path, env: { PORT: port } })).code).toBe(1);
  });

  test("healthcheck knows the sub-path", async () => {
    using folder = temporaryFolder();
    await using server = await startServer({ folder: folder.path, env: { BASE_PATH: "tracker/" } });
    expect(new URL(server.url).pathname).toBe("/tracker");
    const env = { PORT: new URL(server.url).port, BASE_PATH: "/tracker" };
    expect((await runCommand(["healthcheck"], { folder: folder.path, env })).code).toBe(0);
  });

  test("a port that is taken is named, with the way out, and the exit code is 1", async () => {
    using folder = temporaryFolder();
    using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const env = { PORT: String(other.port), HOST: "127.0.0.1" };
    const { code, error } = await runCommand(["serve"], { folder: folder.path, env });
    expect(code).toBe(1);
    expect(error).toContain(`Port ${other.port} is already in use on 127.0.0.1.`);
    expect(error).toContain("PORT=");
  });

  test("two servers never share a data folder, and a killed one leaves no lock behind", async () => {
    using folder = temporaryFolder();
    await using first = await startServer({ folder: folder.path });
    const second = await runCommand(["serve"], { folder: folder.path, env: { PORT: "0" } });
    expect(second.code).toBe(1);
    expect(second.error).toContain(
      `Another Episode Tracker uses this data folder (process ${first.pid}, ${first.url})`,
    );
    first.signal("SIGKILL");
    await first.exited;
    await using third = await startServer({ folder: folder.path });
    expect((await fetch(`${third.url}/api/health`)).status).toBe(200);
  });

  test("stops while an event stream is open", async () => {
    using folder = temporaryFolder();
    await using server = await startServer({ folder: folder.path });
    const setup = await fetch(`${server.url}/api/auth/setup`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ username: "anna", password: "a long enough password" }),
    });
    const cookie = (setup.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const stream = await fetch(`${server.url}/events`, { headers: { cookie } });
    expect(stream.status).toBe(200);
    server.signal("SIGTERM");
    expect(await server.exited).toBe(0);
    await stream.body?.cancel();
  });
});

describe("maintenance beside a running server", () => {
  test("backup copies the live database; restore and rekey wait until the server is gone", async () => {
    using folder = temporaryFolder();
    const { path } = folder;
    await using server = await startServer({ folder: path });
    await runCommand(["user", "add", "anna"], { folder: path, input: "a long enough password\n" });
    const file = join(path, "copy.db");
    expect((await runCommand(["backup", file], { folder: path })).code).toBe(0);
    expect((await runCommand(["backup", file], { folder: path })).error).toContain("exists already");
    await runCommand(["user", "add", "ben"], { folder: path, input: "a long enough password\n" });
    for (const words of [["restore", file], ["rekey"]]) {
      const refused = await runCommand(words, { folder: path });
      expect(refused.code).toBe(1);
      expect(refused.error).toContain("Another Episode Tracker uses this data folder");
    }
    server.signal("SIGTERM");
    await server.exited;
    const restored = await runCommand(["restore", file], { folder: path });
    expect(restored.code).toBe(0);
    expect(restored.out).toContain("Restored: 1 users, 0 plays");
    expect((await runCommand(["user", "list"], { folder: path })).out).toMatch(/^anna\s+admin.*\n$/);
  });

  test("doctor reports what is broken with the fix, changes nothing, and exits with 1", async () => {
    using folder = temporaryFolder();
    const { code, out } = await runCommand(["doctor"], { folder: folder.path });
    expect(code).toBe(1);
    expect(out).toMatch(/^BROKEN +plex\.tv: /m);
    expect(out).toMatch(/^ok +Processor: /m);
    expect(out).toMatch(/^ok +Time zone: Europe\/Berlin/m);
    expect(out).toContain("-> Check this machine's internet connection");
    expect(await Bun.file(join(folder.path, "data/episode-tracker.db")).exists()).toBe(false);
  });

  test("doctor is content with a sound installation that reaches its services", async () => {
    using folder = temporaryFolder();
    using service = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("no", { status: 404 }) });
    const env = { PLEX_TV_URL: `http://127.0.0.1:${service.port}` };
    await runCommand(["user", "add", "anna"], { folder: folder.path });
    const { code, out } = await runCommand(["doctor"], { folder: folder.path, env });
    expect(out).toContain("Database: sound: 1 users");
    expect([code, out.trimEnd().split("\n").at(-1)]).toEqual([0, "Nothing is broken."]);
  });
});
