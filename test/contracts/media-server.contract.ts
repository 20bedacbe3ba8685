import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Clock } from "../../src/kernel/clock.ts";
import { AppError, type ErrorCode } from "../../src/kernel/errors.ts";
import type { Secret } from "../../src/kernel/secret.ts";
import type {
  Account,
  AccountPlace,
  Library,
  Listing,
  MediaServer,
  Page,
  Provider,
} from "../../src/providers/contract.ts";
import type { FaultEffect } from "../simulators/faults.ts";

/** Where a fault strikes: calls of the account service, or one kind of reading of the server. */
export type FaultTarget = "account" | "libraries" | "shows" | "episodes" | "history";

export type BenchOptions = {
  /** For every request; short ones are for tests in which nobody answers. */
  timeoutMs: number;
  clock: Clock;
};

/** A provider in front of its simulator. The first show library holds more episodes than fit on one page. */
export type Bench = {
  provider: Provider;
  account: Account;
  /** Where the owner's account is kept; undefined where that is not the server's own affair. */
  place?: () => AccountPlace;
  /** Signs the owner in, by whatever way the provider connects. */
  signIn(): Promise<Secret>;
  open(who?: "owner" | "guest"): MediaServer;
  truth: {
    serverId: string;
    serverName: string;
    libraries: Library[];
    /** Titles in the first show library. */
    shows: string[];
    episodes: number;
    /** Views of the owner in the first show library; nobody else's. */
    watched: { title: string; at: number }[];
    /** Plays of the owner that the server has rows for, newest first; empty where `capabilities.history` is false. */
    history: { title: string; at: number }[];
  };
  fault(target: FaultTarget, effect: FaultEffect, when?: { nth?: number; times?: number }): void;
  change: {
    addEpisode(): void;
    removeEpisode(): void;
    /** No token of the owner is good any more. */
    revokeSignIn(): void;
    refuseHistoryToGuests(status: 401 | 403): void;
  };
  /** Paths of the requests the server got, with their queries. */
  requested(): string[];
  /** Values that may appear nowhere but in headers. */
  secrets: string[];
  stop(): Promise<void>;
};

export type MediaServerHarness = { start(options: BenchOptions): Promise<Bench> };

type Read<Item> = { items: Item[]; pages: Page<Item>[]; complete: boolean };

export async function readAll<Item>(listing: Listing<Item>): Promise<Read<Item>> {
  const pages: Page<Item>[] = [];
  for (;;) {
    const step = await listing.next();
    if (step.done) return { items: pages.flatMap((page) => page.items), pages, complete: step.value.complete };
    pages.push(step.value);
  }
}

export async function failureOf(work: () => Promise<unknown>): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("It was expected to fail.");
}

/** A clock whose waits are over at once, and which remembers them. */
export function createImpatientClock(start: number): Clock & { waits: number[] } {
  let now = start;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    ticks: () => performance.now(),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}

const patientMs = 15_000;
const impatientMs = 250;
const testMs = 30_000;

