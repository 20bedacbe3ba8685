import { secret } from "../../../src/kernel/secret.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import {
  type MediaItem,
  type MediaQuirks,
  type MediaServerState,
  type MediaStyle,
  type MediaUser,
  mediaEpisodesOf,
} from "../../simulators/mediabrowser-state.ts";
import { episodesOf, type PlexItem } from "../../simulators/plex-world.ts";
import { startSimulators } from "../../simulators/start.ts";
import { createWorld } from "../../simulators/world.ts";
import { startProduct } from "../../support/product.ts";
import { sharedClock } from "./house.ts";

const password = "a long password";

export type MediaHouseOptions = {
  style: MediaStyle;
  quirks?: Partial<MediaQuirks>;
  unmarks?: "ignore" | "follow";
  /** A Plex beside it. */
  plex?: boolean;
  before?: (at: { media: ReturnType<typeof createWorld>["media"]; anna: MediaUser; episodes: MediaItem[] }) => void;
};

export type MediaHouse = Awaited<ReturnType<typeof mediaHouse>>;

/** One user with a Jellyfin or an Emby, read once, two-way sync switched on; all on a clock that only the test moves. */
export async function mediaHouse({ style, quirks = {}, unmarks, plex = false, before }: MediaHouseOptions) {
  const clock = sharedClock();
  const world = createWorld({ now: clock.now });
  const { media } = world;
  const show = world.addShow({ title: "Harbour Lights", year: 2015, seasons: [6] });
  const state: MediaServerState = media.addServer({ name: "Cellar", style, quirks });
  const anna = media.addUser(state, { name: "anna", password });
  const series = media.addToLibrary(media.addLibrary(state, { name: "Series" }), show);
  // A show is in the library once something of it was watched.
  for (const item of mediaEpisodesOf(series).slice(0, 1)) media.play(anna, item, { at: clock.now() - 40 * 86_400_000 });
  before?.({ media, anna, episodes: mediaEpisodesOf(series) });
  const account = world.addAccount({ username: "anna" });
  const attic = plex ? world.addServer({ name: "Attic", owner: account }) : null;
  const shelf = attic === null ? null : world.addToLibrary(world.addLibrary(attic, { title: "TV" }), show);
  const sims = startSimulators(world, { withKeys: false, deadConnections: () => [] });
  const product = await startProduct(sims, { clock });
  const { userId } = product;
  const provider = style === "emby" ? "emby" : "jellyfin";

  async function connect(): Promise<IntegrationView> {
    const { integrations } = product.app;
    const who = { serverUrl: sims.mediaServer("Cellar").address, username: "anna", password: secret(password) };
    const pinId = await integrations.signInWithPassword(userId, provider, who);
    return (await integrations.connect(userId, provider, { pinId })).integration;
  }

  const cellar = await connect();
  const servers = attic === null ? [cellar] : [cellar, await product.connect(account, "Attic")];
  for (const server of servers) {
    await product.sync(server);
    const { integrations, push } = product.app;
    integrations.update(userId, server.id, { twoWay: true, ...(unmarks === undefined ? {} : { unmarks }) });
    const { fingerprint } = push.preview(userId, server.id);
    push.confirm(userId, server.id, { fingerprint, marks: false, unmarks: false });
  }

  const timesOf = (number: number): (number | null)[] =>
    product.app.deps.db.raw
      .query<{ at: number | null }, [number, number]>(
        `SELECT p.watched_at AS at FROM plays p JOIN episodes e ON e.id = p.episode_id
         WHERE p.user_id = ? AND e.season = 1 AND e.number = ? ORDER BY p.watched_at`,
      )
      .all(userId, number)
      .map(({ at }) => at);
  /** The file that holds an episode. */
  const file = (number: number): MediaItem => {
    const found = mediaEpisodesOf(series).find(
      ({ index, indexEnd }) => index !== null && index <= number && number <= (indexEnd ?? index),
    );
    if (found === undefined) throw new Error(`there is no episode ${number} on the server`);
    return found;
  };

  return {
    clock,
    world,
    media,
    anna,
    account,
    state,
    series,
    sims,
    product,
    cellar,
    servers,
    file,
    timesOf,
    here: (number: number) => timesOf(number).length > 0,
    data: (number: number) => media.dataOf(anna, file(number)),
    there: (number: number) => media.dataOf(anna, file(number))?.played === true,
    lastPlayed: (number: number) => Date.parse(media.dataOf(anna, file(number))?.lastPlayed ?? ""),
    plexItem(number: number): PlexItem {
      const found = shelf === null ? undefined : episodesOf(shelf).find(({ episode }) => episode?.number === number);
      if (found === undefined) throw new Error(`there is no episode ${number} on Plex`);
      return found;
    },
    episode: (number: number): string =>
      String(
        product.app.deps.db.raw
          .query<{ id: number }, [number]>("SELECT id FROM episodes WHERE season = 1 AND number = ?")
          .get(number)?.id,
      ),
    marksSent: () => sims.requests.all({ path: "PlayedItems" }).filter(({ status }) => status === 200).length,
    async deliver(ms = 3_000) {
      clock.advance(ms);
      await product.app.push.deliverDue();
    },
    async syncAll(options: { full?: boolean } = {}): Promise<number> {
      let added = 0;
      for (const server of servers) added += (await product.sync(server, options)).watchesAdded;
      return added;
    },
    /** The next answer to a mark gets lost; the server has it all the same. */
    loseAnswer: () =>
      sims.faults.add({
        service: style === "emby" ? "emby-server" : "jellyfin-server",
        path: /PlayedItems/,
        times: 1,
        effect: { kind: "cut" },
      }),
    waiting: () => product.app.push.waiting(userId, cellar.id, { limit: 100 }).items,
    outcomes: () => product.app.push.recent(userId, cellar.id, 20).map(({ outcome }) => outcome),
    async close() {
      await product.stop();
      await sims.stop();
    },
  };
}
