import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "./ids.ts";

/**
 * Where `static/` and `migrations/` lie: inside the executable (embedded folders keep their names beside the entry),
 * or at the root of the checkout.
 */
export const assetRoot: string = Bun.isStandaloneExecutable ? import.meta.dir : join(import.meta.dir, "..", "..");

export type Asset = { name: string; hash: string; bytes: Uint8Array<ArrayBuffer>; type: string };

const types: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  webmanifest: "application/manifest+json",
  txt: "text/plain; charset=utf-8",
};

/** Reads every file of `static/` once, with a content hash that makes its address immutable. */
export function loadAssets(folder = join(assetRoot, "static")): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder).sort()) {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    const type = types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    assets.set(name, { name, hash: sha256Hex(bytes).slice(0, 12), bytes, type });
  }
  return assets;
}
