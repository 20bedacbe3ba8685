import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { confirm } from "./support/steps.ts";
import { button, gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function connectedHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  const integrationId: string = (await client.get("/api/integrations")).json.items[0].id;
  return { house, client, integrationId, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

inBrowser("A webhook", (browser) => {
  test.concurrent(
    "is registered with one press, and a play arrives on an open page by itself",
    async () => {
      await using home = await connectedHouse();
      const { house, client, integrationId } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page, context } = visitor;
      await visitor.goto(`/integrations/${integrationId}/settings`);
      await link(page, "Set up and see deliveries of Attic").click();
      await see(page.getByRole("heading", { level: 1, name: "Webhook of Attic" }));
      await see(page.getByText("Waiting for the first delivery"));
      await visitor.look("webhook, nothing yet");
      await button(page, "Register with Plex").click();
      await see(page.locator(".pill").getByText("Registered", { exact: true }));
      const { urls } = await house.control("hooks", { account: "anna" });
      expect(urls).toEqual([await page.locator("code").first().textContent()]);

      const history = await context.newPage();
      await history.goto(`${house.url}/history`);
      const firstPlay = history.locator("main").getByText("Brand New Door");
      const added = await house.control("add-episode", { show: "The Expanse", season: 6, title: "Brand New Door" });
      const item = { server: "Attic", ratingKey: added.ratingKey };
      await house.control("webhooks", { live: true, doubled: true });
      const began = performance.now();
      await house.control("play", { account: "anna", ...item });
      await see(firstPlay);
      console.log(`a play was on the open page after ${Math.round(performance.now() - began)} ms`);

      await see(page.locator(".webhook-row").getByText(/Brand New Door/));
      await see(page.getByText("The same has come already."));
      await see(link(page, "What it brought"));
      await house.control("play", { account: "ben", ...item });
      await see(page.getByText("It is about another account.").first());
      await visitor.look("webhook with deliveries");
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "gets a new address after a question, and the old one is dead",
    async () => {
      await using home = await connectedHouse();
      const { house, client, integrationId } = home;
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = visitor;
      await visitor.goto(`/integrations/${integrationId}/webhook`);
      const address = page.locator("code").first();
      const before = (await address.textContent()) ?? "";
      await button(page, "Register with Plex").click();
      await see(page.locator(".pill").getByText("Registered", { exact: true }));
      await button(page, "Make a new address").click();
      await confirm(page, "Make a new one");
      await see(page.locator(".toast").getByText(/The address is new/));
      const after = (await address.textContent()) ?? "";
      expect(after).not.toBe(before);
      expect((await house.control("hooks", { account: "anna" })).urls).toEqual([after]);
      const post = async (url: string) => (await fetch(url, { method: "POST", body: "{}" })).status;
      expect([await post(before), await post(after)]).toEqual([404, 202]);
      await see(page.getByText(/not a message/));
      await visitor.look("webhook on a phone");
      await button(page, "Remove from Plex").click();
      await gone(button(page, "Remove from Plex"));
      expect((await house.control("hooks", { account: "anna" })).urls).toEqual([]);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
