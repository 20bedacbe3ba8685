import { afterEach, describe, expect, test } from "bun:test";
import { entryOf } from "../../../src/db/repos/library.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/instant.ts";
import { tautulliPayload, webhookPayload } from "../../simulators/plex-webhooks.ts";
import { showOf } from "../../simulators/plex-world.ts";
import { playsOfUser } from "../../support/product.ts";
import { until } from "../../support/until.ts";
import { base, episodesIn, episodeWhere, type Stage, stage } from "./stage.ts";

const open: Stage[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function begin(seed = 1): Promise<Stage> {
  const made = await stage(seed);
  open.push(made);
  await made.product.sync(made.integration);
  return made;
}

const plays = (at: Stage) => playsOfUser(at.product).length;
const latest = (at: Stage) => at.deliveries()[0];

describe("a scrobble", () => {
  test("is answered at once, and a moment later the play is there, with a log that tells of it", async () => {
    const at = await begin();
    const before = plays(at);
    const item = episodeWhere(at, false);
    at.sims.world.play(at.account, item);
    expect(await at.post(at.told("media.scrobble", item))).toBe(202);
    expect(latest(at)).toMatchObject({ event: "media.scrobble", outcome: "waiting", settledAt: null });
    await at.idle();
    expect(plays(at)).toBe(before + 1);
    const delivery = latest(at);
    expect(delivery).toMatchObject({ outcome: "used", reason: null });
    const log = at.product.app.sync.get(at.product.userId, delivery?.syncId ?? "");
    expect(log).toMatchObject({ trigger: "webhook", watchesAdded: 1 });
  });

  test("that comes twice is one play, and the second is told so", async () => {
    const at = await begin();
    const before = plays(at);
    const item = episodeWhere(at, false);
    at.sims.world.play(at.account, item);
    const body = at.told("media.scrobble", item);
    await Promise.all([at.post(body), at.post(body), at.post(body)]);
    await at.idle();
    await at.post(body);
    await at.idle();
    expect(plays(at)).toBe(before + 1);
    expect(at.deliveries().map(({ outcome }) => outcome)).toEqual(["ignored", "ignored", "ignored", "used"]);
    expect(latest(at)?.reason).toMatch(/already/);
  });

  test("that is sent again much later finds nothing new", async () => {
    const at = await begin();
    const item = episodeWhere(at, true);
    const before = plays(at);
    await at.post(at.told("media.scrobble", item));
    await at.idle();
    at.clock.advance(HOUR_MS);
    await at.post(at.told("media.scrobble", item));
    await at.idle();
    expect(plays(at)).toBe(before);
    expect(at.deliveries()).toMatchObject([
      { outcome: "used", reason: expect.stringMatching(/known already/), syncId: null },
      { outcome: "used" },
    ]);
  });

  test("of Tautulli is understood too", async () => {
    const at = await begin();
    const before = plays(at);
    const item = episodeWhere(at, false);
    at.sims.world.play(at.account, item);
    await at.post(tautulliPayload({ event: "media.scrobble", account: at.account, item }));
    await at.idle();
    expect([plays(at), latest(at)?.outcome]).toEqual([before + 1, "used"]);
  });

  test("of somebody else is not taken, and does not say what they watched", async () => {
    const at = await begin();
    const before = plays(at);
    const item = episodeWhere(at, false);
    at.sims.world.play(at.other, item);
    await at.post(webhookPayload({ event: "media.scrobble", account: at.other, item }, at.account));
    await at.idle();
    expect(plays(at)).toBe(before);
    expect(latest(at)).toMatchObject({ outcome: "ignored", title: null, reason: "It is about another account." });
  });

  test("that is forged brings nothing that the server does not show", async () => {
    const at = await begin();
    const before = plays(at);
    const unwatched = at.told("media.scrobble", episodeWhere(at, false));
    await at.post(unwatched);
    await at.post({ ...unwatched, Metadata: { type: "episode", ratingKey: "999999" } });
    await at.post({ ...unwatched, Metadata: { type: "episode", ratingKey: "../../../identity" } });
    await at.idle();
    at.clock.advance(HOUR_MS);
    await until(() => at.deliveries().every(({ outcome }) => outcome === "ignored"));
    expect(plays(at)).toBe(before);
    expect(at.deliveries().map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/no such episode/),
      expect.stringMatching(/no such episode/),
      expect.stringMatching(/does not count it as watched/),
    ]);
  });

  test("is left alone while the server is switched off", async () => {
    const at = await begin();
    at.product.app.integrations.update(at.product.userId, at.integration.id, { enabled: false });
    await at.post(at.told("media.scrobble", episodeWhere(at, true)));
    expect(latest(at)).toMatchObject({ outcome: "ignored", reason: expect.stringMatching(/switched off/) });
  });
});

