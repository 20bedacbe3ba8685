import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import {
  connectServer,
  enrichmentDone,
  type House,
  makeAccount,
  openHouse,
  PASSWORD,
  syncOnce,
} from "./support/house.ts";
import { navigate } from "./support/steps.ts";
import { button, DESK, gone, link, PHONE, see, type Visitor, visit } from "./support/visitor.ts";

const toast = ({ page }: Visitor, text: RegExp) => see(page.locator(".toast").getByText(text));

/** Titles change on the spot; what nobody has translated stays. */
async function readInGerman(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await page.evaluate("window.samePage = true");
  await page.getByRole("combobox", { name: "Language of titles" }).selectOption({ label: "Deutsch" });
  await toast(visitor, /language of titles is saved/);
  await see(page.getByText(/^Titles: (\d+) of \1 fetched\.$/));
  expect(await page.evaluate("window.samePage")).toBe(true);
  await visitor.look("settings in German");
  await navigate(page, "Library");
  await see(link(page, /Frieren – Nach dem Ende der Reise/));
  await see(link(page, /Breaking Bad/));
  await page.getByLabel("Find in your library").fill("nach dem ende");
  await gone(link(page, /Breaking Bad/));
  await see(link(page, /Frieren – Nach dem Ende der Reise/));
}

async function writeDatesByNumbers(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await navigate(page, "Settings");
  await page.getByLabel("2026-12-31").check();
  await toast(visitor, /date format is saved/);
  await see(page.getByText(/^Now:.*, \d{4}-\d\d-\d\d, \d\d:\d\d$/));
  await navigate(page, "History");
  await see(page.getByRole("heading", { level: 2, name: /^\w+day, \d{4}-\d\d-\d\d$/ }));
}

async function testSources(visitor: Visitor, house: House): Promise<void> {
  const { page } = visitor;
  await navigate(page, "Settings");
  await link(page, "Metadata").click();
  const row = page.locator(".source-row").filter({ hasText: "TMDB" });
  await button(row, "Test TMDB").click();
  await see(row.getByText(/^TMDB answers: the key works \(\d+ ms\)\.$/));
  const { id } = await house.control("fault", { service: "tmdb", effect: { kind: "status", status: 401 } });
  await button(row, "Test TMDB").click();
  await see(row.getByText(/does not accept the API key.*Check TMDB_API_KEY/));
  await house.control("clear-faults", { id });
  await visitor.look("metadata sources");
}

async function backUp(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await link(page, "Data").click();
  await button(page, "Back up now").click();
  await toast(visitor, /^Backed up to episode-tracker-/);
  const downloading = page.waitForEvent("download");
  await link(page, /^Download episode-tracker-/).click();
  expect((await downloading).suggestedFilename()).toMatch(/^episode-tracker-.*\.db$/);
  await visitor.look("data");
}

async function leave(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await navigate(page, "Settings");
  await link(page, "Sign-in").click();
  await visitor.look("sign-in settings");
  await link(page, "Data").click();
  await page.getByText("Delete my account…").click();
  await page.getByLabel(/^Type your name/).fill("bea");
  await page.getByLabel("Your password").fill("not the right one");
  await button(page, "Delete my account").click();
  await see(page.getByText("This is not your current password."));
  expect(visitor.complaints()).toHaveLength(2);
  await visitor.look("leaving refused");
  await page.getByLabel(/^Type your name/).fill("bea");
  await page.getByLabel("Your password").fill(PASSWORD);
  await button(page, "Delete my account").click();
  await see(page.getByText("The account of bea is deleted."));
  await see(page.getByRole("heading", { name: "Sign in" }));
}

async function addSomebody(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await visitor.goto("/settings/users");
  await page.getByLabel("Username").fill("bea");
  await page.getByLabel("First password").fill(PASSWORD);
  await button(page, "Add person").click();
  await toast(visitor, /^bea can sign in now\./);
  await page.getByText("Manage").click();
  await visitor.look("people");
}

async function signIn(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await visitor.goto("/login");
  await page.getByLabel("Username").fill("bea");
  await page.getByLabel("Password").fill(PASSWORD);
  await button(page, "Sign in").click();
  await see(page.getByRole("heading", { level: 1, name: "Up next" }));
}

const SCREENS: [string, typeof DESK][] = [
  ["on a desk", DESK],
  ["on a phone", PHONE],
];

const screen = (viewport: typeof DESK) => ({ viewport, isMobile: viewport === PHONE, hasTouch: viewport === PHONE });

inBrowser("Settings", (browser) => {
  test.each(SCREENS)(
    "%s change titles and dates on the spot, and test a source",
    async (_, viewport) => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "tmdb" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      await enrichmentDone(client);
      await using visitor = await visit(browser(), house, { as: client, ...screen(viewport) });
      await visitor.goto("/settings");
      await readInGerman(visitor);
      await writeDatesByNumbers(visitor);
      await testSources(visitor, house);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.each(SCREENS)(
    "%s keep a copy of everything, let somebody in, and let them leave",
    async (_, viewport) => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, ...screen(viewport), acceptDownloads: true });
      await visitor.goto("/settings");
      await backUp(visitor);
      await addSomebody(visitor);
      expect(visitor.complaints()).toEqual([]);
      await using guest = await visit(browser(), house, screen(viewport));
      await signIn(guest);
      await leave(guest);
      expect(guest.complaints()).toEqual([]);
      expect((await client.get("/api/users")).json.items).toHaveLength(1);
    },
    JOURNEY_MS,
  );
});
