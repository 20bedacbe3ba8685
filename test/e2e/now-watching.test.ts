import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Client } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, type House, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { card } from "./support/steps.ts";
import { button, DESK, gone, PHONE, see, visit } from "./support/visitor.ts";

type Next = { show: { id: string; title: string }; episode: { season: number; number: number; title: string } };
type Place = { server: string; show: string; season: number; number: number };

async function syncedHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  while ((await client.get("/api/integrations/plex/stream")).json.state !== "live") await Bun.sleep(20);
  return { house, client, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

/** A show with at least two episodes left, and its next one as the server has it. */
async function nextOnServer(house: House, client: Client): Promise<{ next: Next; place: Place }> {
  for (const next of (await client.get("/api/up-next")).json.items as (Next & { remaining: number })[]) {
    const { season, number } = next.episode;
    const place = { server: "Attic", show: next.show.title, season, number };
    if (next.remaining > 1 && (await house.control("view", place).catch(() => null)) !== null) return { next, place };
  }
  throw new Error("the demo has no such show");
}

const strip = (page: Page) => page.getByRole("region", { name: "Now watching" });
const nameOf = (page: Page, { show }: Next) => page.locator(`#up-next--${show.id} .check`).getAttribute("aria-label");

inBrowser("Now watching", (browser) => {
  test.each([
    ["a desk", DESK],
    ["a phone", PHONE],
  ])(
    "on %s: what plays on the server is seen on an open page, and its end becomes a play there",
    async (where, viewport) => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client, viewport });
      const { page } = visitor;
      const { next, place } = await nextOnServer(house, client);
      await visitor.goto("/");
      await see(page.locator(".up-next"));
      expect(await strip(page).count()).toBe(0);

      const fromMs = 20 * 60_000;
      const watching = await house.control("watch", { ...place, fromMs, everyMs: 60_000, player: "Living Room" });
      const { sessionKey, durationMs } = watching;
      const playing = await see(strip(page));
      await see(playing.getByRole("link", { name: next.show.title }));
      await see(playing.getByText(/^Playing, \d+ min left$/));
      await see(playing.getByText("Living Room"));
      const bar = playing.getByRole("progressbar");
      expect(Number(await bar.getAttribute("max"))).toBe(Math.round(durationMs / 1000));
      await visitor.look("now watching");
      await house.control("pause", { sessionKey });
      await see(playing.getByText(/^Paused, \d+ min left$/));

      await visitor.goto("/integrations");
      const attic = card(page, "Attic");
      await see(attic.getByText(/^Live since/));
      await see(attic.getByText(/^Paused/));
      await visitor.look("a server heard live");
      await house.control("resume", { sessionKey });
      await see(attic.getByText(/^Playing/));

      await visitor.goto("/");
      const before = await nameOf(page, next);
      await see(strip(page));
      const began = performance.now();
      await house.control("finish", { sessionKey });
      await gone(button(page, before ?? ""));
      console.log(`On ${where} the play was on the open page after ${Math.round(performance.now() - began)} ms.`);
      await gone(strip(page));
      const [play] = (await client.get(`/api/history?show=${next.show.id}&limit=1`)).json.items;
      expect(play).toMatchObject({ certainty: "played", source: "plex", episode: { title: next.episode.title } });
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "an episode that no sync has brought has the server's title; an outage says when the next try is",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      const { place } = await nextOnServer(house, client);
      const title = `<img src=x onerror=alert(1)> ${"long ".repeat(60)}`;
      const { ratingKey } = await house.control("add-episode", { server: "Attic", show: place.show, title });
      await visitor.goto("/");
      const { sessionKey } = await house.control("watch", { server: "Attic", ratingKey, everyMs: 60_000 });
      await see(strip(page).getByText("<img src=x onerror=alert(1)>"));
      await visitor.look("now watching something new");
      await house.control("stop-watching", { sessionKey });
      await gone(strip(page));

      await visitor.goto("/integrations");
      const fault = { service: "plex-server", path: "notifications", effect: { kind: "status", status: 503 } };
      await house.control("fault", fault);
      await house.control("drop-feeds", { server: "Attic" });
      await see(card(page, "Attic").getByText(/^Reconnecting, next try/));
      await see(card(page, "Attic").getByText("Connected", { exact: true }));
      await visitor.look("a server that is not heard");
      await house.control("clear-faults");
      await see(card(page, "Attic").getByText(/^Live since/));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "a page whose scripts come late and one by one hears of it all the same",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      let scripts = 0;
      await page.route("**/static/**/*.js", async (route) => {
        scripts += 1;
        await Bun.sleep(400 * scripts);
        await route.continue();
      });
      const { next, place } = await nextOnServer(house, client);
      await visitor.goto("/");
      await house.control("watch", { ...place, everyMs: 3_600_000 });
      await see(strip(page).getByRole("link", { name: next.show.title }));
      expect(scripts).toBeGreaterThan(0);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "an answer that was long on its way does not bring back what was before",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      const { place } = await nextOnServer(house, client);
      const { sessionKey } = await house.control("watch", { ...place, fromMs: 20 * 60_000, everyMs: 3_600_000 });
      await visitor.goto("/integrations");
      const attic = card(page, "Attic");
      await see(attic.getByText(/^Live since/));
      await see(attic.getByText(/^Playing/));
      const made = Promise.withResolvers<void>();
      const arrives = Promise.withResolvers<void>();
      await page.route("**/integrations/*/card", async (route) => {
        const response = await route.fetch();
        made.resolve();
        await arrives.promise;
        await route.fulfill({ response });
      });
      await syncOnce(client);
      await made.promise;
      await house.control("pause", { sessionKey });
      await see(attic.getByText(/^Paused/));
      const askedAgain = page.waitForResponse(/\/live$/);
      arrives.resolve();
      await askedAgain;
      await see(attic.getByText(/^Paused/));
      expect(await attic.getByText(/^Playing/).count()).toBe(0);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