describe("news that is ahead of the server", () => {
  test("is looked after until the server shows it", async () => {
    const at = await begin();
    const before = plays(at);
    const item = episodeWhere(at, false);
    await at.post({ ...at.told("media.scrobble", item), note: 1 });
    await at.idle();
    expect(latest(at)).toMatchObject({ outcome: "waiting", reason: expect.stringMatching(/yet/) });
    at.clock.advance(3 * SECOND_MS);
    await at.idle();
    expect(latest(at)?.outcome).toBe("waiting");
    at.sims.world.play(at.account, item);
    at.clock.advance(8 * SECOND_MS);
    await until(() => latest(at)?.outcome === "used");
    expect(plays(at)).toBe(before + 1);
  });

  test("of a second viewing waits for the server to count it", async () => {
    const at = await begin();
    const item = episodeWhere(at, true);
    const before = plays(at);
    const viewCount = (at.sims.world.viewOf(at.account, item)?.viewCount ?? 0) + 1;
    const body = at.told("media.scrobble", item);
    await at.post({ ...body, Metadata: { ...(body["Metadata"] as object), viewCount } });
    await at.idle();
    expect(latest(at)?.outcome).toBe("waiting");
    at.sims.world.play(at.account, item);
    at.clock.advance(3 * SECOND_MS);
    await until(() => latest(at)?.outcome === "used");
    expect(plays(at)).toBe(before + 1);
  });

  test("is taken up again after a restart", async () => {
    const at = await begin();
    const before = plays(at);
    const item = episodeWhere(at, false);
    await at.post(at.told("media.scrobble", item));
    await at.idle();
    expect(latest(at)?.outcome).toBe("waiting");
    await at.product.restart();
    at.sims.world.play(at.account, item);
    at.product.app.webhooks.start();
    at.clock.advance(3 * SECOND_MS);
    await until(() => latest(at)?.outcome === "used");
    expect(plays(at)).toBe(before + 1);
  });
});

test("a delivery that a hand has spoilt is put away, and keeps none of the others waiting", async () => {
  const at = await begin();
  const before = plays(at);
  const item = episodeWhere(at, false);
  await at.post(at.told("media.scrobble", item));
  await at.idle();
  const { raw } = at.product.app.deps.db;
  raw.run(`INSERT INTO webhook_seen (integration_id, fingerprint, event, outcome, news, received_at, next_attempt_at)
    SELECT integration_id, 'spoilt', 'media.scrobble', 'waiting', '{"kind":', received_at, 0 FROM webhook_seen`);
  at.sims.world.play(at.account, item);
  at.clock.advance(3 * SECOND_MS);
  await until(() => at.deliveries().every(({ outcome }) => outcome !== "waiting"));
  expect(at.deliveries().map(({ outcome }) => outcome)).toEqual(["ignored", "used"]);
  expect(plays(at)).toBe(before + 1);
});

describe("a server that does not answer", () => {
  test("is asked again, ever more seldom, and after a day no more", async () => {
    const at = await begin();
    const item = episodeWhere(at, false);
    await at.sims.takeDown(at.server.name);
    const body = at.told("media.scrobble", item);
    await at.post(body);
    await at.idle();
    const first = latest(at);
    expect(first).toMatchObject({ outcome: "waiting", reason: expect.stringMatching(at.server.name) });
    expect(first?.nextAttemptAt).toBeGreaterThan(at.clock.now());
    at.clock.advance(MINUTE_MS);
    await until(() => latest(at)?.nextAttemptAt !== first?.nextAttemptAt);
    at.clock.advance(DAY_MS);
    await until(() => latest(at)?.outcome === "failed");
    expect(latest(at)?.reason).toMatch(/next sync/);
  });
});

