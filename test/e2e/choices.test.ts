import { expect, test } from "bun:test";
import { startReceiver } from "../support/receiver.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { card, navigate, signInToPlex, syncRow } from "./support/steps.ts";
import { button, DESK, gone, link, PHONE, see, type Visitor, visit } from "./support/visitor.ts";

const toast = ({ page }: Visitor, text: RegExp) => see(page.locator(".toast").getByText(text));

async function addReceiver(visitor: Visitor, url: string): Promise<void> {
  const { page } = visitor;
  await navigate(page, "Settings");
  await link(page, "Notifications").click();
  await visitor.look("notifications, none yet");
  await page.getByLabel("Address").fill("carrier-pigeon://loft");
  await button(page, "Add this place").click();
  await see(page.getByText(/^Addresses of this kind are not known here/));
  expect(visitor.complaints().filter((each) => !each.includes("422"))).toEqual([]);
  await page.getByLabel("Address").fill(url);
  await page.getByLabel("Name").fill("Kitchen");
  await button(page, "Add this place").click();
  await toast(visitor, /^Kitchen is added/);
  await button(page, "Send a test: Kitchen").click();
  await see(page.getByText(/has taken the test message/));
  await visitor.look("notifications");
}

inBrowser("The user's choices", (browser) => {
  test.concurrent(
    "what would change is shown before it is saved, and the next sync keeps to it",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = visitor;
      await visitor.goto("/integrations");
      await link(page, "Settings of Attic").click();
      await visitor.look("settings of a server");
      const own = page.getByRole("textbox", { name: "A schedule of my own" });
      await gone(own);
      await page.getByLabel("How often").selectOption("A schedule of my own");
      await see(own);
      await page.getByLabel("How often").selectOption("Every hour");
      await gone(own);
      await page.getByLabel("Only the first one").check();
      await page
        .getByLabel("Nothing watched before")
        .fill(new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10));
      await button(page, "What would change").click();
      const preview = page.locator("#preview");
      await see(preview.getByText(/would add [\d,]+ plays/));
      await see(preview.getByText(/^Left out, as your settings say: .*plays? before the earliest date/));
      await visitor.look("what would change");
      await page.getByLabel("From", { exact: true }).fill("23:00");
      // Half a pair of quiet hours is refused beside its fields; nothing that was chosen is lost.
      await button(page, "Save").click();
      await see(page.getByText("A time such as 23:00."));
      expect(visitor.complaints().filter((each) => !each.includes("422"))).toEqual([]);
      await visitor.look("settings refused");
      await page.getByLabel("To", { exact: true }).fill("07:00");
      expect(await page.getByLabel("Only the first one").isChecked()).toBe(true);
      await button(page, "Save").click();
      await see(page.getByText("The settings are saved."));
      const log = await syncOnce(client);
      expect(log.notes.join()).toMatch(/before the earliest date/);
      const [{ preferences }] = (await client.get("/api/integrations")).json.items;
      expect(preferences).toMatchObject({ rewatches: "first", quietHours: { from: "23:00", to: "07:00" } });
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a withdrawn sign-in is told on every page and elsewhere once, and so is its end",
    async () => {
      const receiver = startReceiver();
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      await using visitor = await visit(browser(), house, { as: client, viewport: DESK });
      const { page } = visitor;
      await visitor.goto("/");
      await addReceiver(visitor, `${receiver.url}/hook`);
      receiver.received.length = 0;

      await house.control("revoke", { account: "anna" });
      await house.control("claim", { server: "Attic", claimed: false });
      await syncOnce(client);
      const banner = page.locator("#banners");
      for (const name of ["Library", "History", "Statistics"]) {
        await navigate(page, name);
        await see(banner.getByText(/Attic.*needs a new sign-in/));
      }
      await visitor.look("banner");
      await button(banner, "Put away: Plex (Attic)").click();
      await gone(banner.getByText(/needs a new sign-in/));
      await navigate(page, "Calendar");
      expect(await banner.getByText(/needs a new sign-in/).count()).toBe(0);

      await navigate(page, "Integrations");
      await see(card(page, "Attic").getByText(/^Since/));
      await house.control("claim", { server: "Attic", claimed: true });
      await signInToPlex(visitor, house, button(page, "Sign in again"));
      await button(page, "Renew Attic").click();
      await see(page.getByRole("heading", { name: "Plex is connected" }));
      await button(page.locator("dialog"), "Sync Now").click();
      await see(syncRow(page, "Done"));
      await gone(page.locator("dialog[open]"));
      await navigate(page, "Library");
      expect(await banner.textContent()).toBe("");
      // Sent once the run is over, beside the page's own doings.
      while (receiver.received.length < 2) await Bun.sleep(20);
      expect(receiver.received.map(({ body }) => body["event"])).toEqual(["needs-login", "recovered"]);
      expect(visitor.complaints()).toEqual([]);
      await receiver.stop();
    },
    JOURNEY_MS,
  );
});
