import { afterEach, expect, test } from "bun:test";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import type { ShowInput } from "../../simulators/catalogue.ts";
import { episodesOf, type PlexAgent, type PlexItem, plexEpisode } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";

const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;
const opened: { product: Product; sims: Simulators }[] = [];
let skewMs = 0;
const skewed: Clock = {
  ...hurriedClock,
  now: () => systemClock.now() + skewMs,
  ticks: () => systemClock.ticks() + skewMs,
};

afterEach(async () => {
  skewMs = 0;
  for (const { product, sims } of opened.splice(0)) {
    await product.stop();
    await sims.stop();
  }
});

type Copy = { show: ShowInput; agent?: PlexAgent; title?: string; year?: number | null; watched?: number };

/** A server with these shows, each with its first episodes watched, and a product that has synced them. */
async function synced(
  copies: Copy[],
  sources: string,
  before: (world: World, items: PlexItem[]) => void = () => undefined,
) {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const items = copies.map(({ show, agent = "series", watched = 3, ...how }) => {
    const library =
      attic.libraries.find((each) => each.agent === agent) ?? world.addLibrary(attic, { title: `TV ${agent}`, agent });
    const item = world.addToLibrary(library, world.addShow(show), how);
    for (const episode of episodesOf(item).slice(0, watched)) world.play(anna, episode, { at });
    return item;
  });
  before(world, items);
  const sims = startSimulators(world, { deadConnections: () => [] });
  const product = await startProduct(sims, { clock: skewed, env: { METADATA_SOURCES: sources } });
  opened.push({ product, sims });
  const integration = await product.connect(anna, "Attic");
  const log = await product.sync(integration);
  const plays = playsOfUser(product);
  const { enrichment } = product.app;
  return {
    world,
    anna,
    attic,
    items,
    sims,
    product,
    integration,
    log,
    plays,
    async enrich() {
      enrichment.start();
      await enrichment.idle();
    },
    shows: () =>
      product.app.deps.db.raw
        .query<{ id: number; title: string; year: number | null; source: string | null; total: number }, []>(
          "SELECT id, title, year, enriched_from AS source, total FROM shows ORDER BY id",
        )
        .all(),
    queue: () =>
      product.app.deps.db.raw
        .query("SELECT state, attempts, last_error AS error FROM enrichment_queue ORDER BY show_id")
        .all(),
  };
}

const lights: ShowInput = { title: "Harbour Lights", year: 2019, seasons: [10, 8] };

for (const source of ["trakt", "tmdb", "tvmaze"]) {
  test(`${source} fills in what the server lacks, and no play changes`, async () => {
    const { enrich, shows, plays, product, log, sims } = await synced(
      [{ show: lights, watched: 3 }],
      source,
      (world, [item]) => {
        if (item !== undefined) for (const episode of episodesOf(item).slice(5)) world.deleteItem(episode);
      },
    );
    expect(log).toMatchObject({ status: "success", watchesAdded: 3 });
    expect(shows()).toMatchObject([{ title: "Harbour Lights", total: 5, source: null }]);
    sims.requests.reset();
    await enrich();
    expect(shows()).toMatchObject([{ title: "Harbour Lights", total: 18, source }]);
    expect(product.app.enrichment.status()).toMatchObject({ pending: 0, done: 1, failed: 0 });
    expect(playsOfUser(product)).toEqual(plays);
  });
}

test("a show costs a metadata source two requests at most", async () => {
  const copies = Array.from({ length: 6 }, (_, index) => ({
    show: { title: `Show ${index} of Six`, year: 2000 + index, seasons: [4, 4] },
  }));
  for (const source of ["trakt", "tmdb", "tvmaze"] as const) {
    const { enrich, sims, queue } = await synced(copies, source);
    sims.requests.reset();
    await enrich();
    expect(queue().map((row) => Reflect.get(row as object, "state"))).toEqual(Array.from({ length: 6 }, () => "done"));
    expect(sims.requests.count({ service: source })).toBeLessThanOrEqual(12);
  }
}, 20_000);

