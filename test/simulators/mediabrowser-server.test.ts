import { afterEach, describe, expect, test } from "bun:test";
import { asArray, asObject, type Json } from "./helpers.ts";
import { type MediaItem, type MediaStyle, type MediaUser, mediaEpisode } from "./mediabrowser-state.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld } from "./world.ts";

const styles = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"] as const;
const jellyfins = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12"] as const;
const identity = 'MediaBrowser Client="Episode%20Tracker", Device="Server", DeviceId="device-1", Version="1.0.0"';
const evening = Date.parse("2026-05-01T20:00:00Z");

let sims: Simulators | null = null;

afterEach(async () => {
  await sims?.stop();
  sims = null;
});

type Answer = { status: number; text: string; type: string; headers: Headers; json(): Json };

function home(style: MediaStyle, how: { basePath?: string } = {}) {
  let now = Date.parse("2026-06-01T12:00:00Z");
  const world = createWorld({ now: () => now });
  const state = world.media.addServer({ name: "Cellar", style, ...how });
  const anna = world.media.addUser(state, { name: "Anna", password: "open sesame" });
  const ben = world.media.addUser(state, { name: "ben" });
  const root = world.media.addUser(state, { name: "root", password: "root", admin: true });
  const library = world.media.addLibrary(state, { name: "Series" });
  const films = world.media.addLibrary(state, { name: "Films", type: "movies" });
  const mixed = world.media.addLibrary(state, { name: "Mixed", type: null, ids: "odd" });
  world.media.addOther(films, { name: "Metropolis" });
  const show = world.addShow({ title: "Harbour Lights", year: 2019, seasons: [4, 3], specials: 1 });
  const series = world.media.addToLibrary(library, show);
  const strange = world.media.addToLibrary(mixed, world.addShow({ title: "Glass Orchard", seasons: [2] }));
  const running = startSimulators(world);
  sims = running;
  const server = running.mediaServer("Cellar");

  const ask = async (
    path: string,
    options: { method?: string; headers?: Record<string, string>; body?: Json } = {},
  ): Promise<Answer> => {
    const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
    const headers = { "content-type": "application/json", ...options.headers };
    const answer = await fetch(server.address + path, {
      method: options.method ?? "GET",
      redirect: "manual",
      headers,
      ...body,
    });
    const text = await answer.text();
    return {
      status: answer.status,
      text,
      type: answer.headers.get("content-type") ?? "",
      headers: answer.headers,
      json: () => asObject(JSON.parse(text)),
    };
  };
  const tokenOf = (user: MediaUser): string => server.credentials.issue(user).text;
  const carrying = (token: string): Record<string, string> => ({ authorization: `${identity}, Token="${token}"` });
  const as = (user: MediaUser) => {
    const token = tokenOf(user);
    return (path: string, method = "GET"): Promise<Answer> => ask(path, { method, headers: carrying(token) });
  };
  const episode = (season: number, number: number): MediaItem => mediaEpisode(series, season, number);
  const later = (ms: number): void => {
    now += ms;
  };
  const users = { anna, ben, root };
  const places = { library, films, mixed, series, strange, show };
  return { world, media: world.media, state, server, ask, tokenOf, carrying, as, episode, later, ...users, ...places };
}

const login = (name: string, password: string, deviceId = "device-1") => ({
  method: "POST",
  headers: { authorization: identity.replace("device-1", deviceId) },
  body: { Username: name, Pw: password },
});

const names = (answer: Answer): unknown[] => asArray(answer.json()["Items"]).map((row) => row["Name"]);

