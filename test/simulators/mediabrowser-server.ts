import { createAccountRows } from "./mediabrowser-accounts.ts";
import {
  type Caller,
  type Credentials,
  callerOf,
  createCredentials,
  queryOf,
  Refused,
  wholeIdentity,
} from "./mediabrowser-auth.ts";
import { createItems, printedDate, type Row } from "./mediabrowser-items.ts";
import { createMediaSockets, type MediaSocketOptions, type MediaSockets } from "./mediabrowser-socket.ts";
import {
  isEmby,
  type MediaItem,
  type MediaServerState,
  type MediaToken,
  type MediaUser,
  type QuickConnectRequest,
  releaseOf,
  seesLibrary,
  type UserData,
} from "./mediabrowser-state.ts";
import { webClient } from "./mediabrowser-web.ts";
import { sevenDigits } from "./mediabrowser-world.ts";
import { posterOf } from "./posters.ts";
import { type Call, json, type ListenOptions, listen, type RunningSimulator, type SimulatorDeps } from "./simulator.ts";
import type { World } from "./world.ts";

/** A Jellyfin or an Emby: sign-in, libraries, items, marks, in the words of its kind and release. */

export type MediaServerSimulator = RunningSimulator & {
  state: MediaServerState;
  credentials: Credentials;
  sockets: MediaSockets;
  /** What a person enters: origin and base path. */
  address: string;
};

export type MediaServerDeps = SimulatorDeps & {
  world: World;
  state: MediaServerState;
  drawPosters: boolean;
  /** Tokens handed out by an earlier run still work. */
  keepsTokens?: boolean;
  sockets?: MediaSocketOptions | undefined;
};

type Answer = Response | Promise<Response>;
type Access = "anybody" | "signed-in" | "admin";
type Context = { call: Call; caller: Caller; query: (name: string) => string | null; ids: string[] };
type Route = {
  method: string;
  path: RegExp;
  access: Access;
  /** Kinds and releases that have it. */
  on: boolean;
  answer(context: Context): Answer;
};

const noContent = (): Response => new Response(null, { status: 204 });
const plain = (status: number, text: string): Response =>
  new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
const boolean = (text: string | null): boolean => text?.toLowerCase() === "true";

async function jsonBody(call: Call): Promise<Row> {
  const raw = await call.rawBody();
  if (raw === "") return {};
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value === "object" && value !== null) return value as Row;
  } catch {
    // Said below.
  }
  throw new Refused(400, "Error processing request.");
}

