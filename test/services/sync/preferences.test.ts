import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { episodesOfShow, updateEpisode } from "../../../src/db/repos/episodes.ts";
import { integrationById, librariesOf, updateIntegration } from "../../../src/db/repos/integrations.ts";
import { deleteEntry, ensureEntry, entryOf } from "../../../src/db/repos/library.ts";
import { updateUser } from "../../../src/db/repos/users.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, toDate } from "../../../src/domain/instant.ts";
import type { IntegrationView, SettingsInput } from "../../../src/services/integrations/types.ts";
import {
  type PlexAccount,
  type PlexItem,
  type PlexLibrary,
  type PlexServerState,
  plexEpisode,
} from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";

let world: World;
let anna: PlexAccount;
let attic: PlexServerState;
let tv: PlexLibrary;
let lights: PlexItem;
let sims: Simulators;
let product: Product;
let integration: IntegrationView;

/** Whole seconds, as Plex keeps them. */
const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;

beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  attic = world.addServer({ name: "Attic", owner: anna });
  tv = world.addLibrary(attic, { title: "TV Shows" });
  lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6, 4], specials: 2 }));
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock });
  integration = await product.connect(anna, "Attic");
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const episode = (season = 1, number = 1) => plexEpisode(lights, season, number);
const sync = (how: Parameters<Product["sync"]>[1] = {}) => product.sync(integration, how);
const reread = (item: PlexItem) =>
  product.app.sync.reread(Number(integration.id), { itemIds: [item.ratingKey], trigger: "stream" });
const breakOff = (item: PlexItem, share: number) =>
  world.partial(anna, item, { offsetMs: Math.round((item.durationMs ?? 0) * share) });
const set = (input: SettingsInput) => product.app.integrations.update(product.userId, integration.id, input);
const prefer = (preferences: SettingsInput["preferences"] = {}) => set({ preferences });
const db = () => product.app.deps.db;
const row = () => integrationById(db(), Number(integration.id));
const plays = () => playsOfUser(product).map(({ season, number, at: when }) => [season, number, when]);
const certainties = () => playsOfUser(product).map(({ certainty }) => certainty);
const showId = () => episodesOfShow(db(), 1)[0]?.showId ?? 0;

describe("preferences of a server", () => {
  test("that cannot be read stop no sync", async () => {
    world.play(anna, episode(), { at });
    for (const broken of ["", "{", "[]", "null", '{"since":"never","minMinutes":-4,"specials":7,"watchedFrom":"x"}']) {
      updateIntegration(db(), Number(integration.id), { preferences: broken });
      expect((await sync({ full: true })).status).toBe("success");
    }
    expect(plays()).toEqual([[1, 1, at]]);
    expect(product.app.integrations.get(product.userId, integration.id).preferences.specials).toBe("read");
  });

  test.each<[string, SettingsInput["preferences"]]>([
    ["preferences.since", { since: "2024-02-30" }],
    ["preferences.minMinutes", { minMinutes: 1.5 }],
    ["preferences.watchedFrom", { watchedFrom: 10 }],
    ["preferences.quietHours.from", { quietHours: { from: "25:00", to: "07:00" } }],
    ["preferences.quietHours", { quietHours: { from: "07:00", to: "07:00" } }],
  ])("that make no sense are refused with their place: %s", (path, preferences) => {
    expect(() => prefer(preferences)).toThrow(
      expect.objectContaining({ code: "invalid", fields: [expect.objectContaining({ path })] }),
    );
    expect(row()?.preferences).toBe("{}");
  });

  test("keep what another part of the program has stored beside them", () => {
    updateIntegration(db(), Number(integration.id), { preferences: '{"elsewhere":true,"minMinutes":3}' });
    prefer({ minMinutes: 5 });
    expect(JSON.parse(row()?.preferences ?? "")).toEqual({ elsewhere: true, minMinutes: 5 });
  });

  test("ask for a reading of everything only when they decide what is brought", async () => {
    await sync();
    prefer({ quietHours: { from: "23:00", to: "07:00" }, addTo: "later", newLibraries: "off" });
    expect(row()?.needsFull).toBe(false);
    prefer({ specials: "skip" });
    expect(row()?.needsFull).toBe(true);
  });
});

