import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { addressOf, makeAccount, openHouse, USERNAME } from "./support/house.ts";
import { card, confirm, findServer, signInAs, syncRow } from "./support/steps.ts";
import { button, PHONE, see, visit } from "./support/visitor.ts";

inBrowser("Connecting Emby", (browser) => {
  test.concurrent(
    "by user name and password, synced, and signed out when disconnected",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page, look } = visitor;
      await visitor.goto("/integrations");
      await findServer(visitor, "Connect Emby", addressOf(house, "Cabin"));
      expect(await page.getByText("Quick Connect").count()).toBe(0);
      await look("sign in to emby");
      await signInAs(page, USERNAME, "a guess");
      await see(page.locator(".field-error").getByText(/does not accept/));
      await signInAs(page, USERNAME, "emby");
      await see(page.getByRole("heading", { name: "Emby is connected" }));
      await look("emby connected");
      await button(page.locator("dialog"), "Sync Now").click();
      await see(syncRow(page, "Done").getByText(/\d new plays/));
      await see(card(page, "Cabin").getByText("Connected"));
      await look("emby synced");

      await button(card(page, "Cabin"), "Disconnect").click();
      await confirm(page, "Disconnect");
      await see(button(page, "Connect Emby"));
      const { tokens } = await house.control("media-tokens", { server: "Cabin" });
      expect(tokens.filter(({ client: app }: { client: string }) => /Tracker/.test(app))).toEqual([]);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "without JavaScript, by forms alone",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, javaScriptEnabled: false });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await button(page, "Connect Emby").click();
      await page.getByLabel("Address of the server").fill(addressOf(house, "Cabin"));
      await button(page, "Continue").click();
      await signInAs(page, USERNAME, "emby");
      await see(page.getByRole("heading", { name: "Emby is connected" }));
      await button(page, "Sync Now").click();
      await see(card(page, "Cabin"));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