/** A field of a body, whose names these servers compare without regard to case. */
function fieldOf(body: Row, name: string): unknown {
  return Object.entries(body).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

export function startMediaServer(deps: MediaServerDeps, options: ListenOptions = {}): MediaServerSimulator {
  const { state, now } = deps;
  const { media } = deps.world;
  const emby = isEmby(state);
  const release = releaseOf(state);
  const credentials = createCredentials(state, now, deps.keepsTokens);
  const items = createItems(state);
  const { userRow, idleSession, sessionsFor } = createAccountRows(state, items, now);

  const userById = (id: string): MediaUser => {
    const plainId = id.toLowerCase().replaceAll("-", "");
    // "Me" and other words are taken for an id that cannot be read.
    if (!/^[0-9a-f]{32}$/.test(plainId))
      throw emby ? new Refused(500, "Unrecognized Guid format.") : new Refused(400, "");
    const user = state.users.find((candidate) => candidate.id === plainId);
    if (user === undefined) throw new Refused(404, emby ? "User not found" : "Error processing request.");
    return user;
  };

  /** The user whose library and marks are meant; people reach only their own, administrators and keys everybody's. */
  const userOf = ({ token }: Caller, id: string): MediaUser => {
    const user = userById(id);
    if (token?.user && token.user !== user && !token.user.admin) {
      throw new Refused(403, emby ? "Forbidden" : "Error processing request.");
    }
    return user;
  };

  /** The same where the user is only a parameter: their own when it is left out, nobody for a key. */
  const userByQuery = ({ caller, query }: Context): MediaUser | null => {
    const id = query("userId");
    if (id !== null && id !== "") return userOf(caller, id);
    if (caller.token?.user && release === 1008) throw new Refused(400, "userId is required");
    return emby ? null : (caller.token?.user ?? null);
  };

  const itemById = (user: MediaUser | null, id: string): MediaItem => {
    if (emby && !/^(\d+|[0-9a-f]{32})$/i.test(id)) throw new Refused(500, "Unrecognized Guid format.");
    if (!emby && !/^[0-9a-f-]{32,36}$/i.test(id)) throw new Refused(400, "");
    const item = items.find(user, id);
    if (item === null) throw new Refused(404, "Not Found");
    return item;
  };

  const signedIn = (token: MediaToken, user: MediaUser): Response =>
    json({
      User: userRow(user, true),
      SessionInfo: idleSession(token),
      AccessToken: token.text,
      ServerId: state.id,
    });

  const publicInfo = (): Row => {
    if (emby)
      return { LocalAddresses: [], RemoteAddresses: [], ServerName: state.name, Version: state.version, Id: state.id };
    return {
      LocalAddress: "http://172.17.0.3:8096",
      ServerName: state.name,
      Version: state.version,
      ProductName: "Jellyfin Server",
      OperatingSystem: "",
      Id: state.id,
      StartupWizardCompleted: true,
    };
  };

  const quickConnectRow = (request: QuickConnectRequest): Row => ({
    Authenticated: request.user !== null,
    Secret: request.secret,
    Code: request.code,
    DeviceId: request.deviceId,
    DeviceName: request.device,
    AppName: request.client,
    AppVersion: request.version,
    DateAdded: printedDate(state, sevenDigits(request.addedAt, "1234")),
  });

  const needsQuickConnect = (): void => {
    if (!state.quirks.quickConnect) throw new Refused(401, "Quick connect is disabled");
  };

  const initiate = ({ caller }: Context): Response => {
    needsQuickConnect();
    return json(quickConnectRow(credentials.initiate(wholeIdentity(caller))));
  };

  const quickConnected = async ({ call, caller }: Context): Promise<Response> => {
    const secret = String(fieldOf(await jsonBody(call), "Secret") ?? "");
    const request = credentials.requestOf(secret);
    if (request === null) throw new Refused(404, "Error processing request.");
    if (request.user === null) throw new Refused(401, "Error processing request.");
    const user = request.user;
    state.codes = state.codes.filter((each) => each !== request);
    return signedIn(credentials.issue(user, { ...request, ...caller.identity }), user);
  };

  const byName = async ({ call, caller }: Context): Promise<Response> => {
    const identity = wholeIdentity(caller);
    const body = await jsonBody(call);
    const token = credentials.signIn(
      String(fieldOf(body, "Username") ?? ""),
      String(fieldOf(body, "Pw") ?? ""),
      identity,
    );
    return token.user === null ? plain(500, "") : signedIn(token, token.user);
  };

  const authorize = ({ caller, query }: Context): Response => {
    needsQuickConnect();
    const user = query("userId") === null ? caller.token?.user : userOf(caller, query("userId") ?? "");
    if (!user) throw new Refused(400, "");
    credentials.approve(query("code") ?? "", user);
    return json(true);
  };

  const keyRows = (): Row => {
    const keys = [...state.tokens.values()].filter(({ user }) => user === null);
    const rows = keys.map(({ text, client, createdAt }, position) => ({
      Id: position + 1,
      AccessToken: text,
      AppName: client,
      IsActive: true,
      DateCreated: printedDate(state, sevenDigits(createdAt, "1234")),
    }));
    return { Items: rows, TotalRecordCount: rows.length, ...(emby ? {} : { StartIndex: 0 }) };
  };

  const publicUsers = (): Response => {
    const shown = state.quirks.hidesUsers ? [] : state.users.filter(({ hidden, disabled }) => !hidden && !disabled);
    return json(shown.map((user) => userRow(user, false)));
  };

  const allUsers = (): Response => {
    if (state.quirks.usersNeedQuery) return plain(403, "Forbidden");
    return json(state.users.map((user) => userRow(user, true)));
  };

  const usersQuery = (): Response => {
    const rows = state.users.map((user) => userRow(user, true));
    return json({ Items: rows, TotalRecordCount: rows.length });
  };

  const me = ({ caller }: Context): Response => {
    if (!caller.token?.user) throw new Refused(400, "");
    return json(userRow(caller.token.user, true));
  };

  const dateGiven = (text: string | null): number | undefined => {
    if (text === null || text === "") return undefined;
    const digits = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
    const offsetMs = state.quirks.utcOffsetMinutes * 60_000;
    if (digits !== null) {
      const [, year, month, day, hour, minute, second] = digits;
      const utc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      if (emby) return state.quirks.readsDatesAsLocal ? utc - offsetMs : utc;
      // Jellyfin takes the old form as UTC and then prints its own wall clock in front of a Z.
      return utc + offsetMs;
    }
    // Emby knows only the digits.
    if (emby) return undefined;
    const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(text);
    const at = Date.parse(zoned ? text : `${text}Z`);
    if (Number.isNaN(at)) throw new Refused(400, "");
    return zoned ? at : at - offsetMs;
  };

  const mark = (user: MediaUser, id: string, at: number | undefined): Response => {
    const item = itemById(user, id);
    media.mark(user, item, at === undefined ? {} : { at });
    return json(items.wholeUserData(user, item));
  };

  const unmark = (user: MediaUser, id: string): Response => {
    const item = itemById(user, id);
    media.unmark(user, item);
    return json(items.wholeUserData(user, item));
  };

  const given = (context: Context): MediaUser => {
    const user = userByQuery(context);
    if (user === null) throw new Refused(404, "Error processing request.");
    return user;
  };

  const writeData = async (user: MediaUser, id: string, call: Call): Promise<Response> => {
    const item = itemById(user, id);
    const body = await jsonBody(call);
    const read = (name: string): unknown => fieldOf(body, name);
    const date = read("LastPlayedDate");
    const changes: Partial<UserData> = {
      ...(typeof read("Played") === "boolean" ? { played: read("Played") === true } : {}),
      ...(typeof read("PlayCount") === "number" ? { playCount: Number(read("PlayCount")) } : {}),
      ...(typeof read("PlaybackPositionTicks") === "number"
        ? { positionTicks: Number(read("PlaybackPositionTicks")) }
        : {}),
      ...(typeof read("IsFavorite") === "boolean" ? { favorite: read("IsFavorite") === true } : {}),
      ...(typeof date === "string" ? { lastPlayed: sevenDigits(Date.parse(date)) } : {}),
    };
    // Emby takes the body for the whole row, Jellyfin for what is to change.
    const nothing = { played: false, playCount: 0, positionTicks: 0, favorite: false, lastPlayed: null };
    media.setData(user, item, emby ? { ...nothing, ...changes } : changes, "UpdateUserData");
    return json(items.wholeUserData(user, item));
  };

  const picture = ({ ids }: Context): Response => {
    const item = state.items.get((ids[0] ?? "").toLowerCase());
    if (item === undefined || !item.picture) throw new Refused(404, "Not Found");
    const poster = posterOf(item.show ?? { title: item.name, hue: 210 }, deps.drawPosters);
    return new Response(poster, {
      headers: { "content-type": "image/png", "cache-control": "public, max-age=31536000" },
    });
  };

  const virtualFolders = (): Row[] =>
    state.libraries.map((library) => ({
      Name: library.name,
      Locations: [`/media/${library.name}`],
      ...(library.type === null ? {} : { CollectionType: library.type }),
      LibraryOptions: {},
      ItemId: library.id,
      ...(emby ? { Id: library.id, Guid: items.libraryRow(library)["Guid"] } : { RefreshStatus: "Idle" }),
    }));

  const newFamily = !emby && release >= 1009;
  const route = (
    method: string,
    path: string,
    access: Access,
    answer: (context: Context) => Answer,
    on = true,
  ): Route => ({
    method,
    path: new RegExp(`^${path.replaceAll("*", "([^/]+)")}$`, "i"),
    access,
    on,
    answer,
  });
  const first = ({ ids }: Context): string => ids[0] ?? "";
  const second = ({ ids }: Context): string => ids[1] ?? "";
  const routes: Route[] = [
    route("GET", "/System/Info/Public", "anybody", () => json(publicInfo())),
    route("GET", "/System/Info", "admin", () =>
      json({ ...publicInfo(), HasPendingRestart: false, CanSelfRestart: true }),
    ),
    route("GET", "/System/Ping", "anybody", () => (emby ? plain(200, "Emby Server") : json("Jellyfin Server"))),
    route("POST", "/System/Ping", "anybody", () => (emby ? plain(200, "Emby Server") : json("Jellyfin Server"))),
    route("GET", "/health", "anybody", () => plain(200, "Healthy"), !emby),

    route("POST", "/Users/AuthenticateByName", "anybody", byName),
    route("POST", "/Users/AuthenticateWithQuickConnect", "anybody", quickConnected, !emby),
    route("GET", "/QuickConnect/Enabled", "anybody", () => json(state.quirks.quickConnect), !emby),
    route("GET", "/QuickConnect/Initiate", "anybody", initiate, !emby && release < 1200),
    route("POST", "/QuickConnect/Initiate", "anybody", initiate, newFamily),
    route(
      "GET",
      "/QuickConnect/Connect",
      "anybody",
      ({ query }) => {
        needsQuickConnect();
        const request = credentials.requestOf(query("secret") ?? "");
        if (request === null) throw new Refused(404, "Unknown secret");
        return json(quickConnectRow(request));
      },
      !emby,
    ),
    route("POST", "/QuickConnect/Authorize", "signed-in", authorize, !emby),
    route("POST", "/Sessions/Logout", "signed-in", ({ caller }) => {
      credentials.revoke(caller.token?.text ?? "");
      return noContent();
    }),
    route("GET", "/Sessions", "signed-in", (context) => json(sessionsFor(context.caller.token?.user ?? null))),
    route("GET", "/Auth/Keys", "admin", () => json(keyRows())),
    route("POST", "/Auth/Keys", "admin", ({ query }) => {
      credentials.addKey(query("app") ?? "");
      return noContent();
    }),
    route("DELETE", "/Auth/Keys/*", "admin", (context) => {
      credentials.revoke(first(context));
      return noContent();
    }),

    route("GET", "/Users/Public", "anybody", publicUsers),
    route("GET", "/Users/Query", "admin", usersQuery, emby),
    route("GET", "/Users/Me", "signed-in", me, !emby),
    route("GET", "/Users", emby ? "admin" : "signed-in", allUsers),
    route("GET", "/Users/*", "signed-in", (context) => json(userRow(userById(first(context)), true))),

    route("GET", "/Users/*/Views", "signed-in", (context) =>
      json(items.views(userOf(context.caller, first(context)), boolean(context.query("includeHidden")))),
    ),
    route(
      "GET",
      "/UserViews",
      "signed-in",
      (context) => json(items.views(given(context), boolean(context.query("includeHidden")))),
      newFamily,
    ),
    route("GET", "/Users/*/Items", "signed-in", (context) =>
      items.list(userOf(context.caller, first(context)), context.call),
    ),
    route("GET", "/Items", "signed-in", (context) => items.list(userByQuery(context), context.call)),
    route("GET", "/Users/*/Items/*", "signed-in", (context) => {
      const user = userOf(context.caller, first(context));
      return json(items.single(user, itemById(user, second(context))));
    }),
    route(
      "GET",
      "/Items/*",
      "signed-in",
      (context) => {
        const user = userByQuery(context);
        return json(items.single(user, itemById(user, first(context))));
      },
      newFamily,
    ),
    route("GET", "/Items/*/Ancestors", "signed-in", (context) => {
      const user = userByQuery(context);
      return json(items.above(user, itemById(user, first(context))));
    }),
    route("GET", "/Shows/*/Episodes", "signed-in", (context) => {
      const user = userByQuery(context);
      return items.episodes(user, context.call, itemById(user, first(context)));
    }),
    route("GET", "/Shows/*/Seasons", "signed-in", (context) => {
      const user = userByQuery(context);
      return items.seasons(user, context.call, itemById(user, first(context)));
    }),
    route("GET", "/Items/*/Images/Primary", "anybody", picture),
    route("GET", "/Items/*/Images/Primary/*", "anybody", picture),
    route("GET", "/Library/VirtualFolders", "admin", () => json(virtualFolders()), !emby),
    route(
      "GET",
      "/Library/VirtualFolders/Query",
      "admin",
      () => json({ Items: virtualFolders(), TotalRecordCount: state.libraries.length }),
      emby,
    ),
    route("GET", "/Library/MediaFolders", emby ? "signed-in" : "admin", ({ caller }) => {
      const user = caller.token?.user;
      const seen = state.libraries.filter((library) => !user || seesLibrary(user, library));
      return json({ Items: seen.map(items.libraryRow), TotalRecordCount: seen.length });
    }),

    route("POST", "/Users/*/PlayedItems/*", "signed-in", (context) =>
      mark(userOf(context.caller, first(context)), second(context), dateGiven(context.query("DatePlayed"))),
    ),
    route("DELETE", "/Users/*/PlayedItems/*", "signed-in", (context) =>
      unmark(userOf(context.caller, first(context)), second(context)),
    ),
    route(
      "POST",
      "/Users/*/PlayedItems/*/Delete",
      "signed-in",
      (context) => unmark(userOf(context.caller, first(context)), second(context)),
      emby,
    ),
    route(
      "POST",
      "/UserPlayedItems/*",
      "signed-in",
      (context) => mark(given(context), first(context), dateGiven(context.query("DatePlayed"))),
      newFamily,
    ),
    route("DELETE", "/UserPlayedItems/*", "signed-in", (context) => unmark(given(context), first(context)), newFamily),
    route(
      "POST",
      "/Users/*/Items/*/UserData",
      "signed-in",
      (context) => writeData(userOf(context.caller, first(context)), second(context), context.call),
      emby || newFamily,
    ),
    route(
      "POST",
      "/UserItems/*/UserData",
      "signed-in",
      (context) => writeData(given(context), first(context), context.call),
      newFamily,
    ),
    route(
      "GET",
      "/UserItems/*/UserData",
      "signed-in",
      (context) => {
        const user = given(context);
        return json(items.wholeUserData(user, itemById(user, first(context))));
      },
      newFamily,
    ),
  ].filter(({ on }) => on);

  const unauthorized = (caller: Caller): Response => {
    if (!emby) return new Response(null, { status: 401 });
    return plain(401, caller.given === null ? "Access token is required." : "Access token is invalid or expired.");
  };

  const notFound = (): Response => (emby ? plain(404, "Not Found") : new Response(null, { status: 404 }));

  const answerTo = async (call: Call, path: string): Promise<Response> => {
    const fitting = routes.filter((candidate) => candidate.path.test(path));
    const found = fitting.find(({ method }) => method === call.method);
    if (found === undefined) return fitting.length > 0 && !emby ? new Response(null, { status: 405 }) : notFound();
    const caller = callerOf(state, call);
    if (found.access !== "anybody") {
      if (caller.token === null) return unauthorized(caller);
      if (caller.token.user?.disabled === true)
        return emby ? plain(403, "Forbidden") : new Response(null, { status: 403 });
      if (found.access === "admin" && caller.token.user !== null && !caller.token.user.admin)
        return emby ? plain(403, "Forbidden") : new Response(null, { status: 403 });
    }
    const ids = (found.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
    return await found.answer({ call, caller, query: queryOf(call), ids });
  };

  const refusal = ({ status, message }: Refused): Response => {
    if (status === 404 && !emby) {
      const body = { type: "https://tools.ietf.org/html/rfc9110#section-15.5.5", title: "Not Found", status: 404 };
      return json(body, { status, headers: { "content-type": "application/problem+json; charset=utf-8" } });
    }
    return message === "" ? new Response(null, { status }) : plain(status, message);
  };

  /** The path below the base URL and, where it is still known, the prefix of old clients; null = outside. */
  const inside = (path: string): string | null => {
    const base = state.basePath.toLowerCase();
    if (base !== "" && path.toLowerCase() !== base && !path.toLowerCase().startsWith(`${base}/`)) return null;
    const rest = path.slice(base.length);
    const prefixes = emby ? ["emby"] : release < 1200 ? ["emby", "mediabrowser"] : [];
    const prefix = prefixes.find((word) => rest.toLowerCase().startsWith(`/${word}/`));
    return prefix === undefined ? rest : rest.slice(prefix.length + 1);
  };

  const handle = async (call: Call): Promise<Response> => {
    if (state.starting) {
      if (!emby && release >= 1011) {
        return new Response("<html><body>Jellyfin is starting…</body></html>", {
          status: 503,
          headers: { "content-type": "text/html; charset=utf-8", "retry-after": "5" },
        });
      }
      return plain(503, emby ? "Emby Server is starting" : "Jellyfin Server still loading. Please wait.");
    }
    const path = inside(call.path);
    if (path === null || path === "" || path === "/")
      return new Response(null, {
        status: 302,
        headers: { location: `${state.basePath}/web/${emby ? "index.html" : ""}` },
      });
    if (/^\/web(\/|$)/i.test(path)) return await webClient(state, credentials, call);
    if (call.request.headers.get("upgrade") !== null) {
      const refused = sockets.refusal(call);
      if (refused !== null) return refused;
    }
    try {
      return await answerTo(call, path);
    } catch (error) {
      if (error instanceof Refused) return refusal(error);
      throw error;
    }
  };

  const sockets = createMediaSockets({ state, items, media, pathOf: inside, sessionsFor }, deps.sockets);
  const service = emby ? "emby-server" : "jellyfin-server";
  const running = listen(service, state.name, deps, handle, options, sockets.hooks);
  return { ...running, state, credentials, sockets, address: running.url + state.basePath };
}
