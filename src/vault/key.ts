import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../kernel/errors.ts";
import { randomRef, randomToken } from "../kernel/ids.ts";
import { type Secret, secret } from "../kernel/secret.ts";

export const KEY_LENGTH = 32;

export type LoadedKey = { key: Secret; source: "environment" | "file" | "generated" };

export function keyFile(dataDir: string): string {
  return join(dataDir, "encryption.key");
}

/** A new key; 24 random bytes are exactly 32 characters of base64url. */
export function generateKey(): Secret {
  return secret(randomToken(24));
}

function readKeyFile(file: string): Secret {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new AppError("invalid", `The key file ${file} cannot be read.`, {
      cause,
      hint: "Give it to the user this program runs as (mode 0600).",
    });
  }
  if ([...text].length !== KEY_LENGTH) {
    throw new AppError("invalid", `The key file ${file} must hold exactly ${KEY_LENGTH} characters.`, {
      hint: "Put the right key back. Without it, remove the file and connect your media servers again.",
    });
  }
  return secret(text);
}

/**
 * Writes the whole key under another name and links it into place: a second start at the same moment,
 * or a power cut, never leaves half a key behind.
 */
function writeKeyFile(file: string): void {
  const draft = `${file}.${randomRef()}`;
  const handle = openSync(draft, "wx", 0o600);
  try {
    writeSync(handle, `${generateKey().reveal()}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(draft, file);
  } catch {
    // Another start was quicker, and its key counts; or the file system knows no links (exFAT, some network shares).
    if (!existsSync(file)) renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function createKeyFile(file: string): void {
  try {
    writeKeyFile(file);
  } catch (cause) {
    throw new AppError("invalid", `The key file ${file} cannot be written.`, {
      cause,
      hint: "Make the data folder writable for the user this program runs as, or set INTEGRATION_ENCRYPTION_KEY.",
    });
  }
}

type KeyOptions = { configured: Secret | null; dataDir: string };

/** The configured key, or the one in the data folder; null before the first use. */
export function existingKey({ configured, dataDir }: KeyOptions): LoadedKey | null {
  if (configured !== null) return { key: configured, source: "environment" };
  const file = keyFile(dataDir);
  return existsSync(file) ? { key: readKeyFile(file), source: "file" } : null;
}

/** The key that there is, made on first use. */
export function loadKey(options: KeyOptions): LoadedKey {
  const existing = existingKey(options);
  if (existing !== null) return existing;
  const file = keyFile(options.dataDir);
  createKeyFile(file);
  return { key: readKeyFile(file), source: "generated" };
}
