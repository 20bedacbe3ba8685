import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomRef, sha256Hex } from "../../kernel/ids.ts";

/** The folder of fetched posters. A file's name says its content, so a name never comes to mean something else. */
export type PosterFiles = {
  path(name: string): string;
  has(name: string): boolean;
  /** Whole or not at all: written beside and renamed. Returns the name. */
  write(showId: number, bytes: Uint8Array, extension: string): string;
  remove(name: string): void;
};

export function createPosterFiles(dataDir: string): PosterFiles {
  const folder = join(dataDir, "images", "posters");
  const path = (name: string) => join(folder, name);
  return {
    path,
    has: (name) => existsSync(path(name)),
    write(showId, bytes, extension) {
      mkdirSync(folder, { recursive: true });
      const hash = sha256Hex(bytes).slice(0, 16);
      const name = `${showId}-${hash}.${extension}`;
      const draft = path(`${name}.${randomRef()}.part`);
      try {
        writeFileSync(draft, bytes);
        renameSync(draft, path(name));
      } finally {
        rmSync(draft, { force: true });
      }
      return name;
    },
    remove: (name) => rmSync(path(name), { force: true }),
  };
}
