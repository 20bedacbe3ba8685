import { afterEach, describe, expect, test } from "bun:test";
import { integrationById } from "../../../src/db/repos/integrations.ts";
import { DAY_MS, HOUR_MS, toDate } from "../../../src/domain/instant.ts";
import type { SettingsInput } from "../../../src/services/integrations/types.ts";
import type { Product } from "../../support/product.ts";
import { playsOfUser } from "../../support/product.ts";
import { contentOf, seeds } from "./harness.ts";
import { type House, houseOf, KINDS, type Shelf, shelfOf } from "./kinds.ts";

const open: (House | Shelf)[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

type Place = { season: number; number: number | null; at: number | null };

const lines = (plays: readonly Place[]) => plays.map(({ season, number, at }) => `${season}x${number} ${at}`).sort();

function addedAfter({ app }: Product, last: number): string[] {
  return lines(
    app.deps.db.raw
      .query<Place, [number]>(
        "SELECT e.season, e.number, p.watched_at AS at FROM plays p JOIN episodes e ON e.id = p.episode_id WHERE p.id > ?",
      )
      .all(last),
  );
}

test.each(KINDS)(
  "a preview of %s changes nothing but its log, and the sync after it does what it said",
  async (kind) => {
    let planned = 0;
    for (const seed of seeds(kind === "plex" ? 10 : 3)) {
      const house = houseOf(kind, { seed, shows: 8, oddities: true });
      open.push(house);
      const product = await house.open();
      const integration = await house.connect(product);
      if (seed % 2 === 0) await product.sync(integration);
      house.watchOne(Math.floor(Date.now() / 1000) * 1000 - HOUR_MS);
      const logs = ["sync_logs", "sync_log_items"];
      const before = contentOf(product, logs);
      const preview = await product.sync(integration, { mode: "preview" });
      expect({ seed, status: preview.status, mode: preview.mode }).toEqual({
        seed,
        status: "success",
        mode: "preview",
      });
      const after = contentOf(product, logs);
      for (const table of Object.keys(before))
        expect({ seed, table, rows: after[table] }).toEqual({ seed, table, rows: before[table] ?? [] });

      const plan = product.app.sync
        .items(product.userId, preview.id)
        .flatMap((item) => item.plan.filter(({ action }) => action === "add"))
        .map(({ watchedAt, ...each }) => ({ ...each, at: watchedAt }));
      const { raw } = product.app.deps.db;
      const { last } = raw.query("SELECT coalesce(max(id), 0) AS last FROM plays").get() as { last: number };
      const run = await product.sync(integration, { full: true });
      expect([run.watchesAdded, run.showsSynced, run.episodesSynced]).toEqual([
        preview.watchesAdded,
        preview.showsSynced,
        preview.episodesSynced,
      ]);
      planned += plan.length;
      expect({ seed, plan: lines(plan) }).toEqual({ seed, plan: addedAfter(product, last) });
    }
    expect(planned).toBeGreaterThan(0);
  },
  120_000,
);

describe.each(KINDS)("with %s, a preview", (kind) => {
  async function shelf(): Promise<Shelf> {
    const made = await shelfOf(kind);
    open.push(made);
    return made;
  }

  /** Whole seconds, as Plex keeps them. */
  const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;
  const preview = ({ product, integration }: Shelf, settings: SettingsInput) =>
    product.sync(integration, { mode: "preview", settings });

  test("of settings shows what they would bring and keep out, and changes nothing", async () => {
    const stage = await shelf();
    const { product, integration } = stage;
    stage.watch(0, 1, at);
    stage.watch(1, 1, at);
    stage.watch(1, 2, at - 30 * DAY_MS);
    const preferences = { specials: "skip", since: toDate(at - DAY_MS) } as const;
    const log = await preview(stage, { preferences });
    expect(log).toMatchObject({ status: "success", watchesAdded: 1 });
    expect(log.notes).toContain("Left out, as your settings say: 1 special, 1 play before the earliest date.");
    const [item] = product.app.sync.items(product.userId, log.id);
    const plan = item?.plan.map(({ season, number, action }) => [season, number, action]) ?? [];
    expect(plan.sort()).toEqual([
      [0, 1, "leave-out"],
      [1, 1, "add"],
      [1, 2, "leave-out"],
    ]);
    expect(playsOfUser(product)).toEqual([]);
    expect(integrationById(product.app.deps.db, Number(integration.id))?.preferences).toBe("{}");
  });

  test("of unmarks that are to be followed shows what would go, and takes nothing", async () => {
    const stage = await shelf();
    const { product, integration } = stage;
    stage.watch(1, 1, at);
    stage.watch(1, 2, at);
    await product.sync(integration);
    const before = playsOfUser(product);
    stage.unmark(1, 1);
    const log = await preview(stage, { unmarks: "follow" });
    expect(log).toMatchObject({ status: "success", watchesAdded: 0, watchesRemoved: 1 });
    const plan = product.app.sync.items(product.userId, log.id).flatMap((item) => item.plan);
    expect(plan).toMatchObject([{ season: 1, number: 1, action: "remove" }]);
    expect(await preview(stage, { unmarks: "follow", libraries: [] })).toMatchObject({ watchesRemoved: 0 });
    expect(await preview(stage, { unmarks: "ignore" })).toMatchObject({ watchesRemoved: 0 });
    expect(playsOfUser(product)).toEqual(before);
  });

  test("of the first run in both directions is agreed to as it stands, or not at all", async () => {
    const stage = await shelf();
    const { product, integration } = stage;
    const { push, integrations, tracking } = product.app;
    const { userId } = product;
    const mark = (number: number) => tracking.markEpisode(userId, stage.episode(1, number));
    stage.watch(1, 1, at);
    stage.watch(1, 2, at);
    await product.sync(integration);
    mark(4);
    tracking.unmarkEpisode(userId, stage.episode(1, 1));
    integrations.update(userId, integration.id, { twoWay: true });
    const plan = push.preview(userId, integration.id);
    expect(plan).toMatchObject({ marks: 1, unmarks: 1, shows: [{ title: "Harbour Lights", marks: 1, unmarks: 1 }] });
    expect([stage.isWatched(1, 1), stage.isWatched(1, 4)]).toEqual([true, false]);
    mark(5);
    const agreed = { marks: true, unmarks: false };
    expect(() => push.confirm(userId, integration.id, { fingerprint: plan.fingerprint, ...agreed })).toThrow(
      "something else by now",
    );
    const { fingerprint } = push.preview(userId, integration.id);
    expect(push.confirm(userId, integration.id, { fingerprint, ...agreed })).toBe(2);
    await push.deliverDue();
    expect([1, 4, 5].map((number) => stage.isWatched(1, number))).toEqual([true, true, true]);
    expect(await product.sync(integration, { full: true })).toMatchObject({ watchesAdded: 0 });
    expect(push.preview(userId, integration.id)).toMatchObject({ marks: 0, unmarks: 1 });
  });
});