describe("who the server is", () => {
  test.each(jellyfins)("a %s says its product", async (style) => {
    const { ask, state } = home(style);
    expect((await ask("/System/Info/Public")).json()).toMatchObject({
      ProductName: "Jellyfin Server",
      Id: state.id,
      Version: state.version,
    });
  });

  test("an Emby lists its addresses and names no product, with and without its prefix", async () => {
    const { ask, state } = home("emby");
    for (const path of ["/System/Info/Public", "/emby/System/Info/Public"]) {
      const info = (await ask(path)).json();
      expect(info).toEqual({
        LocalAddresses: [],
        RemoteAddresses: [],
        ServerName: "Cellar",
        Version: "4.9.1.90",
        Id: state.id,
      });
    }
  });

  test("the prefix of old clients is gone in 12", async () => {
    expect((await home("jellyfin-10.11").ask("/emby/System/Info/Public")).status).toBe(200);
    await sims?.stop();
    expect((await home("jellyfin-12").ask("/emby/System/Info/Public")).status).toBe(404);
  });

  test("whatever lies outside of the base URL is sent to the web client", async () => {
    const { ask, server } = home("jellyfin-10.11", { basePath: "/jellyfin" });
    expect((await ask("/System/Info/Public")).status).toBe(200);
    const outside = await fetch(`${server.url}/System/Info/Public`, { redirect: "manual" });
    expect([outside.status, outside.headers.get("location")]).toEqual([302, "/jellyfin/web/"]);
  });

  test("during start-up everything is 503 with a time to come back", async () => {
    const { ask, state } = home("jellyfin-12");
    state.starting = true;
    const answer = await ask("/System/Info/Public");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  });
});

describe("signing in by name", () => {
  test.each(styles)("%s gives user and token, which then says who one is", async (style) => {
    const { ask, anna, carrying } = home(style);
    const answer = (await ask("/Users/AuthenticateByName", login("anna", "open sesame"))).json();
    expect(asObject(answer["User"])).toMatchObject({ Name: "Anna", Id: anna.id, HasPassword: true });
    const headers = carrying(String(answer["AccessToken"]));
    expect((await ask(`/Users/${anna.id}`, { headers })).json()).toMatchObject({ Name: "Anna" });
    const me = await ask("/Users/Me", { headers });
    expect(me.status).toBe(style === "emby" ? 500 : 200);
  });

  test.each(styles)(
    "%s refuses wrong passwords, disabled users and half an identity in words, not JSON",
    async (style) => {
      const { ask, ben } = home(style);
      const wrong = await ask("/Users/AuthenticateByName", login("anna", "open barley"));
      expect([wrong.status, wrong.type.split(";")[0]]).toEqual([401, "text/plain"]);
      ben.disabled = true;
      expect((await ask("/Users/AuthenticateByName", login("ben", ""))).status).toBe(403);
      const half = { ...login("anna", "open sesame"), headers: { authorization: 'MediaBrowser Client="x"' } };
      expect((await ask("/Users/AuthenticateByName", half)).status).toBe(400);
    },
  );

  test("10.8 gives the same device its token again and ends the tokens of others on it", async () => {
    const { ask, state } = home("jellyfin-10.8");
    const signIn = async (name: string, password: string) =>
      String((await ask("/Users/AuthenticateByName", login(name, password))).json()["AccessToken"]);
    const first = await signIn("anna", "open sesame");
    expect(await signIn("anna", "open sesame")).toBe(first);
    await signIn("ben", "");
    expect(state.tokens.has(first)).toBe(false);
  });

  test.each(["jellyfin-10.11", "jellyfin-12"] as const)(
    "%s ends the same device's earlier token only",
    async (style) => {
      const { ask, state } = home(style);
      const signIn = async (name: string, password: string, device?: string) =>
        String((await ask("/Users/AuthenticateByName", login(name, password, device))).json()["AccessToken"]);
      const first = await signIn("anna", "open sesame");
      const other = await signIn("anna", "open sesame", "device-2");
      const bens = await signIn("ben", "");
      const second = await signIn("anna", "open sesame");
      expect([first, second, other, bens].map((token) => state.tokens.has(token))).toEqual([false, true, true, true]);
    },
  );

  test.each(styles)("%s forgets a token at sign-out", async (style) => {
    const { ask, carrying, tokenOf, anna } = home(style);
    const headers = carrying(tokenOf(anna));
    expect((await ask("/Sessions/Logout", { method: "POST", headers })).status).toBe(204);
    expect((await ask(`/Users/${anna.id}`, { headers })).status).toBe(401);
  });
});

