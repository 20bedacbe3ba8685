import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configVariables } from "../../src/config.ts";
import { parseXml, type XmlElement } from "../../src/kernel/xml.ts";
import { temporaryFolder } from "../commands/run-command.ts";

const deploy = join(import.meta.dir, "../../deploy");
const asRoot = process.getuid?.() === 0 && Bun.which("setpriv") !== null;

/** Runs the container's entrypoint with a program that tells as whom, with what and how it was called. */
function enter(env: Record<string, string>, prefix: string[] = []) {
  const folder = temporaryFolder();
  chmodSync(folder.path, 0o755);
  const data = join(folder.path, "config");
  mkdirSync(data);
  writeFileSync(join(data, "old.db"), "");
  const program = join(folder.path, "episode-tracker");
  writeFileSync(program, '#!/bin/sh\necho "$(id -u):$(id -g) $(umask) $*"\n', { mode: 0o755 });
  const result = Bun.spawnSync([...prefix, "sh", join(deploy, "entrypoint.sh"), "serve", "two words"], {
    env: { PATH: `${folder.path}:/usr/bin:/bin`, DATA_DIR: data, ...env },
  });
  const { uid, gid } = statSync(join(data, "old.db"));
  folder[Symbol.dispose]();
  return {
    code: result.exitCode,
    out: result.stdout.toString(),
    error: result.stderr.toString(),
    owner: `${uid}:${gid}`,
  };
}

describe.skipIf(!asRoot)("the container's entrypoint", () => {
  test("as root gives the data to PUID:PGID and runs as them", () => {
    expect(enter({ PUID: "99", PGID: "100", UMASK: "027" })).toEqual({
      code: 0,
      out: "99:100 0027 serve two words\n",
      error: "",
      owner: "99:100",
    });
  });

  test("without PUID runs as 1000:1000, with PUID=0 as root", () => {
    expect(enter({}).out).toStartWith("1000:1000 0022 ");
    expect(enter({ PUID: "0", PGID: "0" }).out).toStartWith("0:0 0022 ");
  });

  test("started as somebody else runs as them and touches nothing", () => {
    const other = ["setpriv", "--reuid", "99", "--regid", "100", "--clear-groups"];
    expect(enter({ PUID: "1000" }, other)).toMatchObject({
      code: 0,
      out: "99:100 0022 serve two words\n",
      owner: "0:0",
    });
  });

  test.each([
    [{ PUID: "anna" }, "PUID and PGID: must be numbers"],
    [{ UMASK: "rwx" }, "UMASK: must be three octal digits"],
  ])("refuses %p with exit code 2", (env, message) => {
    const { code, error, out } = enter(env);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(message);
  });
});

describe("the Unraid template", () => {
  const container = (
    parseXml(readFileSync(join(deploy, "unraid/episode-tracker.xml"), "utf8"))["Container"] as XmlElement[]
  )[0];
  const settings = (container?.["Config"] ?? []) as XmlElement[];

  test("offers only settings that exist", () => {
    const known = new Set([...configVariables, "PUID", "PGID", "UMASK"]);
    const variables = settings.filter((each) => each["Type"] === "Variable").map((each) => String(each["Target"]));
    expect(variables.filter((name) => !known.has(name))).toEqual([]);
    expect(variables.length).toBeGreaterThan(5);
  });

  test("masks every secret and nothing else", () => {
    const masked = settings.filter((each) => each["Mask"] === "true").map((each) => each["Target"]);
    expect(masked.sort()).toEqual(["INTEGRATION_ENCRYPTION_KEY", "TMDB_API_KEY", "TRAKT_CLIENT_ID"]);
  });

  test("maps the port and the folder that the image uses", () => {
    const image = readFileSync(join(deploy, "../Dockerfile"), "utf8");
    expect(image).toContain("EXPOSE 4747");
    expect(image).toContain("VOLUME /config");
    const targets = settings.filter((each) => each["Type"] !== "Variable").map((each) => each["Target"]);
    expect(targets.sort()).toEqual(["/config", "4747"]);
  });
});
