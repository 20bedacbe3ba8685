import { afterEach, describe, expect, test } from "bun:test";
import type { MediaStyle } from "../../simulators/mediabrowser-state.ts";
import { playsOfUser } from "../../support/product.ts";
import { until } from "../../support/until.ts";
import { type AddressRig, type AddressRigOptions, addressRig } from "./address-rig.ts";

const styles = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"] as const;
const open: AddressRig[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

test.each(["jellyfin-12", "emby"] as const)(
  "a rewatch on %s, seen to be left near its beginning, is passed over for good",
  async (style) => {
    const at = await stage(style);
    const [item] = at.episodes;
    at.media.play(at.anna, item!, { at: Date.now() - 9 * 86_400_000 });
    await at.product.sync(at.integration);
    const plays = playsOfUser(at.product);
    const viewer = at.watch(item!, at.anna, (item!.runtimeMs ?? 0) / 100);
    await until(() => at.now().length === 1, "what plays now");
    viewer.stop();
    await until(() => at.now().length === 0, "the end");
    const state = () =>
      at.product.app.deps.db.raw
        .query<{ state: string }, [string]>("SELECT state FROM item_links WHERE item_id = ?")
        .get(item!.id)?.state ?? "";
    await until(() => /^2\|\d+\|0\|/.test(state()), "the look at its end");
    expect((await at.product.sync(at.integration, { full: true })).watchesAdded).toBe(0);
    expect(playsOfUser(at.product)).toEqual(plays);
  },
);

async function stage(style: MediaStyle, options: AddressRigOptions = {}): Promise<AddressRig> {
  const at = await addressRig(style, options);
  open.push(at);
  at.stream.start();
  if (options.byKey !== true) await at.live();
  return at;
}

const whole = (item: { runtimeMs: number | null }) => (item.runtimeMs ?? 0) * 0.95;

describe.each(styles)("heard from %s over its socket", (style) => {
  test("what is watched to its end is seen while it plays, and is a play by itself, once", async () => {
    const at = await stage(style);
    const before = at.plays();
    const [item] = at.episodes;
    const viewer = at.watch(item!, at.anna, whole(item!));
    await until(() => at.now().length === 1, "what plays now");
    expect(at.now()[0]).toMatchObject({ itemId: item!.id, season: 1, number: 2, player: "Living Room" });
    viewer.finish();
    await until(() => at.plays() === before + 1, "the play");
    await until(() => at.now().length === 0, "the end");
    await until(() => at.logs().every(({ status }) => status !== "running"), "the end of the look");
    const told = at.logs().filter(({ trigger }) => trigger === "stream");
    expect(
      told
        .map(({ watchesAdded }) => watchesAdded)
        .sort()
        .at(-1),
    ).toBe(1);
    const plays = playsOfUser(at.product);
    expect((await at.product.sync(at.integration, { full: true })).watchesAdded).toBe(0);
    expect(playsOfUser(at.product)).toEqual(plays);
  });

  test("one that was left in the middle is no play, and what was watched before stays", async () => {
    const at = await stage(style);
    at.integrations.update(at.product.userId, at.integration.id, { unmarks: "follow" });
    const [first] = at.episodes;
    at.media.play(at.anna, first!);
    await until(() => at.plays() === 2, "the play");
    for (const item of at.episodes.slice(0, 2)) {
      const viewer = at.watch(item, at.anna, 10 * 60_000);
      await until(() => at.now().length === 1, "what plays now");
      viewer.stop();
      await until(() => at.now().length === 0, "the end");
    }
    await Bun.sleep(60);
    expect(at.plays()).toBe(2);
  });

  test("a mark by hand is a play; an unmark takes it away when the user says so", async () => {
    for (const unmarks of ["ignore", "follow"] as const) {
      const at = await stage(style);
      at.integrations.update(at.product.userId, at.integration.id, { unmarks });
      const [item] = at.episodes;
      at.media.mark(at.anna, item!);
      await until(() => at.plays() === 2, "the mark");
      at.media.unmark(at.anna, item!);
      if (unmarks === "follow") await until(() => at.plays() === 1, "the unmark");
      else await Bun.sleep(80);
      expect(at.plays()).toBe(unmarks === "follow" ? 1 : 2);
    }
  });

  test("others' viewings, and films, bring nothing and begin no run", async () => {
    const at = await stage(style);
    at.media.play(at.ben, at.episodes[0]!);
    at.media.play(at.anna, at.film);
    at.media.mark(at.ben, at.episodes[1]!);
    at.media.mark(at.anna, at.episodes[2]!);
    await until(() => at.plays() === 2, "the mark that was heard last");
    await Bun.sleep(40);
    expect([at.plays(), at.runs(), at.now()]).toEqual([2, 0, []]);
  });

  test("a whole season marked at once is read by one run", async () => {
    const at = await stage(style);
    at.media.mark(at.anna, at.episodes.at(-1)!.parent!);
    await until(() => at.plays() === 121, "the marks");
    expect(at.runs()).toBe(1);
  });

  test("what was missed while it was away comes with the next connection", async () => {
    const at = await stage(style);
    at.simulator.sockets.dropAll();
    at.media.mark(at.anna, at.episodes[0]!);
    at.state.starting = true;
    await until(() => at.stream.state(at.id).state === "reconnecting", "the outage");
    at.state.starting = false;
    await at.live();
    expect(at.simulator.sockets.listeners()).toBe(1);
    at.media.mark(at.anna, at.episodes[1]!);
    await until(() => at.plays() >= 2, "the later mark");
  });

  test("a sign-in that was ended there asks for a new one and leaves the server alone", async () => {
    const at = await stage(style);
    at.simulator.credentials.revokeAll(at.anna);
    at.simulator.sockets.dropAll();
    await until(() => at.stream.state(at.id).state === "off", "the end of listening");
    expect(at.integrations.get(at.product.userId, at.integration.id).status).toBe("needs-login");
    const asked = at.sims.requests.all({}).length;
    await Bun.sleep(50);
    expect(at.sims.requests.all({}).length).toBe(asked);
  });

  test("a connection by API key says why it hears nothing", async () => {
    const at = await stage(style, { byKey: true });
    await until(() => JSON.stringify(at.stream.state(at.id)).includes("API key"), "the reason");
    expect(at.stream.state(at.id)).toMatchObject({ state: "off" });
    expect(at.simulator.sockets.listeners()).toBe(0);
  });
});
