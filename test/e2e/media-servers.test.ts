import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Client } from "../support/http.ts";
import { CELLARS, type Cellar, heardLive } from "./support/address.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { addressOf, type House, makeAccount, openHouse, USERNAME } from "./support/house.ts";
import { card, findServer, signInAs, syncRow } from "./support/steps.ts";
import { button, gone, link, see, type Visitor, visit } from "./support/visitor.ts";

const [jellyfin, emby] = CELLARS;
/** Servers answer differently from release to release; what a person does is the same. */
const KINDS: [name: string, world: string, cellar: Cellar][] = [
  ["Jellyfin 10.8", "demo:jellyfin-10.8", jellyfin],
  ["Jellyfin 10.11", "demo:jellyfin-10.11", jellyfin],
  ["Jellyfin 12", "demo:jellyfin-12", jellyfin],
  ["Emby", "demo", emby],
];

async function connect(visitor: Visitor, house: House, { label, server, password }: Cellar): Promise<void> {
  const { page } = visitor;
  await visitor.goto("/integrations");
  await findServer(visitor, `Connect ${label}`, addressOf(house, server));
  if (label === "Jellyfin") await page.getByText("Use a user name and password").click();
  await signInAs(page, USERNAME, password);
  await see(page.getByRole("heading", { name: `${label} is connected` }));
  await link(page.locator("dialog"), "Later").click();
  await see(card(page, server).getByText("Not synced yet"));
}

/** From the press to its line in the list, without the page being loaded again. */
async function syncNow(page: Page, house: House, { provider, server }: Cellar): Promise<void> {
  await page.evaluate("window.samePage = true");
  const effect = { kind: "delay", delayMs: 1500 };
  const { id } = await house.control("fault", { service: `${provider}-server`, effect });
  await button(card(page, server), "Sync Now").click();
  await see(page.locator(".sync-progress progress, .sync-progress [role=progressbar]"));
  await house.control("clear-faults", { id });
  await see(syncRow(page, "Done").getByText(/\d new plays/));
  await gone(page.locator(".sync-progress"));
  await see(card(page, server).getByText(/Last sync.*new plays/s));
  expect(await page.evaluate("window.samePage")).toBe(true);
}

type Next = { id: string; season: number; number: number };

async function nextOf(client: Client, { show: title }: Cellar): Promise<Next & { showId: string }> {
  const { items } = (await client.get("/api/up-next")).json;
  const { show, episode } = items.find(({ show }: { show: { title: string } }) => show.title === title);
  return { ...episode, showId: show.id };
}

inBrowser("A household's other servers", (browser) => {
  test.each(KINDS)(
    "%s: connected, synced, what is marked here is marked there, and what is watched there is seen here",
    async (_name, world, cellar) => {
      await using house = await openHouse(world, { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      const { server, show, provider } = cellar;
      const dataOf = async ({ season, number }: Next) =>
        (await house.control("media-data", { server, user: "anna", show, season, number })).data;
      await connect(visitor, house, cellar);
      await syncNow(page, house, cellar);

      await page.locator(".sync-row-link").first().click();
      const row = page.locator(".sync-show").filter({ hasText: show });
      await row.locator("summary").click();
      await link(row, `Open show: ${show}`).click();
      await see(page.getByRole("heading", { level: 1, name: show }));

      await visitor.goto("/integrations");
      await link(card(page, server), `Settings of ${server}`).click();
      await link(page, "Set up two-way sync").click();
      await see(page.getByRole("heading", { level: 1, name: `Two-way sync with ${server}` }));
      await page.getByRole("switch", { name: `Mark on ${server} too` }).check();
      const begin = button(page, "Begin two-way sync");
      await see(begin.or(page.getByText(`${server} has everything.`)));
      if (await begin.isVisible()) await begin.click();
      await gone(page.getByRole("heading", { name: "Before it begins" }));

      const first = await nextOf(client, cellar);
      expect((await dataOf(first))?.played ?? false).toBe(false);
      await visitor.goto("/");
      const check = page.locator(`#up-next--${first.showId} .check`);
      // What nobody has gone on with for long is folded.
      const fold = page.locator("details:not([open])").filter({ has: check });
      if ((await fold.count()) > 0) await fold.locator("> summary").click();
      await check.click();
      await see(page.locator(".toast").getByText(/^Watched: /));
      while ((await dataOf(first))?.played !== true) await Bun.sleep(50);
      await page.mouse.move(0, 0);

      const second = await nextOf(client, cellar);
      expect(second.id).not.toBe(first.id);
      const form = (id: string) => page.locator(`#up-next--${first.showId} form[action$="/episodes/${id}/watched"]`);
      await see(form(second.id));
      await heardLive(client, cellar);
      await house.control("media-play", { server, user: "anna", show, season: second.season, number: second.number });
      await gone(form(second.id));
      const { items } = (await client.get(`/api/history?show=${first.showId}&limit=2`)).json;
      expect(items).toMatchObject([
        { source: provider, episode: { id: second.id } },
        { source: "manual", episode: { id: first.id } },
      ]);

      const { syncId } = (await client.post(`/api/integrations/${provider}/sync`, {})).json;
      const log = async () => (await client.get(`/api/syncs/${syncId}`)).json;
      while ((await log()).status === "running") await Bun.sleep(20);
      expect(await log()).toMatchObject({ status: "success", watchesAdded: 0 });
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
