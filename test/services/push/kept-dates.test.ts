import { afterEach, describe, expect, test } from "bun:test";
import type { MediaStyle } from "../../simulators/mediabrowser-state.ts";
import { type MediaHouse, type MediaHouseOptions, mediaHouse } from "./media-house.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const open: MediaHouse[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function settled(options: MediaHouseOptions): Promise<MediaHouse> {
  const made = await mediaHouse(options);
  open.push(made);
  return made;
}

const mark = ({ product, episode }: MediaHouse, number: number, at?: number | null) =>
  product.app.tracking.markEpisode(product.userId, episode(number), at);
const unmark = ({ product, episode }: MediaHouse, number: number) =>
  product.app.tracking.unmarkEpisode(product.userId, episode(number));
const reread = ({ product, cellar, file }: MediaHouse, number: number) =>
  product.app.sync.reread(Number(cellar.id), { itemIds: [file(number).id], trigger: "stream" });

/** No reading, however it comes about, finds anything new. */
async function isQuiet(at: MediaHouse): Promise<void> {
  const sent = at.marksSent();
  for (const full of [false, true, true]) {
    expect(await at.syncAll({ full })).toBe(0);
    await at.deliver();
  }
  expect(at.marksSent()).toBe(sent);
}

const STYLES: MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];

describe.each(STYLES)("a mark on %s", (style) => {
  test("keeps its date, is counted once, and comes back as no play", async () => {
    const at = await settled({ style });
    const watchedAt = at.clock.now() - 90 * DAY;
    mark(at, 4, watchedAt);
    await at.deliver();
    expect(at.data(4)).toMatchObject({ played: true, playCount: 1 });
    expect(at.lastPlayed(4)).toBe(watchedAt);
    await reread(at, 4);
    await isQuiet(at);
    expect(at.timesOf(4)).toEqual([watchedAt]);
    expect([at.marksSent(), at.outcomes()]).toEqual([1, ["sent"]]);
  });

  test("goes out without its date where the user wants none sent, and is no play either", async () => {
    const at = await settled({ style });
    const { product, cellar, clock } = at;
    product.app.integrations.update(product.userId, cellar.id, { preferences: { pushDates: false } });
    const watchedAt = clock.now() - 90 * DAY;
    mark(at, 4, watchedAt);
    await at.deliver();
    expect(Math.abs((at.lastPlayed(4) ?? 0) - clock.now())).toBeLessThan(HOUR);
    await isQuiet(at);
    expect([at.marksSent(), at.timesOf(4)]).toEqual([1, [watchedAt]]);
  });

  test("gets the newest of several dates", async () => {
    const at = await settled({ style });
    const { tracking } = at.product.app;
    mark(at, 4, at.clock.now() - 9 * DAY);
    tracking.addPlay(at.product.userId, at.episode(4), at.clock.now() - 2 * DAY);
    await at.deliver();
    expect(at.lastPlayed(4)).toBe(Math.max(...at.timesOf(4).map((time) => time ?? 0)));
    await isQuiet(at);
    expect(at.timesOf(4).length).toBe(2);
  });

  test("of something begun and left long ago is known again, with a date or without", async () => {
    const at = await settled({
      style,
      before: ({ media, anna, episodes }) => {
        for (const item of episodes.slice(3, 5))
          media.partial(anna, item, { positionMs: 60_000, at: Date.UTC(2026, 2, 1) });
      },
    });
    mark(at, 4, at.clock.now() - 5 * DAY);
    mark(at, 5, null);
    await at.deliver();
    expect([at.there(4), at.there(5)]).toEqual([true, true]);
    await isQuiet(at);
    expect([at.timesOf(4).length, at.timesOf(5)]).toEqual([1, [null]]);
  });

  test("whose answer got lost is neither sent again nor taken for a viewing", async () => {
    const at = await settled({ style });
    at.loseAnswer();
    mark(at, 4, at.clock.now() - 30 * DAY);
    await at.deliver();
    await at.syncAll({ full: true });
    await at.deliver(HOUR);
    await isQuiet(at);
    expect([at.there(4), at.timesOf(4).length]).toEqual([true, 1]);
  });

  test("waits while the episode is being watched, and goes out afterwards", async () => {
    const at = await settled({ style });
    const session = at.media.start(at.anna, at.file(4));
    mark(at, 4);
    await at.deliver();
    expect([at.marksSent(), at.waiting().length]).toEqual([0, 1]);
    at.media.stop(session, { positionMs: 20 * MINUTE });
    await at.deliver(5 * HOUR);
    expect([at.marksSent(), at.there(4)]).toEqual([1, true]);
  });

  test("reaches every copy, and is taken from every copy", async () => {
    const at = await settled({
      style,
      before: ({ media, episodes: [, , , fourth] }) => {
        if (fourth !== undefined) media.addCopy(fourth);
      },
    });
    const copies = () =>
      (at.series.children[0]?.children ?? [])
        .filter(({ index }) => index === 4)
        .map((item) => at.media.dataOf(at.anna, item)?.played ?? false);
    mark(at, 4);
    await at.deliver();
    expect(copies()).toEqual([true, true]);
    await isQuiet(at);
    unmark(at, 4);
    await at.deliver();
    expect(copies()).toEqual([false, false]);
    await isQuiet(at);
  });

  test("gives way to a viewing that began before the unmark and ended after it", async () => {
    const at = await settled({ style });
    mark(at, 4, at.clock.now() - 30 * DAY);
    await at.deliver();
    at.clock.advance(DAY);
    const session = at.media.start(at.anna, at.file(4));
    at.clock.advance(10 * MINUTE);
    unmark(at, 4);
    await at.deliver();
    expect(at.marksSent()).toBe(1);
    at.clock.advance(30 * MINUTE);
    at.media.stop(session, { positionMs: at.file(4).runtimeMs });
    await at.deliver(HOUR);
    await at.syncAll();
    expect([at.there(4), at.here(4)]).toEqual([true, true]);
  });
});

