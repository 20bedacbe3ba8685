import { expect, test } from "bun:test";
import { DAY_MS, HOUR_MS } from "../../../src/domain/instant.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { watchedItems } from "../../simulators/generate.ts";
import { type PlexAccount, type PlexItem, plexEpisode } from "../../simulators/plex-world.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, playsOfUser, startProduct } from "../../support/product.ts";
import { seeds } from "../sync/harness.ts";

type Person = { account: PlexAccount; userId: number; integration: IntegrationView };

/** A household: Anna's server, two children's profiles, Ben with his own account, Cleo as a guest, and Dan whom nobody has linked. */
function household() {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const mia = world.addHomeMember(anna, { username: "mia", managed: true, pin: "1234" });
  const tom = world.addHomeMember(anna, { username: "tom", managed: true });
  const [ben, cleo, dan] = ["ben", "cleo", "dan"].map((username) => world.addAccount({ username })) as [
    PlexAccount,
    PlexAccount,
    PlexAccount,
  ];
  world.joinHome(anna, ben);
  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  for (const guest of [mia, tom, ben, cleo, dan]) world.share(attic, guest);
  const items = [1, 2, 3].flatMap((number) => {
    const show = world.addToLibrary(
      tv,
      world.addShow({ title: `Show ${number}`, year: 2000 + number, seasons: [4, 4] }),
    );
    return [1, 2].flatMap((season) => [1, 2, 3, 4].map((episode) => plexEpisode(show, season, episode)));
  });
  return { world, attic, items, anna, mia, tom, ben, cleo, dan };
}

type Times = Map<PlexAccount, Set<string>>;

const timeOf = (show: string | undefined, season: unknown, number: unknown, at: number) =>
  `${show} ${season}x${number} ${at}`;

/** Plays and marks of one more day, noted by person. */
function live(
  times: Times,
  world: World,
  accounts: PlexAccount[],
  items: PlexItem[],
  day: number,
  random: Random,
): void {
  const start = Math.floor((Date.now() - 200 * DAY_MS) / DAY_MS) * DAY_MS + day * DAY_MS;
  for (let moment = 0; moment < 8; moment += 1) {
    const at = start + moment * 2 * HOUR_MS + random.int(0, 3_600) * 1_000;
    const [account, item] = [random.pick(accounts), random.pick(items)];
    const time = timeOf(item.parent?.parent?.title, item.parent?.index, item.index, at);
    times.set(account, (times.get(account) ?? new Set()).add(time));
    if (random.chance(0.75)) world.play(account, item, { at });
    else if (random.chance(0.7)) world.markWatched(account, item, { at });
    else world.partial(account, item, { offsetMs: 600_000, at });
  }
}

test("whoever watches what, every user of the tracker has exactly their own plays", async () => {
  for (const seed of seeds(6)) {
    const random = createRandom(seed);
    const { world, attic, items, ...people } = household();
    const { anna, mia, tom, ben, cleo } = people;
    if (random.chance(0.5)) world.setQuirks(attic, { guestHistory: random.pick([401, 403] as const) });
    const sims = startSimulators(world, { deadConnections: () => [] });
    const product = await startProduct(sims, { clock: hurriedClock });
    const times: Times = new Map();
    const everybody = Object.values(people);
    live(times, world, everybody, items, 0, random);

    const annas = await product.connect(anna, "Attic");
    const linked = async (account: PlexAccount, pin?: string): Promise<Person> => {
      const userId = await product.addUser(account.username);
      const input = { memberId: account.uuid, target: { userId }, ...(pin === undefined ? {} : { pin }) };
      return { account, userId, integration: await product.app.households.link(product.userId, annas.id, input) };
    };
    const cleoUser = await product.addUser("cleo");
    const users: Person[] = [
      { account: anna, userId: product.userId, integration: annas },
      await linked(mia, "1234"),
      await linked(tom),
      await linked(ben),
      { account: cleo, userId: cleoUser, integration: await product.connect(cleo, "Attic", cleoUser) },
    ];
    for (let day = 1; day <= 3; day += 1) {
      for (const { integration } of users) {
        if (random.chance(0.6)) await product.sync(integration, { full: random.chance(0.3) });
      }
      live(times, world, everybody, items, day, random);
    }
    await Promise.all(users.map(({ integration }) => product.sync(integration, { full: true })));

    for (const { account, userId } of users) {
      const plays = playsOfUser(product, userId);
      const watched = watchedItems(attic, account).map(
        (item) => `${item.parent?.parent?.title} ${item.parent?.index}x${item.index}`,
      );
      const had = plays.map(({ show, season, number }) => `${show} ${season}x${number}`);
      expect({ seed, who: account.username, had: [...new Set(had)].sort() }).toEqual({
        seed,
        who: account.username,
        had: watched.sort(),
      });
      // Every time is one at which this very person watched that very episode.
      const own = times.get(account) ?? new Set();
      const foreign = plays.filter(
        ({ show, season, number, at }) => at !== null && !own.has(timeOf(show, season, number, at)),
      );
      expect({ seed, who: account.username, foreign }).toEqual({ seed, who: account.username, foreign: [] });
    }
    await product.stop();
    await sims.stop();
  }
}, 7_200_000);
