import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { addressOf, makeAccount, openHouse, USERNAME } from "./support/house.ts";
import { card, confirm, findServer, openFromSettings, signInAs, syncRow } from "./support/steps.ts";
import { button, gone, PHONE, see, visit } from "./support/visitor.ts";

const PASSWORD = "jellyfin";

const shownCode = async (page: Page): Promise<string> => (await see(page.locator(".pin-code output"))).innerText();

inBrowser("Connecting Jellyfin", (browser) => {
  test.concurrent(
    "by Quick Connect: the code is approved on the server, and the page goes on by itself",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page, look } = visitor;
      await visitor.goto("/integrations");
      await look("three servers to connect");
      await findServer(visitor, "Connect Jellyfin", addressOf(house, "Basement"));
      await look("ways to sign in");
      await button(page, "Use Quick Connect").click();
      const code = await shownCode(page);
      expect(code).toMatch(/^\d{6}$/);
      await look("quick connect code");
      await house.control("media-expire", { server: "Basement", code });
      await see(page.getByRole("heading", { name: "The code has run out" }));
      await look("quick connect code ran out");

      await button(page, "Try again").click();
      const again = await shownCode(page);
      expect(again).not.toBe(code);
      await house.control("media-approve", { server: "Basement", user: USERNAME, code: again });
      await see(page.getByRole("heading", { name: "Jellyfin is connected" }));
      await look("jellyfin connected");
      await button(page.locator("dialog"), "Sync Now").click();
      await see(syncRow(page, "Done").getByText(/\d new plays/));
      await see(card(page, "Basement").getByText("Connected"));
      await look("jellyfin synced");
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "by password: what is wrong is said where it is typed, and nothing is stored",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client });
      const { page, look } = visitor;
      await visitor.goto("/integrations");
      await button(page, "Connect Jellyfin").click();
      const dialog = page.locator("dialog[open]");
      const address = dialog.getByLabel("Address of the server");
      await see(address);
      await look("address of a server");

      await address.fill("http://127.0.0.1:9");
      await button(dialog, "Continue").click();
      await see(dialog.getByRole("alert").getByText("No Jellyfin server answers there."));
      await see(dialog.locator(".address").filter({ hasText: "http://127.0.0.1:9" }));
      await look("no server at the address");
      await address.fill(addressOf(house, "Cabin"));
      await button(dialog, "Continue").click();
      await see(dialog.locator(".field-error").getByText(/Emby/));
      await look("another kind of server");

      // As copied from the browser's address bar.
      await address.fill(`${addressOf(house, "Basement")}/web/index.html#/home.html`);
      await button(dialog, "Continue").click();
      await see(dialog.getByRole("heading", { name: "Basement" }));
      await dialog.getByText("Use a user name and password").click();
      await signInAs(page, USERNAME, "a guess");
      await see(dialog.locator(".field-error").getByText(/does not accept/));
      expect(await dialog.getByLabel("User name").inputValue()).toBe(USERNAME);
      expect(await dialog.getByLabel("Password").inputValue()).toBe("");
      await look("wrong password");
      expect((await client.get("/api/integrations")).json.items).toEqual([]);

      await signInAs(page, USERNAME, PASSWORD);
      await see(page.getByRole("heading", { name: "Jellyfin is connected" }));
      await page.keyboard.press("Escape");
      await gone(dialog);
      await see(card(page, "Basement").getByText("Connected"));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a sign-in that was ended is renewed with address and name filled in, and a disconnection signs out",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page, look } = visitor;
      const tokens = async () => {
        const all = (await house.control("media-tokens", { server: "Basement" })).tokens;
        return all.filter(({ client: app }: { client: string }) => /Tracker/.test(app));
      };
      await visitor.goto("/integrations");
      await findServer(visitor, "Connect Jellyfin", addressOf(house, "Basement"));
      await page.getByText("Use a user name and password").click();
      await signInAs(page, USERNAME, PASSWORD);
      await button(page.locator("dialog"), "Sync Now").click();
      await see(syncRow(page, "Done"));
      const [{ deviceId }] = await tokens();

      await house.control("media-revoke", { server: "Basement", user: USERNAME });
      await button(card(page, "Basement"), "Sync Now").click();
      await see(card(page, "Basement").getByText("Sign-in needed"));
      await look("sign-in needed");
      await button(card(page, "Basement"), "Sign in again").click();
      const dialog = page.locator("dialog[open]");
      expect(await (await see(dialog.getByLabel("Address of the server"))).inputValue()).toBe(
        addressOf(house, "Basement"),
      );
      await button(dialog, "Continue").click();
      await dialog.getByText("Use a user name and password").click();
      expect(await dialog.getByLabel("User name").inputValue()).toBe(USERNAME);
      await signInAs(page, USERNAME, PASSWORD);
      await button(dialog, "Sync Now").click();
      await see(card(page, "Basement").getByText("Connected"));
      expect(await tokens()).toMatchObject([{ deviceId }]);

      await openFromSettings(visitor, "Basement");
      await look("address and sign-in of a server");
      await visitor.goto("/integrations");
      await button(card(page, "Basement"), "Disconnect").click();
      await confirm(page, "Disconnect");
      await see(button(page, "Connect Jellyfin"));
      expect(await tokens()).toEqual([]);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "by an API key, an admin chooses for whom",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client });
      const { page, look } = visitor;
      const { key } = await house.control("media-key", { server: "Basement", app: "Episode Tracker" });
      await visitor.goto("/integrations");
      await findServer(visitor, "Connect Jellyfin", addressOf(house, "Basement"));
      await page.getByText("Use an API key").click();
      await page.getByLabel("API key").fill(key);
      await button(page, "Continue with the key").click();
      await see(page.getByLabel("User on Basement"));
      await look("a user for the key");
      await page.getByLabel("User on Basement").selectOption({ label: "ben" });
      await button(page.locator("dialog"), "Connect").click();
      await see(page.getByText("Basement, signed in as ben."));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "without JavaScript, by forms alone",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE, javaScriptEnabled: false });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await button(page, "Connect Jellyfin").click();
      await page.getByLabel("Address of the server").fill(addressOf(house, "Cabin"));
      await button(page, "Continue").click();
      await see(page.locator(".field-error").getByText(/Emby/));
      await page.getByLabel("Address of the server").fill(addressOf(house, "Basement"));
      await button(page, "Continue").click();
      await button(page, "Use Quick Connect").click();
      await house.control("media-approve", { server: "Basement", user: USERNAME, code: await shownCode(page) });
      // The page comes anew by itself every few seconds.
      await see(page.getByRole("heading", { name: "Jellyfin is connected" }));
      await button(page, "Sync Now").click();
      await see(card(page, "Basement"));
      expect(visitor.complaints().filter((each) => !each.includes("422"))).toEqual([]);
    },
    JOURNEY_MS,
  );
});