export function mediaServerContract(name: string, harness: MediaServerHarness): void {
  describe(`${name} keeps the contract of a media server`, () => {
    let bench: Bench;
    let clock: ReturnType<typeof createImpatientClock>;
    let server: MediaServer;
    let library: Library;

    const begin = async (timeoutMs = patientMs) => {
      clock = createImpatientClock(Date.UTC(2026, 5, 1, 12));
      bench = await harness.start({ timeoutMs, clock });
      server = bench.open();
      library = bench.truth.libraries.find((each) => each.type === "show") as Library;
    };
    const restart = async (timeoutMs: number) => {
      await bench.stop();
      await begin(timeoutMs);
    };
    const readEpisodes = () => readAll(server.episodes(library, {}));
    const expectNoSecrets = (error: AppError) => {
      const text = [error.message, error.hint, error.detail, error.stack, Bun.inspect(error)].join("\n");
      for (const each of bench.secrets) expect(text).not.toContain(each);
    };

    beforeEach(() => begin());
    afterEach(() => bench.stop());

    describe("connecting", () => {
      test("signing in gives a token with which the account and its servers are read", async () => {
        const token = await bench.signIn();
        expect(await bench.provider.account.account(token, bench.place?.())).toMatchObject(bench.account);
        const choice = (await bench.provider.account.servers(token, bench.place?.())).find(
          (each) => each.serverId === bench.truth.serverId,
        );
        expect(choice).toMatchObject({ name: bench.truth.serverName, owned: true, online: true });
        expect(choice?.connections.length).toBeGreaterThan(0);
      });

      test("the probe finds the address at which the server answers and says why the others do not", async () => {
        const token = await bench.signIn();
        const [choice] = await bench.provider.account.servers(token, bench.place?.());
        const probed = await bench.provider.account.probe({ ...choice!, place: bench.place?.() });
        expect(probed.best?.identity).toMatchObject({ serverId: bench.truth.serverId, name: bench.truth.serverName });
        expect(probed.results.filter((each) => each.ok).map((each) => each.url)).toContain(probed.best?.url as string);
        for (const each of probed.results) expect(each.reason === null).toBe(each.ok);
      });

      test("the probe takes no other server for the one that is meant", async () => {
        const token = await bench.signIn();
        const [choice] = await bench.provider.account.servers(token, bench.place?.());
        const probed = await bench.provider.account.probe({
          ...choice!,
          serverId: "somebody-else",
          place: bench.place?.(),
        });
        expect(probed.best).toBeNull();
      });

      test("a token that is dead is told apart from a service that has a bad day", async () => {
        const token = await bench.signIn();
        bench.fault("account", { kind: "status", status: 503 });
        expect((await failureOf(() => bench.provider.account.ping(token, bench.place?.()))).code).toBe("unreachable");
        await restart(patientMs);
        const second = await bench.signIn();
        bench.change.revokeSignIn();
        const failure = await failureOf(() => bench.provider.account.ping(second, bench.place?.()));
        expect(failure.code).toBe("auth-expired");
        expectNoSecrets(failure);
      });

      test("the server says who it is", async () => {
        expect(await server.identify()).toMatchObject({
          serverId: bench.truth.serverId,
          name: bench.truth.serverName,
        });
      });
    });

    describe("reading", () => {
      test("lists the libraries with their kinds", async () => {
        expect(await server.libraries()).toEqual(bench.truth.libraries);
      });

      test("lists every show once, completely", async () => {
        const read = await readAll(server.shows(library));
        expect(read.items.map((each) => each.title).sort()).toEqual([...bench.truth.shows].sort());
        expect(read.complete).toBe(true);
      });

      test("lists every episode once, over several pages that add up to the announced total", async () => {
        const read = await readEpisodes();
        expect(new Set(read.items.map((each) => each.itemId)).size).toBe(bench.truth.episodes);
        expect(read.items).toHaveLength(bench.truth.episodes);
        expect(read.pages.length).toBeGreaterThan(1);
        expect(read.complete).toBe(true);
        let offset = 0;
        for (const page of read.pages) {
          expect(page).toMatchObject({ offset, total: bench.truth.episodes });
          offset += page.received;
        }
        expect(offset).toBe(bench.truth.episodes);
      });

      test("every episode names its show", async () => {
        const shows = new Set((await readAll(server.shows(library))).items.map((each) => each.itemId));
        const { items } = await readEpisodes();
        expect(items.filter((each) => each.showItemId === null || !shows.has(each.showItemId))).toEqual([]);
      });

      test("gives the views of the account and of nobody else", async () => {
        const { items } = await readEpisodes();
        const viewed = items
          .filter((each) => each.viewCount > 0)
          .map(({ title, lastViewedAt }) => ({ title, at: lastViewedAt }));
        const byTitle = (a: { title: string | null }, b: { title: string | null }) => (a.title! < b.title! ? -1 : 1);
        expect(viewed.sort(byTitle)).toEqual([...bench.truth.watched].sort(byTitle));
        expect(await server.watchedCount(library)).toBe(bench.truth.watched.length);
      });

      test("a question for recent views brings those viewed since, and few others", async () => {
        if (!bench.provider.manifest.capabilities.incremental) return;
        const times = bench.truth.watched.map((each) => each.at).sort((a, b) => a - b);
        const since = times[times.length - 2] as number;
        const { items } = await readAll(server.episodes(library, { viewedSince: since }));
        const viewed = items.filter((each) => each.viewCount > 0).map((each) => each.lastViewedAt);
        expect(viewed.sort()).toEqual(times.filter((at) => at >= since));
        expect(items.length).toBeLessThan(bench.truth.episodes / 10);
      });

      test("gives the account's own history, newest first, and from a moment on", async () => {
        if (!bench.provider.manifest.capabilities.history) return;
        const read = await readAll(server.history({}));
        expect(read.items.map(({ title, at }) => ({ title: title as string, at: at as number }))).toEqual(
          bench.truth.history,
        );
        expect(new Set(read.items.map((each) => each.key)).size).toBe(read.items.length);
        expect(read.complete).toBe(true);
        const since = bench.truth.history[1]!.at;
        const recent = await readAll(server.history({ since }));
        expect(recent.items.map((each) => each.at as number)).toEqual(
          bench.truth.history.map((each) => each.at).filter((at) => at >= since),
        );
      });

      test("reads single items by id and leaves out the ids it does not know", async () => {
        const show = (await readAll(server.shows(library))).items[0]!;
        const episode = (await readEpisodes()).items[0]!;
        expect((await server.showsById([show.itemId, "987654321"])).map((each) => each.title)).toEqual([show.title]);
        expect((await server.episodesById(["987654321", episode.itemId])).map((each) => each.title)).toEqual([
          episode.title,
        ]);
        expect(await server.showsById(["987654321"])).toEqual([]);
        expect(await server.episodesById([])).toEqual([]);
      });

      test("fetches a poster as a picture", async () => {
        const show = (await readAll(server.shows(library))).items[0]!;
        const image = await server.artwork(show.posterPath!);
        expect(image.type).toMatch(/^image\/(jpeg|png|webp)$/);
        expect(image.bytes.byteLength).toBeGreaterThan(50);
      });

      test("counts the requests it makes and keeps the token out of every address", async () => {
        await server.libraries();
        await readEpisodes();
        expect(server.requests()).toBe(bench.requested().length);
        for (const each of bench.secrets) expect(bench.requested().join("\n")).not.toContain(each);
      });
    });

    describe("pages", () => {
      test("pages shorter than asked for are followed to the end", async () => {
        bench.fault("episodes", { kind: "short-pages", rows: 70 });
        const read = await readEpisodes();
        expect(read.items).toHaveLength(bench.truth.episodes);
        expect(read.pages.length).toBe(Math.ceil(bench.truth.episodes / 70));
        expect(read.complete).toBe(true);
      });

      test("a library that grows while it is read is not called complete, and no row comes twice", async () => {
        bench.fault("episodes", { kind: "change", change: () => bench.change.addEpisode() }, { nth: 2 });
        const read = await readEpisodes();
        expect(read.complete).toBe(false);
        expect(new Set(read.items.map((each) => each.itemId)).size).toBe(read.items.length);
      });

      test("a library that shrinks while it is read is not called complete", async () => {
        bench.fault("episodes", { kind: "change", change: () => bench.change.removeEpisode() }, { nth: 2 });
        expect((await readEpisodes()).complete).toBe(false);
      });

      test("a reader that stops early ends the reading", async () => {
        for await (const page of server.episodes(library, {})) {
          expect(page.items.length).toBeGreaterThan(0);
          break;
        }
        expect(await server.libraries()).toEqual(bench.truth.libraries);
      });

      test("a failure on a later page is thrown after the earlier pages were delivered", async () => {
        bench.fault("episodes", { kind: "status", status: 500 }, { nth: 2 });
        bench.fault("episodes", { kind: "status", status: 500 }, { nth: 3 });
        bench.fault("episodes", { kind: "status", status: 500 }, { nth: 4 });
        const listing = server.episodes(library, {});
        const first = await listing.next();
        expect(first.done).toBe(false);
        expect((await failureOf(() => listing.next())).code).toBe("unreachable");
      });

      test("an aborted reading ends with `cancelled`", async () => {
        const control = new AbortController();
        const listing = server.episodes(library, {}, control.signal);
        await listing.next();
        control.abort(new AppError("cancelled", "Cancelled."));
        expect((await failureOf(() => listing.next())).code).toBe("cancelled");
      });
    });

    describe("marks", () => {
      const marks = async () => {
        const { items } = await readEpisodes();
        const unwatched = items.find(({ viewCount, viewOffsetMs }) => viewCount === 0 && viewOffsetMs === 0);
        const { setWatched } = server;
        if (!bench.provider.manifest.capabilities.push || setWatched === undefined || unwatched === undefined)
          return null;
        const at = clock.now() - 30 * 86_400_000;
        const countOf = async () => (await server.episodesById([unwatched.itemId]))[0]?.viewCount;
        return {
          countOf,
          itemId: unwatched.itemId,
          set: (watched: boolean, id = unwatched.itemId) => setWatched(id, watched, { at }),
        };
      };

      test("are set where the manifest says so, on one episode, and taken away again", async () => {
        const able = await marks();
        expect(able !== null).toBe(bench.provider.manifest.capabilities.push);
        if (able === null) return;
        const before = (await readEpisodes()).items.filter(({ viewCount }) => viewCount > 0).length;
        await able.set(true);
        expect(await able.countOf()).toBe(1);
        expect((await readEpisodes()).items.filter(({ viewCount }) => viewCount > 0)).toHaveLength(before + 1);
        await able.set(false);
        expect(await able.countOf()).toBe(0);
      });

      test("of an item that is gone are refused as such", async () => {
        const able = await marks();
        if (able !== null) expect((await failureOf(() => able.set(true, "no-such-item"))).code).toBe("not-found");
      });
    });

    describe("faults", () => {
      const lasting: [string, FaultEffect, ErrorCode][] = [
        ["401", { kind: "status", status: 401 }, "auth-expired"],
        ["403", { kind: "status", status: 403 }, "auth-expired"],
        ["404", { kind: "status", status: 404 }, "not-found"],
        ["429 without Retry-After", { kind: "status", status: 429 }, "rate-limited"],
        ["429 with a long Retry-After", { kind: "status", status: 429, retryAfterSeconds: 300 }, "rate-limited"],
        ["500", { kind: "status", status: 500 }, "unreachable"],
        ["503", { kind: "status", status: 503 }, "unreachable"],
        ["a web page instead of data", { kind: "html" }, "bad-answer"],
        ["an answer that stops half way", { kind: "truncate" }, "bad-answer"],
        ["data of another kind", { kind: "wrong-json" }, "bad-answer"],
        ["a connection that breaks", { kind: "reset" }, "unreachable"],
        ["a connection that breaks in the body", { kind: "cut" }, "unreachable"],
        ["a body that never ends", { kind: "endless", chunkBytes: 1_000_000 }, "bad-answer"],
      ];

      for (const [what, effect, code] of lasting) {
        test(
          `${what} is ${code}, never an empty list`,
          async () => {
            bench.fault("episodes", effect);
            bench.fault("libraries", effect);
            const failures = [await failureOf(readEpisodes), await failureOf(() => server.libraries())];
            expect(failures.map((each) => each.code)).toEqual([code, code]);
            for (const each of failures) expectNoSecrets(each);
          },
          testMs,
        );
      }

      const passing: [string, FaultEffect][] = [
        ["429 with Retry-After", { kind: "status", status: 429, retryAfterSeconds: 7 }],
        ["500", { kind: "status", status: 500 }],
        ["503", { kind: "status", status: 503 }],
        ["a broken connection", { kind: "reset" }],
        ["half an answer", { kind: "truncate" }],
        ["a slow answer", { kind: "delay", delayMs: 300 }],
      ];

      for (const [what, effect] of passing) {
        test(`${what} once does not end the reading`, async () => {
          bench.fault("episodes", effect, { nth: 2 });
          const read = await readEpisodes();
          expect(read.items).toHaveLength(bench.truth.episodes);
          expect(read.complete).toBe(true);
        });
      }

      test("a wait that the server asks for is kept", async () => {
        bench.fault("episodes", { kind: "status", status: 429, retryAfterSeconds: 7 }, { times: 1 });
        await readEpisodes();
        expect(clock.waits).toContain(7_000);
      });

      test("a wait too long to sit out is passed on", async () => {
        bench.fault("episodes", { kind: "status", status: 429, retryAfterSeconds: 300 });
        expect((await failureOf(readEpisodes)).retryAfterMs).toBe(300_000);
        expect(clock.waits).toEqual([]);
      });

      test(
        "a server that never answers is unreachable",
        async () => {
          await restart(impatientMs);
          bench.fault("episodes", { kind: "hang" });
          const failure = await failureOf(readEpisodes);
          expect(failure.code).toBe("unreachable");
          expect(failure.message).toContain("timed out");
        },
        testMs,
      );

      test("a redirect to another place is refused and gets no token", async () => {
        const visits: string[] = [];
        const elsewhere = Bun.serve({
          port: 0,
          hostname: "127.0.0.1",
          fetch(request) {
            visits.push(request.url);
            return Response.json({});
          },
        });
        bench.fault("libraries", { kind: "redirect", to: elsewhere.url.href });
        const failure = await failureOf(() => server.libraries());
        await elsewhere.stop(true);
        expect(failure.code).toBe("bad-answer");
        expect(visits).toEqual([]);
        expectNoSecrets(failure);
      });

      for (const status of [401, 403] as const) {
        test(`a history refused to a guest with ${status} is unsupported and leaves the rest readable`, async () => {
          if (!bench.provider.manifest.capabilities.history) return;
          bench.change.refuseHistoryToGuests(status);
          const guest = bench.open("guest");
          const failure = await failureOf(() => readAll(guest.history({})));
          expect(failure.code).toBe("unsupported");
          expect((await readAll(guest.episodes(library, {}))).items).toHaveLength(bench.truth.episodes);
        });
      }
    });
  });
}
