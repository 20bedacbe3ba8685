import { Elysia } from "elysia";
import { OfflinePage } from "../../../views/pages/offline.tsx";
import { AppError } from "../../kernel/errors.ts";
import type { RouteDeps } from "../deps.ts";
import { page } from "../respond.ts";
import { bareContext } from "./context.ts";

const hidden = { detail: { hide: true } };
/** Small, and to be found changed after an update. */
const forNow = { "cache-control": "no-cache" };

/** What lets a browser put the tracker on the home screen, and say something when there is no network. */
export function createInstallablePages(deps: RouteDeps) {
  const { paths, assetUrl, assets } = deps;
  const icon = (name: string, sizes: string, purpose: "any" | "maskable") => ({
    src: assetUrl(name),
    sizes,
    type: "image/png",
    purpose,
  });
  const shortcut = (name: string, url: string) => ({ name, url, icons: [icon("icon-192.png", "192x192", "any")] });

  const manifest = {
    id: paths.home(),
    name: "Episode Tracker",
    short_name: "Episodes",
    description: "What you have watched, and what comes next",
    start_url: paths.home(),
    scope: paths.home(),
    display: "standalone",
    background_color: "#141210",
    theme_color: "#141210",
    icons: [
      icon("icon-192.png", "192x192", "any"),
      icon("icon-512.png", "512x512", "any"),
      icon("icon-maskable-512.png", "512x512", "maskable"),
    ],
    shortcuts: [
      shortcut("Up next", paths.home()),
      shortcut("Calendar", paths.calendar()),
      shortcut("Search", paths.search()),
    ],
  };

  function worker(): string {
    const script = assets.find("sw.js");
    if (script === undefined) throw new AppError("internal", "There is no asset named sw.js.");
    const known = { OFFLINE: paths.offline(), STATIC: paths.statics(), VERSION: assets.version };
    const lines = Object.entries(known).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
    return `${lines.join("")}${new TextDecoder().decode(script.bytes)}`;
  }

  return new Elysia()
    .get(
      "/manifest.webmanifest",
      () =>
        new Response(JSON.stringify(manifest), { headers: { "content-type": "application/manifest+json", ...forNow } }),
      hidden,
    )
    .get(
      "/sw.js",
      () => new Response(worker(), { headers: { "content-type": "text/javascript; charset=utf-8", ...forNow } }),
      hidden,
    )
    .get("/offline", ({ request }) => page(String(OfflinePage({ ctx: bareContext(deps, request) }))), hidden);
}
