import { homeView, pinView, playerView, serverView, userView } from "./plex-tv-views.ts";
import type { PlexAccount, PlexServerState } from "./plex-world.ts";
import { hexOf } from "./random.ts";
import { type Call, json, type ListenOptions, listen, type RunningSimulator, type SimulatorDeps } from "./simulator.ts";
import type { World } from "./world.ts";
import { xmlResponse } from "./xml.ts";

/** plex.tv: PINs, account, servers, sign-out, webhooks, Plex Home. JSON when asked for, XML otherwise. */

export type Pin = {
  id: number;
  code: string;
  strong: boolean;
  clientIdentifier: string;
  product: string;
  createdAt: number;
  expiresAt: number;
  account: PlexAccount | null;
  authToken: string | null;
};

export type Connection = {
  protocol: "http" | "https";
  address: string;
  port: number;
  uri: string;
  local: boolean;
  relay: boolean;
  IPv6: boolean;
};

export type PlexTvSimulator = RunningSimulator & {
  pins: Map<number, Pin>;
  /** What the person does on Plex's page. Throws for an unknown or expired code. */
  approve(code: string, account: PlexAccount): Pin;
  expire(pin: Pin | string): void;
  pinByCode(code: string): Pin | null;
  revoke(token: string): void;
  /** Every account token of this account stops working (password change with "sign out devices"). */
  revokeAll(account: PlexAccount): void;
  accountOf(token: string): PlexAccount | null;
  /** Addresses plex.tv announces for a server; set them to what the test needs. */
  connections: Map<PlexServerState, Connection[]>;
  /** Clients seen with a token: the rows of "Authorized devices". */
  devices: Map<string, { clientIdentifier: string; product: string; account: PlexAccount; token: string }>;
};

type Json = Record<string, unknown>;

const clientHeader = "X-Plex-Client-Identifier";

/** Switching to more profiles than this within a minute is answered with 429, without a word on how long. */
export const SWITCHES_A_MINUTE = 10;

export type PlexTvOptions = ListenOptions & {
  /** Accounts stay signed in over a restart of the simulator: the tokens of earlier runs are known. */
  keepsTokens?: boolean;
};

