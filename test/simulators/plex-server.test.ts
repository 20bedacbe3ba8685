import { afterEach, describe, expect, test } from "bun:test";
import { asArray, asObject, pms, rowsOf } from "./helpers.ts";
import { plexEpisode } from "./plex-world.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld } from "./world.ts";

let sims: Simulators;
afterEach(() => sims.stop());

const at = (text: string): number => Date.parse(`${text}Z`);
const seconds = (text: string): number => at(text) / 1000;

function attic() {
  const world = createWorld({ now: () => at("2026-06-01T12:00:00") });
  const anna = world.addAccount({ username: "anna" });
  const ben = world.addAccount({ username: "ben" });
  const server = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(server, { title: "TV Shows" });
  const movies = world.addLibrary(server, { title: "Movies", type: "movie" });
  const show = world.addToLibrary(
    tv,
    world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3, 2], specials: 1 }),
  );
  const share = world.share(server, ben, [tv]);
  sims = startSimulators(world);
  const { url } = sims.server("Attic");
  const episodes = "/library/sections/1/all?type=4";
  return { world, anna, ben, server, tv, movies, show, share, url, episodes, token: server.ownerAccessToken };
}

describe("rows", () => {
  test("what is zero or unknown is not in the row", async () => {
    const { world, server, show, url, episodes } = attic();
    world.edit(plexEpisode(show, 1, 2), { index: null, originallyAvailableAt: null, year: null, durationMs: null });
    const [first, second] = (await rowsOf(url, server, episodes)).filter((row) => row["parentIndex"] === 1).reverse();
    for (const key of ["viewCount", "viewOffset", "lastViewedAt", "Guid"]) expect(first).not.toHaveProperty(key);
    expect(second).toHaveProperty("index");
    const bare = (await rowsOf(url, server, episodes)).find(
      (row) => row["ratingKey"] === plexEpisode(show, 1, 2).ratingKey,
    );
    for (const key of ["index", "originallyAvailableAt", "year", "duration"]) expect(bare).not.toHaveProperty(key);
  });

  test("keys are texts, counters numbers, Guid comes only when asked for", async () => {
    const { world, anna, server, show, url, episodes } = attic();
    world.play(anna, plexEpisode(show, 1, 1), { at: at("2026-05-01T20:00:00") });
    const row = (await rowsOf(url, server, `${episodes}&includeGuids=1`)).find((one) => one["viewCount"] === 1);
    expect(typeof row?.["ratingKey"]).toBe("string");
    expect(row?.["lastViewedAt"]).toBe(seconds("2026-05-01T20:00:00"));
    const ids = asArray(row?.["Guid"]).map((guid) => String(guid["id"]));
    const showRow = (await rowsOf(url, server, "/library/sections/1/all?type=2&includeGuids=1"))[0];
    const showIds = asArray(showRow?.["Guid"]).map((guid) => String(guid["id"]));
    expect(ids).toHaveLength(3);
    expect(ids.some((id) => showIds.includes(id))).toBe(false);
  });

  test("the children of a show carry a pseudo row that is counted and has no ratingKey", async () => {
    const { show, url, token } = attic();
    const container = (await pms(url, `/library/metadata/${show.ratingKey}/children`, { token })).container();
    expect(asArray(container["Metadata"])).toHaveLength(3);
    expect(container["size"]).toBe(4);
    const pseudo = asArray(container["Directory"])[0];
    expect(pseudo?.["title"]).toBe("All episodes");
    expect(pseudo).not.toHaveProperty("ratingKey");
    const season = await pms(url, `/library/metadata/${show.children[1]?.ratingKey}/children`, { token });
    expect(season.container()["grandparentRatingKey"]).toBe(Number(show.ratingKey));
  });

  test("a list without rows has no Metadata key", async () => {
    const { url, token } = attic();
    const answer = await pms(url, "/library/sections/2/all?type=1", { token, start: 0, size: 50 });
    expect(answer.container()).not.toHaveProperty("Metadata");
    expect(answer.container()["totalSize"]).toBe(0);
  });

  test("old agents put the show's id into the guid of the episode and have no Guid", async () => {
    const { world, tv, server, url, episodes } = attic();
    world.changeAgent(tv, "thetvdb");
    const row = (await rowsOf(url, server, `${episodes}&includeGuids=1`)).find((one) => one["parentIndex"] === 2);
    expect(row?.["guid"]).toMatch(/^com\.plexapp\.agents\.thetvdb:\/\/470001\/2\/\d\?lang=en$/);
    expect(row?.["grandparentGuid"]).toBe("com.plexapp.agents.thetvdb://470001?lang=en");
    expect(row).not.toHaveProperty("Guid");
    world.changeAgent(tv, "hama");
    expect((await rowsOf(url, server, episodes))[0]?.["guid"]).toContain("hama://tvdb-470001/0/1");
  });

  test("without a JSON Accept the same rows come as XML with Video and Directory", async () => {
    const { world, anna, show, url, token, episodes } = attic();
    world.edit(plexEpisode(show, 1, 1), { title: 'Tom & "Jerry" <3' });
    world.play(anna, plexEpisode(show, 1, 1));
    const xml = await pms(url, episodes, { token, start: 0, size: 10, accept: "*/*" });
    expect(xml.contentType).toContain("xml");
    expect(xml.text).toContain('title="Tom &amp; &quot;Jerry&quot; &lt;3"');
    expect(xml.text.match(/<Video /g)).toHaveLength(6);
    expect(xml.text).toContain('viewCount="1"');
    const shows = await pms(url, "/library/sections/1/all?type=2", { token, start: 0, size: 10, accept: "text/xml" });
    expect(shows.text).toContain("<Directory ratingKey=");
  });
});