test("ids are asked in the order TMDB, TVDB, and the title only when there is none", async () => {
  const { enrich, sims, shows } = await synced(
    [{ show: { ...lights, ids: { tmdb: 4242, tvdb: 5151, imdb: "tt0991991", trakt: 77 } } }],
    "trakt",
  );
  sims.requests.reset();
  await enrich();
  const paths = sims.requests.all({ service: "trakt" }).map(({ path }) => path);
  expect(paths[0]).toContain("/search/tmdb/4242");
  expect(paths.join()).not.toContain("/search/tvdb");
  expect(paths.join()).not.toContain("/search/show");
  expect(shows()).toMatchObject([{ source: "trakt" }]);
});

test("a show without ids is found by title and year, and the match says so", async () => {
  const { enrich, shows, product } = await synced([{ show: lights, agent: "none" }], "tvmaze");
  await enrich();
  expect(shows()).toMatchObject([{ title: "Harbour Lights", year: 2019, source: "tvmaze" }]);
  expect(product.app.deps.db.raw.query("SELECT method FROM matches").all()).toEqual([{ method: "title-year" }]);
});

test("shows that match alike are left as the server has them, listed, and said again by the next sync", async () => {
  const copies: Copy[] = [{ show: { ...lights, title: "Kingdom", year: 2014 }, agent: "none", year: null }];
  const { enrich, shows, product, log, integration, plays } = await synced(copies, "tmdb", (world) => {
    world.addShow({ title: "Kingdom", year: 2019, seasons: [6] });
  });
  await enrich();
  expect(shows()).toMatchObject([{ title: "Kingdom", source: null }]);
  expect(playsOfUser(product)).toEqual(plays);
  const told = product.app.sync.get(product.userId, log.id);
  expect(told).toMatchObject({
    status: "success",
    showsDoubtful: 1,
    errors: [{ kind: "show-match", show: "Kingdom" }],
  });
  expect(told.errors[0]?.hint).toContain("Choose the right show");
  expect(product.app.sync.items(product.userId, log.id)).toMatchObject([{ outcome: "doubtful" }]);
  const next = await product.sync(integration, { full: true });
  expect(next).toMatchObject({
    status: "success",
    showsDoubtful: 1,
    errors: [{ kind: "show-match", show: "Kingdom" }],
  });
});

test("a show that nobody knows keeps its marks and is asked for again much later", async () => {
  const { enrich, product, queue, plays } = await synced(
    [{ show: { ...lights, title: "Our Holiday Films", known: false }, agent: "none" }],
    "tmdb,tvmaze",
  );
  await enrich();
  expect(queue()).toMatchObject([{ state: "failed", attempts: 1 }]);
  expect(product.app.enrichment.status()).toMatchObject({ pending: 0, failed: 1 });
  expect(playsOfUser(product)).toEqual(plays);
});

test("other numbers at the source lose no mark: the episode is the same, or stays beside the catalogue", async () => {
  const numbering = {
    tmdb: { S1E1: [0, 1], S1E2: [1, 1], S1E3: null, S2E1: [1, 10] },
  } satisfies ShowInput["numbering"];
  const { enrich, product, plays, integration, shows } = await synced(
    [{ show: { ...lights, numbering }, watched: 12 }],
    "tmdb",
  );
  await enrich();
  expect(shows()).toMatchObject([{ source: "tmdb" }]);
  const after = playsOfUser(product);
  expect(after.map(({ title }) => title).sort()).toEqual(plays.map(({ title }) => title).sort());
  expect(after.find(({ title }) => title === plays[0]?.title)).toBeDefined();
  for (const full of [false, true]) {
    expect(await product.sync(integration, { full })).toMatchObject({ status: "success", watchesAdded: 0 });
  }
  expect(playsOfUser(product)).toEqual(after);
});

