import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Client } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { card, confirm, navigate, signInToPlex, syncRow } from "./support/steps.ts";
import { button, gone, link, see, visit } from "./support/visitor.ts";

async function connectedHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  return { house, client, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

/** A tab that hears of nothing by itself, until the returned function is called. */
async function deafen(tab: Page): Promise<() => void> {
  const hearing = Promise.withResolvers<void>();
  await tab.route("**/events", async (route) => {
    await hearing.promise;
    await route.continue();
  });
  return hearing.resolve;
}

const playCount = async (client: Client): Promise<number> => (await client.get("/api/stats")).json.plays;

inBrowser("Syncing", (browser) => {
  test.concurrent(
    "a preview tells what would come and changes nothing",
    async () => {
      await using home = await connectedHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await button(page, "Preview").click();
      const row = syncRow(page, "Done");
      await see(row.getByText(/would add \d+ plays/));
      await row.getByRole("link").click();
      await see(page.getByRole("heading", { level: 1, name: "Preview" }));
      const show = page.locator(".sync-show").filter({ hasText: "The Expanse" });
      await show.locator("summary").click();
      await see(show.locator(".sync-changes li"));
      await visitor.look("preview");
      expect(await button(page, "Undo this sync").count()).toBe(0);
      expect((await home.client.get("/api/shows")).json.items).toEqual([]);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a press in a second tab says that it runs already, and the run can be cancelled",
    async () => {
      await using home = await connectedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page, context } = visitor;
      const second = await context.newPage();
      const letHear = await deafen(second);
      await visitor.goto("/integrations");
      await second.goto(page.url());
      // No answer comes before the run is cancelled, however long the two tabs take.
      const atFullSpeed = await house.slowDown(4000);
      await button(page, "Sync Now").click();
      await see(syncRow(page, "Running"));
      // While it runs there is nothing to press; only a tab that has not heard of it can.
      await see(button(page, "Sync Now").and(page.locator(":disabled")));
      expect(visitor.complaints()).toEqual([]);
      await button(second, "Sync Now").click();
      await see(second.locator(".toast").getByText(/already/));
      await see(second.locator(".sync-progress"));
      expect(visitor.complaints().filter((each) => !each.includes("409"))).toEqual([]);
      letHear();

      await button(page, "Cancel this sync").click();
      await see(syncRow(page, "Cancelled"));
      await atFullSpeed();
      await gone(page.locator(".sync-progress"));
      await gone(second.locator(".sync-progress"));
      await see(button(page, "Sync Now").and(page.locator(":enabled")));
      await visitor.look("after a cancelled sync");
      expect((await client.get("/api/integrations/plex/sync")).json.logs).toHaveLength(1);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "undoing a sync asks first and takes back what it added",
    async () => {
      await using home = await connectedHouse();
      const { house, client } = home;
      const log = await syncOnce(client);
      expect([log.status, log.watchesAdded > 100]).toEqual(["success", true]);
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto(`/syncs/${log.id}`);
      await button(page, "Undo this sync").click();
      await confirm(page, "Cancel");
      await gone(page.locator("dialog#confirm"));
      expect(await playCount(client)).toBe(log.watchesAdded);
      await button(page, "Undo this sync").click();
      await confirm(page, "Undo this sync");
      await see(page.locator("main").getByText("Undone", { exact: true }));
      await see(page.locator(".toast").getByText(/^Undone: /));
      await visitor.look("sync undone");
      expect(await button(page, "Undo this sync").count()).toBe(0);
      expect(await playCount(client)).toBe(0);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "disconnecting keeps what was synced, and connecting again goes on from there",
    async () => {
      await using home = await connectedHouse();
      const { house, client } = home;
      const { watchesAdded } = await syncOnce(client);
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await button(page, "Disconnect").click();
      await confirm(page, "Disconnect");
      await see(page.locator("main").getByText("Not connected"));
      await visitor.look("disconnected");
      await navigate(page, "Library");
      await see(link(page, /The Expanse/));

      await navigate(page, "Integrations");
      await signInToPlex(visitor, house, button(page, "Connect Plex"));
      await button(page, "Connect Attic").click();
      await see(page.getByRole("heading", { name: "Plex is connected" }));
      await button(page.locator("dialog"), "Sync Now").click();
      await see(syncRow(page, "Done").getByText("nothing new"));
      expect(await playCount(client)).toBe(watchesAdded);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a withdrawn sign-in is said on every page, and signing in again mends it",
    async () => {
      await using home = await connectedHouse();
      const { house, client } = home;
      await house.control("revoke", { account: "anna" });
      await house.control("claim", { server: "Attic", claimed: false });
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await button(page, "Sync Now").click();
      await see(card(page, "Attic").getByText("Sign-in needed"));
      await see(syncRow(page, "Failed"));
      await navigate(page, "Library");
      const banner = page.locator("#banners");
      await see(banner.getByText(/Attic.*needs a new sign-in/));
      await visitor.look("sign-in needed");
      await link(banner, "Sign in again").click();
      await see(card(page, "Attic"));
      await visitor.look("integrations needing a sign-in");
      await house.control("claim", { server: "Attic", claimed: true });
      await signInToPlex(visitor, house, button(page, "Sign in again"));
      await button(page, "Renew Attic").click();
      await see(page.getByRole("heading", { name: "Plex is connected" }));
      await button(page.locator("dialog"), "Sync Now").click();
      await see(syncRow(page, "Done").getByText(/\d new plays/));
      await see(card(page, "Attic").getByText("Connected"));
      await gone(banner.getByText(/needs a new sign-in/));
      expect((await client.get("/api/integrations")).json.items).toHaveLength(1);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
