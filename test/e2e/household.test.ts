import { expect, test } from "bun:test";
import { createClient } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, type House, makeAccount, openHouse, PASSWORD, syncOnce } from "./support/house.ts";
import { allowAccess, confirm, openPopup } from "./support/steps.ts";
import { button, DESK, link, PHONE, see, visit } from "./support/visitor.ts";

/** Mia's first sync was begun by whoever linked her. */
async function syncedAs(house: House, username: string) {
  const client = createClient(house.url);
  await client.post("/api/auth/login", { username, password: PASSWORD });
  for (;;) {
    const [log] = (await client.get("/api/integrations/plex/sync")).json.logs;
    if (log !== undefined && log.status !== "running") return log;
    await Bun.sleep(20);
  }
}

inBrowser("A household", (browser) => {
  test.concurrent(
    "the admin links a child's profile with its PIN; she signs in and finds her own plays only",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      await using anna = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = anna;
      await anna.goto("/integrations");
      await link(page, "Household behind Attic").click();
      await see(page.getByRole("heading", { level: 1, name: "Household" }));
      await anna.look("household");
      const mia = page.locator(".household-member").filter({ has: page.getByRole("heading", { name: "Mia" }) });
      const opener = mia.locator("summary");
      const before = await opener.boundingBox();
      await opener.click();
      await mia.getByLabel("First password").fill(PASSWORD);
      await mia.getByLabel("PIN of Mia").fill("9999");
      await opener.scrollIntoViewIfNeeded();
      expect((await opener.boundingBox())?.x).toBe(before?.x ?? 0);
      await anna.look("linking a profile");
      await button(mia, "Link Mia now").click();
      await see(mia.getByText("This PIN is wrong."));
      expect(await mia.getByLabel("PIN of Mia").inputValue()).toBe("");
      await anna.look("a wrong pin");
      await mia.getByLabel("First password").fill(PASSWORD);
      await mia.getByLabel("PIN of Mia").fill("1234");
      await button(mia, "Link Mia now").click();
      await see(page.getByText("Mia is linked."));
      await see(mia.getByText("Linked to Mia"));
      await anna.look("a linked profile");
      expect(anna.complaints().filter((each) => !each.includes("422"))).toEqual([]);
      expect(await syncedAs(house, "Mia")).toMatchObject({ status: "success", showsSynced: 1, watchesAdded: 12 });

      await using hers = await visit(browser(), house, { viewport: DESK });
      await hers.goto("/shows");
      await hers.page.getByLabel("Username").fill("mia");
      await hers.page.getByLabel("Password").fill(PASSWORD);
      await button(hers.page, "Sign in").click();
      await see(hers.page.getByRole("link", { name: /Bluey/ }));
      expect(await hers.page.locator(".show-card").count()).toBe(1);
      await hers.goto("/integrations");
      await see(hers.page.getByText("household profile"));
      expect(await link(hers.page, "Household behind Attic").count()).toBe(0);
      await hers.look("a linked integration");
      expect(hers.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a profile that is offered is connected by whom it is for",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await client.post("/api/users", { username: "mia", password: PASSWORD });
      await using anna = await visit(browser(), house, { as: client });
      await anna.goto("/integrations");
      await link(anna.page, "Household behind Attic").click();
      const card = anna.page
        .locator(".household-member")
        .filter({ has: anna.page.getByRole("heading", { name: "Mia" }) });
      await card.locator("summary").click();
      // Who bears the same name here is the likely one.
      expect(await card.getByLabel("Who is this here?").inputValue()).not.toBe("new");
      await card.getByRole("button", { name: /Offer instead/ }).click();
      await see(card.getByText("Offered to mia"));

      const hers = createClient(house.url);
      await hers.post("/api/auth/login", { username: "mia", password: PASSWORD });
      await using mia = await visit(browser(), house, { as: hers, viewport: PHONE });
      await mia.goto("/integrations");
      await see(mia.page.getByText("anna's household has a profile for you: Mia, on Attic."));
      await mia.look("an offered profile");
      await mia.page.getByLabel("PIN of Mia").fill("0000");
      await button(mia.page, "Connect Mia").click();
      await see(mia.page.getByText("This PIN is wrong."));
      await mia.page.getByLabel("PIN of Mia").fill("1234");
      await button(mia.page, "Connect Mia").click();
      await see(mia.page.getByText("Attic is connected as Mia."));
      expect((await syncedAs(house, "mia")).watchesAdded).toBe(12);
      expect(mia.complaints().filter((each) => !each.includes("422"))).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "signing in with Plex lets in whom the admin has allowed, and nobody else",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await using anna = await visit(browser(), house, { as: client });
      await anna.goto("/settings/users");
      await button(anna.page, "Switch on signing in with Plex").click();
      await anna.page.getByLabel("Plex user name or e-mail address").fill("Ben@Example.com");
      await button(anna.page, "Allow this Plex account").click();
      await see(anna.page.getByText("not used yet"));
      await anna.look("who may sign in with plex");

      await using visitor = await visit(browser(), house, { viewport: PHONE });
      const { page } = visitor;
      await visitor.goto("/stats");
      await see(button(page, "Sign in with Plex"));
      await visitor.look("login with plex");
      const wrong = await openPopup(visitor, house, button(page, "Sign in with Plex"));
      await visitor.look("waiting for plex");
      await allowAccess(wrong, /^Anna/);
      await see(page.getByText("The Plex account anna may not sign in here."));
      // A window of that name which is still open would be used again.
      if (!wrong.isClosed()) await wrong.close();
      await visitor.look("not allowed");
      await link(page, "Back to signing in").click();
      await visitor.goto("/stats");
      await allowAccess(await openPopup(visitor, house, button(page, "Sign in with Plex")), /^Ben/);
      await see(page.getByRole("heading", { level: 1, name: "Statistics" }));
      await visitor.goto("/settings/account");
      await see(page.getByText("You have none yet."));
      await see(page.getByText("ben (Plex)"));
      await visitor.look("signed in with plex");

      await anna.page.reload();
      await button(anna.page, "Switch off signing in with Plex").click();
      await confirm(anna.page, "Switch off");
      await see(anna.page.getByText("Switched off."));
      await visitor.goto("/stats");
      await see(button(page, "Sign in"));
      expect(await button(page, "Sign in with Plex").count()).toBe(0);
      expect([...anna.complaints(), ...visitor.complaints()]).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "an admin connects their own Plex account for signing in; a browser of somebody else's is asked about",
    async () => {
      await using house = await openHouse("demo");
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await client.put("/api/sign-in-accounts/ways/plex", { on: true });
      await using anna = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = anna;
      await anna.goto("/settings/account");
      await page.getByRole("button", { name: /Connect my Plex account for signing in/ }).click();
      await see(page.getByText("anna (Plex)"));
      await anna.look("own sign-ins");

      await anna.goto("/integrations");
      const popup = await openPopup(anna, house, button(page, "Add another Plex server or account"));
      await allowAccess(popup, /^Ben/);
      await see(page.getByText(/Attic is connected as anna so far/));
      await see(button(page, "Sign in with another account"));
      await anna.look("another account");
      expect((await client.get("/api/integrations")).json.items).toMatchObject([{ username: "anna" }]);
      expect(anna.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
