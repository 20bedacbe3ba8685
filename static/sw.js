// Keeps the program's own files, which never change under their addresses, and one page that says there is no network.
// Pages, data and pictures are somebody's own: they are never kept, and never touched here.
// Before this text the server writes `OFFLINE`, the address of that page, `STATIC`, where the files are, and `VERSION`.
const CACHE = `episode-tracker ${VERSION}`;

const keepOfflinePage = async () => {
  const cache = await caches.open(CACHE);
  // Asked for as nobody, so that nobody's name or choice is in it.
  const page = await fetch(OFFLINE, { credentials: "omit", cache: "no-store" });
  if (!page.ok) throw new Error(`The offline page answered ${page.status}.`);
  const files = [...(await page.clone().text()).matchAll(/(?:href|src)="([^"#]+)/g)].map(([, address]) => address);
  const own = files.filter((address) => address.startsWith(STATIC));
  await Promise.all([cache.put(OFFLINE, page), cache.addAll([...new Set(own)])]);
};

const dropOthers = async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith("episode-tracker ") && name !== CACHE) await caches.delete(name);
  }
  await clients.claim();
};

const fromCacheFirst = async (request) => {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && (answer.headers.get("cache-control") ?? "").includes("immutable")) {
    await cache.put(request, answer.clone());
  }
  return answer;
};

const orOfflinePage = async (request) => {
  try {
    return await fetch(request);
  } catch (error) {
    const page = await caches.match(OFFLINE);
    if (page) return page;
    throw error;
  }
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keepOfflinePage());
});
addEventListener("activate", (event) => event.waitUntil(dropOthers()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith(STATIC)) event.respondWith(fromCacheFirst(request));
  else if (request.mode === "navigate") event.respondWith(orOfflinePage(request));
});