describe("paging", () => {
  test("a listing without a size is refused in HTML", async () => {
    const { url, token, episodes } = attic();
    const answer = await pms(url, episodes, { token });
    expect(answer.status).toBe(400);
    expect(answer.contentType).toContain("text/html");
    expect(answer.text).toContain("Missing X-Plex-Container-Size header");
  });

  test("size, totalSize and offset are told; size 0 only counts; the query works like the header", async () => {
    const { url, token, episodes } = attic();
    const page = (await pms(url, episodes, { token, start: 4, size: 4 })).container();
    expect([page["size"], page["totalSize"], page["offset"]]).toEqual([2, 6, 4]);
    const probe = (await pms(url, episodes, { token, start: 0, size: 0 })).container();
    expect([probe["size"], probe["totalSize"]]).toEqual([0, 6]);
    expect(probe).not.toHaveProperty("Metadata");
    const query = await pms(url, `${episodes}&X-Plex-Container-Start=1&X-Plex-Container-Size=2`, { token });
    expect(query.container()["size"]).toBe(2);
  });

  test("a page over the cap is shorter than asked, or refused", async () => {
    const { world, server, url, token, episodes } = attic();
    world.setQuirks(server, { maxPageRows: 4 });
    const page = (await pms(url, episodes, { token, start: 0, size: 500 })).container();
    expect([page["size"], page["totalSize"]]).toEqual([4, 6]);
    world.setQuirks(server, { overCap: 400 });
    expect((await pms(url, episodes, { token, start: 0, size: 500 })).status).toBe(400);
  });
});

describe("filters", () => {
  test("the operator belongs to the key", async () => {
    const { world, anna, server, show, url, episodes } = attic();
    world.play(anna, plexEpisode(show, 1, 1), { at: at("2026-05-01T20:00:00") });
    world.play(anna, plexEpisode(show, 1, 2), { at: at("2026-05-02T20:00:00") });
    world.partial(anna, plexEpisode(show, 1, 3), { offsetMs: 600_000, at: at("2026-05-03T20:00:00") });
    const codes = async (filter: string) =>
      (await rowsOf(url, server, `${episodes}&${filter}`)).map((row) => `S${row["parentIndex"]}E${row["index"]}`);
    expect(await codes("unwatched=0")).toEqual(["S1E1", "S1E2"]);
    expect(await codes("viewCount%3E%3E=0")).toEqual(["S1E1", "S1E2"]);
    expect(await codes(`lastViewedAt%3E%3E=${seconds("2026-05-01T20:00:00")}`)).toEqual(["S1E2", "S1E3"]);
    expect(await codes(`sort=lastViewedAt:desc&lastViewedAt%3E%3E=0`)).toEqual(["S1E3", "S1E2", "S1E1"]);
    expect(await codes("show.title=harbour&season.index=2")).toEqual(["S2E1", "S2E2"]);
    expect(await codes("addedAt%3E%3E=-30d")).toEqual([]);
  });

  test("an unknown field or operator is a bad request, not the whole library", async () => {
    const { url, token, episodes } = attic();
    for (const filter of ["lastWatched%3E%3E=1", "viewCount%7E=1", "sort=mood"]) {
      expect((await pms(url, `${episodes}&${filter}`, { token, start: 0, size: 5 })).status).toBe(400);
    }
  });

  test("a show marked as a whole is missing from show-level filters although all its episodes are watched", async () => {
    const { world, anna, server, show, url, episodes } = attic();
    world.markWatched(anna, show);
    expect(await rowsOf(url, server, "/library/sections/1/all?type=2&unwatched=0")).toHaveLength(0);
    expect(await rowsOf(url, server, "/library/sections/1/all?type=2&episode.unwatched=0")).toHaveLength(1);
    expect(await rowsOf(url, server, `${episodes}&unwatched=0`)).toHaveLength(6);
    const row = (await rowsOf(url, server, "/library/sections/1/all?type=2"))[0];
    expect([row?.["leafCount"], row?.["viewedLeafCount"]]).toEqual([6, 6]);
    expect(row).not.toHaveProperty("lastViewedAt");
  });
});

