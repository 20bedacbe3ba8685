import { existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { folderProblem, ourIdentity } from "../data-folder.ts";
import type { Check } from "./check.ts";
import { isNetwork, type Mount, mountOf } from "./mounts.ts";

const lowSpaceBytes = 500_000_000;
const noSpaceBytes = 30_000_000;

function describeMount(mount: Mount | null): string {
  if (mount === null) return "";
  return `, on ${mount.source} (${mount.type}) mounted at ${mount.point}`;
}

function checkWritable(dataDir: string, mount: Mount | null): Check {
  const name = "Data folder";
  if (!existsSync(dataDir)) {
    let parent = dirname(dataDir);
    while (!existsSync(parent)) parent = dirname(parent);
    const problem = folderProblem(parent);
    const text = `${dataDir} is not there yet; the first start makes it`;
    if (problem === null) return { name, state: "ok", text };
    return { name, state: "broken", text: problem.message, ...(problem.hint ? { fix: problem.hint } : {}) };
  }
  const problem = folderProblem(dataDir);
  if (problem !== null) {
    return { name, state: "broken", text: problem.message, ...(problem.hint ? { fix: problem.hint } : {}) };
  }
  const { uid, gid, mode } = statSync(dataDir);
  const us = ourIdentity();
  const owner = `owner ${uid}:${gid}, mode ${(mode & 0o777).toString(8)}, writable for ${us.uid}:${us.gid}`;
  return { name, state: "ok", text: `${dataDir}: ${owner}${describeMount(mount)}` };
}

function checkDisk(dataDir: string, mount: Mount | null): Check {
  const name = "Disk";
  if (mount !== null && isNetwork(mount.type)) {
    return {
      name,
      state: "broken",
      text: `The data folder is on a network share (${mount.type}); databases get damaged there.`,
      fix: "Set DATA_DIR to a folder on a disk of this machine. Backups may go to the share.",
    };
  }
  if (mount?.type === "overlay" || mount?.type === "tmpfs" || mount?.type === "ramfs") {
    const where = mount.type === "overlay" ? "inside the container" : "in memory";
    return {
      name,
      state: "warn",
      text: `The data folder is ${where}: everything is lost when that is removed.`,
      fix: `Mount a folder of the host there: docker run -v /path/on/host:${dataDir} …`,
    };
  }
  if (mount?.type === "fuse.shfs") {
    const text = "The data folder is on Unraid's user share, which is slower than the disk behind it.";
    return { name, state: "warn", text, fix: "Use /mnt/cache/appdata/… instead of /mnt/user/appdata/… for /config." };
  }
  const { bavail, bsize } = statfsSync(existsSync(dataDir) ? dataDir : "/");
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free, local`;
  if (free >= lowSpaceBytes) return { name, state: "ok", text };
  const fix = "Free some space: look into the backups in DATA_DIR/backups first.";
  return { name, state: free < noSpaceBytes ? "broken" : "warn", text: `Only ${Math.floor(free / 1e6)} MB free.`, fix };
}

/** Owner, rights, mount and disk of the data folder. Leaves nothing behind. */
export function checkDataFolder(dataDir: string): Check[] {
  const mountinfo = existsSync("/proc/self/mountinfo") ? readFileSync("/proc/self/mountinfo", "utf8") : "";
  const mount = mountOf(dataDir, mountinfo);
  return [checkWritable(dataDir, mount), checkDisk(dataDir, mount)];
}
