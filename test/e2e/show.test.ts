import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, enrichmentDone, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

type Show = { id: string; title: string; year: number | null; watched: number };

inBrowser("A show", (browser) => {
  test.each([
    ["phone", PHONE, "The Expanse"],
    ["desk", DESK, "Game of Thrones"],
  ] as const)(
    "is marked up to an episode, watched again, rated, noted and merged: %s",
    async (name, viewport, title) => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "tmdb" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      await enrichmentDone(client);
      const shows: Show[] = (await client.get("/api/shows?limit=200")).json.items;
      const show = shows.find((each) => each.title === title);
      const offices = shows.filter((each) => each.title === "The Office");
      const [american, british] = offices.sort((a, b) => (b.year ?? 0) - (a.year ?? 0));
      if (show === undefined || american === undefined || british === undefined) throw new Error("not the demo");
      const phone = name === "phone" ? { isMobile: true, hasTouch: true } : {};
      await using visitor = await visit(browser(), house, { as: client, viewport, ...phone });
      const { page } = visitor;

      await visitor.goto(`/shows/${show.id}`);
      await visitor.look(`show ${name}`);
      // The next season lies folded; its episodes come as it is opened.
      const folded = page.locator(".seasons:not(.specials) > .season").last();
      await folded.locator("summary").click();
      const second = folded.locator(".episode").nth(1);
      await link(second, /^More for/).click();
      const sheet = await see(page.locator("dialog[open]"));
      await visitor.look(`mark sheet ${name}`);
      await button(sheet, "Mark everything up to here").click();
      await gone(page.locator("dialog[open]"));
      await see(page.locator(".toast").getByText(/^Marked as watched: \d+ episodes/));
      await see(second.locator('.check[aria-pressed="true"]'));
      await see(page.locator(".show-progress").getByText(/watched$/));
      await button(page, /^Undo: /).click();
      await see(page.locator(".toast").getByText("Taken back."));
      await see(second.locator('.check[aria-pressed="false"]'));

      const seen = page.locator('.episode:has(.check[aria-pressed="true"])').first();
      const number = await seen.getAttribute("id");
      await link(seen, /^More for/).click();
      await page.getByText("Date unknown").click();
      await button(page, "Watched again").click();
      await see(page.locator(`#${number} .episode-plays summary`));
      await see(page.locator(".toast").getByText(/^Watched once more/));
      await page.locator(`#${number} .episode-plays summary`).click();
      await see(page.locator(`#${number} .play`).getByText("Date unknown"));
      expect(await page.locator(`#${number} .play`).count()).toBe(2);

      await link(seen, /^More for/).click();
      await page.getByText("Other date…").click();
      await page.getByLabel("Date and time").fill("2190-01-01T20:00");
      await button(page, "Watched again").click();
      await see(page.locator("dialog[open]").getByText("This must not be in the future."));
      expect(visitor.complaints().filter((line) => !/422/.test(line))).toEqual([]);
      await page.keyboard.press("Escape");

      const saved = page.waitForResponse((answer) => answer.url().endsWith("/entry"));
      await page.getByRole("radio", { name: "8 of 10" }).check({ force: true });
      await saved;
      await see(page.locator(".rating").getByText("8 of 10", { exact: true }));
      await page.getByText("Add a note").click();
      await page.getByLabel("Your notes").fill("Seen with Ben.\nThe end is good.");
      await see(page.locator(".notes-saved"));
      await visitor.goto(`/shows/${show.id}`);
      await see(page.locator(".notes-text").getByText("Seen with Ben."));
      expect(await page.getByRole("radio", { name: "8 of 10" }).isChecked()).toBe(true);
      await visitor.look(`show with notes ${name}`);

      await visitor.goto(`/shows/${british.id}/match`);
      await link(page, /^Merge… with The Office, 2005/).click();
      await see(page.getByText("This one stays"));
      await visitor.look(`merge ${name}`);
      await button(page, /^Merge The Office into/).click();
      await see(page.getByText(/\d+ plays moved to The Office \(2005\)\./));
      await visitor.look(`merged ${name}`);
      const merged = (await client.get(`/api/shows/${american.id}`)).json;
      expect(merged.watched).toBeGreaterThanOrEqual(american.watched);
      expect((await client.get(`/api/shows/${british.id}`)).status).toBe(404);
      await button(page, /^Undo: /).click();
      await see(page.getByText("Taken back."));
      expect((await client.get(`/api/shows/${american.id}`)).json.watched).toBe(american.watched);
      expect((await client.get(`/api/shows/${british.id}`)).json.watched).toBe(british.watched);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS * 2,
  );
});
