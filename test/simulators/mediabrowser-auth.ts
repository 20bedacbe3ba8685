import {
  isEmby,
  type MediaServerState,
  type MediaToken,
  type MediaUser,
  type QuickConnectRequest,
  releaseOf,
} from "./mediabrowser-state.ts";
import { hexOf } from "./random.ts";
import type { Call } from "./simulator.ts";

/** Who asks: the identity header in its ways and words, tokens with their rules, codes of Quick Connect. */

export type Identity = { client: string; device: string; deviceId: string; version: string };

export type Caller = { identity: Partial<Identity>; given: string | null; token: MediaToken | null };

export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `MediaBrowser Client="…", Token="…"`: the scheme in any case, the names as they are, each value URL-decoded. */
export function parseIdentityHeader(header: string, schemes: readonly string[]): Record<string, string> | null {
  const space = header.indexOf(" ");
  const scheme = space < 0 ? header : header.slice(0, space);
  if (!schemes.includes(scheme.toLowerCase())) return null;
  const parts = header.slice(space + 1).match(/(?:[^,"]|"[^"]*")+/g) ?? [];
  const values: Record<string, string> = {};
  for (const part of parts) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const value = part
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    values[part.slice(0, equals).trim()] = urlDecoded(value);
  }
  return values;
}

function urlDecoded(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The parameters of an address, whose names these servers compare without regard to case. */
export function queryOf(call: Call): (name: string) => string | null {
  const values = new Map<string, string>();
  for (const [name, value] of call.url.searchParams) {
    const key = name.toLowerCase();
    const earlier = values.get(key);
    values.set(key, earlier === undefined ? value : `${earlier},${value}`);
  }
  return (name) => values.get(name.toLowerCase()) ?? null;
}

export function callerOf(state: MediaServerState, call: Call): Caller {
  const legacy = isEmby(state) || state.quirks.legacyAuth;
  const schemes = legacy ? ["mediabrowser", "emby"] : ["mediabrowser"];
  const headers = call.request.headers;
  const header = (legacy ? headers.get("x-emby-authorization") : null) ?? headers.get("authorization") ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything but plain ASCII is refused before routing
  if (/[^\x00-\x7f]/.test(header)) throw new Refused(400, "");
  const values = parseIdentityHeader(header, schemes) ?? {};
  // The address of a parameter's name matters here: ApiKey is the new one, api_key the old one.
  const address = (name: string): string | null => call.url.searchParams.get(name);
  const ways = [
    values["Token"] ?? null,
    legacy ? headers.get("x-emby-token") : null,
    legacy ? headers.get("x-mediabrowser-token") : null,
    isEmby(state) ? null : address("ApiKey"),
    legacy ? address("api_key") : null,
  ];
  const given = ways.find((way) => way !== null && way !== "") ?? null;
  const token = given === null ? null : (state.tokens.get(given) ?? null);
  const identity: Partial<Identity> = {};
  if (values["Client"]) identity.client = values["Client"];
  if (values["Device"]) identity.device = values["Device"];
  if (values["DeviceId"]) identity.deviceId = values["DeviceId"];
  if (values["Version"]) identity.version = values["Version"];
  if (token?.user) Object.assign(token, identity);
  return { identity, given, token };
}

export function wholeIdentity({ identity }: Caller): Identity {
  const { client, device, deviceId, version } = identity;
  if (client === undefined || device === undefined || deviceId === undefined || version === undefined)
    throw new Refused(400, "Error processing request.");
  return { client, device, deviceId, version };
}

export type Credentials = {
  /** The session of a name and password; throws what a server answers otherwise. */
  signIn(name: string, password: string, identity: Identity): MediaToken;
  /** A token without asking for a password. */
  issue(user: MediaUser, identity?: Partial<Identity>): MediaToken;
  addKey(app: string): MediaToken;
  revoke(text: string): void;
  revokeAll(user: MediaUser): void;
  initiate(identity: Identity): QuickConnectRequest;
  requestOf(secret: string): QuickConnectRequest | null;
  /** What the person does in the settings of a signed-in app. */
  approve(code: string, user: MediaUser): QuickConnectRequest;
  expire(code: string): void;
};

const codeLifeMs = 10 * 60_000;

export function createCredentials(state: MediaServerState, now: () => number, keepsTokens = false): Credentials {
  let serial = 1;
  const textOf = (user: MediaUser | null, number: number): string =>
    hexOf(`token ${number} ${user?.name ?? "key"} ${state.id}`, 32);

  const addToken = (user: MediaUser | null, identity: Partial<Identity>): MediaToken => {
    const token: MediaToken = {
      text: textOf(user, serial++),
      user,
      client: identity.client ?? "Jellyfin Web",
      device: identity.device ?? "Firefox",
      deviceId: identity.deviceId ?? hexOf(`device ${serial} ${state.id}`, 32),
      version: identity.version ?? state.version,
      createdAt: now(),
    };
    state.tokens.set(token.text, token);
    return token;
  };

  if (keepsTokens) {
    for (const user of state.users) {
      for (let number = 1; number <= 50; number++) {
        const text = textOf(user, number);
        const device = { client: "", device: "", deviceId: `kept-${number}`, version: "" };
        state.tokens.set(text, { text, user, ...device, createdAt: now() });
      }
    }
    serial = 51;
  }

  const issue = (user: MediaUser, identity: Partial<Identity> = {}): MediaToken => {
    const onDevice = [...state.tokens.values()].filter(
      ({ deviceId, user: owner }) => owner !== null && deviceId === identity.deviceId,
    );
    const own = onDevice.find((token) => token.user === user);
    if (isEmby(state) || releaseOf(state) === 1008) {
      for (const token of onDevice) if (token.user !== user) state.tokens.delete(token.text);
      if (own !== undefined) return own;
    } else if (own !== undefined) state.tokens.delete(own.text);
    return addToken(user, identity);
  };

  const live = (): QuickConnectRequest[] => {
    state.codes = state.codes.filter(({ addedAt }) => now() - addedAt <= codeLifeMs);
    return state.codes;
  };

  return {
    issue,
    signIn(name, password, identity) {
      const user = state.users.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
      const text = isEmby(state) ? "Invalid username or password entered." : "Error processing request.";
      if (user === undefined) throw new Refused(401, text);
      if (user.password !== password) {
        user.failedSignIns += 1;
        const { lockoutAfter } = state.quirks;
        if (lockoutAfter !== null && user.failedSignIns >= lockoutAfter) user.disabled = true;
        throw new Refused(401, text);
      }
      if (user.disabled) throw new Refused(403, isEmby(state) ? "User account has been disabled." : text);
      user.failedSignIns = 0;
      return issue(user, identity);
    },
    addKey: (app) => addToken(null, { client: app, device: "", deviceId: "", version: "" }),
    revoke: (text) => {
      state.tokens.delete(text);
    },
    revokeAll(user) {
      for (const token of state.tokens.values()) if (token.user === user) state.tokens.delete(token.text);
    },
    initiate(identity) {
      const number = serial++;
      const digits = Number.parseInt(hexOf(`code ${number} ${state.id}`, 8), 16) % 1_000_000;
      const request: QuickConnectRequest = {
        code: String(digits).padStart(6, "0"),
        secret: hexOf(`secret ${number} ${state.id}`, 64),
        ...identity,
        addedAt: now(),
        user: null,
      };
      live().push(request);
      return request;
    },
    requestOf: (secret) => live().find((request) => request.secret === secret) ?? null,
    approve(code, user) {
      const request = live().find((candidate) => candidate.code === code);
      if (request === undefined) throw new Refused(404, "Unable to find request");
      request.user = user;
      // From here on it lives another eleven minutes.
      request.addedAt = now() + 60_000;
      return request;
    },
    expire(code) {
      state.codes = state.codes.filter((request) => request.code !== code);
    },
  };
}
