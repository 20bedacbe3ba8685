import { expect, test } from "bun:test";
import { systemClock } from "../../../src/kernel/clock.ts";
import type { MediaServer, PlaySession, PlayState } from "../../../src/providers/contract.ts";
import type { Look } from "../../../src/services/stream/rereads.ts";
import { createViewings } from "../../../src/services/stream/viewings.ts";
import { quiet } from "../../providers/plex-bench.ts";
import { handClock } from "./rig.ts";

const session = (state: PlayState): PlaySession => ({
  sessionId: "1",
  itemId: "7",
  own: true,
  episode: {
    itemId: "7",
    libraryKey: "1",
    showItemId: "6",
    showTitle: "Harbour",
    season: 1,
    number: 1,
    title: "One",
    airedOn: null,
    durationMs: 2_400_000,
    ids: {},
    guid: null,
    viewCount: 0,
    viewOffsetMs: 0,
    lastViewedAt: null,
  },
  offsetMs: 60_000,
  state,
  player: null,
});

/** One session on a server whose answers are given by hand; the clock moves on with every news. */
function stage() {
  const clock = handClock();
  const answers: PromiseWithResolvers<PlaySession[]>[] = [];
  const looks: Look[] = [];
  let told = 0;
  const stopped = new AbortController();
  const viewings = createViewings({
    clock: { ...clock, sleep: systemClock.sleep },
    log: quiet,
    signal: stopped.signal,
    isWanted: () => true,
    look: (each) => looks.push(each),
    changed: () => (told += 1),
  });
  const server = {
    news: {
      sessions() {
        const answer = Promise.withResolvers<PlaySession[]>();
        answers.push(answer);
        return answer.promise;
      },
    },
  } as unknown as MediaServer;
  return {
    viewings,
    server,
    told: () => told,
    looks,
    clock,
    answer: (state: PlayState) => answers.pop()?.resolve([session(state)]),
    hear(state: PlayState, offsetMs = 60_000) {
      clock.advance(1);
      viewings.hear({ kind: "playing", sessionId: "1", itemId: "7", offsetMs, state }, server);
    },
    stop: () =>
      viewings.hear({ kind: "playing", sessionId: "1", itemId: "7", offsetMs: null, state: "stopped" }, server),
    state: () => viewings.mine().map((each) => each.state),
    [Symbol.dispose]: () => stopped.abort(),
  };
}

async function paused() {
  const at = stage();
  at.hear("paused");
  at.answer("paused");
  await Bun.sleep(1);
  expect(at.state()).toEqual(["paused"]);
  return at;
}

test("what is heard while a new connection asks about it is newer than the answer", async () => {
  using at = await paused();
  const caughtUp = at.viewings.catchUp(at.server);
  at.hear("playing");
  at.answer("paused");
  await caughtUp;
  expect(at.state()).toEqual(["playing"]);
});

test("what a new connection finds otherwise is told to open pages", async () => {
  using at = await paused();
  const before = at.told();
  const caughtUp = at.viewings.catchUp(at.server);
  at.answer("playing");
  await caughtUp;
  expect([at.state(), at.told() - before]).toEqual([["playing"], 1]);
});

test.each([
  ["near its beginning", 60_000, 5_000, true],
  ["further on", 150_000, 5_000, false],
  ["near its beginning, as it was last heard long before", 60_000, 120_000, false],
])("one that ends %s is looked at as such", async (_, offsetMs, silentMs, leftEarly) => {
  using at = await paused();
  at.hear("playing", offsetMs);
  at.clock.advance(silentMs);
  at.stop();
  expect(at.looks).toEqual([{ itemId: "7", viewsBefore: 0, again: false, leftEarly }]);
});
