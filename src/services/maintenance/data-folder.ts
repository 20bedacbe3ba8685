import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../../kernel/errors.ts";
import { randomRef } from "../../kernel/ids.ts";
import { dataPaths } from "./paths.ts";

export type Identity = { uid: number; gid: number };

/** Whom this process acts as. */
export function ourIdentity(): Identity {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
}

const reasonOf = (error: unknown): string => {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "unknown reason";
};

/** A path as a shell takes it. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** Docker's and Podman's marks; elsewhere a container's main process is number 1. */
const inContainer = (): boolean => process.pid === 1 || existsSync("/.dockerenv") || existsSync("/run/.containerenv");

function describe(path: string): { owner: string; mode: string } | null {
  if (!existsSync(path)) return null;
  const stat = statSync(path);
  return { owner: `${stat.uid}:${stat.gid}`, mode: (stat.mode & 0o777).toString(8) };
}

/** What mends the owner of a path, ready to copy, for where this program runs. */
export function ownerFix(path: string, { uid, gid }: Identity, container = inContainer()): string {
  const us = `${uid}:${gid}`;
  if (!container) return `Run: sudo chown -R ${us} ${quoted(path)}`;
  const owner = describe(path)?.owner ?? "0:0";
  const other = owner.startsWith("0:")
    ? `Or start the container as root with PUID=${uid} PGID=${gid}: it then gives the folder to them itself.`
    : `Or start the container as the folder's owner: --user ${owner}`;
  return `Run on the host, FOLDER being what is mounted at ${path}: sudo chown -R ${us} FOLDER\n${other}`;
}

function unusable(path: string, error: unknown): AppError {
  const us = ourIdentity();
  const code = reasonOf(error);
  const here = describe(path) ?? describe(dirname(path));
  const named = existsSync(path) ? path : dirname(path);
  if (code === "EROFS") {
    return new AppError("invalid", `DATA_DIR: ${path} lies on a file system that is mounted read-only.`, {
      hint: `Mount a writable folder there (docker run -v FOLDER:${quoted(path)} …), or set DATA_DIR to one.`,
    });
  }
  if (code === "ENOSPC") {
    return new AppError("invalid", `DATA_DIR: the disk of ${path} is full.`, {
      hint: "Free some space, then try again.",
    });
  }
  if (code === "ENOTDIR" || code === "EEXIST") {
    return new AppError("invalid", `DATA_DIR: ${path} is not a folder.`, { hint: "Set DATA_DIR to a folder." });
  }
  const owner = here === null ? "" : ` ${named} belongs to ${here.owner} (mode ${here.mode}),`;
  return new AppError(
    "invalid",
    `DATA_DIR: ${path} cannot be written (${code}).${owner} this program runs as ${us.uid}:${us.gid}.`,
    { hint: ownerFix(named, us) },
  );
}

/** Null when a file can be made in the folder and the database in it can be written; the failure otherwise. */
export function folderProblem(dataDir: string): AppError | null {
  const probe = join(dataDir, `.write-test-${randomRef()}`);
  try {
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    return unusable(dataDir, error);
  }
  const { database } = dataPaths(dataDir);
  for (const file of [database, `${database}-wal`, `${database}-shm`]) {
    if (!existsSync(file)) continue;
    try {
      accessSync(file, constants.R_OK | constants.W_OK);
    } catch (error) {
      return unusable(file, error);
    }
  }
  return null;
}

/** Makes the data folder when missing. Throws with the owner, our own ids and the exact command when it cannot be used. */
export function prepareDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw unusable(dataDir, error);
  }
  const problem = folderProblem(dataDir);
  if (problem !== null) throw problem;
}

/** For commands that only make sense with an existing database. */
export function requireDatabase(dataDir: string): string {
  const { database } = dataPaths(dataDir);
  if (!existsSync(database)) {
    throw new AppError("not-found", `There is no database in ${dataDir} yet.`, {
      hint: "Check DATA_DIR, or start the server once: episode-tracker serve",
    });
  }
  const problem = folderProblem(dataDir);
  if (problem !== null) throw problem;
  return database;
}