test("a catalogue that has shrunk overnight is not believed", async () => {
  const { enrich, product, world, shows, queue, plays } = await synced([{ show: lights }], "tvmaze");
  await enrich();
  for (const show of world.catalogue.shows) for (const season of show.seasons) season.episodes.splice(2);
  skewMs = 40 * DAY_MS;
  product.app.enrichment.refreshStale();
  await product.app.enrichment.idle();
  expect(shows()).toMatchObject([{ total: 18 }]);
  expect(JSON.stringify(queue())).toContain("most of its episodes missing");
  expect(playsOfUser(product)).toEqual(plays);
});

test("two of our shows that turn out to be one become one, with the plays of both", async () => {
  const show: ShowInput = { ...lights, ids: { tmdb: 31, tvdb: 32, imdb: "tt0000033", trakt: 34, tvmaze: 35 } };
  const { enrich, product, shows, integration } = await synced(
    [{ show, agent: "themoviedb" }],
    "trakt",
    (world, [item]) => {
      if (item?.show == null) return;
      const library = world.addLibrary(item.library.server, { title: "Old TV", agent: "thetvdb" });
      // By another title and without a year: until a catalogue says so, nothing shows that it is the same.
      const copy = world.addToLibrary(library, item.show, { title: "Harbor Lights", year: null });
      for (const episode of episodesOf(copy).slice(2, 6)) world.play(world.accounts[0] as never, episode, { at });
    },
  );
  expect(shows()).toHaveLength(2);
  expect(playsOfUser(product)).toHaveLength(7);
  await enrich();
  expect(shows()).toMatchObject([{ title: "Harbour Lights", source: "trakt" }]);
  expect(playsOfUser(product).map(({ season, number }) => `${season}x${number}`)).toEqual([
    "1x1",
    "1x2",
    "1x3",
    "1x4",
    "1x5",
    "1x6",
  ]);
  const again = await product.sync(integration, { full: true });
  expect(again).toMatchObject({ status: "success", showsSynced: 1, episodesSynced: 6, watchesAdded: 0 });
});

test("a source that asks for a pause is left alone until then, and the rest follows by itself", async () => {
  const { enrich, product, sims, queue, shows } = await synced([{ show: lights }], "tmdb");
  sims.faults.add({ service: "tmdb", effect: { kind: "status", status: 429, retryAfterSeconds: 60 } });
  await enrich();
  expect(queue()).toMatchObject([{ state: "pending", attempts: 0 }]);
  sims.faults.clear();
  sims.requests.reset();
  skewMs += 10_000;
  await product.app.enrichment.idle();
  expect(sims.requests.count({ service: "tmdb" })).toBe(0);
  skewMs += 2 * MINUTE_MS;
  product.app.enrichment.promote(shows()[0]?.id ?? 0);
  await product.app.enrichment.idle();
  expect(shows()).toMatchObject([{ source: "tmdb" }]);
});

test("a key that is refused sets its source aside; the next one is asked", async () => {
  const { enrich, shows, sims } = await synced(
    [{ show: lights }, { show: { ...lights, title: "Second One" } }],
    "tmdb,tvmaze",
    () => undefined,
  );
  sims.faults.add({ service: "tmdb", effect: { kind: "status", status: 401 } });
  await enrich();
  expect(shows()).toMatchObject([{ source: "tvmaze" }, { source: "tvmaze" }]);
  expect(sims.requests.count({ service: "tmdb" })).toBeLessThanOrEqual(3);
});

test("what waits outlives the program", async () => {
  const { product, shows, queue } = await synced([{ show: lights }], "tvmaze");
  expect(queue()).toMatchObject([{ state: "pending" }]);
  await product.restart();
  product.app.enrichment.start();
  await product.app.enrichment.idle();
  expect(shows()).toMatchObject([{ source: "tvmaze" }]);
});