describe("a view that was broken off", () => {
  const late = async (progress = 0.93) => {
    breakOff(episode(), progress);
    return (world.viewOf(anna, episode())?.lastViewedAt ?? 0) * 1000;
  };

  test("is no play unless the user wants it counted", async () => {
    await late();
    await sync();
    expect(plays()).toEqual([]);
  });

  test("counts from the chosen percentage on, in a full, an incremental and a single reading", async () => {
    prefer({ watchedFrom: 90 });
    breakOff(episode(1, 2), 0.6);
    const when = await late();
    await sync();
    expect(plays()).toEqual([[1, 1, when]]);
    expect(certainties()).toEqual(["marked"]);
    breakOff(episode(1, 3), 0.95);
    expect(await sync()).toMatchObject({ mode: "incremental", watchesAdded: 1 });
    breakOff(episode(1, 4), 0.95);
    expect(await reread(episode(1, 4))).toMatchObject({ watchesAdded: 1 });
    expect(await sync({ full: true })).toMatchObject({ watchesAdded: 0 });
  });

  test("is taken over by the viewing that ends it, and never doubled", async () => {
    prefer({ watchedFrom: 90 });
    breakOff(episode(), 0.95);
    breakOff(episode(1, 2), 0.95);
    await sync();
    const later = Math.floor((Date.now() + 20 * MINUTE_MS) / 1000) * 1000;
    world.play(anna, episode(), { at: later });
    world.markWatched(anna, episode(1, 2), { at: later });
    expect(await sync()).toMatchObject({ watchesAdded: 0 });
    expect(plays()).toEqual([
      [1, 1, later],
      [1, 2, later],
    ]);
    expect(certainties()).toEqual(["played", "marked"]);
    await sync({ full: true });
    expect(plays()).toHaveLength(2);
    world.play(anna, episode(), { at: later + 30 * MINUTE_MS });
    await sync();
    expect(plays()).toHaveLength(3);
  });

  test("stays when the preference goes, and comes when it is lowered", async () => {
    prefer({ watchedFrom: 90 });
    await late();
    breakOff(episode(1, 2), 0.8);
    await sync();
    prefer({ watchedFrom: 75 });
    expect(await sync()).toMatchObject({ mode: "full", watchesAdded: 1 });
    prefer({ watchedFrom: null });
    expect(await sync()).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    expect(plays()).toHaveLength(2);
  });

  test("that the user has taken away stays away", async () => {
    prefer({ watchedFrom: 90 });
    await late();
    await sync();
    const [first] = episodesOfShow(db(), showId()).filter(({ season, number }) => season === 1 && number === 1);
    product.app.tracking.unmarkEpisode(product.userId, String(first?.id));
    await sync({ full: true });
    expect(plays()).toEqual([]);
  });
});

