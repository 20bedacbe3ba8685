import { afterEach, describe, expect, test } from "bun:test";
import { writeRow } from "../../../src/kernel/csv.ts";
import type { ImportView } from "../../../src/services/transfer/types.ts";
import { type PlayFact, type Product, playsOfUser } from "../../support/product.ts";
import { seeds } from "../sync/harness.ts";
import { type House, houseOf, KINDS } from "../sync/kinds.ts";

async function bring(product: Product, text: string): Promise<ImportView> {
  const { transfer } = product.app;
  const { id } = await transfer.preview(product.userId, { name: "file", bytes: new TextEncoder().encode(text) });
  transfer.apply(product.userId, id);
  // A hurried clock has little patience.
  for (;;) {
    const done = await transfer.settled(product.userId, id);
    if (done.status !== "running") return done;
  }
}

async function exported(product: Product, format: "json" | "csv"): Promise<string> {
  let text = "";
  for await (const piece of product.app.transfer.export(product.userId, format)) text += piece;
  return text;
}

/** Of two installations only the moment differs. */
const withoutMoment = (document: string) => ({ ...JSON.parse(document), exportedAt: null });

const sourcesOf = ({ app, userId }: Product) =>
  app.deps.db.raw
    .query<{ source: string }, [number]>("SELECT DISTINCT source FROM plays WHERE user_id = ?")
    .all(userId)
    .map(({ source }) => source);

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

const houses: House[] = [];

afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});

describe.each(KINDS)("with %s", (kind) => {
  /** A house, a product that has read all of it, and a place in line. */
  async function read(seed: number, oddities: boolean) {
    const house = houseOf(kind, { seed, shows: oddities ? 8 : 6, oddities });
    houses.push(house);
    const product = await house.open();
    await product.sync(await house.connect(product));
    return { house, product };
  }

  test("a sync adds nothing to what our own export has brought, whatever the world is like", async () => {
    for (const seed of seeds(kind === "plex" ? 4 : 2)) {
      const { house, product: first } = await read(seed, true);
      const document = await exported(first, "json");
      const second = await house.open();
      const done = await bring(second, document);
      expect({ seed, ...done.summary }).toMatchObject({ seed, notUnderstood: 0, added: playsOfUser(first).length });
      expect(withoutMoment(await exported(second, "json"))).toEqual(withoutMoment(document));
      const run = await second.sync(await house.connect(second));
      expect({ seed, added: run.watchesAdded, status: run.status }).toEqual({ seed, added: 0, status: "success" });
      expect(playsOfUser(second)).toEqual(playsOfUser(first));
    }
  }, 120_000);

  test("a table has every play with where it came from, and brings them back", async () => {
    const { house, product: first } = await read(7, false);
    const table = await exported(first, "csv");
    const second = await house.open();
    const done = await bring(second, table);
    expect(done.summary).toMatchObject({ notUnderstood: 0, added: playsOfUser(first).length });
    expect(playsOfUser(second)).toEqual(playsOfUser(first));
    const [provider] = kind.split("-", 1);
    expect(sourcesOf(second)).toEqual([provider ?? kind]);
  });

  test("a sync folds its rows into the plays of another program's file, and adds what that did not have", async () => {
    for (const seed of seeds(kind === "plex" ? 2 : 1)) {
      const { house, product: first } = await read(seed, false);
      const plays = playsOfUser(first);
      const half = plays.filter((_, index) => index % 2 === 0);
      const second = await house.open();
      expect((await bring(second, table(first, half))).summary).toMatchObject({ added: half.length, notUnderstood: 0 });
      const run = await second.sync(await house.connect(second));
      expect({ seed, added: run.watchesAdded }).toEqual({ seed, added: plays.length - half.length });
      expect(playsOfUser(second)).toHaveLength(plays.length);
    }
  }, 120_000);

  test("a file adds nothing to what a sync has read", async () => {
    for (const seed of seeds(kind === "plex" ? 2 : 1)) {
      const { product } = await read(seed, false);
      const plays = playsOfUser(product);
      const done = await bring(product, table(product, plays));
      expect({ seed, ...done.summary }).toMatchObject({ seed, added: 0, alreadyThere: plays.length });
      expect(facts(playsOfUser(product))).toEqual(facts(plays));
    }
  }, 120_000);
});
