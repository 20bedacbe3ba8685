import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { demoPasswords, nextOnBasement } from "./demo-media.ts";
import { demoWorld, nextToWatch } from "./demo-world.ts";
import { startMediaViewer } from "./mediabrowser-viewer.ts";
import { createRandom } from "./random.ts";
import { startSimulators } from "./start.ts";
import { startViewer } from "./viewer.ts";

/**
 * `bun run demo`: the product with simulated Plex, Jellyfin, Emby, Trakt, TMDB and TVmaze, no account anywhere.
 * `--keep` keeps the data in ./data/demo and the simulators on fixed ports, so that the next start goes on.
 * PORT chooses the product's port (4747).
 */

const keep = process.argv.includes("--keep");
const root = resolve(import.meta.dir, "../..");
const port = process.env["PORT"] ?? "4747";
const dataDir = keep ? join(root, "data", "demo") : await mkdtemp(join(tmpdir(), "episode-tracker-demo-"));
/** An evening in minutes: she watches for three of them, then there is a pause. */
const minutesPerEpisode = 3;
const minutesBetween = 1;

/** With kept data the simulated past must stay where it was, or every start would bring a second history. */
async function firstStart(): Promise<number> {
  const file = Bun.file(join(dataDir, "demo-first-start"));
  if (await file.exists()) return Number(await file.text());
  const now = Date.now();
  await mkdir(dataDir, { recursive: true });
  await Bun.write(file, String(now));
  return now;
}

const demo = demoWorld(keep ? { asOf: await firstStart() } : {});
const fixed = {
  plexTv: 47471,
  plexApp: 47472,
  plexServer: 47481,
  mediaServer: 47491,
  trakt: 47473,
  tmdb: 47474,
  tvmaze: 47475,
};
const sims = startSimulators(demo.world, { drawPosters: true, ports: keep ? fixed : {}, keepsTokens: keep });

sims.webhooks.live = true;

const product = Bun.spawn([process.execPath, "src/main.ts", "serve"], {
  cwd: root,
  env: { ...process.env, ...sims.env, DATA_DIR: dataDir, PORT: port },
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
});

console.log(`
Episode Tracker demo: http://localhost:${port}

  1. Make an account (any name and password).
  2. Open Integrations and press "Connect Plex".
  3. On the simulated Plex page leave "Anna" chosen and press "Sign In".
  4. Choose the server "Attic" and press "Sync Now".

  Anna is always in the middle of something: Up next shows what she is watching, and every few minutes a play arrives.
  Anna's Plex Home has a child's profile, Mia, behind the PIN 1234: Integrations, Household.
  There are a Jellyfin and an Emby too, signed in to as anna:
    Jellyfin "Basement"  ${sims.mediaServer("Basement").address}  password ${demoPasswords.basement}
                         (or Quick Connect: type the code in at ${sims.mediaServer("Basement").address}/web/)
    Emby "Cabin"         ${sims.mediaServer("Cabin").address}  password ${demoPasswords.cabin}
  Data: ${dataDir}${keep ? "" : " (deleted at the end)"}
  Stop with Ctrl+C.
`);

const random = createRandom(7);
const players = ["Living Room", "Anna's phone", "Kitchen tablet"];

/** An evening in front of Plex; the title of what was seen, null when there is nothing left. */
async function onPlex(): Promise<string | null> {
  const item = nextToWatch(demo, random);
  if (item === null) return null;
  const speed = (item.durationMs ?? 0) / (minutesPerEpisode * 60_000);
  const where = { world: demo.world, ...sims.server("Attic") };
  await startViewer(where, { account: demo.anna, item, speed: Math.max(speed, 1), player: random.pick(players) }).ended;
  return `${item.parent?.parent?.title} S${item.parent?.index}E${item.index}`;
}

async function onBasement(): Promise<string | null> {
  const item = nextOnBasement(demo.world, demo.media);
  if (item === null) return null;
  const speed = (item.runtimeMs ?? 0) / (minutesPerEpisode * 60_000);
  const viewer = { user: demo.media.basement.anna, item, speed: Math.max(speed, 1), device: random.pick(players) };
  await startMediaViewer(demo.world.media, viewer).ended;
  return `${item.parent?.parent?.name} S${item.parent?.index}E${item.index} on the Basement`;
}

async function evenings(): Promise<void> {
  for (let evening = 1; ; evening++) {
    await Bun.sleep(minutesBetween * 60_000);
    const seen = evening % 3 === 0 ? ((await onBasement()) ?? (await onPlex())) : await onPlex();
    if (seen === null) return;
    console.log(`(demo) Anna has just watched ${seen}.`);
  }
}
void evenings();

let stopping = false;
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  product.kill("SIGTERM");
  await product.exited;
  await sims.stop();
  if (!keep) await rm(dataDir, { recursive: true, force: true });
  process.exit(code);
}
process.on("SIGINT", () => void stop(0));
process.on("SIGTERM", () => void stop(0));
void product.exited.then((code) => stop(code ?? 1));
