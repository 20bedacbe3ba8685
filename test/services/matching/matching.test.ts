import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY_MS } from "../../../src/domain/instant.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import type { CatalogueShow } from "../../simulators/catalogue.ts";
import { episodesOf, type PlexAccount, type PlexItem, type PlexLibrary } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";

const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;

let world: World;
let anna: PlexAccount;
let homeVideos: PlexLibrary;
let item: PlexItem;
let right: CatalogueShow;
let sims: Simulators;
let product: Product;
let integration: IntegrationView;

/** "Kingdom" without ids and without a year on the server; two shows of that name at the sources. */
beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  homeVideos = world.addLibrary(attic, { title: "Ripped", agent: "none" });
  item = world.addToLibrary(homeVideos, world.addShow({ title: "Kingdom", year: 2014, seasons: [8] }), { year: null });
  right = world.addShow({ title: "Kingdom", year: 2019, seasons: [6, 6] });
  for (const episode of episodesOf(item).slice(0, 7)) world.play(anna, episode, { at });
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock, env: { METADATA_SOURCES: "tmdb" } });
  integration = await product.connect(anna, "Attic");
  await product.sync(integration);
  product.app.enrichment.start();
  await product.app.enrichment.idle();
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const facts = (userId = product.userId) =>
  playsOfUser(product, userId).map(({ season, number, at: when }) => `${season}x${number} ${when}`);
const library = (userId = product.userId) =>
  product.app.deps.db.raw
    .query<{ id: number; title: string; year: number | null; watched: number }, [number]>(
      "SELECT s.id, s.title, s.year, l.watched FROM library_entries l JOIN shows s ON s.id = l.show_id WHERE l.user_id = ?",
    )
    .all(userId);

async function chooseRight() {
  const [show] = library();
  const view = await product.app.matching.view(product.userId, String(show?.id));
  expect(view.offered).toMatchObject([{ serverName: "Attic", title: "Kingdom", chosenByUser: false }]);
  expect(view.candidates.map(({ year }) => year).sort()).toEqual([2014, 2019]);
  const wanted = view.candidates.find(({ year }) => year === 2019);
  expect(wanted?.sourceId).toBe(String(right.ids.tmdb));
  const choice = { source: "tmdb", id: wanted?.sourceId ?? "" };
  return product.app.matching.choose(product.userId, String(show?.id), choice);
}

test("a choice moves the plays along: each to its episode, and none is left behind", async () => {
  const before = facts();
  await chooseRight();
  expect(library()).toMatchObject([{ title: "Kingdom", year: 2019, watched: 7 }]);
  // The chosen show has six episodes in its first season; the seventh keeps its mark beside the catalogue.
  expect(facts()).toEqual(before);
});

test("a choice is remembered by quick and whole syncs", async () => {
  await chooseRight();
  const before = facts();
  for (const full of [false, true])
    expect(await product.sync(integration, { full })).toMatchObject({ status: "success", watchesAdded: 0 });
  expect(facts()).toEqual(before);
  const log = await product.sync(integration, { full: true });
  expect(log).toMatchObject({ showsDoubtful: 0, errors: [] });
  expect(library()).toMatchObject([{ year: 2019 }]);
});

test("new marks go to the chosen show", async () => {
  await chooseRight();
  const eighth = episodesOf(item)[7];
  if (eighth === undefined) throw new Error("no such episode");
  world.play(anna, eighth, { at: Date.now() - 3_600_000 });
  expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 1 });
  expect(library()).toMatchObject([{ year: 2019, watched: 8 }]);
});

test("a choice is remembered when the show is added again under new keys", async () => {
  await chooseRight();
  const before = facts();
  world.readdShow(item);
  const copy = homeVideos.shows[0];
  if (copy === undefined) throw new Error("no show");
  world.edit(copy, { year: null });
  expect(await product.sync(integration, { full: true })).toMatchObject({ status: "success", watchesAdded: 0 });
  expect(facts()).toEqual(before);
  expect(library()).toMatchObject([{ year: 2019 }]);
});

test("a choice is remembered when the server is disconnected and connected again", async () => {
  await chooseRight();
  const before = facts();
  await product.app.integrations.disconnect(product.userId, integration.id);
  expect(facts()).toEqual(before);
  integration = await product.connect(anna, "Attic");
  expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 0 });
  expect(facts()).toEqual(before);
  expect(library()).toMatchObject([{ year: 2019 }]);
});

test("a choice of one user changes nothing for another", async () => {
  const ben = world.addAccount({ username: "ben" });
  world.share(homeVideos.server, ben);
  for (const episode of episodesOf(item).slice(0, 2)) world.play(ben, episode, { at: at + DAY_MS });
  const userId = await product.addUser("ben");
  const guest = await product.connect(ben, "Attic", userId);
  await product.sync(guest);
  const [before, entries] = [facts(userId), library(userId)];
  expect(before).toHaveLength(2);
  await chooseRight();
  expect(facts(userId)).toEqual(before);
  expect(library(userId)).toEqual(entries);
  await product.sync(guest, { full: true });
  expect(facts(userId)).toEqual(before);
  expect(facts()).toHaveLength(7);
});