describe("tokens", () => {
  test("a wrong token gets 401 in HTML, identity needs none", async () => {
    const { url, server } = attic();
    const answer = await pms(url, "/library/sections", { token: "wrong" });
    expect(answer.status).toBe(401);
    expect(answer.contentType).toContain("text/html");
    const identity = (await pms(url, "/identity")).container();
    expect(identity["machineIdentifier"]).toBe(server.machineIdentifier);
  });

  test("the account token opens the own server, but not a shared one", async () => {
    const { anna, ben, share, url } = attic();
    expect((await pms(url, "/library/sections", { token: anna.token })).status).toBe(200);
    expect((await pms(url, "/library/sections", { token: ben.token })).status).toBe(401);
    const shared = (await pms(url, "/library/sections", { token: share.accessToken })).container();
    expect(asArray(shared["Directory"]).map((row) => row["title"])).toEqual(["TV Shows"]);
  });

  test("every token sees its own state", async () => {
    const { world, anna, ben, share, show, server, url, episodes } = attic();
    world.play(anna, plexEpisode(show, 1, 1));
    world.play(ben, plexEpisode(show, 1, 2));
    const seen = async (token: string) =>
      (await rowsOf(url, server, `${episodes}&unwatched=0`, token)).map((row) => row["index"]);
    expect(await seen(server.ownerAccessToken)).toEqual([1]);
    expect(await seen(share.accessToken)).toEqual([2]);
  });

  test("guests get 403 where only the owner may look, and an unclaimed server refuses everybody", async () => {
    const { server, share, url, token } = attic();
    for (const path of ["/accounts", "/status/sessions", "/:/prefs"]) {
      expect((await pms(url, path, { token: share.accessToken })).status).toBe(403);
      expect((await pms(url, path, { token })).status).toBe(200);
    }
    const accounts = (await pms(url, "/accounts", { token })).container();
    expect(asArray(accounts["Account"]).map((row) => row["name"])).toEqual(["", "anna", "ben"]);
    expect(asArray(accounts["Account"])[1]?.["id"]).toBe(1);
    server.claimed = false;
    expect((await pms(url, "/library/sections", { token })).status).toBe(401);
  });
});

describe("history", () => {
  const path = "/status/sessions/history/all?sort=viewedAt:desc";

  test("the owner sees the rows of all accounts unless he names his own", async () => {
    const { world, anna, ben, server, share, show, url } = attic();
    world.play(anna, plexEpisode(show, 1, 1), { at: at("2026-05-01T20:00:00") });
    world.play(anna, plexEpisode(show, 1, 1), { at: at("2026-05-09T20:00:00") });
    world.play(ben, plexEpisode(show, 1, 2), { at: at("2026-05-05T20:00:00") });
    expect(await rowsOf(url, server, path)).toHaveLength(3);
    const own = await rowsOf(url, server, `${path}&accountID=1`);
    expect(own.map((row) => row["viewedAt"])).toEqual([seconds("2026-05-09T20:00:00"), seconds("2026-05-01T20:00:00")]);
    expect(typeof own[0]?.["librarySectionID"]).toBe("string");
    expect(own[0]).not.toHaveProperty("guid");
    expect(await rowsOf(url, server, `${path}&viewedAt%3E=${seconds("2026-05-05T20:00:00")}`)).toHaveLength(2);
    expect(await rowsOf(url, server, `${path}&metadataItemID=${show.ratingKey}`)).toHaveLength(3);
    const guest = await rowsOf(url, server, path, share.accessToken);
    expect(guest.map((row) => row["accountID"])).toEqual([ben.id]);
    world.setQuirks(server, { guestHistory: 401 });
    expect((await pms(url, path, { token: share.accessToken })).status).toBe(401);
  });

  test("rows survive their item, without its keys", async () => {
    const { world, anna, server, show, url } = attic();
    const episode = plexEpisode(show, 1, 1);
    const row = world.play(anna, episode, { at: at("2026-05-01T20:00:00") });
    const alive = (await rowsOf(url, server, path))[0];
    expect(alive?.["ratingKey"]).toBe(episode.ratingKey);
    world.deleteItem(episode);
    const [left] = await rowsOf(url, server, path);
    expect(left).toMatchObject({
      historyKey: `/status/sessions/history/${row.id}`,
      title: "Episode 1",
      grandparentTitle: "Harbour Lights",
      index: 1,
      parentIndex: 1,
    });
    for (const key of ["key", "ratingKey", "parentKey", "grandparentKey"]) expect(left).not.toHaveProperty(key);
    const again = world.addExistingEpisode(show, episode.episode as NonNullable<typeof episode.episode>);
    expect(again.ratingKey).not.toBe(episode.ratingKey);
    expect((await rowsOf(url, server, path))[0]).not.toHaveProperty("ratingKey");
  });

  test("an unmark clears the counters and leaves the rows", async () => {
    const { world, anna, server, show, url, episodes } = attic();
    world.play(anna, plexEpisode(show, 1, 1));
    world.unmark(anna, plexEpisode(show, 1, 1));
    expect(await rowsOf(url, server, `${episodes}&unwatched=0`)).toHaveLength(0);
    expect(await rowsOf(url, server, path)).toHaveLength(1);
  });
});

