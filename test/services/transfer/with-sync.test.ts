import { expect, test } from "bun:test";
import { writeRow } from "../../../src/kernel/csv.ts";
import type { ImportView } from "../../../src/services/transfer/types.ts";
import { type PlayFact, type Product, playsOfUser } from "../../support/product.ts";
import { connected, oddWorld, plainWorld, scene, seeds } from "../sync/harness.ts";

async function bring(product: Product, text: string): Promise<ImportView> {
  const { transfer } = product.app;
  const { id } = await transfer.preview(product.userId, { name: "file", bytes: new TextEncoder().encode(text) });
  transfer.apply(product.userId, id);
  return transfer.settled(product.userId, id);
}

async function exported(product: Product): Promise<string> {
  let text = "";
  for await (const piece of product.app.transfer.export(product.userId, "json")) text += piece;
  return text;
}

/** What another program would have written down of the same evenings: minutes later, and to the minute. */
function table(product: Product, plays: readonly PlayFact[]): string {
  const years = new Map(
    product.app.deps.db.raw
      .query<{ title: string; year: number | null }, []>("SELECT title, year FROM shows")
      .all()
      .map(({ title, year }) => [title, year]),
  );
  const lines = plays.map(({ show, season, number, at }) => {
    const minute = at === null ? null : `${new Date(at + 4 * 60_000).toISOString().slice(0, 16)}:00Z`;
    return writeRow([show, years.get(show) ?? null, season, number, minute]);
  });
  return ["show,year,season,episode,watched_at\r\n", ...lines].join("");
}

const facts = (plays: readonly PlayFact[]) =>
  plays.map(({ show, season, number, at }) => [show, season, number, at === null ? null : Math.floor(at / 600_000)]);

test("a sync adds nothing to what our own export has brought, whatever the world is like", async () => {
  for (const seed of seeds(4)) {
    const stage = scene(oddWorld(seed));
    const { product: first, integration } = await connected(stage);
    await first.sync(integration);
    const second = await stage.open();
    const done = await bring(second, await exported(first));
    expect({ seed, ...done.summary }).toMatchObject({ seed, notUnderstood: 0, added: playsOfUser(first).length });
    const server = await second.connect(stage.account, stage.server.name);
    const run = await second.sync(server);
    expect({ seed, added: run.watchesAdded, status: run.status }).toEqual({ seed, added: 0, status: "success" });
    expect(playsOfUser(second)).toEqual(playsOfUser(first));
    await stage.close();
  }
}, 120_000);

test("a sync folds its rows into the plays of another program's file, and adds what that did not have", async () => {
  for (const seed of seeds(2)) {
    const stage = scene(plainWorld(seed));
    const { product: first, integration } = await connected(stage);
    await first.sync(integration);
    const plays = playsOfUser(first);
    const half = plays.filter((_, index) => index % 2 === 0);
    const second = await stage.open();
    expect((await bring(second, table(first, half))).summary).toMatchObject({ added: half.length, notUnderstood: 0 });
    const run = await second.sync(await second.connect(stage.account, stage.server.name));
    expect({ seed, added: run.watchesAdded }).toEqual({ seed, added: plays.length - half.length });
    expect(playsOfUser(second)).toHaveLength(plays.length);
    await stage.close();
  }
}, 120_000);

test("a file adds nothing to what a sync has read", async () => {
  for (const seed of seeds(2)) {
    const stage = scene(plainWorld(seed));
    const { product, integration } = await connected(stage);
    await product.sync(integration);
    const plays = playsOfUser(product);
    const done = await bring(product, table(product, plays));
    expect({ seed, ...done.summary }).toMatchObject({ seed, added: 0, alreadyThere: plays.length });
    expect(facts(playsOfUser(product))).toEqual(facts(plays));
    await stage.close();
  }
}, 120_000);
