import { describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import { createLog, type LogFields, type LogFormat, type LogLevel, silentLog } from "../../src/kernel/log.ts";
import { secret } from "../../src/kernel/secret.ts";
import { createTestClock } from "../support/clock.ts";

function recording(format: LogFormat = "json", level: LogLevel = "debug") {
  const lines: string[] = [];
  const log = createLog({ clock: createTestClock(), level, format, write: (line) => lines.push(line) });
  return { log, lines };
}

function written(fields: LogFields): Record<string, unknown> {
  const { log, lines } = recording();
  log.info("event", fields);
  const { time: _time, level: _level, event: _event, ...rest } = JSON.parse(lines[0] ?? "");
  return rest;
}

describe("lines", () => {
  test("JSON carries time, level, event and fields", () => {
    const { log, lines } = recording();
    log.warn("sync.late", { integration: 3, server: "Attic", absent: undefined });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: "2026-01-15T12:00:00.000Z", level: "warn", event: "sync.late", integration: 3, server: "Attic" },
    ]);
  });

  test("pretty lines are one line each, with whatever could break them quoted", () => {
    const { log, lines } = recording("pretty");
    log.error("sync.failed", { server: "My Attic", note: "a\nb", colour: "\u001b[31mred", count: 2 });
    expect(lines).toEqual([
      '12:00:00 ERROR sync.failed server="My Attic" note="a\\nb" colour="\\u001b[31mred" count=2',
    ]);
  });

  test("what lies below the level is left out", () => {
    const { log, lines } = recording("json", "warn");
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["c", "d"]);
  });

  test("a child adds its fields to every line", () => {
    const { log, lines } = recording();
    log.child({ part: "web" }).child({ request: "r1" }).info("answered", { status: 200 });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ part: "web", request: "r1", status: 200 });
  });

  test("the silent log takes everything and says nothing", () => {
    expect(silentLog.child({ a: 1 }).info("event")).toBeUndefined();
  });
});

describe("what is never written", () => {
  test.each([
    "token",
    "accessToken",
    "sealed_server_token",
    "password",
    "Cookie",
    "set-cookie",
    "authorization",
    "apiKey",
    "api_key",
    "api-key",
    "INTEGRATION_ENCRYPTION_KEY",
    "clientSecret",
    "key",
    "code",
    "pin",
  ])("the text under %s", (name) => {
    expect(written({ [name]: "hunter2" })).toEqual({ [name]: "[secret]" });
  });

  test("a number under a telling name is a number", () => {
    expect(written({ code: 404, tokens: 2, pin: true })).toEqual({ code: 404, tokens: 2, pin: true });
  });

  test("names that only look alike are kept", () => {
    expect(written({ keyboard: "qwertz", codec: "h264", spinner: "on" })).toEqual({
      keyboard: "qwertz",
      codec: "h264",
      spinner: "on",
    });
  });

  test("tokens in addresses", () => {
    expect(
      written({ url: "http://attic:32400/library?X-Plex-Token=abc&size=2", also: ["/3/tv?query=a&api_key=def"] }),
    ).toEqual({
      url: "http://attic:32400/library?X-Plex-Token=[secret]&size=2",
      also: ["/3/tv?query=a&api_key=[secret]"],
    });
  });

  test("a Secret, wherever it hides", () => {
    expect(
      written({ header: secret("s3cret"), list: [secret("s3cret")], nested: { value: secret("s3cret") } }),
    ).toEqual({ header: "[secret]", list: ["[secret]"], nested: { value: "[secret]" } });
  });

  test("telling names below others, at any depth", () => {
    const deep = { a: { b: { c: { d: { e: { f: { token: "hunter2" } } } } } } };
    expect(JSON.stringify(written({ server: { token: "hunter2", name: "Attic" }, deep }))).not.toContain("hunter2");
    expect(written({ server: { token: "hunter2", name: "Attic" } })).toEqual({
      server: { token: "[secret]", name: "Attic" },
    });
  });

  test("the cause behind an error", () => {
    const cause = new Error("GET failed with header X-Plex-Token hunter2");
    expect(written({ reason: new AppError("unreachable", "Attic cannot be reached.", { cause }) })).toEqual({
      reason: { error: "unreachable: Attic cannot be reached." },
    });
    expect(written({ reason: new Error("outer", { cause }) })).toEqual({ reason: { error: "outer" } });
  });

  test("a token in an error's text or technical detail", () => {
    const detail = "fetching http://attic/?X-Plex-Token=hunter2 failed";
    expect(written({ reason: new AppError("unreachable", "Attic is down.", { detail }) })).toEqual({
      reason: {
        error: "unreachable: Attic is down.",
        detail: "fetching http://attic/?X-Plex-Token=[secret] failed",
      },
    });
    expect(JSON.stringify(written({ reason: new Error(detail) }))).not.toContain("hunter2");
  });
});

describe("what would break a line", () => {
  test("a circle, a bigint and a long list do not", () => {
    const circle: Record<string, unknown> = { name: "loop" };
    circle["self"] = circle;
    expect(JSON.stringify(written({ circle }))).toContain("loop");
    expect(written({ bytes: 12n })).toEqual({ bytes: "12" });
    expect(written({ list: Array.from({ length: 50 }, (_, n) => n) })["list"]).toHaveLength(20);
  });
});