describe.each(STYLES)("a file with two episodes on %s", (style) => {
  const joined = (unmarks: "ignore" | "follow") =>
    settled({
      style,
      unmarks,
      before: ({ media, episodes: [, , third] }) => {
        if (third !== undefined) media.joinEpisodes(third, 4);
      },
    });

  test("is marked once both are watched here, and once", async () => {
    const at = await joined("follow");
    mark(at, 4, at.clock.now() - 3 * DAY);
    await at.deliver();
    expect([at.there(3), at.marksSent(), at.waiting().length, at.outcomes()]).toEqual([false, 0, 0, ["part"]]);
    mark(at, 3, at.clock.now() - 8 * DAY);
    await at.deliver();
    expect([at.there(3), at.marksSent()]).toEqual([true, 1]);
    expect(at.lastPlayed(3)).toBe(at.timesOf(4)[0] ?? 0);
    await reread(at, 3);
    await isQuiet(at);
    expect([at.timesOf(3).length, at.timesOf(4).length]).toEqual([1, 1]);
  });

  test("both marked in one go are one request", async () => {
    const at = await joined("follow");
    mark(at, 3);
    mark(at, 4);
    await at.deliver();
    expect([at.there(3), at.marksSent()]).toEqual([true, 1]);
    await isQuiet(at);
  });

  test.each(["ignore", "follow"] as const)(
    "is unmarked with one of them, and the other stays here (%s)",
    async (how) => {
      const at = await joined(how);
      at.media.play(at.anna, at.file(3), { at: at.clock.now() - DAY });
      await at.syncAll();
      unmark(at, 4);
      await at.deliver();
      expect([at.there(3), at.here(3), at.here(4)]).toEqual([false, true, false]);
      await isQuiet(at);
      expect([at.here(3), at.here(4)]).toEqual([true, false]);
    },
  );

  test("keeps the other also when the answer to the unmark gets lost", async () => {
    const at = await joined("follow");
    at.media.play(at.anna, at.file(3), { at: at.clock.now() - DAY });
    await at.syncAll();
    at.loseAnswer();
    unmark(at, 4);
    await at.deliver();
    await at.syncAll({ full: true });
    await at.deliver(HOUR);
    await isQuiet(at);
    expect([at.there(3), at.here(3), at.here(4)]).toEqual([false, true, false]);
  });
});

describe("a rewatch that takes the mark away", () => {
  test("is answered with no mark, and by no unmark", async () => {
    const at = await settled({ style: "jellyfin-10.11", unmarks: "follow" });
    mark(at, 4, at.clock.now() - 30 * DAY);
    await at.deliver();
    const session = at.media.start(at.anna, at.file(4));
    expect(at.there(4)).toBe(false);
    await at.syncAll({ full: true });
    await at.deliver(10 * MINUTE);
    expect([at.here(4), at.marksSent()]).toEqual([true, 1]);
    at.clock.advance(30 * MINUTE);
    at.media.stop(session, { positionMs: at.file(4).runtimeMs });
    expect(await at.syncAll()).toBe(1);
    await at.deliver(HOUR);
    expect([at.timesOf(4).length, at.marksSent()]).toEqual([2, 1]);
  });

  test("and was left is no obstacle to an unmark", async () => {
    const at = await settled({ style: "jellyfin-10.11", unmarks: "follow" });
    mark(at, 4, at.clock.now() - 30 * DAY);
    await at.deliver();
    at.media.partial(at.anna, at.file(4), { positionMs: 20 * MINUTE });
    await at.syncAll({ full: true });
    at.clock.advance(DAY);
    unmark(at, 4);
    await at.deliver();
    await isQuiet(at);
    expect([at.there(4), at.here(4), at.waiting().length]).toEqual([false, false, 0]);
  });
});

test("an Emby that takes dates for its own wall clock sends no play back", async () => {
  const at = await settled({ style: "emby", quirks: { readsDatesAsLocal: true, utcOffsetMinutes: 120 } });
  const watchedAt = at.clock.now() - 5 * DAY;
  mark(at, 4, watchedAt);
  await at.deliver();
  await isQuiet(at);
  expect([at.there(4), at.timesOf(4), at.lastPlayed(4)]).toEqual([true, [watchedAt], watchedAt]);
  // What counts twice there is one mark, and a viewing after it is one more.
  at.media.play(at.anna, at.file(4), { at: at.clock.now() - HOUR });
  expect(await at.syncAll()).toBe(1);
  await isQuiet(at);
});

describe.each(STYLES)("beside a Plex, %s", (style) => {
  test("follows what is watched there, and leads it, without an end of marks", async () => {
    const at = await settled({ style, plex: true, unmarks: "follow" });
    at.world.play(at.account, at.plexItem(2));
    await at.syncAll();
    await at.deliver();
    at.media.play(at.anna, at.file(5), { at: at.clock.now() - HOUR });
    await at.syncAll();
    await at.deliver();
    await isQuiet(at);
    expect([at.there(2), (at.world.viewOf(at.account, at.plexItem(5))?.viewCount ?? 0) > 0]).toEqual([true, true]);
    expect([at.timesOf(2).length, at.timesOf(5).length]).toEqual([1, 1]);
    at.world.unmark(at.account, at.plexItem(5));
    await at.syncAll({ full: true });
    await at.deliver();
    await isQuiet(at);
    expect([at.here(5), at.there(5)]).toEqual([false, false]);
  });
});
