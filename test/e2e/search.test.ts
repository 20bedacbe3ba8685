import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { makeAccount, openHouse } from "./support/house.ts";
import { navigate } from "./support/steps.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

const sizes = [
  ["desk", DESK],
  ["phone", PHONE],
] as const;

inBrowser("Search", (browser) => {
  for (const [name, viewport] of sizes) {
    test(
      `on the ${name} finds while one types, and adds right there`,
      async () => {
        await using house = await openHouse("demo");
        const client = await makeAccount(house);
        await using visitor = await visit(browser(), house, { as: client, viewport });
        const { page } = visitor;
        await visitor.goto("/");
        await navigate(page, "Search");
        // The list comes by itself, after the page.
        await see(page.locator("#browse .found"));
        await page.locator("h1").click();
        await page.keyboard.press("/");
        await page.keyboard.type("sever");
        const found = page.locator("#search-results .found").filter({ hasText: "Severance" });
        // The list of fewer letters may have it, too.
        await page.waitForURL(/query=sever(&|$)/);
        await see(found);
        await button(found, "Watch later: Severance").click();
        const place = link(found, "In your library: Watch later, Severance");
        await see(place);
        await see(page.getByText("Added to Watch later: Severance"));
        await see(place.and(page.locator(":focus")));
        expect(await button(found, "Start watching: Severance").count()).toBe(0);
        await visitor.look(`search ${name} added`);

        await link(page, "TMDB").click();
        await see(page.locator(".own-show").filter({ hasText: "Severance" }));
        await see(place);
        await page.waitForURL(/source=tmdb/);
        expect(visitor.complaints()).toEqual([]);
      },
      JOURNEY_MS,
    );

    test(
      `on the ${name} browses with filters and follows a pasted link`,
      async () => {
        await using house = await openHouse("demo");
        const client = await makeAccount(house);
        await using visitor = await visit(browser(), house, { as: client, viewport });
        const { page } = visitor;
        await visitor.goto("/search?source=tmdb");
        const severance = page.locator("#browse .found").filter({ hasText: "Severance" });
        await page.getByLabel("Genre").selectOption({ label: "Western" });
        await gone(page.locator("#browse .found").filter({ hasText: "Sherlock" }));
        await see(page.locator("#browse .found").filter({ hasText: "Firefly" }));
        await page.getByLabel("Genre").selectOption({ label: "Mystery" });
        await see(severance);
        await page.waitForURL(/genre=mystery/);
        await page.getByText("More filters").click();
        await visitor.look(`search ${name} filters`);
        await page.getByLabel("Network").selectOption({ label: "Nickelodeon" });
        await see(page.getByRole("heading", { name: "Nothing like that" }));
        // The fold stays open while its filters are chosen.
        await see(page.getByLabel("Network"));

        await page.getByRole("searchbox").fill("https://www.imdb.com/title/tt0944947/");
        const thrones = page.locator("#search-results .found");
        await see(thrones.filter({ hasText: "Game of Thrones" }));
        expect(await thrones.count()).toBe(1);
        await button(page, "Start watching: Game of Thrones").click();
        await link(thrones, "In your library: Watching, Game of Thrones").click();
        await see(page.getByRole("heading", { level: 1, name: "Game of Thrones" }));

        const loaded = await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)");
        expect((loaded as string[]).filter((address) => !address.startsWith(house.url))).toEqual([]);
        expect(visitor.complaints()).toEqual([]);
      },
      JOURNEY_MS,
    );
  }

  test(
    "without JavaScript is forms and links",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "tmdb" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, javaScriptEnabled: false });
      const { page } = visitor;
      await visitor.goto("/search");
      await link(page, "Browse TMDB").click();
      await page.getByLabel("Genre").selectOption({ label: "Mystery" });
      await button(page, "Show").click();
      const found = page.locator(".found").filter({ hasText: "Severance" });
      await button(found, "Watch later: Severance").click();
      await see(page.getByText("Added to Watch later: Severance"));
      await see(link(found, "In your library: Watch later, Severance"));
      await page.getByRole("searchbox").fill("thrones");
      await button(page, "Search").click();
      await see(page.locator("#search-results").getByText("Game of Thrones"));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
