import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Client } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, enrichmentDone, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { button, DESK, gone, link, PHONE, see, type Visitor, visit } from "./support/visitor.ts";

async function syncedHouse(sources = "none") {
  const house = await openHouse("demo", { METADATA_SOURCES: sources });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  await enrichmentDone(client);
  return { house, client, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

type Next = { show: { id: string; title: string }; episode: { id: string }; remaining: number; section: string };

const nextOf = async (client: Client): Promise<Next[]> => (await client.get("/api/up-next")).json.items;

/** Two shows watched just now, with several episodes left: the last four of each are unmarked. */
async function twoOpenShows(client: Client): Promise<[Next, Next]> {
  const { items } = (await client.get("/api/shows?sort=lastWatched&limit=20")).json;
  const open = items.filter((each: { watched: number }) => each.watched > 8).slice(0, 2);
  for (const { id } of open) {
    const { seasons } = (await client.get(`/api/shows/${id}`)).json;
    const watched: { id: string; watched: boolean }[] = seasons
      .filter((season: { number: number }) => season.number > 0)
      .flatMap((season: { episodes: { id: string; watched: boolean }[] }) => season.episodes)
      .filter((episode: { watched: boolean }) => episode.watched);
    const [last, ...left] = watched.slice(-5);
    for (const episode of left) await client.delete(`/api/episodes/${episode.id}/watched`);
    await client.post(`/api/episodes/${last?.id}/plays`, {});
    await client.patch(`/api/shows/${id}`, { list: "watching" });
  }
  const next = await nextOf(client);
  const [one, two] = open.map(({ id }: { id: string }) => next.find(({ show }) => show.id === id));
  if (one === undefined || two === undefined) throw new Error("the demo has no such shows");
  return [one, two];
}

const cardOf = (page: Page, show: { id: string }) => page.locator(`#up-next--${show.id}`);
const checkOf = (page: Page, show: { id: string }) => cardOf(page, show).locator(".check");
const nameOf = async (page: Page, show: { id: string }) =>
  (await checkOf(page, show).getAttribute("aria-label")) ?? "nothing";
/** The order in which the shows stand on the page. */
const orderOf = (page: Page) => page.locator(".up-next").evaluateAll("(all) => all.map(({ id }) => id)");

async function playsOf(client: Client, show: { id: string }): Promise<number> {
  return (await client.get(`/api/history?show=${show.id}&limit=500`)).json.items.length;
}

/** With motion, as it is by default. */
async function watching(visitor: Visitor): Promise<void> {
  await visitor.goto("/");
  await see(visitor.page.locator(".up-next"));
}

inBrowser("Up next", (browser) => {
  test.each([
    ["a desk", DESK],
    ["a phone", PHONE],
  ])(
    "on %s moves on with one press, takes it back, and lets a show be skipped",
    async (_, viewport) => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client, viewport });
      const { page } = visitor;
      const [{ show }] = await twoOpenShows(client);
      await watching(visitor);
      await visitor.look("up next sections");
      const before = await nameOf(page, show);
      const order = await orderOf(page);

      await checkOf(page, show).click();
      await gone(cardOf(page, show).getByRole("button", { name: before, exact: true }));
      await see(page.locator(".toast").getByText(/^Watched: /));
      expect(await orderOf(page)).toEqual(order);
      await page.keyboard.press("u");
      await see(page.locator(".toast").getByText("Taken back."));
      await see(cardOf(page, show).getByRole("button", { name: before, exact: true }));

      await cardOf(page, show).locator("summary[aria-label^='More for']").click();
      await cardOf(page, show).getByText("Watched earlier").click();
      await visitor.look("up next menu");
      await cardOf(page, show).getByLabel("When").fill("2024-05-06T21:30");
      await button(cardOf(page, show), /^Mark as watched at that time/).click();
      await gone(cardOf(page, show).getByRole("button", { name: before, exact: true }));
      const { items } = (await client.get(`/api/history?show=${show.id}&from=2024-05-06&to=2024-05-06`)).json;
      expect(items).toMatchObject([{ watchedAt: "2024-05-06T19:30:00.000Z", source: "manual" }]);

      await cardOf(page, show).locator("summary[aria-label^='More for']").click();
      await button(cardOf(page, show), `Watch later: ${show.title}`).click();
      await gone(cardOf(page, show));
      expect((await client.get(`/api/shows/${show.id}`)).json.list).toBe("later");
      await button(page.locator(".toast"), /^Undo: .*Watch later/).click();
      await see(cardOf(page, show));
      expect((await client.get(`/api/shows/${show.id}`)).json.list).toBe("watching");
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "a double click marks one episode, and the last one of a show says when it goes on",
    async () => {
      await using home = await syncedHouse("tmdb");
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      const [{ show: long }] = await twoOpenShows(client);
      await watching(visitor);
      const all = await nextOf(client);
      const last = all.find(({ remaining }) => remaining === 0)?.show;
      if (last === undefined) throw new Error("the demo has no such show");
      const plays = await playsOf(client, long);
      await checkOf(page, long).dblclick();
      await see(page.locator(".toast").getByText(/^Watched: /));
      expect(await playsOf(client, long)).toBe(plays + 1);

      const rest = all.length - 1;
      await page.waitForTimeout(600);
      await checkOf(page, last).dblclick();
      await gone(cardOf(page, last));
      await see(button(page.locator(".toast"), /^Undo/).nth(1));
      // What has slid into its place was not meant.
      expect(await nextOf(client)).toHaveLength(rest);
      await see(page.locator("#caught-up").getByText(last.title));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "an answer that was asked for before a mark and comes after it does not bring the old card back",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      const [first, other] = await twoOpenShows(client);
      await watching(visitor);
      const before = await nameOf(page, first.show);

      // The refresh reads the list now, and its answer is kept back until the mark has been answered.
      const asked = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      await page.route(
        (url) => url.pathname === "/",
        async (route) => {
          const answer = await route.fetch();
          asked.resolve();
          await held.promise;
          await route.fulfill({ response: answer });
        },
        { times: 1 },
      );
      await client.put(`/api/episodes/${other.episode.id}/watched`);
      await asked.promise;
      await checkOf(page, first.show).click();
      const brought = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/");
      await see(page.locator(".toast").getByText(/^Watched: /));
      // Over a check the pointer would hold every change back.
      await page.mouse.move(0, 0);
      held.resolve();
      await brought;
      // Whatever that answer brings about has happened by then.
      await page.waitForTimeout(300);
      const after = await nameOf(page, first.show);
      expect(after).not.toBe(before);
      // The news that the refresh was for arrives all the same, and the mark stays.
      const otherNext = (await nextOf(client)).find(({ show }) => show.id === other.show.id);
      await see(page.locator(`#up-next--${other.show.id} form[action$="/episodes/${otherNext?.episode.id}/watched"]`));
      expect(await nameOf(page, first.show)).toBe(after);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "hears of plays from anywhere, in every tab, but takes nothing out of the reader's hands",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page, context } = visitor;
      const [one, two] = await twoOpenShows(client);
      await watching(visitor);
      const second = await context.newPage();
      await second.goto(page.url());
      const [nameOne, nameTwo] = [await nameOf(page, one.show), await nameOf(page, two.show)];
      await page.bringToFront();
      await client.put(`/api/episodes/${one.episode.id}/watched`);
      for (const each of [page, second]) {
        await gone(cardOf(each, one.show).getByRole("button", { name: nameOne, exact: true }));
      }

      // An open menu stays open, and what was missed comes when it is closed.
      await cardOf(page, two.show).locator("summary[aria-label^='More for']").click();
      await client.put(`/api/episodes/${two.episode.id}/watched`);
      await gone(cardOf(second, two.show).getByRole("button", { name: nameTwo, exact: true }));
      await see(link(cardOf(page, two.show), `Open show: ${two.show.title}`));
      expect(await nameOf(page, two.show)).toBe(nameTwo);
      await page.keyboard.press("Escape");
      await gone(cardOf(page, two.show).getByRole("button", { name: nameTwo, exact: true }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test(
    "says what was missed while there was no connection",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page, context } = visitor;
      const [one] = await twoOpenShows(client);
      await watching(visitor);
      const name = await nameOf(page, one.show);
      // The device sleeps: streams break without a word.
      await context.setOffline(true);
      await client.put(`/api/episodes/${one.episode.id}/watched`);
      await context.setOffline(false);
      await gone(cardOf(page, one.show).getByRole("button", { name, exact: true }));
    },
    JOURNEY_MS,
  );

  test(
    "with nothing left, nothing watched and everything put away leads somewhere",
    async () => {
      await using home = await syncedHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = visitor;
      for (const { show } of await nextOf(client)) await client.put(`/api/shows/${show.id}/watched`);
      await visitor.goto("/");
      await see(page.getByRole("heading", { name: "All caught up" }));
      await visitor.look("up next all watched");
      const { items } = (await client.get("/api/shows?limit=500")).json;
      for (const { id } of items) await client.patch(`/api/shows/${id}`, { list: "archived" });
      await visitor.goto("/");
      await see(page.getByRole("heading", { name: "You are not watching anything right now" }));
      await visitor.look("up next all archived");
      await link(page.locator("main"), "Open your library").click();
      await see(page.getByRole("heading", { level: 1, name: "Library" }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