test("undoing the sync after a choice takes its plays back from the chosen show", async () => {
  const [run] = product.app.sync.list(product.userId, { limit: 1 });
  await chooseRight();
  expect(product.app.sync.undo(product.userId, run?.id ?? "")).toEqual({ removed: 7, restored: 0 });
  expect(facts()).toEqual([]);
});

test("a choice says what moved, and can be taken back until it is as if it had not been made", async () => {
  const [before, entries] = [facts(), library()];
  const { moved, undoToken } = await chooseRight();
  expect(moved).toMatchObject({ plays: 7, folded: 0, kept: [{ season: 1, number: 7 }] });
  expect(product.app.tracking.undo(product.userId, undoToken)).toBe(true);
  expect(facts()).toEqual(before);
  expect(library()).toEqual(entries);
  expect(await product.sync(integration, { full: true })).toMatchObject({ status: "success", watchesAdded: 0 });
  expect(facts()).toEqual(before);
});

describe("two shows of the library that are one", () => {
  /** The library has the server's "Kingdom" and, added by hand, the one that it really is. */
  async function both() {
    const [fromServer] = library();
    const { showId } = await product.app.tracking.addShow(product.userId, "tmdb", String(right.ids.tmdb));
    return { from: String(fromServer?.id), into: showId };
  }

  test("become one, whatever syncs, is added again or connected again later", async () => {
    const { from, into } = await both();
    const before = facts();
    const { moved } = product.app.matching.merge(product.userId, from, into);
    expect(moved.plays).toBe(7);
    expect(facts()).toEqual(before);
    expect(library()).toMatchObject([{ id: Number(into), watched: 7 }]);
    for (const full of [false, true])
      expect(await product.sync(integration, { full })).toMatchObject({ status: "success", watchesAdded: 0 });
    await product.app.integrations.disconnect(product.userId, integration.id);
    integration = await product.connect(anna, "Attic");
    expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 0 });
    expect(facts()).toEqual(before);
    expect(library()).toMatchObject([{ id: Number(into), watched: 7 }]);
  });

  test("become one in the other direction too, and the server's marks follow", async () => {
    const { from, into } = await both();
    product.app.matching.merge(product.userId, into, from);
    expect(library()).toMatchObject([{ id: Number(from), watched: 7 }]);
    const eighth = episodesOf(item)[7];
    if (eighth === undefined) throw new Error("no such episode");
    world.play(anna, eighth, { at: Date.now() - 3_600_000 });
    expect(await product.sync(integration)).toMatchObject({ watchesAdded: 1 });
    expect(library()).toMatchObject([{ id: Number(from), watched: 8 }]);
  });

  test("are looked at before, by their names, and are two again after an undo", async () => {
    const { from, into } = await both();
    const [before, entries] = [facts(), library()];
    const preview = product.app.matching.previewMerge(product.userId, from, into);
    expect(preview).toMatchObject({ plays: 7, from: { id: from, year: null }, into: { id: into, year: 2019 } });
    expect([facts(), library()]).toEqual([before, entries]);
    const { undoToken } = product.app.matching.merge(product.userId, from, into);
    expect(product.app.tracking.undo(product.userId, undoToken)).toBe(true);
    expect([facts(), library()]).toEqual([before, entries]);
    expect(await product.sync(integration, { full: true })).toMatchObject({ status: "success", watchesAdded: 0 });
    expect([facts(), library()]).toEqual([before, entries]);
  });

  test("must be two, and both the user's own", async () => {
    const { from } = await both();
    const { matching, tracking } = product.app;
    const stranger = await product.addUser("ben");
    const { showId: bens } = await tracking.addShow(stranger, "tmdb", String(right.ids.tmdb));
    const elsewhere = String(Number(bens) + 1000);
    expect(() => matching.merge(product.userId, from, from)).toThrow(/another show/);
    expect(() => matching.merge(product.userId, from, elsewhere)).toThrow(/no such show/);
    expect(() => matching.merge(stranger, from, bens)).toThrow(/no such show/);
    expect(() => matching.previewMerge(stranger, bens, from)).toThrow(/no such show/);
  });
});

test("a show outside the library, or a source that is not switched on, is refused", async () => {
  const { matching } = product.app;
  expect(matching.view(product.userId, "9999")).rejects.toMatchObject({ code: "not-found" });
  const [show] = library();
  const choice = matching.choose(product.userId, String(show?.id), { source: "trakt", id: "1" });
  expect(choice).rejects.toMatchObject({ code: "invalid" });
});
