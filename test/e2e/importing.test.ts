import { expect, test } from "bun:test";
import { inBrowser, JOURNEY_MS } from "./support/browser.ts";
import { makeAccount, openHouse } from "./support/house.ts";
import { navigate } from "./support/steps.ts";
import { button, link, PHONE, see, visit } from "./support/visitor.ts";

/** A table as somebody keeps it for themselves: own words, semicolons, the day first. */
const TABLE = `Was;Teil;Am
Harbour Lights;S01E01;03/04/2024
Harbour Lights;S01E02;04/04/2024
Night Ferry;S02E05;
Night Ferry;the last one;04/04/2024
`;

inBrowser("Importing", (browser) => {
  test(
    "a table with odd columns: say what they are, look, import, and take it back",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "none" });
      const client = await makeAccount(house);
      await using visitor = await visit(browser(), house, { as: client });
      const { page } = visitor;
      await visitor.goto("/settings/data");
      await link(page, "Import from a file").click();
      await see(page.getByRole("heading", { level: 1, name: "Import" }));
      await visitor.look("imports");
      const file = { name: "seen.csv", mimeType: "text/csv", buffer: Buffer.from(TABLE) };
      await page.getByLabel("File", { exact: true }).setInputFiles(file);
      await button(page, "Preview the file").click();

      await see(page.getByText("Say which column is what, and the preview follows."));
      await visitor.look("import columns");
      await page.setViewportSize(PHONE);
      await visitor.look("import columns on a phone");
      await page.getByLabel("Show", { exact: true }).selectOption("Was");
      await page.getByLabel("Season and episode in one").selectOption("Teil");
      await page.getByLabel("Watched when").selectOption("Am");
      await page.getByLabel("How dates are written").selectOption("dmy");
      await button(page, "Preview again").click();

      await see(page.getByText("3 plays of 2 shows will be added; 1 line was not understood."));
      await page.getByText("1 line not understood").click();
      await see(page.getByText(/does not say which episode of "Night Ferry"/));
      await visitor.look("import preview");
      expect((await client.get("/api/history")).json.items).toEqual([]);
      await button(page, "Import").click();

      await see(page.getByText(/^3 plays of 2 shows were added/));
      await visitor.look("imported");
      expect((await client.get("/api/history")).json.items).toHaveLength(3);
      await navigate(page, "History");
      await see(page.getByText("Night Ferry"));
      await page.goBack();
      await button(page, "Undo this import").click();
      await see(page.getByText(/^Undone: everything/));
      expect((await client.get("/api/history")).json.items).toEqual([]);
      expect((await client.get("/api/shows")).json.items).toEqual([]);
      expect(visitor.complaints()).toEqual([]);
    },
    JOURNEY_MS,
  );
});
