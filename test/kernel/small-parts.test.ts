import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { loadAssets } from "../../src/kernel/assets.ts";
import { mapLimit, oneByOne, singleFlight, tidyMemory, withDeadline, yieldToOthers } from "../../src/kernel/async.ts";
import { backoffMs, retryAfterMs } from "../../src/kernel/backoff.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { AppError, hasCode, throwIfAborted, toAppError } from "../../src/kernel/errors.ts";
import { createEventBus } from "../../src/kernel/events.ts";
import {
  equalInConstantTime,
  randomRef,
  randomToken,
  randomUnit,
  randomUuid,
  sha256Hex,
} from "../../src/kernel/ids.ts";
import { secret } from "../../src/kernel/secret.ts";

describe("backoff", () => {
  const steps = { baseMs: 400, maxMs: 15_000 };

  test("doubles up to its limit", () => {
    expect([1, 2, 3, 6, 7, 500].map((attempt) => backoffMs(attempt, steps, () => 1))).toEqual([
      400, 800, 1_600, 12_800, 15_000, 15_000,
    ]);
  });

  test("takes away a quarter at most", () => {
    expect(backoffMs(1, steps, () => 0)).toBe(300);
    const drawn = backoffMs(1, steps);
    expect(drawn).toBeGreaterThanOrEqual(300);
    expect(drawn).toBeLessThanOrEqual(400);
  });

  test("Retry-After: seconds, a date, or nothing of use", () => {
    const now = Date.UTC(2026, 0, 15, 12);
    expect(retryAfterMs("5", now)).toBe(5_000);
    expect(retryAfterMs("0", now)).toBe(0);
    expect(retryAfterMs(" 1.5 ", now)).toBe(1_500);
    expect(retryAfterMs("Thu, 15 Jan 2026 12:02:00 GMT", now)).toBe(120_000);
    expect(retryAfterMs("Thu, 15 Jan 2026 11:00:00 GMT", now)).toBe(0);
    for (const useless of [null, "", "  ", "soon"]) expect(retryAfterMs(useless, now)).toBeNull();
  });

  test("Retry-After of more than a day is a day", () => {
    expect(retryAfterMs("999999999", 0)).toBe(86_400_000);
    expect(retryAfterMs("Thu, 15 Jan 2099 12:02:00 GMT", 0)).toBe(86_400_000);
  });
});

describe("a secret", () => {
  const hidden = secret("hunter2");

  test("is what it is when revealed", () => {
    expect(hidden.reveal()).toBe("hunter2");
  });

  test("is masked when printed, serialised, spread or inspected", () => {
    const shown = [
      String(hidden),
      `${hidden}`,
      JSON.stringify({ hidden }),
      inspect({ hidden }),
      Bun.inspect({ hidden }),
      JSON.stringify({ ...hidden }),
      JSON.stringify(Object.entries(hidden)),
    ];
    for (const text of shown) expect(text).not.toContain("hunter2");
    expect(JSON.stringify({ hidden })).toBe('{"hidden":"[secret]"}');
  });
});

describe("the event bus", () => {
  type Events = { saved: { id: number }; gone: { id: number } };

  test("a listener that throws stops nobody else, and its error is told", () => {
    const errors: unknown[] = [];
    const bus = createEventBus<Events>((error) => errors.push(error));
    const heard: unknown[] = [];
    bus.subscribe(() => {
      throw new Error("deaf");
    });
    bus.subscribe((name, payload) => heard.push([name, payload]));
    bus.publish("saved", { id: 1 });
    expect(heard).toEqual([["saved", { id: 1 }]]);
    expect(errors).toEqual([new Error("deaf")]);
  });

  test("nobody hears after leaving, also while a message goes round", () => {
    const bus = createEventBus<Events>(() => undefined);
    const heard: string[] = [];
    const leave = bus.subscribe(() => {
      heard.push("first");
      leave();
    });
    bus.subscribe(() => heard.push("second"));
    bus.publish("saved", { id: 1 });
    bus.publish("gone", { id: 1 });
    expect(heard).toEqual(["first", "second", "second"]);
  });
});

