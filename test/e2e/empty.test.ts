import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { makeAccount, openHouse } from "./support/house.ts";
import { DESK, expectAccessible, expectNoSidewaysScroll, PHONE, see, visit } from "./support/visitor.ts";

const PAGES = ["/", "/shows", "/calendar", "/history", "/stats", "/search", "/integrations", "/settings"];

inBrowser("With nothing in it yet", (browser) => {
  test.concurrent.each([
    ["a desk", DESK],
    ["a phone", PHONE],
  ])(
    "every page on %s is readable in dark and light and says what will be there",
    async (where, viewport) => {
      await using house = await openHouse("empty", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client, viewport });
      const { page } = visitor;
      for (const path of PAGES) {
        await visitor.goto(path);
        await see(page.getByRole("heading", { level: 1 }));
        await expectNoSidewaysScroll(path, page);
        for (const colorScheme of ["dark", "light"] as const) {
          await page.emulateMedia({ colorScheme });
          await expectAccessible(`${path} on ${where}, ${colorScheme}`, page);
        }
      }
      await visitor.goto("/");
      await see(page.locator("main").getByRole("link", { name: "Connect a server" }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