describe("what is left out", () => {
  test("specials, with the rows of their history, while the server's counts still add up", async () => {
    prefer({ specials: "skip" });
    world.play(anna, episode(0, 1), { at });
    world.play(anna, episode(1, 1), { at });
    const log = await sync();
    expect(plays()).toEqual([[1, 1, at]]);
    expect(log.notes).toContain("Left out, as your settings say: 1 special.");
    expect(librariesOf(db(), Number(integration.id))[0]?.countReliable).toBe(true);
    world.play(anna, episode(0, 1), { at: at + DAY_MS });
    world.play(anna, episode(0, 2), { at: at + DAY_MS });
    expect(await sync()).toMatchObject({ mode: "incremental", watchesAdded: 0 });
    world.deleteItem(episode(0, 2));
    expect(await sync({ full: true })).toMatchObject({ watchesAdded: 0 });
    expect(await reread(episode(0, 1))).toMatchObject({ watchesAdded: 0 });
  });

  test("specials come once they are wanted again, and those that were there had stayed", async () => {
    world.play(anna, episode(0, 1), { at });
    await sync();
    prefer({ specials: "skip" });
    world.play(anna, episode(0, 2), { at });
    expect(await sync()).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    expect(plays()).toEqual([[0, 1, at]]);
    prefer({ specials: "read" });
    expect(await sync()).toMatchObject({ mode: "full", watchesAdded: 1 });
  });

  test("videos that are shorter than the user wants", async () => {
    prefer({ minMinutes: 10 });
    world.edit(episode(1, 1), { durationMs: 9 * MINUTE_MS });
    world.edit(episode(1, 2), { durationMs: null });
    for (const number of [1, 2, 3]) world.play(anna, episode(1, number), { at });
    const log = await sync();
    expect(plays()).toEqual([
      [1, 2, at],
      [1, 3, at],
    ]);
    expect(log.notes).toContain("Left out, as your settings say: 1 short video.");
    prefer({ minMinutes: 9 });
    expect(await sync()).toMatchObject({ watchesAdded: 1 });
  });

  test("plays before the earliest date, by the user's clock; undated ones are kept", async () => {
    updateUser(db(), product.userId, { timeZone: "Pacific/Auckland" });
    const day = toDate(at);
    const midnight = Date.parse(`${day}T00:00:00Z`) - 13 * HOUR_MS;
    prefer({ since: day });
    world.play(anna, episode(1, 1), { at: midnight - 2 * HOUR_MS });
    world.play(anna, episode(1, 2), { at: midnight + 2 * HOUR_MS });
    world.markWatched(anna, episode(1, 3));
    world.setView(anna, episode(1, 3), { lastViewedAt: null });
    await sync();
    expect(plays().map(([, number]) => number)).toEqual([2, 3]);
    prefer({ since: null });
    expect(await sync()).toMatchObject({ watchesAdded: 1 });
    prefer({ since: toDate(Date.now()) });
    expect(await sync()).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    expect(plays()).toHaveLength(3);
  });

  test("further viewings: the first is the play, whichever sync sees it", async () => {
    prefer({ rewatches: "first" });
    world.play(anna, episode(), { at: at + 3 * DAY_MS });
    world.play(anna, episode(), { at });
    await sync();
    expect(plays()).toEqual([[1, 1, at]]);
    world.play(anna, episode(), { at: at + 9 * DAY_MS });
    world.markWatched(anna, episode(), { at: at + 20 * DAY_MS });
    expect(await sync()).toMatchObject({ watchesAdded: 0 });
    expect(await sync({ full: true })).toMatchObject({ watchesAdded: 0 });
    prefer({ rewatches: "all" });
    await sync();
    expect(plays().length).toBeGreaterThan(2);
  });

  test("shows outside the library, until they are in it", async () => {
    const other = world.addToLibrary(tv, world.addShow({ title: "Paper Orchard", year: 2020, seasons: [3] }));
    prefer({ onlyKnownShows: true });
    world.play(anna, episode(), { at });
    world.play(anna, plexEpisode(other, 1, 1), { at });
    const log = await sync();
    expect(plays()).toEqual([]);
    expect(log.notes).toContain("Left out, as your settings say: 2 episodes of shows that are not in your library.");
    world.play(anna, episode(1, 2), { at });
    world.play(anna, episode(1, 2), { at: Date.now() });
    expect(await sync()).toMatchObject({ mode: "incremental", watchesAdded: 0 });

    const { showId: known } = db()
      .raw.query<{ showId: number }, []>("SELECT id AS showId FROM shows WHERE title = 'Harbour Lights'")
      .get() ?? { showId: 0 };
    ensureEntry(db(), product.userId, known, { list: "watching", addedBySync: null, now: 0 });
    expect(await sync()).toMatchObject({ mode: "full", watchesAdded: 3 });
    expect(await sync()).toMatchObject({ mode: "incremental" });
    deleteEntry(db(), product.userId, known);
    world.play(anna, episode(1, 3), { at: Date.now() });
    await sync();
    expect(entryOf(db(), product.userId, known)).toBeUndefined();
  });

  test("nothing is left out that was there: preferences never remove", async () => {
    for (const number of [1, 2, 3]) world.play(anna, episode(1, number), { at });
    world.play(anna, episode(0, 1), { at });
    world.play(anna, episode(), { at: at + DAY_MS });
    set({ unmarks: "follow" });
    await sync();
    const before = playsOfUser(product);
    prefer({ specials: "skip", minMinutes: 600, since: toDate(Date.now()), rewatches: "first", onlyKnownShows: true });
    for (const full of [true, false]) {
      expect(await sync({ full })).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
      expect(playsOfUser(product)).toEqual(before);
    }
  });
});

describe("shows that a sync brings", () => {
  test.each([
    ["automatic", "watching", 0],
    ["later", "later", 1],
    ["archived", "archived", 1],
  ] as const)("with %s go to %s", async (addTo, list, listChosen) => {
    prefer({ addTo });
    world.play(anna, episode(), { at });
    await sync();
    expect(entryOf(db(), product.userId, showId())).toMatchObject({ list, listChosen });
  });
});

describe("libraries", () => {
  test("one that is switched off keeps its plays, and comes back with what was watched meanwhile", async () => {
    world.play(anna, episode(), { at });
    await sync();
    set({ libraries: [], unmarks: "follow" });
    world.unmark(anna, episode());
    world.play(anna, episode(1, 2), { at });
    expect(await sync({ full: true })).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    expect(plays()).toEqual([[1, 1, at]]);
    set({ libraries: [tv.key], unmarks: "ignore" });
    expect(await sync()).toMatchObject({ mode: "full", watchesAdded: 1 });
  });

  test("new ones are read, or wait for the user, by preference", async () => {
    await sync();
    const second = world.addLibrary(attic, { title: "Kids" });
    const show = world.addToLibrary(second, world.addShow({ title: "Paper Orchard", seasons: [3] }));
    world.play(anna, plexEpisode(show, 1, 1), { at });
    prefer({ newLibraries: "off" });
    const log = await sync({ full: true });
    expect(plays()).toEqual([]);
    expect(log.notes).toContain(
      '"Kids" is new on the server and not read. Switch it on in the settings if you want it.',
    );
    expect((await sync({ full: true })).notes).toEqual([]);
    set({ libraries: [tv.key, second.key] });
    expect(await sync()).toMatchObject({ watchesAdded: 1 });
  });

  test("one that was read before is not new when the server lists it again", async () => {
    prefer({ newLibraries: "off" });
    const second = world.addLibrary(attic, { title: "Kids" });
    world.addToLibrary(second, world.addShow({ title: "Paper Orchard", seasons: [3] }));
    await sync({ full: true });
    set({ libraries: [tv.key, second.key] });
    await sync();
    attic.libraries.splice(attic.libraries.indexOf(second), 1);
    await sync({ full: true });
    attic.libraries.push(second);
    await sync({ full: true });
    expect(librariesOf(db(), Number(integration.id)).map(({ enabled }) => enabled)).toEqual([true, true]);
  });
});

