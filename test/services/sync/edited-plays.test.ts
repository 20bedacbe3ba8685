import { describe, expect, test } from "bun:test";
import { playsOfEpisodes } from "../../../src/db/repos/plays.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import { sourceWord } from "../../../src/domain/play-edit.ts";
import type { Certainty } from "../../../src/domain/plays.ts";
import { episodesOf, type PlexItem } from "../../simulators/plex-world.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { createWorld } from "../../simulators/world.ts";
import { type Product, playsOfUser } from "../../support/product.ts";
import { connected, oddWorld, plainWorld, type Scene, scene, seeds } from "./harness.ts";

type Row = {
  id: number;
  show: string;
  season: number;
  number: number | null;
  title: string | null;
  watchedAt: number | null;
  certainty: Certainty;
  editedFrom: string | null;
};

function rowsOf(product: Product): Row[] {
  return product.app.deps.db.raw
    .query<Row, [number]>(
      `SELECT p.id, s.title AS show, e.season, e.number, e.title, p.watched_at AS watchedAt, p.certainty, p.edited_from AS editedFrom
       FROM plays p JOIN episodes e ON e.id = p.episode_id JOIN shows s ON s.id = e.show_id WHERE p.user_id = ? ORDER BY p.id`,
    )
    .all(product.userId);
}

/** The plays as they would be had nobody touched their times. */
const words = (rows: readonly Row[]): string[] =>
  rows
    .map((row) => {
      const { watchedAt, certainty } = sourceWord(row);
      return JSON.stringify([row.show, row.season, row.number, row.title, watchedAt, certainty]);
    })
    .sort();

const edited = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ editedFrom }) => editedFrom !== null)
    .map(({ show, season, number, title, watchedAt }) => JSON.stringify([show, season, number, title, watchedAt]))
    .sort();

/** Corrects some plays: to another day, into another play's evening, to no date at all; takes some corrections back. */
function correctSome(product: Product, random: Random): void {
  const rows = rowsOf(product);
  const { tracking } = product.app;
  for (const { id, editedFrom } of rows) {
    if (!random.chance(0.3)) continue;
    if (editedFrom !== null && random.chance(0.3)) {
      tracking.resetPlay(product.userId, String(id));
      continue;
    }
    const beside = (random.pick(rows).watchedAt ?? Date.now() - 9 * DAY_MS) + random.int(0, 30) * MINUTE_MS;
    const times = [null, Date.now() - random.int(1, 900) * DAY_MS, Math.min(beside, Date.now())];
    tracking.editPlay(product.userId, String(id), { watchedAt: random.pick(times) });
  }
}

const acts: ((stage: Scene, item: PlexItem, at: number) => void)[] = [
  ({ world, account }, item, at) => world.play(account, item, { at }),
  ({ world, account }, item) => world.play(account, item, { at: Date.now() - 5 * DAY_MS }),
  ({ world, account }, item, at) => world.markWatched(account, item, { at }),
  ({ world, account }, item, at) => world.partial(account, item, { offsetMs: 500_000, at }),
  ({ world }, item) => {
    world.readdEpisode(item);
  },
];

function happen(stage: Scene, random: Random, round: number): void {
  for (let count = random.int(1, 4); count > 0; count--) {
    const item = random.pick(stage.libraries.flatMap(({ episodes }) => episodes).filter(({ deleted }) => !deleted));
    random.pick(acts)(stage, item, Date.now() - (20 - 4 * round - count) * HOUR_MS);
  }
}

test("beside a database whose plays nobody touches, one with corrections has the same plays and all its corrections", async () => {
  for (const seed of seeds(12)) {
    const stage = scene(seed % 3 === 0 ? oddWorld(seed) : plainWorld(seed));
    const random = createRandom(seed * 6151);
    const plain = await connected(stage);
    const other = await connected(stage);
    for (let round = 0; round < 4; round++) {
      if (round > 0) happen(stage, random, round);
      const full = random.chance(0.4);
      const before = edited(rowsOf(other.product));
      await plain.product.sync(plain.integration, { full });
      const run = await other.product.sync(other.integration, { full });
      expect({ seed, round, words: words(rowsOf(other.product)) }).toEqual({
        seed,
        round,
        words: words(rowsOf(plain.product)),
      });
      expect({ seed, round, edited: edited(rowsOf(other.product)) }).toEqual({ seed, round, edited: before });
      if (random.chance(0.3)) {
        correctSome(other.product, random);
        plain.product.app.sync.undo(
          plain.product.userId,
          plain.product.app.sync.list(plain.product.userId, { limit: 1 })[0]?.id ?? "",
        );
        other.product.app.sync.undo(other.product.userId, run.id);
        expect({ seed, round, words: words(rowsOf(other.product)) }).toEqual({
          seed,
          round,
          words: words(rowsOf(plain.product)),
        });
      }
      correctSome(other.product, random);
    }
    await stage.close();
  }
}, 300_000);

