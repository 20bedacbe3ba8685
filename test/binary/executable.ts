import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const file = join(root, "dist/episode-tracker");

function newestSource(): number {
  let newest = statSync(join(root, "bun.lock")).mtimeMs;
  for (const folder of ["src", "views", "static", "migrations", "deploy"]) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      newest = Math.max(newest, statSync(join(root, folder, name)).mtimeMs);
    }
  }
  return newest;
}

let checked = false;

/** The compiled program for this machine, built when it is missing or older than its sources. */
export function executable(): string {
  if (checked) return file;
  checked = true;
  if (!existsSync(file) || statSync(file).mtimeMs < newestSource()) {
    const built = Bun.spawnSync([process.execPath, join(root, "deploy/build.ts")], { cwd: root });
    if (built.exitCode !== 0) throw new Error(`The program could not be built: ${built.stderr.toString()}`);
  }
  return file;
}
