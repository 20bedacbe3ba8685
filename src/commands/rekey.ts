import { readFileSync } from "node:fs";
import { takeServerLock } from "../db/server-lock.ts";
import { systemClock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { type Secret, secret } from "../kernel/secret.ts";
import { requireDatabase } from "../services/maintenance/data-folder.ts";
import { openData } from "../services/maintenance/open-data.ts";
import { giveToOwnerOf } from "../services/maintenance/ownership.ts";
import { dataPaths } from "../services/maintenance/paths.ts";
import { checkKeyLength, finishInterruptedRekey, rekeyDatabase } from "../services/maintenance/rekey.ts";
import { generateKey, loadKey } from "../vault/key.ts";
import type { CommandContext, Run } from "./command.ts";

const variable = "NEW_INTEGRATION_ENCRYPTION_KEY";

function fromFile(file: string): Secret {
  try {
    return checkKeyLength(secret(readFileSync(file, "utf8").replace(/\r?\n$/, "")), file);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("invalid", `The key file ${file} cannot be read.`, { cause });
  }
}

function chooseKey({ args, environment }: CommandContext): { key: Secret; generated: boolean } {
  const file = args.options.get("new-key-file") ?? environment[`${variable}_FILE`];
  if (file !== undefined && file !== "") return { key: fromFile(file), generated: false };
  const given = environment[variable];
  if (given !== undefined && given !== "") return { key: checkKeyLength(secret(given), variable), generated: false };
  return { key: generateKey(), generated: true };
}

export const rekey: Run = async (context) => {
  const { config, out } = context;
  const { dataDir } = config;
  requireDatabase(dataDir);
  const next = chooseKey(context);
  const now = systemClock.now();
  const paths = dataPaths(dataDir);
  const lock = takeServerLock(paths.lock, { pid: process.pid, startedAt: now });
  try {
    const { db } = openData(dataDir, now);
    try {
      if (config.encryptionKey === null && (await finishInterruptedRekey(db, dataDir, now))) {
        out("An earlier change of keys that was cut off has been completed first.\n");
      }
      const current = loadKey({ configured: config.encryptionKey, dataDir });
      const { values, oldKeyFile } = await rekeyDatabase(db, { dataDir, current, next: next.key, now });
      out(`${values} stored credentials are encrypted with the new key.\n`);
      if (oldKeyFile === null) {
        // The one moment at which the user can learn a key that was made up here.
        if (next.generated) out(`New key: ${next.key.reveal()}\n`);
        out("Set INTEGRATION_ENCRYPTION_KEY to the new key before the next start.\n");
      } else {
        giveToOwnerOf(dataDir, paths.key, oldKeyFile, paths.lock);
        out(`The new key is in ${paths.key}; the old one is kept in ${oldKeyFile}.\n`);
        out("Older backups open with the old key only: keep it as long as you keep them, then delete it.\n");
      }
      return 0;
    } finally {
      db.close();
    }
  } finally {
    lock.release();
  }
};
