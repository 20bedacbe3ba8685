import type { z } from "zod";
import { fromIso } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { checked, type HttpAnswer, type HttpBody } from "../../kernel/http.ts";
import { createGate } from "../../kernel/limits.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { AccountApi, HomeApi, PinConnect } from "../contract.ts";
import { type PlexConfig, type PlexDeps, plexHeaders } from "./config.ts";
import { createHome } from "./home.ts";
import { createProbe } from "./probe.ts";
import { serverChoices } from "./resources.ts";
import { errorsSchema, namesOf, pinSchema, resourcesSchema, userSchema } from "./schemas.ts";
import { bodyValue } from "./xml.ts";

const name = "plex.tv";
const maxBytes = 4_000_000;
/** For a strong code, should the answer not say. */
const usualPinLifeMs = 1_800_000;

export function createPlexAccount(deps: PlexDeps): { account: AccountApi; pin: PinConnect; home: HomeApi } {
  const call = plexTvCaller(deps);
  const { plex, clock } = deps;

  const pin: PinConnect = {
    example: "http://192.168.1.10:32400",
    async start({ forwardUrl }) {
      // 201 with the code; whether it is asked for in the query or the body is the same to Plex.
      const started = await call("POST", "/api/v2/pins", { query: { strong: "true" }, read: as(pinSchema), tries: 2 });
      // The remaining seconds first: their clock and ours may differ.
      const lifeMs = started.expiresIn !== undefined && started.expiresIn > 0 ? started.expiresIn * 1000 : null;
      const until = lifeMs === null ? fromIso(started.expiresAt ?? "") : null;
      return {
        remoteId: started.id,
        code: secret(started.code),
        authUrl: authUrl(plex, started.code, forwardUrl),
        expiresAt: until ?? clock.now() + (lifeMs ?? usualPinLifeMs),
      };
    },
    check({ remoteId }) {
      return call("GET", `/api/v2/pins/${encodeURIComponent(remoteId)}`, {
        // Plex forgets a PIN when it expires: 404 with error 1020, or 410.
        accept: [404, 410],
        read(answer) {
          if (answer.status === 404 || answer.status === 410) return { state: "expired" } as const;
          const { authToken, expiresIn } = as(pinSchema)(answer);
          if (authToken) return { state: "granted", token: secret(authToken) } as const;
          return { state: expiresIn !== undefined && expiresIn <= 0 ? "expired" : "waiting" } as const;
        },
        tries: 1,
      });
    },
  };

  const account: AccountApi = {
    async account(token) {
      const user = await call("GET", "/api/v2/user", { token, read: as(userSchema) });
      // Managed members of a Plex Home have neither user name nor address.
      const username = user.username || user.title || user.email || `Account ${user.id}`;
      return { id: user.id, username, email: user.email || null, names: namesOf(user) };
    },
    async servers(token) {
      const query = { includeHttps: 1, includeRelay: 1, includeIPv6: 1 };
      return serverChoices(await call("GET", "/api/v2/resources", { token, query, read: as(resourcesSchema) }), token);
    },
    ping: (token) => call("GET", "/api/v2/ping", { token, read: () => undefined }),
    signOut: (token) => call("DELETE", "/api/v2/users/signout", { token, read: () => undefined }),
    probe: createProbe(deps),
  };

  return { account, pin, home: createHome(call) };
}

/** The page on which the user approves the code. Its parameters stand in the fragment and reach the page's script only. */
function authUrl(plex: PlexConfig, code: string, forwardUrl: string | null): string {
  const parameters = new URLSearchParams({
    clientID: plex.clientId,
    code,
    "context[device][product]": plex.product,
    "context[device][version]": plex.version,
    "context[device][deviceName]": plex.deviceName,
  });
  if (forwardUrl !== null) parameters.set("forwardUrl", forwardUrl);
  // Fragments are not forms: a plus sign there would stay one.
  return `${plex.plexApp}/auth#?${parameters.toString().replaceAll("+", "%20")}`;
}

export type PlexTvCall = ReturnType<typeof plexTvCaller>;

type Call<Out> = {
  token?: Secret;
  query?: Record<string, string | number>;
  body?: HttpBody;
  accept?: number[];
  read: (answer: HttpAnswer) => Out;
  tries?: number;
};

/** Requests to plex.tv. */
export function plexTvCaller({ http, clock, plex, timeouts }: PlexDeps) {
  // plex.tv counts requests and does not say how many are too many.
  const gate = createGate(clock, { concurrency: 4 });
  return <Out>(method: "GET" | "POST" | "DELETE", path: string, how: Call<Out>): Promise<Out> =>
    http.request({
      name,
      method,
      url: `${plex.plexTv}${path}`,
      query: how.query,
      headers: plexHeaders(plex, how.token ?? null),
      ...(how.body === undefined ? {} : { body: how.body }),
      accept: [422, ...(how.accept ?? [])],
      read(answer) {
        if (answer.status === 422) throw refused(answer);
        return how.read(answer);
      },
      timeoutMs: timeouts.plexTvMs,
      maxBytes,
      tries: how.tries ?? 3,
      gate,
    });
}

/** plex.tv also says 422 when it means that a token is dead. */
function refused(answer: HttpAnswer): AppError {
  const parsed = errorsSchema.safeParse(bodyValue(name, answer));
  const messages = parsed.success ? parsed.data.errors.map((each) => each.message ?? "") : [];
  const { status } = answer;
  if (messages.some((each) => /invalid.*token|token.*invalid/i.test(each))) {
    return new AppError("auth-expired", `${name} does not accept the sign-in any more (HTTP ${status}).`, { status });
  }
  return new AppError("bad-answer", `${name} refused the request (HTTP ${status}).`, { status });
}

export function as<Out>(schema: z.ZodType<Out>): (answer: HttpAnswer) => Out {
  return (answer) => checked(name, schema, bodyValue(name, answer));
}