describe("ways of carrying the token", () => {
  const ways: Record<string, (token: string) => { headers?: Record<string, string>; query?: string }> = {
    mediabrowser: (token) => ({ headers: { authorization: `MediaBrowser Token="${token}"` } }),
    emby: (token) => ({ headers: { authorization: `Emby Token="${token}"` } }),
    "x-emby-authorization": (token) => ({ headers: { "x-emby-authorization": `MediaBrowser Token="${token}"` } }),
    "x-emby-token": (token) => ({ headers: { "x-emby-token": token } }),
    "x-mediabrowser-token": (token) => ({ headers: { "x-mediabrowser-token": token } }),
    api_key: (token) => ({ query: `api_key=${token}` }),
    ApiKey: (token) => ({ query: `ApiKey=${token}` }),
  };
  const heeded: Record<MediaStyle, string[]> = {
    "jellyfin-10.8": Object.keys(ways),
    "jellyfin-10.11": Object.keys(ways),
    "jellyfin-12": ["mediabrowser", "ApiKey"],
    emby: Object.keys(ways).filter((way) => way !== "ApiKey"),
  };

  test.each(styles)("%s knows the ways of its release", async (style) => {
    const { ask, tokenOf, anna } = home(style);
    const token = tokenOf(anna);
    const known: string[] = [];
    for (const [name, way] of Object.entries(ways)) {
      const { headers = {}, query = "" } = way(token);
      const { status } = await ask(`/Users/${anna.id}/Views?${query}`, { headers });
      if (status === 200) known.push(name);
      else expect(status).toBe(401);
    }
    expect(known).toEqual(heeded[style]);
  });

  test("values are decoded, so that a plus sign becomes a space", async () => {
    const { ask, server, tokenOf, anna } = home("jellyfin-12");
    const token = tokenOf(anna);
    const authorization = `mediabrowser Device="Anna%27s+Box%2C%20%C3%BC", Token="${token}"`;
    await ask("/Users/Me", { headers: { authorization } });
    expect(server.state.tokens.get(token)?.device).toBe("Anna's Box, ü");
  });

  test("names of parameters are taken as written", async () => {
    const { ask, tokenOf, anna } = home("jellyfin-12");
    const headers = { authorization: `MediaBrowser token="${tokenOf(anna)}"` };
    expect((await ask("/Users/Me", { headers })).status).toBe(401);
  });
});

describe("quick connect", () => {
  test.each([
    ["jellyfin-10.8", 200, 404],
    ["jellyfin-10.11", 200, 200],
    ["jellyfin-12", 405, 200],
    ["emby", 404, 404],
  ] as const)("%s answers GET with %d and POST with %d", async (style, get, post) => {
    const { ask } = home(style);
    const headers = { authorization: identity };
    expect((await ask("/QuickConnect/Initiate", { headers })).status).toBe(get);
    const answer = await ask("/QuickConnect/Initiate", { method: "POST", headers });
    // 10.8 knows the path, only not this way.
    expect(answer.status).toBe(style === "jellyfin-10.8" ? 405 : post);
  });

  test("a code is approved by its person, exchanged once, and lives ten minutes", async () => {
    const { ask, server, anna, later } = home("jellyfin-12");
    const post = { method: "POST", headers: { authorization: identity } };
    const start = (await ask("/QuickConnect/Initiate", post)).json();
    const secret = String(start["Secret"]);
    const state = async () => (await ask(`/QuickConnect/Connect?secret=${secret}`)).json()["Authenticated"];
    expect([start["Authenticated"], secret.length, await state()]).toEqual([false, 64, false]);
    const exchange = { ...post, body: { Secret: secret } };
    expect((await ask("/Users/AuthenticateWithQuickConnect", exchange)).status).toBe(401);
    server.credentials.approve(String(start["Code"]), anna);
    expect(await state()).toBe(true);
    const answer = (await ask("/Users/AuthenticateWithQuickConnect", exchange)).json();
    expect(asObject(answer["User"])["Name"]).toBe("Anna");
    expect((await ask("/Users/AuthenticateWithQuickConnect", exchange)).status).toBe(404);

    const second = (await ask("/QuickConnect/Initiate", post)).json();
    later(10 * 60_000 + 1);
    expect((await ask(`/QuickConnect/Connect?secret=${String(second["Secret"])}`)).status).toBe(404);
  });

  test("switched off it answers 401", async () => {
    const { ask, state } = home("jellyfin-12");
    state.quirks.quickConnect = false;
    expect((await ask("/QuickConnect/Enabled")).text).toBe("false");
    const post = { method: "POST", headers: { authorization: identity } };
    expect((await ask("/QuickConnect/Initiate", post)).status).toBe(401);
  });
});

