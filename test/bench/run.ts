import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { median, memoryOf, percentile, timed, until } from "./measure.ts";
import { command, connect, connectAtAddress, latestSync, type Running, startProduct, syncNow } from "./product.ts";
import { webhookTimes } from "./webhooks.ts";
import { type Simulated, simulate } from "./world.ts";

/**
 * The measurements of the product's design: first and second sync, pages, memory, start, requests, each beside what it
 * must reach. Ratios are taken against a floor measured in the same run, so that a slow machine does not look like a
 * slow program. `bun run bench [SHOWS]`
 */
const shows = Number(process.argv[2] ?? 1_000);
const episodes = shows * 50;
const rounds = 3;

const results: { what: string; measured: string; target: string; ok: boolean }[] = [];

function report(what: string, measured: string, target: string, ok: boolean): void {
  results.push({ what, measured, target, ok });
  console.log(`${ok ? "reached" : "MISSED "}  ${what}: ${measured} (must reach ${target})`);
}

const ms = (value: number) =>
  value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const floorSchema = z.object({ ms: z.number(), rows: z.number(), requests: z.number() });

async function measureFloor(sims: Simulated): Promise<z.infer<typeof floorSchema>> {
  const server = sims.servers[0];
  const library = server?.libraries.find(({ type }) => type === "show");
  if (server === undefined || library === undefined) throw new Error("the simulated world has no TV library");
  const file = join(sims.folder, `floor-${Bun.nanoseconds()}.db`);
  const script = join(import.meta.dir, "floor.ts");
  const child = Bun.spawn(["bun", script, server.url, server.ownerAccessToken, library.key, file], {
    stderr: "inherit",
  });
  return floorSchema.parse(JSON.parse(await new Response(child.stdout).text()));
}

const requestsSchema = z.object({ byEndpoint: z.record(z.string(), z.number()) });

async function requestsOf(sims: Simulated): Promise<Record<string, number>> {
  return requestsSchema.parse(await sims.ask("requests")).byEndpoint;
}

const total = (counts: Record<string, number>, service: string) =>
  Object.entries(counts).reduce((sum, [name, count]) => (name.startsWith(service) ? sum + count : sum), 0);

const pages = [
  "/",
  "/shows",
  "/shows?view=list&sort=progress",
  "/shows?query=a&progress=in-progress",
  "/shows/1",
  "/history",
  "/history?show=1",
  "/calendar",
  "/calendar?view=week",
  "/calendar?view=month",
  "/stats",
  "/stats?by=week",
  "/search",
  "/integrations",
  "/settings",
  "/settings/import",
  "/api/shows",
  "/api/shows/1",
  "/api/up-next",
  "/api/history",
  "/api/calendar",
  "/api/stats",
];

/** Pages that exist from the first second on. */
const early = ["/", "/shows", "/history", "/integrations"];

async function firstSync(
  sims: Simulated,
  floorMs: number[],
): Promise<{ product: Running; dataDir: string; firstMs: number }> {
  const durations: number[] = [];
  const peaks: number[] = [];
  const during: number[] = [];
  for (let round = 1; ; round += 1) {
    const dataDir = mkdtempSync(join(tmpdir(), "episode-tracker-bench-data-"));
    floorMs.push((await measureFloor(sims)).ms);
    const product = await startProduct(sims, dataDir, { METADATA_SOURCES: "none" });
    await connect(product, sims);
    await sims.ask("reset-requests");
    // The last round is watched from a second client, to see how pages do meanwhile; it is not one of those timed.
    const watched = round > rounds;
    await product.send("POST", "/api/integrations/plex/sync", {});
    if (watched) {
      for (let turn = 0; (await latestSync(product)).status === "running"; turn += 1) {
        during.push(
          ...(await timed(1, async () => void (await (await product.get(early[turn % early.length] ?? "/")).text()))),
        );
      }
    } else await until("the first sync's end", async () => (await latestSync(product)).status !== "running", 50);
    const log = await latestSync(product);
    if (log.status !== "success" || log.episodesSynced !== episodes)
      throw new Error(`the first sync went wrong: ${JSON.stringify(log)}`);
    if (!watched) {
      durations.push(log.duration);
      peaks.push(memoryOf(product.pid).peakMb);
      await product.stop();
      rmSync(dataDir, { recursive: true, force: true });
      continue;
    }
    const [first, floor] = [median(durations), median(floorMs)];
    const requests = total(await requestsOf(sims), "plex-server");
    report(
      `first sync, ${shows} shows / ${episodes} watched episodes`,
      `${ms(first)} = ${(first / floor).toFixed(2)} × floor of ${ms(floor)}`,
      "≤ 2.5 × floor",
      first <= 2.5 * floor,
    );
    report(
      "requests of a first sync to the media server",
      `${requests}`,
      `O(pages): ≤ ${Math.ceil(episodes / 500) * 2 + 20}`,
      requests <= Math.ceil(episodes / 500) * 2 + 20,
    );
    report("peak memory in first sync", `${median(peaks).toFixed(0)} MB`, "≤ 200 MB", median(peaks) <= 200);
    report(
      "pages while a first sync runs, p99",
      `${ms(percentile(during, 0.99))} of ${during.length}`,
      "≤ 100 ms",
      percentile(during, 0.99) <= 100,
    );
    return { product, dataDir, firstMs: first };
  }
}

