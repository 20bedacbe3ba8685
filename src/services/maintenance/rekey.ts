import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Db } from "../../db/open.ts";
import { listSealed, replaceSealed, type SealedValue } from "../../db/repos/sealed.ts";
import { readSetting } from "../../db/repos/settings.ts";
import { flushToDisk } from "../../db/snapshot.ts";
import { AppError } from "../../kernel/errors.ts";
import { equalInConstantTime } from "../../kernel/ids.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import { KEY_LENGTH, type LoadedKey } from "../../vault/key.ts";
import { keyState, sealKeyCheck } from "../../vault/key-check.ts";
import { sealedColumns } from "../../vault/sealed-columns.ts";
import { createVault, isWrongKey } from "../../vault/vault.ts";
import { KEY_CHECK_SETTING } from "../accounts/installation-key.ts";
import { dataPaths, fileStamp } from "./paths.ts";

export type Rekeyed = {
  values: number;
  /** Where the old key is now, when keys live in the data folder. */
  oldKeyFile: string | null;
};

export function checkKeyLength(key: Secret, source: string): Secret {
  if ([...key.reveal()].length !== KEY_LENGTH) {
    throw new AppError("invalid", `${source}: must be exactly ${KEY_LENGTH} characters.`);
  }
  return key;
}

function writeKey(file: string, key: Secret): void {
  rmSync(file, { force: true });
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, `${key.reveal()}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function reseal(db: Db, from: Secret, to: Secret) {
  const [old, fresh] = [createVault({ key: from }), createVault({ key: to })];
  const check = readSetting(db, KEY_CHECK_SETTING);
  if (check !== null && (await keyState(old, check)) === "different") {
    throw new AppError("invalid", "The current key is not the one the stored credentials were encrypted with.", {
      hint: "Set INTEGRATION_ENCRYPTION_KEY (or DATA_DIR/encryption.key) to the key used so far. Nothing was changed.",
    });
  }
  const values: (SealedValue & { resealed: string })[] = [];
  for (const value of listSealed(db, sealedColumns)) {
    const context = value.place.context(value.id);
    try {
      values.push({ ...value, resealed: await fresh.seal(await old.open(value.sealed, context), context) });
    } catch (cause) {
      const what = `${value.place.table} ${value.place.table === "integrations" ? value.id : "sign-in"}`;
      const why = isWrongKey(cause) ? "was encrypted with another key" : "is damaged";
      throw new AppError("invalid", `A stored credential (${what}, ${context.field}) ${why}.`, {
        cause,
        hint: "Nothing was changed. Use the right key, or disconnect that server in the tracker and connect it again.",
      });
    }
  }
  return { values, check: await sealKeyCheck(fresh) };
}

/**
 * Moves every stored credential from one key to another, all in one transaction. A key that lives in the data folder is
 * written beside the old one before the commit and takes its name after it: whenever the power goes, one of the two files
 * opens everything, and `finishInterruptedRekey` picks it.
 */
export async function rekeyDatabase(
  db: Db,
  options: { dataDir: string; current: LoadedKey; next: Secret; now: number },
): Promise<Rekeyed> {
  const { dataDir, current, next, now } = options;
  if (equalInConstantTime(current.key.reveal(), next.reveal())) {
    throw new AppError("invalid", "The new key is the same as the current one.");
  }
  const { key: keyFile } = dataPaths(dataDir);
  const { values, check } = await reseal(db, current.key, next);
  const inFolder = current.source !== "environment";
  if (inFolder) writeKey(`${keyFile}.next`, next);
  try {
    replaceSealed(db, values, { key: KEY_CHECK_SETTING, value: check });
  } catch (error) {
    rmSync(`${keyFile}.next`, { force: true });
    throw error;
  }
  return { values: values.length, oldKeyFile: inFolder ? promote(keyFile, dataDir, now) : null };
}

function promote(keyFile: string, dataDir: string, now: number): string {
  const kept = `${keyFile}.${fileStamp(now)}`;
  renameSync(keyFile, kept);
  renameSync(`${keyFile}.next`, keyFile);
  flushToDisk(dataDir);
  return kept;
}

/**
 * After a rekey that was cut off: gives the new key its place when the credentials are under it already.
 * True when the key in the data folder changed.
 */
export async function finishInterruptedRekey(db: Db, dataDir: string, now: number): Promise<boolean> {
  const { key: keyFile } = dataPaths(dataDir);
  const waiting = `${keyFile}.next`;
  if (!existsSync(waiting)) return false;
  const check = readSetting(db, KEY_CHECK_SETTING);
  const vault = createVault({ key: secret(readFileSync(waiting, "utf8").replace(/\r?\n$/, "")) });
  // Not under it: a change that broke off early, or one that is going on right now. Either way the file does no harm.
  if (check === null || (await keyState(vault, check)) !== "ok") return false;
  if (existsSync(keyFile)) promote(keyFile, dataDir, now);
  else renameSync(waiting, keyFile);
  return true;
}