describe("keys and rights", () => {
  test.each(styles)("a key of %s is nobody and sees everybody", async (style) => {
    const { ask, server, carrying, anna } = home(style);
    const headers = carrying(server.credentials.addKey("Tracker").text);
    expect((await ask("/Users/Me", { headers })).status).toBe(style === "emby" ? 500 : 400);
    expect(names(await ask(`/Users/${anna.id}/Views`, { headers }))).toEqual(["Series", "Films", "Mixed"]);
    const users =
      style === "emby"
        ? asArray((await ask("/Users/Query", { headers })).json()["Items"])
        : asArray(JSON.parse((await ask("/Users", { headers })).text));
    expect(users.map((user) => user["Name"])).toEqual(["Anna", "ben", "root"]);
  });

  test.each(["jellyfin-10.8", "jellyfin-10.11"] as const)(
    "a key of %s that asks what nobody has played gets 500",
    async (style) => {
      const { ask, server, carrying } = home(style);
      const headers = carrying(server.credentials.addKey("Tracker").text);
      expect((await ask("/Items?Recursive=true&IsPlayed=true", { headers })).status).toBe(500);
    },
  );

  test.each(styles)("%s shows people only their own things", async (style) => {
    const { as, anna, ben, root } = home(style);
    expect((await as(ben)(`/Users/${anna.id}/Views`)).status).toBe(403);
    expect((await as(root)(`/Users/${anna.id}/Views`)).status).toBe(200);
    expect((await as(ben)("/Auth/Keys")).status).toBe(403);
  });
});

