import { expect, test } from "bun:test";
import { MINUTE_MS } from "../../../src/domain/instant.ts";
import { tautulliPayload, webhookPayload } from "../../simulators/plex-webhooks.ts";
import type { PlexItem } from "../../simulators/plex-world.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { type PlayFact, playsOfUser } from "../../support/product.ts";
import { episodeOf, playOf, seeds, timesOf } from "../sync/harness.ts";
import { episodesIn, type Stage, stage } from "./stage.ts";

// Deliveries are lost, come twice, late, in any order and from nobody, while people watch and syncs run.

type Letter = () => Promise<unknown>;

/** Somebody watches something, and what the servers make of it is put into the post. */
function watch(at: Stage, random: Random, items: readonly PlexItem[], post: Letter[]): void {
  const item = random.pick(items);
  const account = random.chance(0.75) ? at.account : at.other;
  // Told before it is written, as it happens.
  const early = webhookPayload({ event: "media.scrobble", account, item }, at.account);
  at.sims.world.play(account, item, { at: at.clock.now() });
  const news = { event: "media.scrobble", account, item };
  const body = random.chance(0.15)
    ? early
    : random.chance(0.2)
      ? tautulliPayload(news)
      : webhookPayload(news, at.account);
  const copies = random.pick([0, 1, 1, 1, 2, 3]);
  for (let copy = 0; copy < copies; copy += 1) post.push(() => at.post(body));
  if (random.chance(0.3)) post.push(() => at.post({ ...body, event: "media.stop" }));
}

/** What anybody could send who has learnt the address. */
function forge(at: Stage, random: Random, items: readonly PlexItem[]): Letter {
  const item = random.pick(items);
  const event = random.pick(["media.scrobble", "library.new", "media.rate", "media.play"]);
  const body = webhookPayload({ event, account: random.pick([at.account, at.other]), item }, at.account);
  const metadata = { ...(body["Metadata"] as object), viewCount: random.int(0, 9) };
  return () => at.post(random.chance(0.2) ? "no message" : { ...body, Metadata: metadata });
}

async function deliverSome(random: Random, post: Letter[]): Promise<void> {
  const sent: Promise<unknown>[] = [];
  while (post.length > 0 && random.chance(0.8)) {
    const [letter] = post.splice(random.int(0, post.length - 1), 1);
    if (letter !== undefined) sent.push(letter());
  }
  await Promise.all(sent);
}

/** One history of watching, posting and syncing; the times at which the server has ever said that the account watched. */
async function live(at: Stage, random: Random): Promise<Set<number>> {
  const items = episodesIn(at).slice(0, 14);
  const post: Letter[] = [];
  const said = timesOf(at, at.account);
  for (let step = 0; step < 25; step += 1) {
    const dice = random.next();
    if (dice < 0.45) watch(at, random, items, post);
    else if (dice < 0.6) post.push(forge(at, random, items));
    else if (dice < 0.8) await deliverSome(random, post);
    else if (dice < 0.88) at.clock.advance(random.pick([1_000, 15_000, MINUTE_MS, 50 * MINUTE_MS]));
    else if (dice < 0.97) await at.product.sync(at.integration, random.chance(0.3) ? { full: true } : {});
    else {
      await at.idle();
      await at.product.restart();
      at.product.app.webhooks.start();
    }
    for (const time of timesOf(at, at.account)) said.add(time);
  }
  await deliverSome(random, post);
  await at.idle();
  return said;
}

/** What a database that has never heard of anything makes of the server as it is now. */
async function readAnew(at: Stage): Promise<PlayFact[]> {
  const product = await at.open({ clock: at.clock });
  await product.sync(await product.connect(at.account, at.server.name), { full: true });
  return playsOfUser(product);
}

/** Plays at times that the server has never told, or of episodes that it does not show as watched. */
function invented(plays: readonly PlayFact[], fresh: readonly PlayFact[], said: ReadonlySet<number>): PlayFact[] {
  const watched = new Set(fresh.map(episodeOf));
  return plays.filter((play) => !watched.has(episodeOf(play)) || (play.at !== null && !said.has(play.at)));
}

test.each(seeds(8))(
  "whatever becomes of the deliveries, no play is invented and none is lost (world %p)",
  async (seed) => {
    const random = createRandom(seed * 7919);
    const at = await stage(seed);
    try {
      const said = await live(at, random);
      const fresh = await readAnew(at);
      expect(invented(playsOfUser(at.product), fresh, said)).toEqual([]);
      await at.product.sync(at.integration, { full: true });
      const plays = playsOfUser(at.product);
      expect(invented(plays, fresh, said)).toEqual([]);
      const kept = new Set(plays.map(playOf));
      expect(fresh.filter((play) => !kept.has(playOf(play)))).toEqual([]);
      // And nothing is left to say.
      expect((await at.product.sync(at.integration, { full: true })).watchesAdded).toBe(0);
      expect(playsOfUser(at.product)).toEqual(plays);
    } finally {
      await at.close();
    }
  },
);
