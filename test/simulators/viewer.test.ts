import { afterEach, expect, test } from "bun:test";
import { plexEpisode } from "./plex-world.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { startViewer } from "./viewer.ts";
import { createWorld } from "./world.ts";

let sims: Simulators | null = null;
afterEach(() => sims?.stop());

function home() {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const show = world.addToLibrary(
    world.addLibrary(attic, { title: "TV Shows" }),
    world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3] }),
  );
  sims = startSimulators(world, { withKeys: false });
  const item = plexEpisode(show, 1, 1);
  const watch = (share: number) =>
    startViewer(
      { world, ...sims!.server("Attic") },
      { account: anna, item, everyMs: 2, speed: 100_000, fromMs: 0, untilMs: share * (item.durationMs ?? 0) },
    );
  return { world, anna, attic, item, watch };
}

test("somebody who watches to the end is listed meanwhile, and has watched it once", async () => {
  const { world, anna, attic, item, watch } = home();
  const viewer = watch(1);
  expect(attic.sessions).toEqual([viewer.session]);
  await viewer.ended;
  expect(attic.sessions).toEqual([]);
  expect(world.viewOf(anna, item)).toMatchObject({ viewCount: 1, viewOffsetMs: 0 });
  expect(attic.history).toHaveLength(1);
});

test("somebody who stops in the middle has not, and the server remembers the place", async () => {
  const { world, anna, attic, item, watch } = home();
  await watch(0.5).ended;
  expect(world.viewOf(anna, item)).toMatchObject({ viewCount: 0, viewOffsetMs: 0.5 * (item.durationMs ?? 0) });
  expect(attic.history).toEqual([]);
});
