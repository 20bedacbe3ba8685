import { expect, test } from "bun:test";
import type { createClient } from "../support/http.ts";
import { readCalendar } from "../support/icalendar.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, enrichmentDone, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { navigate } from "./support/steps.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function filledHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "tmdb" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  await enrichmentDone(client);
  return { house, client, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

const PLACES: [string, typeof DESK][] = [
  ["a desk", DESK],
  ["a phone", PHONE],
];

/** The day of an episode that is out and not watched, among the last weeks of what is being watched. */
async function unwatchedDay(client: ReturnType<typeof createClient>): Promise<string> {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const { items } = (await client.get(`/api/calendar?from=${day(60)}&to=${day(1)}`)).json;
  const found = items.find((item: { watched: boolean }) => !item.watched);
  return found.episode.airedAt.slice(0, 10);
}

inBrowser("The calendar and the statistics", (browser) => {
  test.each(PLACES)(
    "on %s the calendar is read by agenda, week and month, marked, and subscribed to",
    async (where, viewport) => {
      await using home = await filledHouse();
      const { house, client } = home;
      await using visitor = await visit(browser(), house, { as: client, viewport });
      const { page } = visitor;
      await visitor.goto("/");
      await navigate(page, "Calendar");
      await see(page.locator(".calendar-row"));
      await visitor.look(`calendar agenda on ${where}`);

      await visitor.goto(`/calendar?from=${await unwatchedDay(client)}`);
      const mark = page.getByRole("button", { name: /^Mark as watched: / }).first();
      const name = ((await mark.getAttribute("aria-label")) ?? "").replace("Mark as watched: ", "");
      await mark.click();
      const marked = button(page, `Watched: ${name}. Take the mark back`);
      await see(marked);
      await see(page.locator(".toast").getByText(/^Watched: /));
      await button(page.locator(".toast"), /^Undo/).click();
      await gone(marked);
      await see(button(page, `Mark as watched: ${name}`));

      await link(page, "Week").click();
      await see(page.locator(".calendar-week"));
      await visitor.look(`calendar week on ${where}`);
      await link(page, "Month").click();
      await see(page.locator("table.month"));
      await visitor.look(`calendar month on ${where}`);
      const full = link(page, /: \d+ shows?$/).first();
      const day = ((await full.locator(".visually-hidden").textContent()) ?? "").split(/[:,]/)[0];
      await full.press("Enter");
      await see(link(page, new RegExp(`^${day}.*, shown below: `)));
      await see(page.locator(".history-day .calendar-row"));
      expect(page.url()).toContain("view=month");
      await link(page, /^Earlier: /).click();
      await link(page, "Today").click();
      await see(page.locator(".month-today"));

      await page.locator("#calendar-feeds > summary").click();
      await page.getByLabel("Which program is it for?").fill("Phone <b>");
      await button(page, "Make an address").click();
      const address = (await (await see(page.locator(".secret code"))).textContent()) ?? "";
      await visitor.look(`calendar address on ${where}`);
      const feed = await fetch(address);
      const { events } = readCalendar(new Uint8Array(await feed.arrayBuffer()));
      expect(events.length).toBeGreaterThan(3);
      await button(page, "Take back the address Phone <b>").click();
      await see(page.getByText(/The address is taken back/));
      expect((await fetch(address)).status).toBe(404);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.each(PLACES)(
    "on %s the statistics tell a year by days, weeks, months and hours",
    async (where, viewport) => {
      await using home = await filledHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client, viewport });
      const { page } = visitor;
      await visitor.goto("/");
      await navigate(page, "Statistics");
      await see(page.getByRole("img", { name: /plays? on \d+ days$/ }));
      await visitor.look(`statistics on ${where}`);
      const years = page.getByRole("navigation", { name: "Period" }).getByRole("link");
      await years.nth(1).click();
      await see(page.getByRole("heading", { name: /, day by day$/ }));
      for (const unit of ["Days", "Weeks", "Years"]) {
        await link(page.getByRole("navigation", { name: "Unit" }), unit).click();
        await see(page.getByRole("navigation", { name: "Unit" }).locator("[aria-current]", { hasText: unit }));
        await visitor.look(`statistics by ${unit} on ${where}`);
      }
      await page.locator(".chart summary").last().click();
      await see(page.getByRole("table", { name: "Weekdays and hours" }));
      await visitor.look(`statistics with numbers on ${where}`);
      await link(page, "By plays").click();
      await page.locator(".top-show a").first().click();
      await see(page.getByRole("heading", { level: 1 }));
      expect(new URL(page.url()).pathname).toMatch(/^\/shows\/\d+$/);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