test("without any source everything works, and nothing is asked", async () => {
  const { product, log, sims, queue } = await synced([{ show: lights }], "none");
  expect(log).toMatchObject({ status: "success", watchesAdded: 3 });
  expect(queue()).toEqual([]);
  expect(product.app.enrichment.status()).toEqual({ pending: 0, done: 0, failed: 0, waitingUntil: null });
  for (const service of ["trakt", "tmdb", "tvmaze"] as const) expect(sims.requests.count({ service })).toBe(0);
});

test("new episodes on the server after enrichment find their place, and syncs while it runs do too", async () => {
  const { enrich, product, world, anna, items, integration } = await synced([{ show: lights, watched: 3 }], "tvmaze");
  const [item] = items;
  if (item === undefined) throw new Error("no show");
  const running = product.app.sync.start(Number(integration.id), { trigger: "manual", full: true });
  await enrich();
  await product.app.sync.finished(running);
  world.play(anna, plexEpisode(item, 2, 1), { at: Date.now() - HOUR_MS });
  expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 1 });
  expect(playsOfUser(product)).toHaveLength(4);
});

const translated: ShowInput = {
  ...lights,
  translations: { de: { title: "Hafenlichter", episodes: { S1E1: "Ebbe", S1E3: "Sturm" } } },
};

/** What this product has of titles in other languages. */
const titlesIn = (product: Product) => ({
  shows: product.app.deps.db.raw.query("SELECT language, title FROM show_titles ORDER BY show_id, language").all(),
  episodes: product.app.deps.db.raw
    .query(
      `SELECT e.season || 'x' || e.number AS place, t.title FROM episode_titles t JOIN episodes e ON e.id = t.episode_id
       ORDER BY e.season, e.number`,
    )
    .values(),
});

const choose = (product: Product, titleLanguage: string | null) => {
  product.app.accounts.updateProfile(product.userId, { titleLanguage });
  product.app.enrichment.enqueueTitles();
};

test("titles come in the language that somebody has chosen, right after the catalogue, and no play changes", async () => {
  const { enrich, product, plays } = await synced([{ show: translated }], "tmdb");
  product.app.accounts.updateProfile(product.userId, { titleLanguage: "de" });
  await enrich();
  expect(titlesIn(product)).toEqual({
    shows: [{ language: "de", title: "Hafenlichter" }],
    episodes: [
      ["1x1", "Ebbe"],
      ["1x3", "Sturm"],
    ],
  });
  expect(product.app.enrichment.status()).toMatchObject({ pending: 0, done: 1, failed: 0 });
  expect(playsOfUser(product)).toEqual(plays);
});

test("while nobody has chosen a language nothing is asked for, and choosing one costs a request for each show", async () => {
  const copies = Array.from({ length: 5 }, (_, index) => ({ show: { ...translated, title: `Show ${index}` } }));
  for (const source of ["trakt", "tmdb", "tvmaze"] as const) {
    const { enrich, product, sims } = await synced(copies, source);
    await enrich();
    expect(titlesIn(product).shows).toEqual([]);
    expect(sims.requests.count({ service: source, path: /translations/ })).toBe(0);
    // TVmaze's names came with the catalogue and are not kept for long.
    skewMs += HOUR_MS;
    sims.requests.reset();
    choose(product, "de");
    await product.app.enrichment.idle();
    expect(titlesIn(product).shows).toEqual(copies.map(() => ({ language: "de", title: "Hafenlichter" })));
    expect(sims.requests.count({ service: source })).toBe(5);
    sims.requests.reset();
    choose(product, "de");
    await product.app.enrichment.idle();
    expect(sims.requests.count({ service: source })).toBe(0);
  }
}, 20_000);

test("a show that is not translated is asked for once, and again when its catalogue is read anew", async () => {
  const { enrich, product, sims, world } = await synced([{ show: lights }], "tmdb");
  await enrich();
  choose(product, "fr");
  await product.app.enrichment.idle();
  expect(titlesIn(product)).toEqual({ shows: [{ language: "fr", title: null }], episodes: [] });
  sims.requests.reset();
  choose(product, "fr");
  await product.app.enrichment.idle();
  expect(sims.requests.count({ service: "tmdb" })).toBe(0);
  for (const show of world.catalogue.shows) show.translations["fr"] = { title: "Les Lumières du port" };
  skewMs += 40 * DAY_MS;
  product.app.enrichment.refreshStale();
  await product.app.enrichment.idle();
  expect(titlesIn(product).shows).toEqual([{ language: "fr", title: "Les Lumières du port" }]);
});

