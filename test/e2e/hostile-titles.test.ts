import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, enrichmentDone, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { link, PHONE, see, visit } from "./support/visitor.ts";

/** Says so in the console when anything in a title runs; the visitor takes that for a complaint. */
const TRIPWIRE = `for (const name of ["alert", "confirm", "prompt"]) window[name] = () => console.error("a title ran " + name)`;

/** How the generated world's nastiest titles begin. */
const NASTY = ["<img src=x", "</script>", "xxxxxxxx", "\u202e", "Zalgo", "{{7*7}}"];

inBrowser("Hostile titles", (browser) => {
  test(
    "are text on every page of a phone: nothing runs, nothing is pushed aside",
    async () => {
      await using house = await openHouse("odd:60", { METADATA_SOURCES: "tmdb" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      const { id, status } = await syncOnce(client);
      expect(["success", "partial"]).toContain(status);
      await enrichmentDone(client);
      const { items } = (await client.get("/api/shows?limit=200")).json;
      const nasty = NASTY.map((start) => items.find((show: { title: string }) => show.title.startsWith(start)));
      const shows = nasty.filter((show) => show !== undefined);
      expect(shows.length).toBeGreaterThan(2);

      await using visitor = await visit(browser(), house, {
        as: client,
        viewport: PHONE,
        isMobile: true,
        hasTouch: true,
      });
      const { page } = visitor;
      await page.addInitScript(TRIPWIRE);
      for (const path of ["/", "/shows", "/history", "/calendar", "/stats", "/integrations", `/syncs/${id}`]) {
        await visitor.goto(path);
        await visitor.look(`hostile ${path.split("/")[1] || "up next"}`);
      }
      const row = page
        .locator(".sync-show")
        .filter({ hasText: /<img src=x|<\/script>|x{60}|\{\{7/ })
        .first();
      await visitor.goto(`/syncs/${id}`);
      await row.locator("summary").click();
      await see(link(row, /^Open show/));
      await visitor.look("hostile sync opened");
      for (const show of shows) {
        await visitor.goto(`/shows/${show.id}`);
        const heading = await page.getByRole("heading", { level: 1 }).textContent();
        expect(heading?.trim()).toBe(show.title);
        await visitor.look("hostile show");
        await visitor.goto(`/history?show=${show.id}`);
        await visitor.look("hostile history of a show");
      }
      await visitor.goto(`/shows/${shows[0].id}/match`);
      await visitor.look("hostile match");
      await visitor.goto(`/search?query=${encodeURIComponent("<script>alert(1)</script>")}`);
      await visitor.look("hostile search");
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