async function secondSync(sims: Simulated, product: Running, firstMs: number): Promise<void> {
  const durations: number[] = [];
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    await sims.ask("reset-requests");
    const log = await syncNow(product);
    if (log.status !== "success" || log.watchesAdded !== 0)
      throw new Error(`the second sync went wrong: ${JSON.stringify(log)}`);
    durations.push(log.duration);
    requests = total(await requestsOf(sims), "plex-server");
  }
  const second = median(durations);
  report(
    "second sync, nothing changed",
    `${ms(second)} = ${((100 * second) / firstMs).toFixed(1)} % of the first`,
    "≤ 2 %",
    second <= firstMs * 0.02,
  );
  report("requests of a second sync, one library", `${requests}`, "≤ 3", requests <= 3);
}

/** Of every second show the last episode is not watched any more, so that there is something to watch next. */
async function leaveSomethingToWatch(product: Running): Promise<void> {
  const answer = await product.get("/api/shows?limit=500&sort=title");
  const { items } = (await answer.json()) as { items: { id: string }[] };
  for (const { id } of items) {
    const show = (await (await product.get(`/api/shows/${id}`)).json()) as {
      seasons: { episodes: { id: string }[] }[];
    };
    const last = show.seasons.at(-1)?.episodes.at(-1);
    if (last !== undefined) await product.send("DELETE", `/api/episodes/${last.id}/watched`);
  }
}

async function pageTimes(product: Running): Promise<void> {
  await leaveSomethingToWatch(product);
  const asked = (path: string) => async () => void (await (await product.get(path)).text());
  // Statistics are kept until a play changes.
  const change = async () => {
    await product.send("PUT", "/api/episodes/1/watched");
    await product.send("DELETE", "/api/episodes/1/watched");
  };
  const taken = new Map<string, number[]>();
  const measure = async (name: string, path: string, before?: () => Promise<void>) => {
    const call = asked(path);
    await timed(20, call, before);
    const p99 = percentile(await timed(200, call, before), 0.99);
    taken.set(name, [...(taken.get(name) ?? []), p99]);
  };
  // All pages in each round: what disturbs the machine for a moment disturbs one round of a page, not all.
  for (let round = 0; round < rounds; round += 1) {
    for (const path of pages) await measure(path, path);
    await measure("/stats after a change", "/stats", change);
  }
  let worst = { path: "", p99: 0 };
  for (const [path, values] of taken) {
    const p99 = median(values);
    console.log(`         ${path}: p99 ${ms(p99)}`);
    if (p99 > worst.p99) worst = { path, p99 };
  }
  report(
    "any page with that library, p99 over loopback",
    `${ms(worst.p99)} (${worst.path})`,
    "≤ 25 ms",
    worst.p99 <= 25,
  );
}

async function webhooks(sims: Simulated, product: Running): Promise<void> {
  // Everything is asked for once before it counts.
  const taken = (await webhookTimes(product, sims, Math.min(220, shows))).slice(20);
  const p99 = percentile(taken, 0.99);
  report(
    "webhook to stored play, p99, with the item re-read",
    `${ms(p99)}, median ${ms(median(taken))}, of ${taken.length}`,
    "≤ 50 ms",
    p99 <= 50,
  );
}

async function restart(sims: Simulated, dataDir: string): Promise<void> {
  const starts: number[] = [];
  let idle = Number.NaN;
  for (let round = 0; round < rounds; round += 1) {
    const product = await startProduct(sims, dataDir, { METADATA_SOURCES: "none" });
    starts.push(product.firstAnswerMs);
    await Bun.sleep(2_000);
    idle = memoryOf(product.pid).nowMb;
    await product.stop();
  }
  report("start to first answer with that database", ms(median(starts)), "≤ 150 ms", median(starts) <= 150);
  report("idle memory", `${idle.toFixed(0)} MB`, "≤ 85 MB", idle <= 85);
}

