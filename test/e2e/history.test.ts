import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Client } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function watchedHouse(world: string) {
  const house = await openHouse(world, { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  return { house, client, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

const newest = async (client: Client, query = "") => (await client.get(`/api/history?limit=1${query}`)).json.items[0];
const rowOf = (page: Page, playId: string) => page.locator(`#play--${playId}`);

/** The sheet of a play: a dialog, or without script a page of its own. */
async function openSheet(page: Page, playId: string): Promise<void> {
  await link(rowOf(page, playId), /^More: /).click();
  await see(page.getByLabel("Watched at"));
}

inBrowser("The history", (browser) => {
  for (const [size, viewport] of [
    ["phone", PHONE],
    ["desk", DESK],
  ] as const) {
    test.concurrent(
      `on a ${size}: a play is moved to the day it was really on, and stays there through the next sync`,
      async () => {
        await using home = await watchedHouse("demo");
        const { house, client } = home;
        await using visitor = await visit(browser(), house, { as: client, viewport });
        const { page } = visitor;
        const play = await newest(client);
        await visitor.goto("/history");
        await page.locator(".filters summary").click();
        await see(page.getByLabel("Show", { exact: true }));
        await visitor.look(`history ${size}`);
        await openSheet(page, play.id);
        const dialog = await see(page.locator("dialog[open]"));
        await visitor.look(`edit time ${size}`);
        await dialog.getByLabel("Watched at").fill("2020-02-29T21:30");
        await button(dialog, "Save").click();
        await gone(page.locator("dialog[open]"));
        await see(page.locator(".toast").getByText(/29 February 2020/));
        await gone(rowOf(page, play.id));
        await syncOnce(client);

        await visitor.goto("/history?to=2020-03-01");
        const day = page.locator(".history-day").filter({ hasText: "29 February 2020" });
        await see(day.locator(`#play--${play.id}`));
        expect(await day.getByText(/1 episode/).count()).toBe(1);
        expect(await newest(client, "&to=2020-03-01")).toMatchObject({
          id: play.id,
          edited: true,
          certainty: "marked",
        });

        await openSheet(page, play.id);
        await button(page.locator("dialog[open]"), /^Use the time from Plex on Attic/).click();
        await gone(rowOf(page, play.id));
        expect(await newest(client)).toMatchObject({ id: play.id, watchedAt: play.watchedAt, edited: false });
        await button(page.locator(".toast"), /^Undo/).first().click();
        await see(rowOf(page, play.id));
        expect(visitor.complaints()).toEqual([]);
      },
      JOURNEY_MS,
    );
  }

  test.concurrent(
    "a play is removed and brought back where the reader stands, three pages down",
    async () => {
      await using home = await watchedHouse("bench:20x20");
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = visitor;
      await visitor.goto("/history");
      const rows = page.locator(".history-play");
      expect(await rows.count()).toBe(100);
      for (const count of [200, 300]) {
        await page.locator(".more-row").scrollIntoViewIfNeeded();
        await see(rows.nth(count - 1));
      }
      const days: string[] = await page.locator(".history-day h2").allTextContents();
      expect(new Set(days).size).toBe(days.length);
      const ids = await rows.evaluateAll((all) => all.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);

      const id = ids[250]?.replace("play--", "") ?? "";
      await rowOf(page, id).scrollIntoViewIfNeeded();
      await openSheet(page, id);
      await button(page.locator("dialog[open]"), "Remove this play").click();
      await gone(rowOf(page, id));
      expect(await rows.count()).toBe(ids.length - 1);
      await button(page.locator(".toast"), /^Undo/).click();
      await see(rowOf(page, id));
      expect(await rows.evaluateAll((all) => all.map((each) => each.id))).toEqual(ids);
      await visitor.look("history three pages down");
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "without script: filters, a corrected time and its undoing are forms and links",
    async () => {
      await using home = await watchedHouse("demo");
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client, javaScriptEnabled: false });
      const { page } = visitor;
      const play = await newest(client);
      await visitor.goto("/history");
      await page.locator(".filters summary").click();
      await page.getByLabel("Show", { exact: true }).fill(play.show.title.toUpperCase());
      await button(page, "Show plays").click();
      await see(page.getByRole("heading", { level: 1, name: "All plays" }));
      expect(new Set(await page.locator(".history-show").allTextContents())).toEqual(new Set([play.show.title]));
      await openSheet(page, play.id);
      await see(page.getByRole("heading", { level: 1, name: play.show.title }));
      await button(page, "Date unknown").click();
      await see(page.getByText(/: date unknown/));
      await see(page.locator(".history-day").filter({ hasText: "Date unknown" }).locator(`#play--${play.id}`));
      await button(page, /^Undo/).click();
      await see(page.getByText("Taken back."));
      expect(await newest(client)).toMatchObject({ id: play.id, edited: false });
      await visitor.goto("/history");
      await link(page, "Show earlier").click();
      await see(link(page, "Back to the newest"));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "a play that arrives while the page is open appears at its top",
    async () => {
      await using home = await watchedHouse("demo");
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto("/history");
      const { episode } = await newest(client);
      const { id } = (await client.post(`/api/episodes/${episode.id}/plays`)).json;
      await see(page.locator(".history-play").first().and(rowOf(page, id)));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
