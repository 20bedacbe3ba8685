import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { makeAccount, openHouse } from "./support/house.ts";
import { navigate } from "./support/steps.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

inBrowser("Search", (browser) => {
  for (const [name, viewport] of [
    ["desk", DESK],
    ["phone", PHONE],
  ] as const) {
    test(
      `on the ${name}: type, add, browse, paste a link`,
      async () => {
        await using house = await openHouse("demo");
        const client = await makeAccount(house);
        await using visitor = await visit(browser(), house, { as: client, viewport });
        const { page } = visitor;
        await visitor.goto("/");
        await navigate(page, "Search");
        // The list comes by itself, after the page.
        await see(page.locator("#browse .found"));
        await visitor.look(`search ${name} browse`);

        await page.keyboard.press("Escape");
        await page.locator("h1").click();
        await page.keyboard.press("/");
        await page.keyboard.type("sever");
        const found = page.locator("#search-results .found").filter({ hasText: "Severance" });
        await see(found);
        await gone(page.locator("#browse"));
        expect(page.url()).toContain("query=sever");
        await visitor.look(`search ${name} results`);
        await button(found, "Watch later: Severance").click();
        const place = link(found, "In your library: Later, Severance");
        await see(place);
        await see(page.getByText("Added to Later: Severance"));
        expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
          "In your library: Later, Severance",
        );
        expect(await button(found, "Start watching: Severance").count()).toBe(0);
        await visitor.look(`search ${name} added`);

        await link(page, "TMDB").click();
        await see(place);
        expect(page.url()).toContain("source=tmdb");
        await see(page.locator(".own-show").filter({ hasText: "Severance" }));

        await page.getByRole("searchbox").fill("");
        await see(page.locator("#browse .found"));
        await page.getByLabel("Genre").selectOption({ label: "Western" });
        await see(page.getByRole("heading", { name: "Nothing like that" }));
        await page.getByLabel("Genre").selectOption({ label: "Mystery" });
        await see(page.locator("#browse .found").filter({ hasText: "Severance" }));
        expect(page.url()).toContain("genre=mystery");
        await page.getByText("More filters").click();
        await page.getByLabel("Network").selectOption({ label: "HBO" });
        await gone(page.locator("#browse .found").filter({ hasText: "Severance" }));
        await see(page.getByLabel("Network"));
        await visitor.look(`search ${name} filtered`);

        await page.getByRole("searchbox").fill("https://www.imdb.com/title/tt0944947/");
        const thrones = page.locator("#search-results .found");
        await see(thrones.filter({ hasText: "Game of Thrones" }));
        expect(await thrones.count()).toBe(1);
        await button(page, "Start watching: Game of Thrones").click();
        await link(thrones, "In your library: Watching, Game of Thrones").click();
        await see(page.getByRole("heading", { level: 1, name: "Game of Thrones" }));

        const pictures = await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)");
        expect((pictures as string[]).filter((address) => !address.startsWith(house.url))).toEqual([]);
        expect(visitor.complaints()).toEqual([]);
      },
      JOURNEY_MS,
    );
  }

  test(
    "without JavaScript the forms and links do the same",
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
      await see(page.getByText("Added to Later: Severance"));
      await see(link(found, "In your library: Later, Severance"));
      await page.getByRole("searchbox").fill("thrones");
      await button(page, "Search").click();
      await see(page.locator("#search-results").getByText("Game of Thrones"));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