describe("many at once", () => {
  test("go into few questions, each item once, and none is lost", async () => {
    const at = await begin();
    const items = episodesIn(at).slice(0, 40);
    for (const item of items) at.sims.world.play(at.account, item);
    at.sims.requests.reset();
    for (const item of items) await at.post(at.told("media.scrobble", item));
    await at.idle();
    expect(at.sims.requests.count({ service: "plex-server", path: /metadata/ })).toBeLessThan(20);
    const live = playsOfUser(at.product);
    expect((await at.product.sync(at.integration, { full: true })).watchesAdded).toBe(0);
    expect(playsOfUser(at.product)).toEqual(live);
  });

  test("are cut off where a flood begins, and only the latest are kept", async () => {
    const at = await begin();
    await at.sims.takeDown(at.server.name);
    const body = at.told("media.scrobble", episodeWhere(at, false));
    for (let number = 0; number < 1_010; number += 1) {
      await at.post({ ...body, Metadata: { type: "episode", ratingKey: `9${number}` } });
    }
    const { raw } = at.product.app.deps.db;
    const waiting = "SELECT count(*) AS n FROM webhook_seen WHERE outcome = 'waiting'";
    expect(raw.query(waiting).get()).toEqual({ n: 1_000 });
    expect(latest(at)).toMatchObject({ outcome: "ignored", reason: expect.stringMatching(/Too much/) });
    for (let number = 0; number < 80; number += 1) await at.post({ ...body, event: "media.pause" });
    expect(raw.query("SELECT count(*) AS n FROM webhook_seen WHERE outcome = 'ignored'").get()).toEqual({ n: 50 });
    expect(raw.query(waiting).get()).toEqual({ n: 1_000 });
    expect(at.deliveries()).toHaveLength(50);
  });
});

describe("a new episode on the server", () => {
  test("becomes known, and no library gets a show by it", async () => {
    const at = await begin();
    const [show] = at.server.libraries.flatMap(({ shows }) => shows);
    if (show === undefined) throw new Error("no show");
    const item = at.sims.world.addEpisode(show, 2, { title: "Brand New" });
    const entries = () => at.product.app.deps.db.raw.query("SELECT count(*) AS n FROM library_entries").get();
    const before = [entries(), plays(at)];
    await at.post(at.told("library.new", item));
    await at.idle();
    expect(latest(at)).toMatchObject({ outcome: "used" });
    expect([entries(), plays(at)]).toEqual(before);
    const known = at.product.app.deps.db.raw.query("SELECT on_server FROM episodes WHERE title = 'Brand New'").all();
    expect(known).toEqual([{ on_server: 1 }]);
  });
});

describe("the rating of a show", () => {
  async function rated() {
    const at = await begin();
    const show = showOf(episodeWhere(at, true));
    const { db } = at.product.app.deps;
    const row = db.raw.query<{ id: number }, [string]>("SELECT id FROM shows WHERE title = ?").get(show.title);
    const showId = row?.id ?? 0;
    const tell = async (rating: number) => {
      await at.post(at.told("media.rate", show, rating));
      await at.idle();
      return latest(at);
    };
    return { at, show, showId, tell, rating: () => entryOf(db, at.product.userId, showId)?.rating };
  }

  test("is what the server shows, not what the message says", async () => {
    const { at, show, tell, rating } = await rated();
    expect(await tell(9)).toMatchObject({ outcome: "ignored", reason: expect.stringMatching(/shows no rating/) });
    at.sims.world.rate(at.account, show, 7);
    expect(await tell(10)).toMatchObject({ outcome: "used", reason: "Your rating is 7 now." });
    expect(rating()).toBe(7);
  });

  test("gives way to what the user has said here since, and takes over what is older", async () => {
    const { at, show, showId, tell, rating } = await rated();
    at.sims.world.rate(at.account, show, 8, { at: at.clock.now() - HOUR_MS });
    at.product.app.tracking.updateShow(at.product.userId, String(showId), { rating: 3 });
    expect(await tell(8)).toMatchObject({ outcome: "ignored", reason: expect.stringMatching(/here since/) });
    expect(rating()).toBe(3);
    at.clock.advance(MINUTE_MS);
    at.sims.world.rate(at.account, show, 6, { at: at.clock.now() });
    expect(await tell(6)).toMatchObject({ outcome: "used" });
    expect(rating()).toBe(6);
  });

  test("of a show outside the library is left alone", async () => {
    const { at, show, showId, tell } = await rated();
    at.product.app.tracking.removeShow(at.product.userId, String(showId));
    at.sims.world.rate(at.account, show, 8);
    expect(await tell(8)).toMatchObject({ outcome: "ignored", reason: expect.stringMatching(/not in your library/) });
  });
});