describe("libraries and items", () => {
  test.each(styles)(
    "%s names no type for a mixed library, and leaves out what the user hides or may not see",
    async (style) => {
      const { as, anna, library, films, mixed } = home(style);
      const views = asArray((await as(anna)(`/Users/${anna.id}/Views`)).json()["Items"]);
      expect(views.map((view) => view["CollectionType"])).toEqual(["tvshows", "movies", undefined]);
      anna.excluded = [films];
      expect(names(await as(anna)(`/Users/${anna.id}/Views`))).toEqual(["Series", "Mixed"]);
      expect(names(await as(anna)(`/Users/${anna.id}/Views?includeHidden=true`))).toEqual(["Series", "Films", "Mixed"]);
      anna.allowed = [library];
      const hidden = await as(anna)(`/Users/${anna.id}/Items?ParentId=${mixed.id}&Recursive=true`);
      expect(hidden.status).toBe(style === "emby" ? 200 : 401);
    },
  );

  test.each(styles)("the routes of %s are those of its release", async (style) => {
    const { as, anna, episode } = home(style);
    const ask = as(anna);
    const newer = style === "jellyfin-10.11" || style === "jellyfin-12" ? 200 : 404;
    expect((await ask(`/UserViews?userId=${anna.id}`)).status).toBe(newer);
    expect((await ask(`/UserPlayedItems/${episode(1, 1).id}?userId=${anna.id}`, "POST")).status).toBe(newer);
    expect((await ask(`/Items?userId=${anna.id}&Recursive=true`)).status).toBe(200);
    expect((await ask(`/Users/${anna.id}/Items/${episode(1, 1).id}`)).status).toBe(200);
  });

  test("an Emby's rows have dates and counts only with the two words, a single item always", async () => {
    const { as, anna, media, episode } = home("emby");
    media.play(anna, episode(1, 2), { at: evening });
    const list = `/Users/${anna.id}/Items?Recursive=true&IncludeItemTypes=Episode&Filters=IsPlayed`;
    const rowOf = async (fields: string) =>
      asObject(asArray((await as(anna)(`${list}&Fields=${fields}`)).json()["Items"])[0]);
    const bare = await rowOf("ProviderIds");
    expect(bare["PremiereDate"]).toBeUndefined();
    expect(bare["UserData"]).toEqual({ PlaybackPositionTicks: 0, PlayCount: 0, IsFavorite: false, Played: true });
    const whole = await rowOf("UserDataLastPlayedDate,UserDataPlayCount,PremiereDate");
    expect(whole["PremiereDate"]).toBe("2019-03-08T00:00:00.0000000Z");
    expect(asObject(whole["UserData"])).toMatchObject({ PlayCount: 1, Played: true });
    expect(String(asObject(whole["UserData"])["LastPlayedDate"])).toMatch(/^2026-05-01T20:00:00\.000\d{4}Z$/);
    const single = (await as(anna)(`/Users/${anna.id}/Items/${episode(1, 2).id}`)).json();
    expect(asObject(single["UserData"])).toMatchObject({ PlayCount: 1 });
  });

  test.each(jellyfins)("%s tells date, count and numbers in every row", async (style) => {
    const { as, anna, media, episode, series } = home(style);
    media.play(anna, episode(2, 3), { at: evening });
    const list = `/Users/${anna.id}/Items?recursive=true&includeItemTypes=Episode&isPlayed=true&fields=ProviderIds&unheard=of`;
    const rows = asArray((await as(anna)(list)).json()["Items"]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      Type: "Episode",
      ParentIndexNumber: 2,
      IndexNumber: 3,
      SeriesId: series.id,
      SeriesName: "Harbour Lights",
      LocationType: "FileSystem",
    });
    expect(String(rows[0]?.["Id"])).toMatch(/^[0-9a-f]{32}$/);
    expect(asObject(rows[0]?.["UserData"])).toMatchObject({ Played: true, PlayCount: 1 });
  });

  test("pages hold together, and without the count Jellyfin calls the page the whole", async () => {
    const { as, anna } = home("jellyfin-10.11");
    const list = `/Users/${anna.id}/Items?Recursive=true&IncludeItemTypes=Episode&SortBy=SortName&Limit=4`;
    const first = (await as(anna)(list)).json();
    expect([first["TotalRecordCount"], asArray(first["Items"]).length]).toEqual([10, 4]);
    const last = (await as(anna)(`${list}&StartIndex=8&EnableTotalRecordCount=false`)).json();
    expect([last["TotalRecordCount"], last["StartIndex"], asArray(last["Items"]).length]).toEqual([2, 8, 2]);
  });

  test("only Emby looks for provider ids; Jellyfin gives everything", async () => {
    const query = "Recursive=true&IncludeItemTypes=Series&AnyProviderIdEquals=tvdb.470002";
    const emby = home("emby");
    expect(names(await emby.as(emby.anna)(`/Users/${emby.anna.id}/Items?${query}`))).toEqual(["Glass Orchard"]);
    await sims?.stop();
    const jellyfin = home("jellyfin-12");
    expect(names(await jellyfin.as(jellyfin.anna)(`/Users/${jellyfin.anna.id}/Items?${query}`))).toHaveLength(2);
  });

  test("the date of the user's changes filters on Emby, and means the item's own on Jellyfin", async () => {
    for (const style of ["emby", "jellyfin-10.11"] as const) {
      const { as, anna, media, episode, later } = home(style);
      later(60_000);
      media.unmark(anna, episode(1, 1));
      const list = `/Users/${anna.id}/Items?Recursive=true&IncludeItemTypes=Episode&MinDateLastSavedForUser=2026-06-01T12:00:30Z`;
      expect(names(await as(anna)(list))).toHaveLength(style === "emby" ? 1 : 0);
      await sims?.stop();
    }
  });

  test("one bad id spoils a batch on Emby and is left out on Jellyfin", async () => {
    const emby = home("emby");
    const good = emby.episode(1, 1).id;
    expect((await emby.as(emby.anna)(`/Users/${emby.anna.id}/Items?Ids=${good},x`)).status).toBe(500);
    await sims?.stop();
    const jellyfin = home("jellyfin-12");
    const list = `/Users/${jellyfin.anna.id}/Items?Ids=${jellyfin.episode(1, 1).id},x`;
    expect(names(await jellyfin.as(jellyfin.anna)(list))).toEqual(["Episode 1"]);
  });

  test("files of several episodes, second copies and placeholders", async () => {
    const { as, anna, media, episode, series } = home("jellyfin-10.11");
    media.joinEpisodes(episode(1, 2), 3);
    media.addCopy(episode(1, 1));
    media.edit(episode(2, 1), { virtual: true });
    const numbers = (answer: Answer) =>
      asArray(answer.json()["Items"]).map((row) => [
        row["ParentIndexNumber"],
        row["IndexNumber"],
        row["IndexNumberEnd"],
      ]);
    const list = `/Users/${anna.id}/Items?ParentId=${series.id}&Recursive=true&IncludeItemTypes=Episode&SortBy=SortName`;
    expect(numbers(await as(anna)(`${list}&ExcludeLocationTypes=Virtual`))).toEqual([
      [0, 1, undefined],
      [1, 1, undefined],
      [1, 1, undefined],
      [1, 2, 3],
      [1, 4, undefined],
      [2, 2, undefined],
      [2, 3, undefined],
    ]);
    expect(numbers(await as(anna)(list))).toHaveLength(8);
    expect(numbers(await as(anna)(`/Shows/${series.id}/Episodes?UserId=${anna.id}&Season=2`))).toHaveLength(2);
  });

  test("ids in odd letters stay odd", async () => {
    const { as, anna, strange } = home("emby");
    const row = (await as(anna)(`/Users/${anna.id}/Items/${strange.id}`)).json();
    expect(row["ProviderIds"]).toEqual({
      TVDB: "470002",
      tmdb: " 900002 ",
      IMDB: "tt9000002",
      "Official Website": "https://example.com/show",
      Zap2It: "",
    });
  });

  test.each(styles)("%s shows pictures to anybody", async (style) => {
    const { ask, series, episode, media } = home(style);
    const answer = await ask(`/Items/${series.id}/Images/Primary?maxWidth=300`);
    expect([answer.status, answer.type]).toEqual([200, "image/png"]);
    media.edit(episode(1, 1), { picture: false });
    expect((await ask(`/Items/${episode(1, 1).id}/Images/Primary`)).status).toBe(404);
  });
});

