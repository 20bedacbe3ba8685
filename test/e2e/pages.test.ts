import { expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../support/app.ts";
import { PAGES, type Things } from "./support/pages.ts";

/** Parts of pages, files, streams, and addresses that lead on to a page. */
const PARTS: readonly string[] = [
  "/calendar/feeds/:id",
  "/events",
  "/images/candidates/:key",
  "/images/shows/:id/poster",
  "/integrations/:provider/card",
  "/integrations/:provider/live",
  "/integrations/:provider/webhook/deliveries",
  "/integrations/:provider/webhook/registration",
  "/manifest.webmanifest",
  "/now-watching",
  "/settings/backups/:name",
  "/settings/titles",
  "/shows/:id/menu",
  "/shows/:id/seasons/:number",
  "/sw.js",
  "/syncs/:id/progress",
  "/syncs/:id/shows",
  "/syncs/light",
  "/syncs/recent",
  "/up-next/:id/menu",
];

const thing: Things = {
  showId: "1",
  episodeId: "1",
  playId: "1",
  integrationId: "1",
  pinId: "1",
  syncId: "1",
  importId: "1",
};

const getsOf = ({ web }: TestApp) => web.app.routes.filter(({ method }) => method === "GET").map(({ path }) => path);

test("every address that is a page of its own is one of the pages that are looked at", async () => {
  const [whole, withoutPages] = [createTestApp(), createTestApp({ services: { pageRoutes: [] } })];
  const others = new Set(getsOf(withoutPages));
  const paths = [...new Set(getsOf(whole))].filter((path) => !others.has(path));
  await Promise.all([whole.close(), withoutPages.close()]);
  const listed = PAGES.map(({ path }) => new URL(path(thing), "http://here").pathname);
  const covers = (route: string) => {
    const pattern = new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`);
    return listed.some((path) => pattern.test(path));
  };
  expect(paths.filter((path) => !covers(path)).sort()).toEqual([...PARTS].sort());
});