describe("marks", () => {
  const mark = "/:/scrobble?identifier=com.plexapp.plugins.library&key=";

  test("scrobble counts up, dates now, ends the resume point and writes no history", async () => {
    const { world, anna, server, show, url, token } = attic();
    const episode = plexEpisode(show, 1, 1);
    world.partial(anna, episode, { offsetMs: 900_000, at: at("2026-05-01T20:00:00") });
    expect((await pms(url, mark + episode.ratingKey, { token, method: "PUT" })).status).toBe(200);
    const again = await pms(url, mark + episode.ratingKey, { token, method: "GET" });
    expect([again.status, again.text]).toEqual([200, ""]);
    const row = (await rowsOf(url, server, `/library/metadata/${episode.ratingKey}`))[0];
    expect(row?.["viewCount"]).toBe(2);
    expect(row?.["lastViewedAt"]).toBe(seconds("2026-06-01T12:00:00"));
    expect(row).not.toHaveProperty("viewOffset");
    expect(await rowsOf(url, server, "/status/sessions/history/all")).toHaveLength(0);
    await pms(url, mark.replace("scrobble", "unscrobble") + episode.ratingKey, { token, method: "PUT" });
    expect(world.viewOf(anna, episode)).toBeNull();
  });

  test("a missing key is 400, an unknown item 404", async () => {
    const { url, token } = attic();
    expect((await pms(url, "/:/scrobble?key=1", { token, method: "PUT" })).status).toBe(400);
    expect((await pms(url, `${mark}999999`, { token, method: "PUT" })).status).toBe(404);
  });
});

describe("images and news", () => {
  test("a poster is a real PNG and needs the token", async () => {
    const { show, url, token } = attic();
    const path = `/library/metadata/${show.ratingKey}/thumb/1`;
    expect((await fetch(url + path)).status).toBe(401);
    const answer = await fetch(`${url}${path}?X-Plex-Token=${token}`);
    expect(answer.headers.get("content-type")).toBe("image/png");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  test("the socket carries arrays in a container, the event stream a bare object", async () => {
    const { show, url, token } = attic();
    const socket = new WebSocket(`${url.replace("http", "ws")}/:/websockets/notifications?X-Plex-Token=${token}`);
    await new Promise((opened) => socket.addEventListener("open", opened, { once: true }));
    const frame = new Promise<string>((got) =>
      socket.addEventListener("message", (event) => got(String(event.data)), { once: true }),
    );
    const stream = await fetch(`${url}/:/eventsource/notifications?X-Plex-Token=${token}`);
    const reader = stream.body?.getReader();
    await reader?.read();
    sims.server("Attic").notifications.itemsChanged(plexEpisode(show, 1, 1), 1);
    const container = asObject(asObject(JSON.parse(await frame))["NotificationContainer"]);
    expect(container["type"]).toBe("activity");
    expect(asArray(container["ActivityNotification"])).toHaveLength(1);
    const event = new TextDecoder().decode((await reader?.read())?.value);
    expect(event).toMatch(/^event: activity\ndata: \{"ActivityNotification":\{/);
    await reader?.cancel();
    socket.close();
  });
});
