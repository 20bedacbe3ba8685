import { Elysia } from "elysia";
import htmxSse from "htmx.org/dist/ext/hx-sse.min.js" with { type: "text" };
import htmx from "htmx.org/dist/htmx.min.js" with { type: "text" };
import type { Paths } from "../../views/paths.ts";
import { type Asset, loadAssets } from "../kernel/assets.ts";
import { AppError } from "../kernel/errors.ts";
import { sha256Hex } from "../kernel/ids.ts";

/**
 * One file, for two reasons. htmx looks at the page as soon as it has run once: an extension or a listener in a file that
 * is still on its way would come too late, and the page would never hear any news. And it is one request instead of four.
 * htmx is part of the program, not of `static/`: the versions in package.json are the ones that are served.
 */
const script = "page.js";
const ownScripts = ["app.js", "live.js"];

export type Assets = {
  find(name: string): Asset | undefined;
  /** The address of a file, with its hash; it never changes its content. */
  url(name: string): string;
  /** Another one as soon as any file is another one. */
  version: string;
};

function joinScripts(assets: Map<string, Asset>): Asset {
  const decoder = new TextDecoder();
  const own = ownScripts.map((name) => {
    const asset = assets.get(name);
    if (asset === undefined) throw new AppError("internal", `There is no asset named ${name}.`);
    assets.delete(name);
    return decoder.decode(asset.bytes);
  });
  // A script without its last semicolon must not run into the next one.
  const text = [htmx, htmxSse, ...own].join("\n;\n");
  const bytes = new Uint8Array(new TextEncoder().encode(text));
  return { name: script, bytes, hash: sha256Hex(text).slice(0, 12), type: "text/javascript; charset=utf-8" };
}

export function createAssets(paths: Paths): Assets {
  const all = loadAssets();
  all.set(script, joinScripts(all));
  const urls = new Map([...all.values()].map(({ name, hash }) => [name, paths.asset(hash, name)]));
  return {
    find: (name) => all.get(name),
    version: sha256Hex([...all.values()].map(({ hash }) => hash).join()).slice(0, 12),
    url(name) {
      const url = urls.get(name);
      if (url === undefined) throw new AppError("internal", `There is no asset named ${name}.`);
      return url;
    },
  };
}

const forEver = "public, max-age=31536000, immutable";
/** An address with an old hash, from a page that was open during an update: today's file, but not to be kept. */
const forNow = "no-cache";

function answer(asset: Asset | undefined, hash: string | null): Response {
  if (asset === undefined) throw new AppError("not-found", "There is no such file.");
  const headers = { "content-type": asset.type, "cache-control": asset.hash === hash ? forEver : forNow };
  return new Response(asset.bytes, { headers });
}

export function createAssetRoutes(assets: Assets) {
  const hidden = { detail: { hide: true } };
  return new Elysia()
    .get("/static/:hash/:name", ({ params }) => answer(assets.find(params.name), params.hash), hidden)
    .get("/favicon.ico", () => answer(assets.find("favicon.svg"), null), hidden);
}
