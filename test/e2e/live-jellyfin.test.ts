import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { CELLARS, type Cellar, connectCellar, heardLive } from "./support/address.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { makeAccount, openHouse } from "./support/house.ts";
import { card } from "./support/steps.ts";
import { gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function connectedHouse(cellar: Cellar) {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  const integrationId = await connectCellar(house, client, cellar);
  await heardLive(client, cellar);
  return { house, client, integrationId, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

const strip = (page: Page) => page.getByRole("region", { name: "Now watching" });
const forms = { jellyfin: "all-properties", emby: "multipart" } as const;

const otherWays = {
  jellyfin: ["With a template of your own", "With the unofficial plugin, Webhooks"],
  emby: [],
} as const;

inBrowser("Live", (browser) => {
  test.each(CELLARS.map((cellar) => [cellar.label, cellar] as const))(
    "a play on %s is seen while it plays, and is on the open page when it ends",
    async (label, cellar) => {
      await using home = await connectedHouse(cellar);
      const { house, client } = home;
      const { server, show } = cellar;
      const next = (await client.get("/api/up-next")).json.items.find(
        (item: { show: { title: string } }) => item.show.title === show,
      );
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto("/");
      const nameOf = () => page.locator(`#up-next--${next.show.id} .check`).getAttribute("aria-label");
      const before = await nameOf();
      const { season, number } = next.episode;
      const place = { server, user: "anna", show, season, number };
      const { session } = await house.control("media-watch", { ...place, everyMs: 60_000, fromMs: 600_000 });
      const playing = await see(strip(page));
      await see(playing.getByRole("link", { name: show }));
      await see(playing.getByText(/^Playing, \d+ min left$/));
      await visitor.goto("/integrations");
      await see(card(page, server).getByText(/^Live since/));
      await see(card(page, server).getByText(/^Playing/));
      await visitor.look(`${label} heard live`);
      await visitor.goto("/");
      const began = performance.now();
      await house.control("media-stop", { server, session, positionMs: null });
      await gone(page.getByRole("button", { name: before ?? "", exact: true }));
      console.log(`A play on ${label} was on the open page after ${Math.round(performance.now() - began)} ms.`);
      await gone(strip(page));
      const [play] = (await client.get(`/api/history?show=${next.show.id}&limit=1`)).json.items;
      expect(play).toMatchObject({ source: cellar.provider, episode: { title: next.episode.title } });
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.each(CELLARS.map((cellar) => [cellar.label, cellar] as const))(
    "a webhook of %s is set up by its page, and what it brings appears there and in the history",
    async (label, cellar) => {
      await using home = await connectedHouse(cellar);
      const { house, client, integrationId } = home;
      const { server, show, provider } = cellar;
      await using visitor = await visit(browser(), house, { as: client });
      const { page, context } = visitor;
      await visitor.goto(`/integrations/${integrationId}/settings`);
      await link(page, `Set up and see deliveries of ${server}`).click();
      await see(page.getByRole("heading", { level: 1, name: `Webhook of ${server}` }));
      await see(page.getByRole("heading", { name: `Set it up in ${label}` }));
      await see(page.getByText("Waiting for the first delivery"));
      await visitor.look(`webhook of ${label}, nothing yet`);
      const url = await page.locator("code").first().textContent();
      await house.control("media-hook", { server, url, form: forms[provider] });
      if (provider === "emby") {
        await house.control("media-test-hooks", { server });
        await see(page.getByText(/^Test received/));
      }
      const history = await context.newPage();
      await history.goto(`${house.url}/history`);
      const title = "Brand New Door";
      const added = await house.control("media-add-episode", { server, show, season: 1, title });
      await house.control("media-mark", { server, user: "anna", id: added.id });
      await see(history.locator("main").getByText(title));
      await see(page.locator(".webhook-row").getByText(new RegExp(title)));
      if (server === "Basement") {
        await house.control("media-mark", { server, user: "ben", id: added.id });
        await see(page.getByText("It is about another account."));
      }
      await visitor.look(`webhook of ${label} with deliveries`);
      await page.setViewportSize(PHONE);
      for (const title of otherWays[provider]) await page.getByText(title, { exact: true }).click();
      await visitor.look(`webhook of ${label} on a phone, all ways`);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