async function measureMediaFloor(sims: Simulated): Promise<number> {
  const server = sims.mediaServers[0];
  const [user, library] = [server?.users[0], server?.libraries[0]];
  if (server === undefined || user === undefined || library === undefined)
    throw new Error("the simulated world has no Jellyfin or Emby");
  const { token } = z.object({ token: z.string() }).parse(await sims.ask("media-token"));
  const file = join(sims.folder, `floor-${Bun.nanoseconds()}.db`);
  const script = join(import.meta.dir, "media-floor.ts");
  const child = Bun.spawn(["bun", script, server.url, token, user.id, library.id, file], { stderr: "inherit" });
  return floorSchema.parse(JSON.parse(await new Response(child.stdout).text())).ms;
}

/** First and second sync with a Jellyfin or Emby that holds the same library. */
async function mediaSyncs(kind: "jellyfin" | "emby"): Promise<void> {
  const sims = await simulate(`bench-${kind}:${shows}x50`);
  // The simulator renders its rows once.
  await measureMediaFloor(sims);
  const floors: number[] = [];
  const firsts: number[] = [];
  const seconds: number[] = [];
  let requests = { first: 0, second: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const dataDir = mkdtempSync(join(tmpdir(), "episode-tracker-bench-data-"));
    floors.push(await measureMediaFloor(sims));
    const product = await startProduct(sims, dataDir, { METADATA_SOURCES: "none" });
    await connectAtAddress(product, sims);
    await sims.ask("reset-requests");
    const first = await syncNow(product, {}, kind);
    if (first.status !== "success" || first.episodesSynced !== episodes)
      throw new Error(`the first sync with ${kind} went wrong: ${JSON.stringify(first)}`);
    const asked = total(await requestsOf(sims), `${kind}-server`);
    await sims.ask("reset-requests");
    const second = await syncNow(product, {}, kind);
    if (second.status !== "success" || second.watchesAdded !== 0)
      throw new Error(`the second sync with ${kind} went wrong: ${JSON.stringify(second)}`);
    requests = { first: asked, second: total(await requestsOf(sims), `${kind}-server`) };
    firsts.push(first.duration);
    seconds.push(second.duration);
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  await sims.stop();
  const name = kind === "jellyfin" ? "Jellyfin" : "Emby";
  const [first, second, floor] = [median(firsts), median(seconds), median(floors)];
  report(
    `first sync with ${name}, as many`,
    `${ms(first)} = ${(first / floor).toFixed(2)} × floor of ${ms(floor)}, ${requests.first} requests`,
    "≤ 2.5 × floor",
    first <= 2.5 * floor,
  );
  report(
    `second sync with ${name}, nothing changed`,
    `${ms(second)} = ${((100 * second) / first).toFixed(1)} % of the first, ${requests.second} requests`,
    "≤ 2 %",
    second <= first * 0.02,
  );
}

async function enrichment(): Promise<void> {
  const count = Math.min(shows, 200);
  const sims = await simulate(`bench:${count}x50`);
  const dataDir = mkdtempSync(join(tmpdir(), "episode-tracker-bench-data-"));
  for (const [source, env] of [
    ["tmdb", { METADATA_SOURCES: "tmdb", TMDB_API_KEY: sims.env["TMDB_API_KEY"] ?? "" }],
  ] as const) {
    const product = await startProduct(sims, dataDir, env);
    await connect(product, sims);
    await sims.ask("reset-requests");
    await syncNow(product);
    await until(
      "the end of enrichment",
      async () => {
        const state = (await (await product.get("/api/enrichment")).json()) as { pending: number; done: number };
        return state.pending === 0 && state.done > 0;
      },
      200,
    );
    const perShow = total(await requestsOf(sims), source) / count;
    report(`requests to ${source} per show`, perShow.toFixed(2), "≤ 2", perShow <= 2);
    await product.stop();
  }
  await sims.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

console.log(`measuring ${command().join(" ")} with ${shows} shows; ${rounds} rounds, medians\n`);
const sims = await simulate(`bench:${shows}x50`);
const floorMs: number[] = [];
const { product, dataDir, firstMs } = await firstSync(sims, floorMs);
await secondSync(sims, product, firstMs);
await webhooks(sims, product);
await pageTimes(product);
await product.stop();
await restart(sims, dataDir);
await sims.stop();
rmSync(dataDir, { recursive: true, force: true });
await mediaSyncs("jellyfin");
await mediaSyncs("emby");
await enrichment();

console.log("\n| what | measured | must reach | |\n|---|---|---|---|");
for (const { what, measured, target, ok } of results)
  console.log(`| ${what} | ${measured} | ${target} | ${ok ? "reached" : "missed"} |`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
