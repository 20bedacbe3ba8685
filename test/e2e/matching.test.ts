import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { button, link, see, visit } from "./support/visitor.ts";

type Show = { id: string; title: string; year: number | null; watched: number };

inBrowser("Wrong show?", (browser) => {
  test(
    "shows why, offers others, and the choice outlives the next sync",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "tmdb" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      const offices = async (): Promise<Show[]> =>
        (await client.get("/api/shows?query=The%20Office")).json.items.sort(
          (a: Show, b: Show) => (a.year ?? 0) - (b.year ?? 0),
        );
      const [british, american] = await offices();
      if (british === undefined || american === undefined) throw new Error("The demo should have both Offices.");
      expect([british.year, american.year]).toEqual([2001, 2005]);

      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto(`/shows/${british.id}`);
      await link(page, "Wrong show?").click();
      await see(page.getByRole("heading", { level: 1, name: "Wrong show?" }));
      const evidence = page.locator("dl.facts").first();
      expect(await evidence.innerText()).toContain("The Office (2001)");
      expect(await evidence.innerText()).toContain("Attic");
      await visitor.look("wrong show");
      await button(page, /^This one: The Office, 2005/).click();
      await see(page.getByRole("heading", { level: 1, name: "The Office" }));
      await see(page.locator(".show-facts").getByText("2005"));
      await see(page.getByRole("status").getByText(/\w/));
      await visitor.look("after choosing another");

      const moved = await offices();
      expect(moved.map(({ year }) => year)).toEqual([2005]);
      const full = await client.post("/api/integrations/plex/sync", { full: true });
      expect(full.status).toBe(202);
      await visitor.goto(`/syncs/${full.json.syncId}`);
      await see(page.locator(".page-header, main").getByText("Done", { exact: true }));
      expect(await offices()).toEqual(moved);
      await visitor.goto(`/shows/${moved[0]?.id}/match`);
      await see(
        page
          .locator("dl.facts")
          .filter({ hasText: "The Office (2001)" })
          .getByText(/chosen by you/i),
      );
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
