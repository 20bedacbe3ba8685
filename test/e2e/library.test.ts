import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, makeAccount, openHouse, syncOnce } from "./support/house.ts";
import { button, DESK, gone, link, PHONE, see, visit } from "./support/visitor.ts";

async function filledHouse() {
  const house = await openHouse("demo", { METADATA_SOURCES: "none" });
  const client = await makeAccount(house);
  await connectServer(house, client, "Attic");
  await syncOnce(client);
  const shows = async (query = ""): Promise<{ id: string; title: string; list: string }[]> => {
    const { items } = (await client.get(`/api/shows?limit=500&sort=title${query}`)).json;
    return items.map(({ id, title, list }: { id: string; title: string; list: string }) => ({ id, title, list }));
  };
  return { house, client, shows, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

const items = (page: Page) => page.locator("main li[id^='show-card--']");
/** While one types, the address and the list follow in their own time. */
const searchIs =
  (search: string) =>
  (url: URL): boolean =>
    url.search === search;

inBrowser("The library", (browser) => {
  test.concurrent.each([
    ["a desk", DESK],
    ["a phone", PHONE],
  ])(
    "on %s is filtered while one types, shown as a list, and three of its shows are archived and brought back",
    async (where, viewport) => {
      await using home = await filledHouse();
      const all = await home.shows();
      await using visitor = await visit(browser(), home.house, { as: home.client, viewport });
      const { page } = visitor;
      await visitor.goto("/shows");
      await see(page.locator("#library-count").getByText(`${all.length} shows`));
      await visitor.look(`library on ${where}`);

      const field = page.getByLabel("Find in your library");
      await field.pressSequentially("the exp", { delay: 30 });
      await page.waitForURL(searchIs("?query=the+exp"));
      await see(page.locator("#library-count").getByText(`1 of ${all.length} shows`));
      expect(await page.evaluate("document.activeElement.value")).toBe("the exp");
      await page.reload();
      await see(page.locator("#library-count").getByText(`1 of ${all.length} shows`));
      expect(await field.inputValue()).toBe("the exp");
      await field.fill("");
      await page.waitForURL(searchIs(""));
      await see(page.locator("#library-count").getByText(`${all.length} shows`, { exact: true }));

      await page.locator(".filter-fold > summary").click();
      await page.getByLabel("Progress").selectOption({ label: "Not started" });
      await see(link(page, "Remove filter: Not started"));
      await visitor.look(`library filter on ${where}`);
      await page.keyboard.press("Escape");
      await link(page, "Remove filter: Not started").click();
      await gone(link(page, "Remove filter: Not started"));
      // The form follows what was taken away beside it.
      expect(await page.locator("select[name='progress']").inputValue()).toBe("");

      await link(page, "List").click();
      await see(page.locator(".show-list"));
      await visitor.look(`library list on ${where}`);
      await link(page, "Select several shows").click();
      await see(page.getByText("Choose shows"));
      const chosen = await items(page).locator("label").allTextContents();
      for (const at of [0, 1, 2]) await items(page).nth(at).locator("label").click();
      await see(page.getByText("3 selected"));
      await visitor.look(`library selection on ${where}`);
      await page.locator(".bulk-bar summary").filter({ hasText: "Move to" }).click();
      await button(page.locator(".bulk-bar"), "Archived").click();
      await see(page.locator(".toast").getByText("3 shows moved to Archived."));
      await gone(page.locator(".bulk-bar"));
      const archived = (await home.shows("&list=archived")).map(({ title }) => title);
      expect(archived.toSorted()).toEqual(chosen.slice(0, 3).toSorted());
      await see(link(page, /^Archived\s*3$/));

      await button(page, /^Undo: 3 shows/).click();
      await see(link(page, /^Archived\s*0$/));
      expect(await home.shows()).toEqual(all);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );

  test.concurrent(
    "marks the next episode where it stands, keeps what is ticked when news comes, and asks before it removes",
    async () => {
      await using home = await filledHouse();
      await using visitor = await visit(browser(), home.house, { as: home.client });
      const { page } = visitor;
      await visitor.goto("/shows?view=list&sort=lastWatched");
      const row = items(page)
        .filter({ has: page.getByRole("button", { name: /^Mark as watched/ }) })
        .nth(1);
      const [id, before] = [await row.getAttribute("id"), await row.locator(".show-row-next").textContent()];
      const place = await items(page).evaluateAll((rows, own) => rows.findIndex((each) => each.id === own), id);
      await row.getByRole("button", { name: /^Mark as watched/ }).click();
      await see(page.locator(".toast").getByText(/^Watched: S/));
      const same = page.locator(`#${id}`);
      expect(await same.locator(".show-row-next").textContent()).not.toBe(before);
      expect(await items(page).evaluateAll((rows, own) => rows.findIndex((each) => each.id === own), id)).toBe(place);

      await same.locator("summary").click();
      await same.getByLabel("Rating").selectOption("9");
      await see(page.locator(".toast").getByText(/rated 9 of 10\.$/));
      await see(same.locator(".show-row-rating").getByText("9"));

      await visitor.goto("/shows?view=grid&sort=title&select=1");
      await items(page).nth(1).locator("label").click();
      await items(page).nth(2).locator("label").click();
      const [ticked] = await home.shows();
      await home.client.patch(`/api/shows/${ticked?.id}`, { list: "later" });
      await see(link(page, /^Watch later\s*1$/));
      await see(page.getByText("2 selected"));
      expect(await page.locator("input.pick:checked").count()).toBe(2);

      await button(page, "Remove").click();
      const dialog = await see(page.locator("dialog[open]"));
      await see(dialog.getByRole("heading", { name: "Remove two shows?" }));
      await visitor.look("removing from the library");
      await link(dialog, "Cancel").click();
      await gone(page.locator("dialog[open]"));
      const total = (await home.shows()).length;
      await button(page, "Remove").click();
      await button(page.locator("dialog[open]"), "Remove two shows").click();
      await see(page.locator(".toast").getByText("2 shows removed from your library."));
      await gone(page.locator("dialog[open]"));
      expect(await home.shows()).toHaveLength(total - 2);
      await button(page, /^Undo: 2 shows/).click();
      await see(page.locator("#library-count").getByText(`${total} shows`, { exact: true }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
