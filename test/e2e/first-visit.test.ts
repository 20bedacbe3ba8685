import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { type House, openHouse, PASSWORD, USERNAME } from "./support/house.ts";
import { allowAccess, card, navigate, openPopup, syncRow } from "./support/steps.ts";
import { button, DESK, gone, link, PHONE, see, type Visitor, visit } from "./support/visitor.ts";

async function makeFirstAccount({ page, look }: Visitor, house: House): Promise<void> {
  await page.goto(house.url);
  await see(page.getByRole("heading", { name: "Welcome" }));
  expect(new URL(page.url()).pathname).toBe("/setup");
  await look("setup");
  await page.getByLabel("Username").fill(USERNAME);
  await page.getByLabel("Password").fill(PASSWORD);
  await button(page, "Create account").click();
  await see(page.locator("main h1"));
}

async function connectPlex(visitor: Visitor, house: House): Promise<void> {
  const { page, look } = visitor;
  await navigate(page, "Integrations");
  await look("integrations before");
  const popup = await openPopup(visitor, house, button(page, "Connect Plex"));
  await see(page.locator("dialog").getByText("Waiting for Plex"));
  await look("pin waiting");
  const closed = popup.waitForEvent("close");
  await allowAccess(popup, /^Anna/);
  await closed;
  await see(page.getByRole("heading", { name: "Choose your server" }));
  await look("choose server");
  await button(page, "Connect Attic").click();
  await see(page.getByRole("heading", { name: "Plex is connected" }));
  await look("connected");
  await link(page.locator("dialog"), "Later").click();
  await see(card(page, "Attic").getByText("Connected"));
  await see(card(page, "Attic").getByText("Not synced yet"));
}

/** Watches the run from the press to its line in the list, without the page being loaded again. */
async function syncNow({ page, look }: Visitor, house: House): Promise<void> {
  await page.evaluate("window.samePage = true");
  const atFullSpeed = await house.slowDown(1500);
  await button(page, "Sync Now").click();
  await see(page.locator(".sync-progress progress, .sync-progress [role=progressbar]"));
  await see(page.locator(".sync-row").getByText("running"));
  await look("syncing");
  await atFullSpeed();
  await see(syncRow(page, "Done").getByText(/\d new plays/));
  await gone(page.locator(".sync-progress"));
  await see(page.locator(".integration").getByText(/Last sync.*new plays/s));
  expect(await page.evaluate("window.samePage")).toBe(true);
  await look("integrations after");
}

async function openShowFromSync({ page, look }: Visitor): Promise<void> {
  await page.locator(".sync-row-link").first().click();
  await see(page.getByRole("heading", { level: 1, name: "Sync" }));
  expect(new URL(page.url()).pathname).toMatch(/^\/syncs\/[^/]+$/);
  const row = page.locator(".sync-show").filter({ hasText: "The Expanse" });
  await row.locator("summary").click();
  await see(row.locator(".sync-changes li"));
  await look("sync page");
  await link(row, "Open show: The Expanse").click();
  await see(page.getByRole("heading", { level: 1, name: "The Expanse" }));
  await look("show");
}

async function markAndUndo({ page, look }: Visitor): Promise<void> {
  // Where it came from, of something the sync brought.
  const season = page.locator(".season").first();
  if ((await season.getAttribute("open")) === null) await season.locator("> summary").click();
  const seen = season.locator(".episode").first();
  await seen.locator(".episode-plays > summary").click();
  const play = await see(seen.locator(".play"));
  expect(await play.innerText()).toContain("Plex");
  expect(await play.innerText()).toContain("Attic");
  expect(await play.locator("time").getAttribute("datetime")).toMatch(/^\d{4}-\d\d-\d\dT/);
  await see(link(play, "Sync"));

  const mark = (
    await see(page.getByRole("button", { name: /^Mark as watched: S\d/ }).and(page.locator(":visible")))
  ).first();
  const name = ((await mark.getAttribute("aria-label")) ?? "").replace("Mark as watched: ", "");
  const episode = page.locator(".episode").filter({ has: page.locator(`[aria-label*=${JSON.stringify(name)}]`) });
  const progress = await page.locator(".show-progress").innerText();
  await mark.click();
  await see(button(episode, `Watched: ${name}. Take the mark back`));
  await see(episode.getByText(/Watched/).last());
  expect(await page.locator(".show-progress").innerText()).not.toBe(progress);
  await episode.locator(".episode-plays > summary").click();
  await see(episode.getByText("By hand"));
  const undo = button(page.locator(".toast"), /^Undo: Watched/);
  // A message that has the focus stays, however long the look takes.
  await undo.focus();
  await look("show with a mark");
  await undo.click();
  await see(button(episode, `Mark as watched: ${name}`));
  await see(page.locator(".toast").getByText("Taken back."));
  expect(await page.locator(".show-progress").innerText()).toBe(progress);
}

async function markNext({ page, look }: Visitor): Promise<void> {
  await navigate(page, "Up next");
  await look("up next");
  const card = page.locator(".up-next").first();
  const show = await card.locator(".up-next-show").innerText();
  const same = page.locator(".up-next").filter({ has: page.getByRole("link", { name: show, exact: true }) });
  const mark = card.getByRole("button", { name: /^Mark as watched/ });
  const name = (await mark.getAttribute("aria-label")) ?? "";
  await mark.click();
  await gone(same.getByRole("button", { name, exact: true }));
  await see(page.locator(".toast").getByText(/^Watched: /));
}

inBrowser("The first visit", (browser) => {
  test.concurrent.each([
    ["on a desk", DESK],
    ["on a phone", PHONE],
  ])(
    "%s leads from the first account over Plex to the next episode",
    async (_, viewport) => {
      await using house = await openHouse("demo");
      const phone = viewport === PHONE;
      await using visitor = await visit(browser(), house, { viewport, isMobile: phone, hasTouch: phone });
      await makeFirstAccount(visitor, house);
      await connectPlex(visitor, house);
      await syncNow(visitor, house);
      await openShowFromSync(visitor);
      await markAndUndo(visitor);
      await markNext(visitor);
      for (const name of ["Library", "Calendar", "History", "Statistics", "Search", "Settings"]) {
        await navigate(visitor.page, name);
        await visitor.look(name.toLowerCase());
      }
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
