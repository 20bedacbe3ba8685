import { afterEach, describe, expect, test } from "bun:test";
import type { MediaHook, MediaStyle } from "../../simulators/mediabrowser-state.ts";
import { playsOfUser } from "../../support/product.ts";
import { until } from "../../support/until.ts";
import { type AddressRig, addressRig } from "../stream/address-rig.ts";

type Way = [string, MediaStyle, MediaHook["form"]];

const ways: Way[] = [
  ["Jellyfin's plugin with all properties", "jellyfin-10.11", "all-properties"],
  ["Jellyfin's plugin with all properties, on 10.8", "jellyfin-10.8", "all-properties"],
  ["Jellyfin's plugin with a template", "jellyfin-12", "template"],
  ["Jellyfin's unofficial plugin", "jellyfin-10.11", "unofficial"],
  ["Emby, in a form", "emby", "multipart"],
  ["Emby, as JSON", "emby", "json"],
];

const open: AddressRig[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function stage(style: MediaStyle): Promise<AddressRig> {
  const made = await addressRig(style);
  open.push(made);
  return made;
}

const outcomes = (at: AddressRig) => at.deliveries().map(({ outcome }) => outcome);

describe.each(ways)("posted by %s", (_, style, form) => {
  test("a viewing is a play at once, however many messages tell of it", async () => {
    const at = await stage(style);
    await at.hook(form, null);
    const [item] = at.episodes;
    at.media.play(at.anna, item!);
    const viewer = at.watch(at.episodes[1]!, at.anna, 60_000);
    viewer.pause();
    viewer.resume();
    viewer.finish();
    await at.settled();
    expect(at.plays()).toBe(3);
    expect(outcomes(at)).toContain("used");
    expect(outcomes(at)).not.toContain("failed");
    const plays = playsOfUser(at.product);
    expect((await at.product.sync(at.integration, { full: true })).watchesAdded).toBe(0);
    expect(playsOfUser(at.product)).toEqual(plays);
  });

  test("a mark, its taking back and another mark are three pieces of news", async () => {
    const at = await stage(style);
    at.integrations.update(at.product.userId, at.integration.id, { unmarks: "follow" });
    await at.hook(form, [at.anna]);
    const [item] = at.episodes;
    const counted: number[] = [];
    for (const step of ["mark", "unmark", "mark", "unmark"] as const) {
      at.media[step](at.anna, item!);
      await at.settled();
      counted.push(at.plays());
    }
    expect(counted).toEqual([2, 1, 2, 1]);
  });

  test("an unmark changes nothing here unless the user says so", async () => {
    const at = await stage(style);
    await at.hook(form, [at.anna]);
    at.media.mark(at.anna, at.episodes[0]!);
    await at.settled();
    at.media.unmark(at.anna, at.episodes[0]!);
    await at.settled();
    expect(at.plays()).toBe(2);
  });

  test("somebody else's viewings are neither taken nor told", async () => {
    const at = await stage(style);
    await at.hook(form, null);
    const viewer = at.watch(at.episodes[0]!, at.ben);
    viewer.finish();
    at.media.mark(at.ben, at.episodes[1]!);
    await at.settled();
    expect(at.plays()).toBe(1);
    expect(at.deliveries().length).toBeGreaterThan(0);
    for (const { title, reason } of at.deliveries()) {
      expect([title, reason]).toEqual([null, "It is about another account."]);
    }
  });

  test("a film, and an episode left in the middle, bring nothing", async () => {
    const at = await stage(style);
    await at.hook(form, null);
    at.watch(at.film).finish();
    at.watch(at.episodes[0]!, at.anna, 9 * 60_000).stop();
    await at.settled();
    expect(at.plays()).toBe(1);
    expect(outcomes(at)).not.toContain("used");
  });

  test("a show marked as a whole is a message for each episode, and none is lost", async () => {
    const at = await stage(style);
    await at.hook(form, [at.anna]);
    at.media.mark(at.anna, at.series);
    await at.settled();
    expect(at.plays()).toBe(126);
    expect(at.sims.requests.count({ path: /Ids=/ })).toBeLessThan(60);
  });
});

test("a rewatch that takes the mark away when it begins takes nothing away here", async () => {
  const at = await stage("jellyfin-10.11");
  at.integrations.update(at.product.userId, at.integration.id, { unmarks: "follow" });
  await at.hook("all-properties", [at.anna], { types: ["PlaybackStart", "PlaybackStop", "UserDataSaved"] });
  at.media.play(at.anna, at.episodes[0]!);
  await at.settled();
  const viewer = at.watch(at.episodes[0]!, at.anna, 9 * 60_000);
  await at.settled();
  viewer.stop();
  await at.settled();
  expect(at.plays()).toBe(2);
});

test.each(["jellyfin-10.11", "emby"] as const)(
  "%s tells of one viewing live and by post, and it is one play",
  async (style) => {
    const at = await stage(style);
    await at.hook(style === "emby" ? "multipart" : "all-properties", [at.anna]);
    at.stream.start();
    await at.live();
    for (const item of at.episodes.slice(0, 2)) {
      const viewer = at.watch(item, at.anna, 60_000);
      await until(() => at.now().length === 1, "what plays now");
      viewer.finish();
      await until(() => at.now().length === 0, "the end");
      await at.settled();
    }
    await until(() => at.logs().every(({ status }) => status !== "running"), "the last look");
    expect(at.plays()).toBe(3);
    const plays = playsOfUser(at.product);
    await at.product.sync(at.integration, { full: true });
    expect(playsOfUser(at.product)).toEqual(plays);
  },
  20_000,
);

test("what is told every few seconds while something plays is not even noted", async () => {
  const at = await stage("jellyfin-12");
  await at.hook("all-properties", null, { types: ["PlaybackProgress", "UserDataSaved"] });
  const viewer = at.watch(at.episodes[0]!);
  for (const minute of [1, 2, 3, 4, 5]) at.media.progress(viewer.session, minute * 60_000);
  await at.settled();
  expect(at.deliveries()).toEqual([]);
});

test("a template that breaks its JSON says what to change", async () => {
  const at = await stage("jellyfin-10.11");
  const template = '{ "NotificationType": "{{NotificationType}}", "Name": {{Name}} }';
  await at.hook("template", null, { template, types: ["PlaybackStop"] });
  at.watch(at.episodes[0]!).finish();
  await at.settled();
  expect(at.deliveries()).toMatchObject([
    { event: "PlaybackStop", outcome: "ignored", reason: expect.stringMatching(/not valid JSON.*Send All Properties/) },
  ]);
});

test.each(["multipart", "json"] as const)("a test of Emby, %s, is received", async (form) => {
  const at = await stage("emby");
  await at.hook(form, null);
  expect(await at.sims.mediaWebhooks.test(at.state)).toEqual([202]);
  expect(at.deliveries()).toMatchObject([
    { event: "system.notificationtest", outcome: "used", reason: expect.stringMatching(/^Test received/) },
  ]);
});