describe("one corrected play", () => {
  async function setUp() {
    const world = createWorld();
    const account = world.addAccount({ username: "anna" });
    const server = world.addServer({ name: "Attic", owner: account });
    const library = world.addLibrary(server, { title: "TV Shows" });
    const show = world.addToLibrary(library, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6] }));
    const stage = scene({ world, account, other: account, server, libraries: [] });
    const { product, integration } = await connected(stage);
    const [item] = episodesOf(show);
    if (item === undefined) throw new Error("no episode");
    const sync = (how: Parameters<Product["sync"]>[1] = {}) => product.sync(integration, how);
    const edit = (watchedAt: number | null, at = 0) =>
      product.app.tracking.editPlay(product.userId, String(rowsOf(product)[at]?.id), { watchedAt });
    const reset = () => product.app.tracking.resetPlay(product.userId, String(rowsOf(product)[0]?.id));
    const shown = () => playsOfUser(product).map(({ at, certainty }) => [at, certainty]);
    return { world, account, item, stage, product, integration, sync, edit, reset, shown };
  }
  const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;
  const then = at - 400 * DAY_MS;

  test("stays where the user put it, whatever the server repeats", async () => {
    const { world, account, item, stage, sync, edit, shown } = await setUp();
    world.play(account, item, { at });
    await sync();
    edit(then);
    for (const full of [false, true])
      expect(await sync({ full })).toMatchObject({ watchesAdded: 0, status: "success" });
    expect(shown()).toEqual([[then, "marked"]]);
    await stage.close();
  });

  test("takes no harm from a mark whose date moves, and a rewatch is still one more", async () => {
    const { world, account, item, stage, sync, edit, shown } = await setUp();
    world.markWatched(account, item, { at });
    await sync();
    edit(null);
    world.partial(account, item, { offsetMs: 500_000, at: at + DAY_MS });
    await sync({ full: true });
    expect(shown()).toEqual([[null, "unknown"]]);
    world.play(account, item, { at: at + 3 * DAY_MS });
    await sync({ full: true });
    expect(shown()).toEqual([
      [null, "unknown"],
      [at + 3 * DAY_MS, "played"],
    ]);
    await stage.close();
  });

  test("goes back to the better time that the server has given meanwhile", async () => {
    const { world, account, item, stage, product, sync, edit, reset, shown } = await setUp();
    world.markWatched(account, item, { at: at + 50 * MINUTE_MS });
    await sync();
    edit(then);
    world.play(account, item, { at });
    await sync({ full: true });
    expect(shown()).toEqual([[then, "marked"]]);
    expect(rowsOf(product)[0]?.editedFrom).toBe(JSON.stringify({ watchedAt: at, certainty: "played" }));
    reset();
    expect(shown()).toEqual([[at, "played"]]);
    await sync({ full: true });
    expect(shown()).toEqual([[at, "played"]]);
    await stage.close();
  });

  test("keeps the user's time when the run that bettered the server's word is undone", async () => {
    const { world, account, item, stage, product, sync, edit, reset, shown } = await setUp();
    const markedAt = at + 50 * MINUTE_MS;
    world.markWatched(account, item, { at: markedAt });
    await sync();
    world.play(account, item, { at });
    const run = await sync({ full: true });
    edit(then);
    product.app.sync.undo(product.userId, run.id);
    expect(shown()).toEqual([[then, "marked"]]);
    reset();
    expect(shown()).toEqual([[markedAt, "marked"]]);
    await stage.close();
  });

  test("comes back with its time when a followed unmark is undone", async () => {
    const { world, account, item, stage, product, integration, sync, edit, shown } = await setUp();
    world.markWatched(account, item, { at });
    await sync();
    edit(then);
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    world.unmark(account, item);
    const run = await sync({ full: true });
    expect(shown()).toEqual([]);
    product.app.sync.undo(product.userId, run.id);
    expect(shown()).toEqual([[then, "marked"]]);
    await sync({ full: true, trigger: "schedule" });
    expect(shown()).toEqual([[then, "marked"]]);
    await stage.close();
  });

  test("removed by hand is kept out by what its server says, not by the time it was given", async () => {
    const { world, account, item, stage, product, sync, edit, shown } = await setUp();
    world.play(account, item, { at });
    world.play(account, item, { at: at + 5 * DAY_MS });
    await sync();
    edit(then);
    product.app.tracking.removePlay(product.userId, String(rowsOf(product)[0]?.id));
    world.play(account, item, { at: at + 60_000 });
    world.play(account, item, { at: then });
    await sync({ full: true });
    expect(shown()).toEqual([
      [then, "played"],
      [at + 5 * DAY_MS, "played"],
    ]);
    await stage.close();
  });

  test("marked by hand, then dated to when it was played, is not doubled by the server's row", async () => {
    const { world, account, item, stage, product, sync, edit, shown } = await setUp();
    world.play(account, item, { at: at - 9 * DAY_MS });
    await sync();
    const { db } = product.app.deps;
    const episodeId = db.raw.query<{ id: number }, []>("SELECT episode_id AS id FROM plays").get()?.id ?? 0;
    product.app.tracking.addPlay(product.userId, String(episodeId), at + DAY_MS);
    edit(at, 1);
    world.play(account, item, { at: at + MINUTE_MS });
    await sync({ full: true });
    expect(playsOfEpisodes(db, product.userId, [episodeId])).toHaveLength(2);
    expect(shown()).toEqual([
      [at - 9 * DAY_MS, "played"],
      [at, "marked"],
    ]);
    await stage.close();
  });

  test("changes nothing for a preview, and a preview nothing for it", async () => {
    const { world, account, item, stage, sync, edit, shown } = await setUp();
    world.play(account, item, { at });
    await sync();
    edit(then);
    expect(await sync({ mode: "preview", full: true })).toMatchObject({ watchesAdded: 0, status: "success" });
    expect(shown()).toEqual([[then, "marked"]]);
    await stage.close();
  });
});
