import { expect, test } from "bun:test";
import { EXTREMES } from "../simulators/extreme-world.ts";
import { inBrowser } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { PHONE, see, visit } from "./support/visitor.ts";

const LONG_MS = 240_000;

inBrowser("Extreme libraries", (browser) => {
  test(
    "keep every page in shape: endless titles, other scripts, no dates, no pictures, sixty seasons, twelve hundred episodes",
    async () => {
      await using house = await openHouse("extreme", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      const { id: syncId, status } = await syncOnce(client);
      expect(status).toBe("success");
      // From here on there is no picture of anything.
      await house.control("fault", { service: "plex-server", effect: { kind: "status", status: 404 } });
      const { items } = (await client.get("/api/shows?limit=100")).json;
      expect(items).toHaveLength(Object.keys(EXTREMES).length);

      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      const { page } = visitor;
      for (const path of ["/", "/shows", "/history", "/calendar", "/stats", `/syncs/${syncId}`]) {
        await visitor.goto(path);
        await see(page.locator("h1"));
        await visitor.look(`extreme ${path.split("/")[1] || "up next"}`);
      }
      for (const [name, { title }] of Object.entries(EXTREMES)) {
        const show = items.find((each: { title: string }) => each.title === title);
        expect([name, show?.title]).toEqual([name, title]);
        await visitor.goto(`/shows/${show.id}`);
        expect((await page.locator("h1").textContent())?.trim()).toBe(title);
        await visitor.look(`extreme show ${name}`);
      }
      expect(visitor.complaints()).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "of a single show fill no page with emptiness",
    async () => {
      await using house = await openHouse("extreme:rightToLeft", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      await using visitor = await visit(browser(), house, { as: client, viewport: PHONE });
      for (const path of ["/", "/shows", "/history", "/stats"]) {
        await visitor.goto(path);
        await visitor.look(`one show ${path.split("/")[1] || "up next"}`);
      }
      expect(visitor.complaints()).toEqual([]);
    },
    LONG_MS,
  );
});
