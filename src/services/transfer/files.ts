import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HEAD_LENGTH, type ImportFile } from "../../domain/imports/model.ts";
import { isWorthReading } from "../../domain/imports/recognise.ts";
import { yieldToOthers } from "../../kernel/async.ts";
import { AppError } from "../../kernel/errors.ts";
import { isZip, readZip } from "../../kernel/zip.ts";

/** Trakt writes a hundred files and more; a whole history is a few hundred megabytes of JSON at most. */
const zipLimits = { entries: 5_000, totalBytes: 400 * 1_048_576 };

/** Files as they were sent, until they are imported or forgotten. They may hold private things: only we read them. */
export type ImportFiles = ReturnType<typeof createImportFiles>;

export function createImportFiles(dataDir: string) {
  const folder = join(dataDir, "imports");
  const path = (id: number) => join(folder, String(id));
  return {
    write(id: number, bytes: Uint8Array): void {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = `${path(id)}.part`;
      try {
        writeFileSync(draft, bytes, { mode: 0o600 });
        renameSync(draft, path(id));
      } finally {
        rmSync(draft, { force: true });
      }
    },
    has: (id: number): boolean => existsSync(path(id)),
    /** Throws `conflict` when it is no longer there. */
    read(id: number): Uint8Array {
      try {
        return readFileSync(path(id));
      } catch (cause) {
        throw new AppError("conflict", "The file of this import is no longer kept.", {
          cause,
          hint: "Choose it again; what is here already is not added twice.",
        });
      }
    },
    remove: (id: number): void => rmSync(path(id), { force: true }),
    ids(): number[] {
      return existsSync(folder) ? readdirSync(folder).map((name) => Number.parseInt(name, 10)) : [];
    },
  };
}

/** UTF-8 unless it says or shows otherwise: spreadsheets write UTF-16, or what their country wrote in 1995. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** What was chosen, as texts; of a zip everything in it that may matter. Throws `invalid` for a zip that cannot be read. */
export async function openUpload(name: string, bytes: Uint8Array): Promise<ImportFile[]> {
  if (!isZip(bytes)) {
    const text = decode(bytes);
    return [{ name, head: text.slice(0, HEAD_LENGTH), read: () => text }];
  }
  const files: ImportFile[] = [];
  for (const entry of readZip(bytes, zipLimits)) {
    if (!isWorthReading(entry.name)) continue;
    const read = () => decode(entry.read());
    files.push({ name: entry.name, head: read().slice(0, HEAD_LENGTH), read });
    await yieldToOthers();
  }
  return files;
}
