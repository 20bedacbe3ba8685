import { afterEach, describe, expect, test } from "bun:test";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
afterEach(() => app.close());

function start(env: Record<string, string> = {}) {
  app = createTestApp({
    env,
    services: (base) => ({ pageRoutes: pages, renderError: createErrorRenderer(base) }),
  });
  return new URL(app.url).origin;
}

describe.each([
  ["at the root", ""],
  ["under a sub-path", "/tracker"],
])("%s", (_, base) => {
  test("the manifest names only addresses of the program, and all of them are there without a sign-in", async () => {
    const origin = start({ BASE_PATH: base });
    await app.signIn();
    const answer = await app.client().get("/manifest.webmanifest");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/manifest+json"]);
    const { id, start_url, scope, display, icons, shortcuts } = answer.json;
    expect([id, start_url, scope, display]).toEqual([`${base}/`, `${base}/`, `${base}/`, "standalone"]);
    expect(icons.map(({ purpose }: { purpose: string }) => purpose)).toContain("maskable");
    for (const { src, sizes, type } of icons) {
      expect(src).toStartWith(`${base}/static/`);
      const icon = await fetch(`${origin}${src}`);
      expect([icon.status, icon.headers.get("content-type")]).toEqual([200, type]);
      const bytes = new DataView(await icon.arrayBuffer());
      expect(`${bytes.getUint32(16)}x${bytes.getUint32(20)}`).toBe(sizes);
    }
    const urls = shortcuts.map(({ url }: { url: string }) => url);
    expect(urls).toEqual([`${base}/`, `${base}/calendar`, `${base}/search`]);
  });

  test("the worker knows where it is, and its page is there without a sign-in and knows nobody", async () => {
    const origin = start({ BASE_PATH: base });
    const ana = await app.signIn("ana-with-a-name");
    const worker = await app.client().get("/sw.js");
    expect(worker.headers.get("content-type")).toStartWith("text/javascript");
    expect(worker.headers.get("cache-control")).toBe("no-cache");
    expect(worker.text).toContain(`const OFFLINE = "${base}/offline";`);
    expect(worker.text).toContain(`const STATIC = "${base}/static/";`);
    const offline = await app.client().get("/offline");
    expect(offline.status).toBe(200);
    expect(offline.text).toContain("The tracker cannot be reached");
    expect((await ana.get("/offline")).text).not.toContain("ana-with-a-name");
    const files = [...offline.text.matchAll(/(?:href|src)="([^"#]+)/g)].map(([, address]) => address ?? "");
    expect(files.some((address) => address.startsWith(`${base}/static/`))).toBe(true);
    for (const address of files) expect([address, (await fetch(`${origin}${address}`)).status]).toEqual([address, 200]);
  });

  test("every page names both", async () => {
    start({ BASE_PATH: base });
    await app.signIn();
    const { text } = await app.client().get("/login");
    expect(text).toContain(`<link rel="manifest" href="${base}/manifest.webmanifest"`);
    expect(text).toContain(`<meta name="service-worker" content="${base}/sw.js"`);
  });
});
