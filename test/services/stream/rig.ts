import type { Clock } from "../../../src/kernel/clock.ts";
import type { Log } from "../../../src/kernel/log.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import type { PlexAccount, PlexItem } from "../../simulators/plex-world.ts";
import { startViewer, type Viewer, type ViewerOptions } from "../../simulators/viewer.ts";
import { hurriedClock, type Product } from "../../support/product.ts";
import { until } from "../../support/until.ts";
import { plainWorld, type Scene, scene } from "../sync/harness.ts";

/** A clock that stands still: whoever sleeps wakes when it is moved on. */
export type HandClock = Clock & {
  advance(ms: number): void;
  /** How long those who sleep now want to sleep in all. */
  sleeping(): number[];
};

export function handClock(start = Date.now()): HandClock {
  let now = start;
  const sleepers = new Set<{ until: number; ms: number; wake: () => void }>();
  return {
    now: () => now,
    ticks: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { until: now + ms, ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers]) {
        if (sleeper.until > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    sleeping: () => [...sleepers].map(({ ms }) => ms),
  };
}

export type RigOptions = { seed?: number; clock?: Clock; log?: Log; as?: "owner" | "guest"; synced?: boolean };

/** A product that is connected, synced once, and listening. */
export async function rig({ seed = 1, clock = hurriedClock, log, as = "owner", synced = true }: RigOptions = {}) {
  const at: Scene = scene(plainWorld(seed));
  const { world } = at.sims;
  const account = as === "owner" ? at.account : at.other;
  const product: Product = await at.open({ clock, ...(log === undefined ? {} : { log }) });
  const integration: IntegrationView = await product.connect(account, at.server.name);
  if (synced) await product.sync(integration);
  const { stream, sync, integrations } = product.app;
  const server = at.sims.server(at.server.name);
  const id = Number(integration.id);
  const runs: string[] = [];
  product.app.deps.bus.subscribe((name) => name === "sync.started" && runs.push(name));
  stream.start();
  await until(() => stream.state(id).state === "live", "the connection");
  const episodes = at.server.libraries.flatMap(({ episodes: all }) => all);
  const isWatched = (who: PlexAccount, item: PlexItem) => (world.viewOf(who, item)?.viewCount ?? 0) > 0;
  return {
    ...at,
    world,
    scene: at,
    me: account,
    someone: as === "owner" ? at.other : at.account,
    product,
    integration,
    id,
    stream,
    sync,
    integrations,
    server,
    episodes,
    /** Episodes this account has or has not watched. */
    watched: (yes: boolean) => episodes.filter((item) => isWatched(account, item) === yes),
    watch: (options: Partial<ViewerOptions> & { item: PlexItem }): Viewer =>
      startViewer({ world, ...server }, { account, everyMs: 60_000, ...options }),
    listeners: () => server.notifications.listeners(),
    now: () => stream.nowWatching(product.userId),
    live: () => until(() => stream.state(id).state === "live", "the connection"),
    logs: () => sync.list(product.userId, { limit: 100 }),
    plays: () => product.app.deps.db.raw.query<{ n: number }, []>("SELECT count(*) AS n FROM plays").get()?.n ?? 0,
    /** Ends the listening, and the run that news may have begun: it would go on for itself. */
    async rest() {
      await stream.stop();
      const begun = sync.running(id);
      if (begun !== null) await sync.finished(begun);
    },
    /** Runs that began by themselves since. */
    runs: () => runs.length,
    looked: ({ ratingKey }: PlexItem) =>
      at.sims.requests.all({ service: "plex-server", path: new RegExp(`/library/metadata/${ratingKey}\\?`) }).length,
    asked: (path: RegExp) => at.sims.requests.all({ service: "plex-server", path }).length,
  };
}

export type Rig = Awaited<ReturnType<typeof rig>>;