describe("a preview of settings that are not saved", () => {
  test("shows what they would bring and keep out, and changes nothing", async () => {
    world.play(anna, episode(0, 1), { at });
    world.play(anna, episode(1, 1), { at });
    world.play(anna, episode(1, 1), { at: at - 30 * DAY_MS });
    const preferences = { specials: "skip", since: toDate(at - DAY_MS) } as const;
    const log = await sync({ mode: "preview", settings: { preferences } });
    expect(log).toMatchObject({ status: "success", watchesAdded: 1 });
    expect(log.notes).toContain("Left out, as your settings say: 1 special, 1 play before the earliest date.");
    const [item] = product.app.sync.items(product.userId, log.id);
    const plan = item?.plan.map(({ season, number, action }) => [season, number, action]) ?? [];
    expect(plan.sort()).toEqual([
      [0, 1, "leave-out"],
      [1, 1, "add"],
      [1, 1, "leave-out"],
    ]);
    expect(plays()).toEqual([]);
    expect(row()?.preferences).toBe("{}");
  });

  test("refuses what could not be saved", () => {
    const start = () =>
      product.app.sync.start(Number(integration.id), {
        trigger: "manual",
        mode: "preview",
        settings: { libraries: ["nowhere"] },
      });
    expect(start).toThrow(expect.objectContaining({ code: "invalid" }));
    expect(product.app.sync.running(Number(integration.id))).toBeNull();
  });
});

describe("a library that numbers straight through", () => {
  let anime: PlexLibrary;
  let long: PlexItem;

  /** On the server one season of ten; in the catalogue two of five, counted through unless `counted` says otherwise. */
  async function catalogued(counted: boolean): Promise<void> {
    await sync();
    const rows = episodesOfShow(db(), animeShow());
    for (const { id, number } of rows) {
      const abs = number ?? 0;
      const change = abs <= 5 ? { season: 1, number: abs } : { season: 2, number: abs - 5 };
      updateEpisode(db(), id, { ...change, numberAbs: counted ? abs : null, inCatalogue: true, plex: null });
    }
  }

  const animeShow = () =>
    db().raw.query<{ id: number }, []>("SELECT id FROM shows WHERE title = 'Winter Signal'").get()?.id ?? 0;

  beforeEach(() => {
    anime = world.addLibrary(attic, { title: "Anime", agent: "none" });
    long = world.addToLibrary(anime, world.addShow({ title: "Winter Signal", year: 2018, seasons: [10] }));
  });

  test.each([true, false])("is found by the catalogue's count, or by counting (%p)", async (counted) => {
    await catalogued(counted);
    set({ numbering: { [anime.key]: "absolute" } });
    world.play(anna, plexEpisode(long, 1, 7), { at });
    // Another file of the same episode: nothing is known of it yet.
    world.readdEpisode(plexEpisode(long, 1, 7));
    await sync({ full: true });
    expect(plays()).toEqual([[2, 2, at]]);
  });

  test("moves what its numbers had placed elsewhere, with its plays, and back", async () => {
    for (const number of [5, 6, 7]) world.play(anna, plexEpisode(long, 1, number), { at: at + number * HOUR_MS });
    await sync();
    // The catalogue counts two specials of another kind in: what the server calls 5 to 7 is S1E3 to S1E5.
    for (const { id, number } of episodesOfShow(db(), animeShow())) {
      updateEpisode(db(), id, { numberAbs: (number ?? 0) + 2, inCatalogue: true, plex: null });
    }
    set({ numbering: { [anime.key]: "absolute" } });
    const moved = [3, 4, 5].map((number) => [1, number, at + (number + 2) * HOUR_MS]);
    expect(plays()).toEqual(moved);
    expect(await sync({ full: true })).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    expect(plays()).toEqual(moved);
    set({ numbering: { [anime.key]: "aired" } });
    expect(plays().map(([, number]) => number)).toEqual([5, 6, 7]);
  });
});
