import { afterEach, expect, test } from "bun:test";
import { readConfig } from "../../../src/config.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import type { MetadataSource } from "../../../src/metadata/contract.ts";
import { createSourceDesk } from "../../../src/services/sources/service.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld } from "../../simulators/world.ts";
import { createTestClock } from "../../support/clock.ts";
import { standIn } from "../../support/fake-services.ts";
import { hurriedClock, type Product, startProduct } from "../../support/product.ts";

const opened: { product: Product; sims: Simulators }[] = [];
afterEach(async () => {
  for (const { product, sims } of opened.splice(0)) {
    await product.stop();
    await sims.stop();
  }
});

async function desk(env: Record<string, string> = {}) {
  const sims = startSimulators(createWorld());
  const product = await startProduct(sims, {
    clock: hurriedClock,
    env: { METADATA_SOURCES: "trakt,tmdb,tvmaze", ...env },
  });
  opened.push({ product, sims });
  return { sims, desk: product.app.sourceDesk };
}

test("every source that is switched on answers a test with how long it took", async () => {
  const { desk: sources } = await desk();
  for (const [id, words] of [
    ["trakt", /^Trakt answers: the key works \(\d+ ms\)\.$/],
    ["tmdb", /^TMDB answers: the key works \(\d+ ms\)\.$/],
    ["tvmaze", /^TVmaze answers \(\d+ ms\)\.$/],
  ] as const) {
    const result = await sources.test(id);
    expect(result).toMatchObject({ ok: true, hint: null });
    expect(result.message).toMatch(words);
  }
});

test("a wrong key is told with what to do, and remembered until the source works again", async () => {
  const { desk: sources, sims } = await desk({ TMDB_API_KEY: "0123456789abcdef0123456789abcdef" });
  const result = await sources.test("tmdb");
  expect(result).toMatchObject({ ok: false, message: "TMDB does not accept the API key (HTTP 401)." });
  expect(result.hint).toContain("Check TMDB_API_KEY");
  expect(JSON.stringify(result)).not.toContain("0123456789abcdef");
  expect(sources.list().find(({ id }) => id === "tmdb")?.problem?.message).toBe(result.message);
  sims.faults.add({ service: "tvmaze", effect: { kind: "status", status: 500 } });
  await sources.test("tvmaze");
  expect(sources.list().find(({ id }) => id === "tvmaze")?.problem?.hint).toContain("reach the internet");
  sims.faults.clear();
  await sources.test("tvmaze");
  expect(sources.list().find(({ id }) => id === "tvmaze")?.problem).toBeNull();
});

test("the list has every source: those asked in their order, then those left out", async () => {
  const { desk: sources } = await desk({ METADATA_SOURCES: "tvmaze,trakt", TRAKT_CLIENT_ID: "" });
  expect(sources.list().map(({ id, state, keyVariable }) => [id, state, keyVariable])).toEqual([
    ["tvmaze", "on", null],
    ["trakt", "no-key", "TRAKT_CLIENT_ID"],
    ["tmdb", "left-out", "TMDB_API_KEY"],
  ]);
  await expect(sources.test("trakt")).rejects.toMatchObject({
    code: "conflict",
    hint: expect.stringContaining("TRAKT_CLIENT_ID"),
  });
  await expect(sources.test("tmdb")).rejects.toMatchObject({ code: "conflict" });
  await expect(sources.test("constructor")).rejects.toMatchObject({ code: "not-found" });
});

test("what went wrong while looking up is heard too; a stopped program is no problem of the source", async () => {
  const config = readConfig({ DATA_DIR: "/nonexistent", METADATA_SOURCES: "tvmaze" });
  let failure: AppError | null = new AppError("rate-limited", "TVmaze asks us to wait (HTTP 429).");
  const source = standIn<MetadataSource>("tvmaze", {
    id: "tvmaze",
    label: "TVmaze",
    waitingUntil: () => 5,
    catalogue: async () => {
      if (failure !== null) throw failure;
      return null;
    },
  });
  const sources = createSourceDesk(config, createTestClock(), [source]);
  const [watched] = sources.sources;
  await expect(watched?.catalogue("1")).rejects.toBe(failure);
  expect(sources.list()[0]).toMatchObject({ waitingUntil: 5, problem: { message: failure.message } });
  failure = null;
  expect(await watched?.catalogue("1")).toBeNull();
  expect(sources.list()[0]?.problem).toBeNull();
  failure = new AppError("cancelled", "Shutting down.");
  await expect(watched?.catalogue("1")).rejects.toBe(failure);
  expect(sources.list()[0]?.problem).toBeNull();
});
