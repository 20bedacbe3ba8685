import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { picturesLoaded } from "./support/pictures.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function syncedHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  return { house, client, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

// What runs inside the page is text: the types of a browser are not those of this program.
const WATCH_SHIFTS = `window.shifts = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value; })
    .observe({ type: "layout-shift", buffered: true });`;
const KEPT = `caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))
  .then((lists) => lists.flat().map(({ url }) => new URL(url).pathname))`;
const WORKER_IS_READY = `new Promise((go) => {
  const look = () => navigator.serviceWorker.controller?.state === "activated" ? go(true) : setTimeout(look, 50);
  look();
})`;

const kept = async (page: Page): Promise<string[]> => (await page.evaluate(KEPT)) as string[];

inBrowser("Everywhere", (browser) => {
  test(
    "nothing moves while a page loads, in either width",
    async () => {
      await using home = await syncedHouse();
      for (const viewport of [PHONE, DESK]) {
        await using visitor = await visit(browser(), home.house, { as: home.client, viewport });
        const { page } = visitor;
        await page.addInitScript(WATCH_SHIFTS);
        for (const path of ["/", "/shows"]) {
          await visitor.goto(path);
          await picturesLoaded(page);
          const shifts = Number(await page.evaluate("window.shifts"));
          expect([path, viewport.width, shifts < 0.01]).toEqual([path, viewport.width, true]);
        }
      }
    },
    JOURNEY_MS,
  );

  test(
    "without a network there is a page that says so, and nothing of anybody's is kept on the device",
    async () => {
      await using home = await syncedHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client });
      const { page, context } = visitor;
      await visitor.goto("/");
      await page.evaluate(WORKER_IS_READY);
      await visitor.goto("/shows");
      await see(page.locator(".show-card"));
      expect(visitor.complaints()).toEqual([]);
      await context.setOffline(true);
      await visitor.goto("/history");
      await see(page.getByRole("heading", { name: "The tracker cannot be reached" }));
      await context.setOffline(false);
      await link(page, "Try again").click();
      await see(page.getByRole("heading", { level: 1, name: "History" }));
      await button(page.locator(".sidebar"), "Sign out").click();
      await see(page.getByRole("heading", { level: 1, name: "Sign in" }));
      const files = await kept(page);
      expect(files).toContain("/offline");
      expect(files.filter((path) => path !== "/offline" && !path.startsWith("/static/"))).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "keys lead to pages and tell about themselves",
    async () => {
      await using home = await syncedHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client });
      const { page } = visitor;
      await visitor.goto("/");
      for (const [key, name] of [
        ["l", "Library"],
        ["c", "Calendar"],
        ["h", "History"],
        ["s", "Statistics"],
        ["u", "Up next"],
      ] as const) {
        await page.keyboard.press("g");
        await page.keyboard.press(key);
        await see(page.getByRole("heading", { level: 1, name }));
        // Keys are heard once the page's scripts have run.
        await page.waitForLoadState();
      }
      await page.keyboard.press("?");
      const keys = page.getByRole("dialog", { name: "Keyboard" });
      await see(keys);
      await visitor.look("keys");
      await page.keyboard.press("Escape");
      await gone(keys);

      // What is typed is typed.
      await visitor.goto("/shows");
      await page.getByRole("searchbox").focus();
      await page.keyboard.type("g?");
      expect(await page.getByRole("searchbox").inputValue()).toBe("g?");

      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "several messages stack, are closed one by one, and what they tell of is taken back, all without a mouse",
    async () => {
      await using home = await syncedHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client });
      const { page } = visitor;
      await visitor.goto("/");
      const toasts = page.locator(".toast");
      for (const count of [1, 2, 3]) {
        await page.locator(".up-next .check").first().press("Enter");
        await see(toasts.nth(count - 1));
        // Whoever reads one has time for all.
        await toasts.last().hover();
        await page.waitForTimeout(600);
      }
      // The pointer loses them as they move; the focus does not.
      await button(toasts.first(), /^Undo/).focus();
      await visitor.look("three messages");
      const newest = await toasts.last().locator("p").innerText();
      await page.keyboard.press("Escape");
      await gone(toasts.filter({ hasText: newest }));
      expect(await toasts.count()).toBe(2);
      await page.keyboard.press("u");
      await see(toasts.filter({ hasText: "Taken back." }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "pages can be used with the reader's own colours, and stand still where motion is not wanted",
    async () => {
      await using home = await syncedHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client, forcedColors: "active" });
      const { page } = visitor;
      for (const path of ["/", "/shows", "/integrations", "/settings"]) {
        await visitor.goto(path);
        await visitor.look(`forced colours ${path.slice(1) || "up next"}`);
      }
      await visitor.goto("/");
      await page.locator("#up-next-section--continue .check").first().click();
      await see(page.locator(".toast"));
      const moving = "document.getAnimations().filter(({ playState }) => playState === 'running').length";
      expect(await page.evaluate(moving)).toBe(0);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
