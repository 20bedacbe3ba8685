import { expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { Client } from "../support/http.ts";
import { inBrowser } from "./support/browser.ts";
import {
  addressOf,
  connectServer,
  enrichmentDone,
  type House,
  makeAccount,
  openHouse,
  syncOnce,
} from "./support/house.ts";
import { PAGES, type PageOfTheProduct, type Things } from "./support/pages.ts";
import { takePictures } from "./support/pictures.ts";
import { DESK, expectAccessible, expectNoSidewaysScroll, PHONE, see, type Visitor, visit } from "./support/visitor.ts";

const SWEEP_MS = 300_000;
const none = "0";
const NOTHING: Things = {
  showId: none,
  episodeId: none,
  playId: none,
  integrationId: none,
  pinId: none,
  syncId: none,
  importId: none,
};

/** One page at both widths, in dark and light: readable for all, nothing pushed aside, nothing refused that was asked for. */
async function sweep(visitor: Visitor, where: string, page: PageOfTheProduct, things: Things): Promise<void> {
  const { page: tab } = visitor;
  await visitor.goto(page.path(things));
  await see(tab.locator("h1"));
  for (const [size, viewport] of [
    ["phone", PHONE],
    ["desk", DESK],
  ] as const) {
    await tab.setViewportSize(viewport);
    await expectNoSidewaysScroll(`${page.name}, ${where}, ${size}`, tab);
    for (const colorScheme of ["dark", "light"] as const) {
      await tab.emulateMedia({ colorScheme });
      await expectAccessible(`${page.name}, ${where}, ${size}, ${colorScheme}`, tab);
    }
  }
  await takePictures(`${where} ${page.name}`, tab);
  const own = page.status === undefined ? [] : [String(page.status)];
  const wrong = visitor.complaints().filter((each) => !own.some((status) => each.includes(status)));
  expect([page.name, ...wrong]).toEqual([page.name]);
}

async function sweepAll(browser: Browser, house: House, where: string, things: Things, as: Client): Promise<void> {
  await using visitor = await visit(browser, house, { as });
  for (const page of PAGES) {
    if (page.for === "nobody" || page.for === "anybody" || (page.for === "filled" && things === NOTHING)) continue;
    await sweep(visitor, where, page, things);
  }
}

/** What the addresses of pages name, out of a library that has been read. */
async function thingsOf(house: House, client: Client, syncId: string): Promise<Things> {
  const [show] = (await client.get("/api/shows?query=expanse")).json.items;
  const { seasons } = (await client.get(`/api/shows/${show.id}`)).json;
  const [play] = (await client.get("/api/history?limit=1")).json.items;
  const [integration] = (await client.get("/api/integrations")).json.items;
  const serverUrl = addressOf(house, "Basement");
  const signIn = await client.post("/api/integrations/jellyfin/auth/quick-connect", { serverUrl });
  const form = new FormData();
  form.set("file", new File(["show,season,episode,watched_at\nThe Expanse,1,1,2024-01-02\n"], "list.csv"));
  const brought = await client.request("/api/import", { method: "POST", body: form });
  return {
    showId: show.id,
    episodeId: seasons[0].episodes[0].id,
    playId: play.id,
    integrationId: integration.id,
    pinId: signIn.json.requestId,
    syncId,
    importId: brought.json.id,
  };
}

inBrowser("Every page", (browser) => {
  test(
    "before anybody has an account, and while nobody is signed in",
    async () => {
      await using house = await openHouse("empty", { METADATA_SOURCES: "none" });
      await using visitor = await visit(browser(), house);
      for (const page of PAGES.filter((each) => each.for === "nobody")) await sweep(visitor, "new", page, NOTHING);
      await makeAccount(house);
      for (const page of PAGES.filter((each) => each.for === "anybody")) await sweep(visitor, "out", page, NOTHING);
    },
    SWEEP_MS,
  );

  test(
    "with nothing in it",
    async () => {
      await using house = await openHouse("empty", { METADATA_SOURCES: "none" });
      await sweepAll(browser(), house, "empty", NOTHING, await makeAccount(house));
    },
    SWEEP_MS,
  );

  test(
    "with a household's library",
    async () => {
      await using house = await openHouse("demo", { METADATA_SOURCES: "tmdb" });
      const client = await makeAccount(house);
      await connectServer(house, client, "Attic");
      const { id: syncId } = await syncOnce(client);
      await enrichmentDone(client);
      await sweepAll(browser(), house, "filled", await thingsOf(house, client, syncId), client);
    },
    SWEEP_MS,
  );
});