test("a source with titles of episodes is asked before the one the catalogue is from, and numbers are not trusted", async () => {
  const numbering = { tmdb: { S1E1: [1, 2], S1E2: [1, 1] } } satisfies ShowInput["numbering"];
  const { enrich, product, shows } = await synced([{ show: { ...translated, numbering } }], "trakt,tmdb");
  product.app.accounts.updateProfile(product.userId, { titleLanguage: "de" });
  await enrich();
  expect(shows()).toMatchObject([{ source: "trakt" }]);
  expect(titlesIn(product)).toEqual({
    shows: [{ language: "de", title: "Hafenlichter" }],
    episodes: [
      ["1x1", "Ebbe"],
      ["1x3", "Sturm"],
    ],
  });
});

test("a source that asks for a pause leaves the catalogue alone; the titles follow by themselves", async () => {
  const { enrich, product, sims, queue } = await synced([{ show: translated }], "tmdb");
  await enrich();
  sims.faults.add({ service: "tmdb", effect: { kind: "status", status: 429, retryAfterSeconds: 60 } });
  choose(product, "de");
  await product.app.enrichment.idle();
  expect(titlesIn(product).shows).toEqual([]);
  expect(queue()).toMatchObject([{ state: "pending", attempts: 0 }]);
  sims.faults.clear();
  skewMs += 2 * MINUTE_MS;
  product.app.enrichment.enqueueTitles();
  product.app.enrichment.promote(1);
  await product.app.enrichment.idle();
  expect(titlesIn(product).shows).toEqual([{ language: "de", title: "Hafenlichter" }]);
});

test("a refused key sets its source aside for titles too; what the next one knows is taken", async () => {
  const { enrich, product, sims } = await synced([{ show: translated }], "tvmaze,tmdb");
  await enrich();
  sims.faults.add({ service: "tmdb", effect: { kind: "status", status: 401 } });
  choose(product, "de");
  await product.app.enrichment.idle();
  expect(titlesIn(product)).toEqual({ shows: [{ language: "de", title: "Hafenlichter" }], episodes: [] });
});

test("a show that comes into a reader's library later gets its titles too", async () => {
  const { enrich, product, shows } = await synced([{ show: { ...translated, ids: { tmdb: 4242 } } }], "tmdb");
  await enrich();
  const ben = await product.addUser("ben");
  product.app.accounts.updateProfile(ben, { titleLanguage: "de" });
  expect(titlesIn(product).shows).toEqual([]);
  await product.app.tracking.addShow(ben, "tmdb", "4242");
  await product.app.enrichment.idle();
  expect(shows()).toHaveLength(1);
  expect(titlesIn(product).shows).toEqual([{ language: "de", title: "Hafenlichter" }]);
});

test("looking up everything again asks about every show, found or not", async () => {
  const unknown: ShowInput = { ...lights, title: "Our Holiday Films", known: false };
  const { enrich, product, sims, queue } = await synced(
    [{ show: lights }, { show: unknown, agent: "none", watched: 1 }],
    "tvmaze",
  );
  await enrich();
  expect(queue()).toMatchObject([{ state: "failed" }, { state: "done" }]);
  skewMs += HOUR_MS;
  sims.requests.reset();
  expect(product.app.enrichment.lookUpAgain()).toBe(2);
  await product.app.enrichment.idle();
  expect(sims.requests.count({ service: "tvmaze", path: /\/shows\/\d+/ })).toBe(1);
  expect(sims.requests.count({ service: "tvmaze", path: /search/ })).toBe(1);
  expect(queue()).toMatchObject([{ state: "failed" }, { state: "done" }]);
});