describe("doing several things", () => {
  test("mapLimit keeps the order of the items and the width", async () => {
    let now = 0;
    let most = 0;
    const results = await mapLimit([5, 1, 4, 2, 3], 2, async (each, index) => {
      now += 1;
      most = Math.max(most, now);
      await systemClock.sleep(each);
      now -= 1;
      return [each, index];
    });
    expect(results).toEqual([5, 1, 4, 2, 3].map((each, index) => [each, index]));
    expect(most).toBe(2);
    expect(await mapLimit([], 3, async () => 1)).toEqual([]);
  });

  test("mapLimit begins nothing more after a failure", async () => {
    const begun: number[] = [];
    const work = mapLimit([0, 1, 2, 3, 4, 5], 2, async (each) => {
      begun.push(each);
      await systemClock.sleep(each === 0 ? 0 : 5);
      if (each === 0) throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    await systemClock.sleep(20);
    expect(begun).toEqual([0, 1]);
  });

  test("oneByOne lets work of one key wait for what came before, however that ended", async () => {
    const inLine = oneByOne<string>();
    const said: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = inLine("a", async () => {
      await promise;
      said.push("first");
      throw new Error("failed");
    });
    const second = inLine("a", async () => said.push("second"));
    await inLine("b", async () => said.push("other"));
    resolve();
    await expect(first).rejects.toThrow("failed");
    await second;
    expect(said).toEqual(["other", "first", "second"]);
  });

  test("singleFlight joins calls of one key, and forgets them once they ended, well or not", async () => {
    const flight = singleFlight<string, number>();
    let calls = 0;
    const work = async () => {
      calls += 1;
      await yieldToOthers();
      return calls;
    };
    expect(await Promise.all([flight("a", work), flight("a", work), flight("b", work)])).toEqual([2, 2, 2]);
    expect(calls).toBe(2);
    await expect(flight("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await flight("a", work)).toBe(3);
  });

  test("withDeadline gives the result, its error, or `unreachable` with the sentence", async () => {
    expect(await withDeadline(Promise.resolve(7), 1_000, "late")).toBe(7);
    await expect(withDeadline(Promise.reject(new Error("own")), 1_000, "late")).rejects.toThrow("own");
    await expect(withDeadline(new Promise(() => undefined), 5, "Too late.")).rejects.toMatchObject({
      code: "unreachable",
      message: "Too late.",
    });
  });

  test("tidyMemory leaves a small process alone", () => {
    let collections = 0;
    const collect = () => {
      collections += 1;
    };
    const patient = tidyMemory(1, Number.POSITIVE_INFINITY, collect);
    for (let page = 0; page < 5; page += 1) patient();
    expect(collections).toBe(0);
    const strict = tidyMemory(3, 0, collect);
    for (let page = 0; page < 7; page += 1) strict();
    expect(collections).toBe(2);
  });

  test("a sleep ends with the signal's reason", async () => {
    const abort = new AbortController();
    const sleeping = systemClock.sleep(60_000, abort.signal);
    abort.abort(new Error("up"));
    await expect(sleeping).rejects.toThrow("up");
    await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error("never")))).rejects.toThrow("never");
  });
});

describe("errors", () => {
  test("what nobody expected keeps its text for the log only", () => {
    const error = toAppError(new Error("select hunter2"));
    expect([error.code, error.message]).toEqual(["internal", "Something unexpected went wrong."]);
    expect(error.detail).toContain("select hunter2");
    expect(toAppError("odd").detail).toBe("odd");
  });

  test.each([
    ["SQLITE_FULL", "The disk is full or cannot be written."],
    ["SQLITE_BUSY", "The database is locked by another program."],
    ["SQLITE_READONLY", "The database cannot be written."],
    ["SQLITE_CORRUPT", "The database file is damaged."],
    ["SQLITE_CONSTRAINT", "The database refused the change."],
  ])("%s is told in words", (code, message) => {
    const thrown = Object.assign(new Error("inner"), { name: "SQLiteError", code });
    expect(toAppError(thrown)).toMatchObject({ code: "database", message, detail: `${code}: inner` });
  });

  test("an AppError stays itself and is known by its code", () => {
    const error = new AppError("conflict", "Busy.");
    expect(toAppError(error)).toBe(error);
    expect([
      hasCode(error, "invalid", "conflict"),
      hasCode(error, "invalid"),
      hasCode(new Error("x"), "conflict"),
    ]).toEqual([true, false, false]);
  });

  test("an aborted signal throws its own reason, or `cancelled`", () => {
    const reason = new AppError("conflict", "Disconnected.");
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(reason);
    expect(() => throwIfAborted(AbortSignal.abort())).toThrow(expect.objectContaining({ code: "cancelled" }));
    expect(throwIfAborted(new AbortController().signal)).toBeUndefined();
  });
});

describe("ids", () => {
  test("tokens are long, safe in addresses and never the same", () => {
    const tokens = new Set(Array.from({ length: 200 }, () => randomToken()));
    expect(tokens.size).toBe(200);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
    expect(randomToken(24)).toHaveLength(32);
  });

  test("references and uuids have their shapes", () => {
    expect(randomRef()).toMatch(/^[0-9a-f]{8}$/);
    expect(randomUuid()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const unit = randomUnit();
    expect(unit >= 0 && unit < 1).toBe(true);
  });

  test("texts are compared whole, whatever their lengths", () => {
    expect(equalInConstantTime("abc", "abc")).toBe(true);
    expect([
      equalInConstantTime("abc", "abd"),
      equalInConstantTime("abc", "abcd"),
      equalInConstantTime("", "a"),
    ]).toEqual([false, false, false]);
    expect(sha256Hex("abc")).toStartWith("ba7816bf8f01cfea");
  });
});

describe("assets", () => {
  const folder = mkdtempSync(join(tmpdir(), "episode-tracker-assets-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("have their type, and a hash that follows their content", () => {
    writeFileSync(join(folder, "app.css"), "a{}");
    writeFileSync(join(folder, "icon.svg"), "<svg/>");
    writeFileSync(join(folder, "odd.bin"), new Uint8Array([0, 255]));
    const before = loadAssets(folder);
    expect([...before.values()].map(({ name, type }) => [name, type])).toEqual([
      ["app.css", "text/css; charset=utf-8"],
      ["icon.svg", "image/svg+xml"],
      ["odd.bin", "application/octet-stream"],
    ]);
    writeFileSync(join(folder, "app.css"), "b{}");
    const after = loadAssets(folder);
    expect(after.get("app.css")?.hash).not.toBe(before.get("app.css")?.hash as string);
    expect(after.get("icon.svg")?.hash).toBe(before.get("icon.svg")?.hash as string);
    expect(after.get("app.css")?.hash).toMatch(/^[0-9a-f]{12}$/);
  });

  test("the product's own are found", () => {
    expect([...loadAssets().keys()].some((name) => name.endsWith(".css"))).toBe(true);
  });
});