describe("marks", () => {
  const markPath = (user: MediaUser, item: MediaItem) => `/Users/${user.id}/PlayedItems/${item.id}`;

  test("Jellyfin takes ISO dates and counts each dated mark", async () => {
    const { as, anna, episode } = home("jellyfin-12");
    const mark = async () =>
      (await as(anna)(`${markPath(anna, episode(1, 1))}?DatePlayed=2024-08-02T22:51:23.500Z`, "POST")).json();
    expect(await mark()).toMatchObject({ Played: true, PlayCount: 1, LastPlayedDate: "2024-08-02T22:51:23.5Z" });
    expect(await mark()).toMatchObject({ PlayCount: 2 });
  });

  test("the old form of dates comes back shifted by the zone of a Jellyfin's clock", async () => {
    const { as, anna, episode, media, state } = home("jellyfin-10.11");
    media.setQuirks(state, { utcOffsetMinutes: 120 });
    const answer = await as(anna)(`${markPath(anna, episode(1, 1))}?DatePlayed=20240802225123`, "POST");
    expect(answer.json()["LastPlayedDate"]).toBe("2024-08-03T00:51:23.0000000Z");
  });

  test("Emby takes digits and overlooks ISO dates", async () => {
    const { as, anna, episode } = home("emby");
    const digits = await as(anna)(`${markPath(anna, episode(1, 1))}?DatePlayed=20240802225123`, "POST");
    expect(digits.json()["LastPlayedDate"]).toBe("2024-08-02T22:51:23.0000000Z");
    const iso = await as(anna)(`${markPath(anna, episode(1, 2))}?DatePlayed=2024-08-02T22:51:23Z`, "POST");
    expect(String(iso.json()["LastPlayedDate"])).toStartWith("2026-06-01T12:00:00");
  });

  test("a mark without a date keeps the date of an earlier viewing, before 10.9 not", async () => {
    for (const [style, day] of [
      ["jellyfin-10.8", "2026-06-01"],
      ["jellyfin-10.11", "2026-05-01"],
    ] as const) {
      const { as, anna, episode, media } = home(style);
      media.partial(anna, episode(1, 1), { positionMs: 900_000, at: evening });
      const answer = await as(anna)(markPath(anna, episode(1, 1)), "POST");
      expect(String(answer.json()["LastPlayedDate"])).toStartWith(day);
      await sims?.stop();
    }
  });

  test.each(styles)("an unmark on %s clears everything", async (style) => {
    const { as, anna, episode, media } = home(style);
    media.play(anna, episode(1, 1), { at: evening });
    const row = (await as(anna)(markPath(anna, episode(1, 1)), "DELETE")).json();
    expect(row).toMatchObject({ Played: false, PlayCount: 0, PlaybackPositionTicks: 0 });
    expect(row["LastPlayedDate"]).toBeUndefined();
  });

  test("a written row is a part on Jellyfin and the whole on Emby", async () => {
    for (const [style, played] of [
      ["jellyfin-10.11", true],
      ["emby", false],
    ] as const) {
      const { ask, tokenOf, carrying, anna, episode, media } = home(style);
      media.mark(anna, episode(1, 1), { at: evening });
      const answer = await ask(`/Users/${anna.id}/Items/${episode(1, 1).id}/UserData`, {
        method: "POST",
        headers: carrying(tokenOf(anna)),
        body: { PlaybackPositionTicks: 0 },
      });
      expect(answer.json()["Played"]).toBe(played);
      await sims?.stop();
    }
  });
});