describe("the address", () => {
  const foreign = "https://example.com/hook";
  const own = (at: Stage) => [at.product.userId, at.integration.id] as const;

  test("stays the same until it is rotated; then the old one is nobody's", async () => {
    const at = await begin();
    const { webhooks } = at.product.app;
    expect((await webhooks.view(...own(at), base)).url).toBe(at.url);
    expect(at.url).toMatch(/^http:\/\/192\.0\.2\.9:4747\/api\/webhooks\/plex\/[\w-]{43}$/);
    await webhooks.rotate(...own(at), base);
    const { url } = await webhooks.view(...own(at), base);
    expect(url).not.toBe(at.url);
    const body = at.told("media.scrobble", episodeWhere(at, true));
    expect([await at.post(body), await at.post(body, url)]).toEqual([404, 202]);
  });

  test("is nowhere in the database", async () => {
    const at = await begin();
    const { webhooks, deps } = at.product.app;
    await webhooks.register(...own(at), base);
    const secret = at.url.slice(at.url.lastIndexOf("/") + 1);
    expect(Buffer.from(deps.db.raw.serialize()).includes(secret)).toBe(false);
  });

  test("goes into Plex's list beside foreign entries, is replaced there, and leaves with the integration", async () => {
    const at = await begin();
    const { webhooks, integrations } = at.product.app;
    at.account.webhooks = [foreign];
    expect(await webhooks.isRegistered(...own(at))).toBe(false);
    await webhooks.register(...own(at), base);
    expect(at.account.webhooks).toEqual([foreign, at.url]);
    expect(await webhooks.isRegistered(...own(at))).toBe(true);
    expect(await webhooks.rotate(...own(at), base)).toEqual({ registered: true, problem: null });
    const { url, registered } = await webhooks.view(...own(at), base);
    expect([at.account.webhooks, registered]).toEqual([[foreign, url], true]);
    await integrations.disconnect(...own(at));
    expect(at.account.webhooks).toEqual([foreign]);
    expect(await at.post({}, url)).toBe(404);
  });

  test("counts as registered only while the list holds it", async () => {
    const at = await begin();
    const { webhooks } = at.product.app;
    // Put in by hand, as seen from another machine.
    at.account.webhooks = [at.url.replace("192.0.2.9", "192.0.2.33")];
    expect(await webhooks.isRegistered(...own(at))).toBe(true);
    expect(await webhooks.view(...own(at), base)).toMatchObject({
      registered: true,
      registeredAt: "http://192.0.2.33:4747/api/webhooks/plex",
    });
    await webhooks.register(...own(at), base);
    expect(at.account.webhooks).toEqual([at.url]);
    at.account.webhooks = [];
    expect(await webhooks.isRegistered(...own(at))).toBe(false);
    expect((await webhooks.view(...own(at), base)).registered).toBe(false);
  });

  test("that could not be replaced in the list is replaced the next time", async () => {
    const at = await begin();
    const { webhooks } = at.product.app;
    await webhooks.register(...own(at), base);
    const fault = at.sims.faults.add({
      service: "plex.tv",
      method: "POST",
      path: /webhooks/,
      effect: { kind: "status", status: 503 },
    });
    const done = await webhooks.rotate(...own(at), base);
    expect([done.registered, done.problem]).toEqual([false, expect.stringMatching(/plex\.tv/)]);
    at.sims.faults.remove(fault);
    expect(await webhooks.isRegistered(...own(at))).toBe(false);
    await webhooks.register(...own(at), base);
    expect(at.account.webhooks).toEqual([(await webhooks.view(...own(at), base)).url]);
  });

  test("is not registered without Plex Pass, and the integration is as well as before", async () => {
    const at = await begin();
    const { webhooks, integrations } = at.product.app;
    at.account.plexPass = false;
    const error: unknown = await webhooks.register(...own(at), base).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "conflict", message: expect.stringMatching(/Plex Pass/) });
    expect(await webhooks.isRegistered(...own(at))).toBe(false);
    expect(integrations.get(...own(at)).status).toBe("ok");
  });

  test("of one integration opens nothing at another, and is nobody else's to see", async () => {
    const at = await begin();
    const ben = await at.product.addUser("ben");
    const { webhooks } = at.product.app;
    for (const ask of [
      () => webhooks.view(ben, at.integration.id, base),
      () => webhooks.isRegistered(ben, at.integration.id),
      () => webhooks.rotate(ben, at.integration.id, base),
      () => webhooks.register(ben, at.integration.id, base),
      () => webhooks.unregister(ben, at.integration.id),
    ]) {
      expect(await ask().catch((thrown: unknown) => thrown)).toMatchObject({ code: "not-found" });
    }
    expect(webhooks.find("jellyfin", at.url.slice(at.url.lastIndexOf("/") + 1))).toBeNull();
  });
});