export function startPlexTv(world: World, deps: SimulatorDeps, options: PlexTvOptions = {}): PlexTvSimulator {
  const pins = new Map<number, Pin>();
  const minted = new Map<string, PlexAccount>();
  const revoked = new Set<string>();
  const devices: PlexTvSimulator["devices"] = new Map();
  const connections: PlexTvSimulator["connections"] = new Map();
  let nextPin = 1_434_510_001;
  const mintedOf = new Map<PlexAccount, number>();
  const tokenNumber = (account: PlexAccount, number: number): string =>
    hexOf(`minted token ${number} ${account.username}`, 20);
  if (options.keepsTokens === true) {
    for (const account of world.accounts) {
      for (let number = 1; number <= 50; number++) minted.set(tokenNumber(account, number), account);
    }
  }

  const accountOf = (token: string): PlexAccount | null => {
    if (revoked.has(token)) return null;
    return minted.get(token) ?? world.accounts.find((account) => account.token === token) ?? null;
  };

  const answer = (call: Call, name: string, value: Json, status = 200): Response =>
    call.wantsJson ? json(value, { status }) : xmlResponse(name, value, status);

  const errorAnswer = (call: Call, status: number, code: number, message: string): Response =>
    call.wantsJson
      ? json({ errors: [{ code, message, status }] }, { status })
      : xmlResponse("errors", { error: [{ code, message, status }] }, status);

  const unauthorized = (call: Call): Response => errorAnswer(call, 401, 1001, "User could not be authenticated");

  const createPin = async (call: Call): Promise<Response> => {
    const client = call.param(clientHeader);
    if (client === null || client === "") {
      return errorAnswer(call, 400, 1000, "X-Plex-Client-Identifier is missing");
    }
    const body = await call.body();
    const strong = (call.url.searchParams.get("strong") ?? body["strong"]) === "true";
    const id = nextPin++;
    const digits = hexOf(`pin ${id} ${client} ${deps.now()}`, 48);
    const createdAt = deps.now();
    const pin: Pin = {
      id,
      code: strong ? BigInt(`0x${digits}`).toString(36).slice(0, 25) : digits.slice(0, 4).toUpperCase(),
      strong,
      clientIdentifier: client,
      product: call.param("X-Plex-Product") ?? "0",
      createdAt,
      expiresAt: createdAt + (strong ? 1_800_000 : 900_000),
      account: null,
      authToken: null,
    };
    pins.set(id, pin);
    return answer(call, "pin", pinView(pin, deps.now()), 201);
  };

  const readPin = (call: Call, id: string): Response => {
    const client = call.param(clientHeader);
    if (client === null) return errorAnswer(call, 400, 1000, "X-Plex-Client-Identifier is missing");
    const pin = pins.get(Number(id));
    if (pin === undefined || pin.clientIdentifier !== client || pin.expiresAt <= deps.now()) {
      return errorAnswer(call, 404, 1020, "Code not found or expired");
    }
    return answer(call, "pin", pinView(pin, deps.now()));
  };

  const resources = (call: Call, account: PlexAccount): Response => {
    const query = call.url.searchParams;
    const relay = query.get("includeRelay") === "1";
    const https = query.get("includeHttps") === "1";
    const rows: Json[] = world.servers
      .map((server) => serverView(server, account, connections.get(server) ?? [], deps.now()))
      .filter((row): row is Json => row !== null)
      .map((row) => ({
        ...row,
        connections: (row["connections"] as Connection[])
          .filter((connection) => relay || !connection.relay)
          .map((connection) =>
            https || connection.protocol === "http"
              ? connection
              : { ...connection, protocol: "http", uri: `http://${connection.address}:${connection.port}` },
          ),
      }));
    rows.push(playerView(account, deps.now()));
    if (call.wantsJson) return json(rows);
    return xmlResponse("resources", {
      resource: rows.map((row) => ({
        ...row,
        connections: { connection: row["connections"] ?? [] },
      })),
    });
  };

  const signOut = (token: string): Response => {
    revoked.add(token);
    for (const [id, device] of devices) if (device.token === token) devices.delete(id);
    return new Response(null, { status: 204 });
  };

  const webhooks = async (call: Call, account: PlexAccount): Promise<Response> => {
    if (!account.plexPass) return errorAnswer(call, 403, 1039, "A Plex Pass subscription is needed");
    if (call.method === "POST") {
      // The posted list replaces the whole list.
      const urls = new URLSearchParams(await call.rawBody());
      account.webhooks = [...urls.getAll("urls[]"), ...urls.getAll("urls")].filter((url) => url !== "");
    }
    const rows = account.webhooks.map((url) => ({ url }));
    const status = call.method === "POST" ? 201 : 200;
    return call.wantsJson ? json(rows, { status }) : xmlResponse("webhooks", { webhook: rows }, status);
  };

  const homeUsers = (call: Call, account: PlexAccount): Response => {
    const home = homeView(world, account);
    return home === null ? unauthorized(call) : answer(call, "home", home);
  };

  const mint = (account: PlexAccount): string => {
    const number = (mintedOf.get(account) ?? 0) + 1;
    mintedOf.set(account, number);
    const token = tokenNumber(account, number);
    minted.set(token, account);
    return token;
  };

  const switches = new Map<PlexAccount, number[]>();

  const switchUser = (call: Call, account: PlexAccount, uuid: string): Response => {
    const recent = (switches.get(account) ?? []).filter((at) => at > deps.now() - 60_000);
    if (recent.length >= SWITCHES_A_MINUTE) return errorAnswer(call, 429, 1003, "Too many requests");
    switches.set(account, [...recent, deps.now()]);
    const entry = account.home.find((candidate) => candidate.member.uuid === uuid);
    if (entry === undefined) return errorAnswer(call, 404, 1043, "User not found");
    if (entry.pin !== null && call.url.searchParams.get("pin") !== entry.pin) {
      return errorAnswer(call, 403, 1041, "Incorrect PIN");
    }
    return answer(call, "user", userView(world, entry.member, mint(entry.member)), 201);
  };

  const removeDevice = (account: PlexAccount, id: string): Response => {
    const device = devices.get(id) ?? [...devices.values()].find((candidate) => candidate.clientIdentifier === id);
    if (device === undefined || device.account !== account) return new Response("", { status: 404 });
    return signOut(device.token);
  };

  const handle = async (call: Call): Promise<Response> => {
    const route = `${call.method} ${call.path.replace(/\.json$/, "")}`;
    if (route === "POST /api/v2/pins") return createPin(call);
    const pin = /^GET \/api\/v2\/pins\/(\d+)$/.exec(route);
    if (pin?.[1] !== undefined) return readPin(call, pin[1]);

    const token = call.param("X-Plex-Token");
    const account = token === null ? null : accountOf(token);
    if (token === null || account === null) return unauthorized(call);
    const client = call.param(clientHeader);
    if (client !== null) {
      devices.set(client, { clientIdentifier: client, product: call.param("X-Plex-Product") ?? "", account, token });
    }
    if (route === "GET /api/v2/ping") {
      return call.wantsJson
        ? json({ pong: true })
        : new Response('<?xml version="1.0" encoding="UTF-8"?>\n<pong>true</pong>', {
            headers: { "content-type": "text/xml" },
          });
    }
    if (route === "GET /api/v2/user") return answer(call, "user", userView(world, account, token));
    if (route === "GET /api/v2/resources") return resources(call, account);
    if (route === "DELETE /api/v2/users/signout") return signOut(token);
    if (/^(GET|POST) \/api\/v2\/user\/webhooks$/.test(route)) return webhooks(call, account);
    if (route === "GET /api/v2/home/users") return homeUsers(call, account);
    const switched = /^POST \/api\/v2\/home\/users\/([^/]+)\/switch$/.exec(route);
    if (switched?.[1] !== undefined) return switchUser(call, account, switched[1]);
    const device = /^DELETE \/devices\/([^/]+)\.xml$/.exec(route);
    if (device?.[1] !== undefined) return removeDevice(account, device[1]);
    return errorAnswer(call, 404, 1002, "Not found");
  };

  const pinByCode = (code: string): Pin | null => [...pins.values()].find((pin) => pin.code === code) ?? null;

  return {
    ...listen("plex.tv", null, deps, handle, options),
    pins,
    connections,
    devices,
    accountOf,
    pinByCode,
    approve(code, account) {
      const pin = pinByCode(code);
      if (pin === null || pin.expiresAt <= deps.now()) throw new Error("This code is unknown or has expired");
      pin.account = account;
      pin.authToken = mint(account);
      return pin;
    },
    expire(which) {
      const pin = typeof which === "string" ? pinByCode(which) : which;
      if (pin !== null) pin.expiresAt = deps.now() - 1;
    },
    revoke: (token) => {
      revoked.add(token);
    },
    revokeAll(account) {
      revoked.add(account.token);
      for (const [token, owner] of minted) if (owner === account) revoked.add(token);
    },
  };
}
