import { expect, test } from "bun:test";
import type { Client } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { button, gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function syncedHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  const [integration] = (await client.get("/api/integrations")).json.items;
  return { house, client, id: String(integration.id), [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

type Next = { id: string; show: string; season: number; number: number };

/** Episodes that are next and not watched, one of each show. */
async function nextEpisodes(client: Client): Promise<Next[]> {
  const { items } = (await client.get("/api/up-next")).json;
  return items.map(({ show, episode }: { show: { title: string }; episode: Omit<Next, "show"> }) => ({
    id: episode.id,
    show: show.title,
    season: episode.season,
    number: episode.number,
  }));
}

inBrowser("Two-way sync", (browser) => {
  test.concurrent(
    "asks before it begins, sends what is marked here, and keeps what cannot be sent yet",
    async () => {
      await using home = await syncedHouse();
      const { house, client, id } = home;
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      const [first, second] = await nextEpisodes(client);
      if (first === undefined || second === undefined) throw new Error("nothing is next in the demo world");
      const viewsOf = async ({ show, season, number }: Next): Promise<number> =>
        (await house.control("view", { server: "Attic", show, season, number })).view?.viewCount ?? 0;
      const until = async (episode: Next, views: number) => {
        while ((await viewsOf(episode)) !== views) await Bun.sleep(50);
      };

      await visitor.goto(`/integrations/${id}/settings`);
      await link(page, "Set up two-way sync").click();
      await see(page.getByRole("heading", { level: 1, name: "Two-way sync with Attic" }));
      await visitor.look("two-way, off");
      await page.getByRole("switch", { name: "Mark on Attic too" }).check();
      await see(page.getByRole("heading", { name: "Before it begins" }));
      await visitor.look("two-way, asking");
      await client.put(`/api/episodes/${first.id}/watched`);
      await see(page.getByText(/differ in|agree/));
      expect(await viewsOf(first)).toBe(0);

      // The mark made meanwhile belongs to the question: it is asked anew.
      await button(page, "Begin two-way sync").click();
      await see(page.getByText(/Changes go to Attic from now on|Look at it once more/));
      if (await button(page, "Begin two-way sync").isVisible()) await button(page, "Begin two-way sync").click();
      await gone(page.getByRole("heading", { name: "Before it begins" }));
      await until(first, 1);

      const { id: fault } = await house.control("fault", {
        service: "plex-server",
        effect: { kind: "status", status: 503 },
      });
      await client.put(`/api/episodes/${second.id}/watched`);
      const waits = page.locator("li.row").filter({ has: button(page, /^Give up on /) });
      await see(waits.getByText(/tried \d+ times?/));
      await see(waits.getByText(/Attic is having trouble/));
      await visitor.look("two-way, waiting");
      await page.setViewportSize(PHONE);
      await visitor.look("two-way, waiting on a phone");
      await house.control("clear-faults", { id: fault });
      await until(second, 1);
      await gone(waits);
      await see(page.getByText("Attic has everything."));

      const log = await syncOnce(client);
      expect([log.status, log.watchesAdded]).toEqual(["success", 0]);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