describe("playing", () => {
  test.each([
    ["jellyfin-10.8", false],
    ["jellyfin-10.11", false],
    ["jellyfin-12", true],
    ["emby", true],
  ] as const)("a rewatch that begins on %s leaves the mark: %p", (style, stays) => {
    const { anna, episode, media } = home(style);
    media.play(anna, episode(1, 1), { at: evening });
    media.start(anna, episode(1, 1), { at: evening + 86_400_000 });
    expect(media.dataOf(anna, episode(1, 1))).toMatchObject({ played: stays, playCount: 2 });
    expect(media.dataOf(anna, episode(1, 1))?.lastPlayed).toStartWith("2026-05-02T20:00:00");
  });

  test("positions are dropped at the beginning, kept in the middle, and watched at the end", () => {
    const { anna, episode, media } = home("jellyfin-12");
    const at = (share: number) => {
      media.unmark(anna, episode(1, 1));
      media.partial(anna, episode(1, 1), { positionMs: Math.round(share * 2_698_750), at: evening });
      const row = media.dataOf(anna, episode(1, 1));
      return [row?.played, (row?.positionTicks ?? 0) > 0];
    };
    expect([at(0.04), at(0.5), at(0.91)]).toEqual([
      [false, false],
      [false, true],
      [true, false],
    ]);
  });

  test.each(styles)("%s shows who plays what, to others only when they manage it (10.8: to all)", async (style) => {
    const { as, anna, ben, root, episode, media } = home(style);
    const session = media.start(anna, episode(1, 2));
    media.progress(session, 600_000);
    const playing = async (user: MediaUser) =>
      asArray(JSON.parse((await as(user)("/Sessions")).text)).filter((row) => row["NowPlayingItem"] !== undefined);
    expect((await playing(anna)).map((row) => asObject(row["NowPlayingItem"])["Id"])).toEqual([episode(1, 2).id]);
    expect(await playing(root)).toHaveLength(1);
    expect(await playing(ben)).toHaveLength(style === "jellyfin-10.8" ? 1 : 0);
    media.stop(session);
    expect(await playing(anna)).toHaveLength(0);
  });
});
