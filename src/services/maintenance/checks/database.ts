import { existsSync, statSync } from "node:fs";
import { loadMigrations } from "../../../db/migrate.ts";
import { type Db, openDatabase } from "../../../db/open.ts";
import { readSetting } from "../../../db/repos/settings.ts";
import { serverHolding } from "../../../db/server-lock.ts";
import { inspectDatabase } from "../../../db/snapshot.ts";
import { toAppError } from "../../../kernel/errors.ts";
import type { Secret } from "../../../kernel/secret.ts";
import { loadKey } from "../../../vault/key.ts";
import { keyState } from "../../../vault/key-check.ts";
import { createVault } from "../../../vault/vault.ts";
import { KEY_CHECK_SETTING } from "../../accounts/installation-key.ts";
import { dataPaths } from "../paths.ts";
import type { Check } from "./check.ts";

export function checkDatabase(dataDir: string): Check {
  const name = "Database";
  const { database } = dataPaths(dataDir);
  if (!existsSync(database)) return { name, state: "ok", text: "none yet; the first start makes one" };
  try {
    const report = inspectDatabase(database, loadMigrations());
    const size = `${(statSync(database).size / 1e6).toFixed(1)} MB`;
    const steps = report.pending > 0 ? `; the next start adds ${report.pending} steps` : "";
    const content = `${report.users} users, ${report.plays} plays, ${size}`;
    return { name, state: "ok", text: `sound: ${content}, written by ${report.writtenBy}${steps}` };
  } catch (error) {
    const { message, hint } = toAppError(error);
    return { name, state: "broken", text: message, fix: hint ?? "Restore a backup: episode-tracker restore FILE" };
  }
}

export function checkServer(dataDir: string): Check {
  const holder = serverHolding(dataPaths(dataDir).lock);
  const text =
    holder === null ? "not running" : `running (process ${holder.pid}${holder.url ? `, ${holder.url}` : ""})`;
  return { name: "Server", state: "ok", text };
}

function checkKeyFile(file: string): Check | null {
  const { mode } = statSync(file);
  if ((mode & 0o077) === 0) return null;
  const text = `Others on this machine may read ${file} (mode ${(mode & 0o777).toString(8)}).`;
  return { name: "Encryption key", state: "warn", text, fix: `Run: chmod 600 ${file}` };
}

/** Whether the key is there and the one that the data was sealed with. `db` is null while there is no usable database. */
export async function checkKey(dataDir: string, configured: Secret | null, db: Db | null): Promise<Check> {
  const name = "Encryption key";
  const { key: file } = dataPaths(dataDir);
  const where = configured === null ? file : "INTEGRATION_ENCRYPTION_KEY";
  const check = db === null ? null : readSetting(db, KEY_CHECK_SETTING);
  if (configured === null && !existsSync(file)) {
    if (check === null) return { name, state: "ok", text: `none yet; the first start writes ${file}` };
    const fix = `Put the key back into ${file} or into INTEGRATION_ENCRYPTION_KEY; without it, connect the servers again.`;
    return { name, state: "broken", text: `${file} is missing, and credentials are encrypted with it.`, fix };
  }
  try {
    const { key } = loadKey({ configured, dataDir });
    if (check !== null && (await keyState(createVault({ key }), check)) === "different") {
      const fix = "Put the key used before back, or connect the servers again.";
      return { name, state: "broken", text: `${where} is not the key that the credentials were encrypted with.`, fix };
    }
    const open = configured === null ? checkKeyFile(file) : null;
    return (
      open ?? { name, state: "ok", text: check === null ? `${where}, not used yet` : `${where}, fits the database` }
    );
  } catch (error) {
    const { message, hint } = toAppError(error);
    return { name, state: "broken", text: message, ...(hint ? { fix: hint } : {}) };
  }
}

/** For reading further facts once `checkDatabase` has found nothing wrong; null when there is none yet. */
export function openForChecks(dataDir: string): Db | null {
  const { database } = dataPaths(dataDir);
  return existsSync(database) ? openDatabase(database) : null;
}
