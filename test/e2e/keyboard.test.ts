import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { createClient } from "../support/http.ts";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { connectServer, openHouse, PASSWORD, syncOnce, USERNAME } from "./support/house.ts";
import { see, visit } from "./support/visitor.ts";

type Stop = { name: string; ring: boolean };

const FOCUSED = `(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return { name: "", ring: true };
  const ringed = (each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  // A stretched link wears its ring on its card, a switch on what is drawn beside the hidden input.
  const around = [...at.children, ...(at.parentElement?.children ?? [])];
  for (let each = at; each && each !== document.body; each = each.parentElement) around.push(each);
  const name = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent ?? "";
  return { name: name.trim().replace(/\\s+/g, " "), ring: around.some(ringed) };
})()`;

/** Tab by Tab from the top until the focus stands on this; every stop on the way must be seen. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const stop = (await page.evaluate(FOCUSED)) as Stop;
    expect(stop).toEqual({ name: stop.name, ring: true });
    if (name.test(stop.name)) return;
    passed.push(stop.name);
  }
  throw new Error(`Tab never reached ${name}; it passed ${passed.join(" | ")}`);
}

inBrowser("The keyboard", (browser) => {
  test(
    "reaches what matters, with the focus always visible",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      await using visitor = await visit(browser(), house);
      const { page } = visitor;
      await visitor.goto("/");
      await see(page.getByRole("heading", { name: "Welcome" }));
      await page.keyboard.type(USERNAME);
      await page.keyboard.press("Tab");
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press("Enter");
      await see(page.locator("main h1"));

      await visitor.goto("/integrations");
      await page.keyboard.press("Tab");
      expect(((await page.evaluate(FOCUSED)) as Stop).name).toBe("Skip to content");
      await tabTo(page, /^Connect Plex$/);
      const opening = visitor.context.waitForEvent("page");
      await page.keyboard.press("Enter");
      await opening;
      await see(page.locator("dialog[open]"));
      await page.bringToFront();
      await tabTo(page, /^Cancel$/);
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").waitFor({ state: "detached" });

      const client = createClient(house.url);
      for (const { name, value } of await visitor.context.cookies()) client.cookies.set(name, value);
      await connectServer(house, client, "Attic");
      await syncOnce(client);
      await visitor.goto("/integrations");
      await tabTo(page, /^Sync Now$/);
      await tabTo(page, /^Disconnect$/);
      await page.keyboard.press("Enter");
      const question = page.locator("dialog#confirm[open]");
      await see(question);
      // The safe answer comes first.
      expect(((await page.evaluate(FOCUSED)) as Stop).name).toBe("Cancel");
      await page.keyboard.press("Enter");
      await question.waitFor({ state: "hidden" });

      await visitor.goto("/");
      await tabTo(page, /^Mark as watched/);
      await page.keyboard.press("Space");
      await see(page.locator(".toast").getByText(/^Watched: /));
      // A message that is read stays until the last Tab.
      await page.locator(".toast").hover();
      await tabTo(page, /^Undo/);
      await page.keyboard.press("Enter");
      await see(page.locator(".toast").getByText("Taken back."));

      await page.keyboard.press("/");
      await see(page.getByRole("heading", { level: 1, name: "Search" }));
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
