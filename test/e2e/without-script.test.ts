import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { openHouse, PASSWORD, USERNAME } from "./support/house.ts";
import { navigate, syncRow } from "./support/steps.ts";
import { button, link, see, visit } from "./support/visitor.ts";

/** Loads the page anew until it shows this, as a reader without script would. */
async function reloadUntil(page: Page, path: string, shown: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await shown()); tries += 1) {
    if (tries > 100) throw new Error(`${path} never came to show what was waited for.`);
    await page.goto(path);
  }
}

inBrowser("Without JavaScript", (browser) => {
  test(
    "an account, Plex, a sync and a mark are forms and links",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      await using visitor = await visit(browser(), house, { javaScriptEnabled: false });
      const { page } = visitor;
      await visitor.goto("/");
      await page.getByLabel("Username").fill(USERNAME);
      await page.getByLabel("Password").fill(PASSWORD);
      await button(page, "Create account").click();
      await navigate(page, "Integrations");

      await button(page, "Connect Plex").click();
      await see(page.getByText(/Waiting for Plex/));
      const address = await link(page, "Open Plex's page").getAttribute("href");
      const code = new URLSearchParams(new URL(address ?? "").hash.replace(/^#!?\??/, "")).get("code");
      await house.control("approve", { code, account: "anna" });
      const pin = page.url();
      await reloadUntil(page, pin, () => button(page, "Connect Attic").isVisible());
      await button(page, "Connect Attic").click();
      await see(page.getByRole("heading", { name: "Plex is connected" }));
      await button(page, "Sync Now").click();
      const integrations = page.url();
      await reloadUntil(page, integrations, () => syncRow(page, "Done").isVisible());
      await syncRow(page, "Done").getByRole("link").click();
      await see(page.getByRole("heading", { level: 1, name: "Sync" }));

      await navigate(page, "Library");
      await link(page, /The Expanse/)
        .first()
        .click();
      await see(page.getByRole("heading", { level: 1, name: "The Expanse" }));
      const mark = page
        .getByRole("button", { name: /^Mark as watched: S\d/ })
        .and(page.locator(":visible"))
        .first();
      const name = ((await mark.getAttribute("aria-label")) ?? "").replace("Mark as watched: ", "");
      await mark.click();
      await see(page.getByText("Marked as watched."));
      const rows = page.locator(".seasons");
      expect(await button(rows, `Watched: ${name}. Take the mark back`).count()).toBe(1);
      await button(page, /^Undo: /).click();
      await see(page.getByText("Taken back."));
      expect(await button(rows, `Mark as watched: ${name}`).count()).toBe(1);

      await navigate(page, "Up next");
      const card = page.locator("#up-next-section--continue .up-next, #up-next-section--new .up-next").first();
      const next = await card.locator(".check").getAttribute("aria-label");
      await card.locator(".check").click();
      await see(page.getByText("Marked as watched."));
      expect(await page.getByRole("button", { name: next ?? "", exact: true }).count()).toBe(0);
      await button(page, /^Undo: /).click();
      await see(page.getByRole("button", { name: next ?? "", exact: true }));
      // Folds and menus are the browser's own.
      await page.locator("#up-next-section--a-while-ago > summary").click();
      await see(page.locator("#up-next-section--a-while-ago .up-next"));
      await card.locator("summary[aria-label^='More for']").click();
      const title = (await card.locator("summary[aria-label^='More for']").getAttribute("aria-label")) ?? "";
      await card.getByRole("link", { name: /^Open show/ }).click();
      await see(page.getByRole("heading", { level: 1, name: title.replace("More for ", "") }));

      for (const each of ["Up next", "Calendar", "History", "Statistics", "Search", "Settings"])
        await navigate(page, each);
      await button(page, "Sign out").click();
      await see(page.getByRole("heading", { name: "Sign in" }));
      await page.getByLabel("Username").fill(USERNAME);
      await page.getByLabel("Password").fill(PASSWORD);
      await button(page, "Sign in").click();
      await see(page.getByRole("heading", { level: 1, name: "Up next" }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
