import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { makeAccount, openHouse } from "./support/house.ts";
import { allowAccess, openPopup, signInToPlex } from "./support/steps.ts";
import { button, gone, link, PHONE, see, visit } from "./support/visitor.ts";

/** The address that the dialog offers; the code of the sign-in is in its fragment. */
async function offeredCode(page: Page): Promise<string> {
  const address = await (await see(link(page.locator("dialog"), "Open Plex's page"))).getAttribute("href");
  return new URLSearchParams(new URL(address ?? "").hash.replace(/^#!?\??/, "")).get("code") ?? "";
}

inBrowser("Connecting Plex", (browser) => {
  test.concurrent(
    "a blocked popup leaves the same page as a link",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page, context } = visitor;
      await page.addInitScript("window.open = () => null");
      await visitor.goto("/integrations");
      await button(page, "Connect Plex").click();
      const way = await see(link(page.locator("dialog"), "Open Plex's page"));
      await visitor.look("pin as a link");
      const opening = context.waitForEvent("page");
      await way.click();
      const plex = await opening;
      await allowAccess(plex, /^Anna/);
      await see(page.getByRole("heading", { name: "Choose your server" }));
      // The other tab closes itself, or says that it may be closed.
      if (!plex.isClosed()) {
        const closed = plex.waitForEvent("close");
        const said = plex.getByRole("heading", { name: "You may close this window" }).waitFor();
        await Promise.any([closed, said]);
      }
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a code that ran out says so and a new one is one press away",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto("/integrations");
      const popup = await openPopup(visitor, house, button(page, "Connect Plex"));
      const first = await offeredCode(page);
      await house.control("expire", { code: first });
      await see(page.getByRole("heading", { name: "The code has run out" }));
      await visitor.look("pin expired");
      if (!popup.isClosed()) await popup.close();
      const again = await openPopup(visitor, house, button(page, "Try again"));
      const second = await offeredCode(page);
      expect(second).not.toBe("");
      expect(second).not.toBe(first);
      await allowAccess(again, /^Anna/);
      await see(page.getByRole("heading", { name: "Choose your server" }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "the chooser tells own from shared, and a wrong address says why it failed and stores nothing",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await signInToPlex(visitor, house, button(page, "Connect Plex"));
      const attic = page.locator(".server").filter({ hasText: "Attic" });
      const bens = page.locator(".server").filter({ hasText: "Ben's Server" });
      await see(bens.getByText("shared with you"));
      expect(await attic.getByText("shared with you").count()).toBe(0);

      await bens.getByText("Use another address").click();
      await bens.getByLabel("Address of the server").fill("http://127.0.0.1:9");
      await button(bens, "Connect Ben's Server").click();
      await see(page.getByRole("alert").getByText(/Ben's Server could not be reached/));
      const tried = bens.locator(".address");
      await see(tried.filter({ hasText: "http://127.0.0.1:9" }));
      expect(await bens.getByLabel("Address of the server").inputValue()).toBe("http://127.0.0.1:9");
      for (const line of await tried.all()) expect(await line.locator(".dim").innerText()).not.toBe("");
      await visitor.look("server not reached");
      expect(visitor.complaints().filter((each) => !each.includes("422"))).toEqual([]);
      expect((await client.get("/api/integrations")).json.items).toEqual([]);

      await page.keyboard.press("Escape");
      await gone(page.locator("dialog"));
      await see(page.locator("main").getByText("Not connected"));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
