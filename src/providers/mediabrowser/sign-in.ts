import { AppError, hasCode, isAppError } from "../../kernel/errors.ts";
import { asJson, type HttpAnswer } from "../../kernel/http.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { AddressConnect, CodeState, ServerPlace, SignedIn } from "../contract.ts";
import { type AskOptions, createMediaBrowserClient, type MediaBrowserClient } from "./client.ts";
import type { MediaBrowserDeps } from "./config.ts";
import { createFind } from "./find.ts";
import { toAccount } from "./mapper.ts";
import { codeSchema, signedInSchema, usersSchema } from "./schemas.ts";

const name = "The server";
/** How long a server keeps a code. We count it ourselves: the two clocks need not agree. */
const codeLifeMs = 600_000;

export function createAddressConnect(deps: MediaBrowserDeps): AddressConnect {
  const { dialect } = deps;
  const clientAt = ({ url, insecureTls, deviceId }: ServerPlace, token: Secret | null) =>
    createMediaBrowserClient(deps, { name, url, token, insecureTls, deviceId });

  return {
    example: dialect.example,
    guide: dialect.guide,
    find: createFind(deps),

    withPassword: (place, { username, password }) =>
      clientAt(place, null).ask("/Users/AuthenticateByName", {
        method: "POST",
        body: { json: { Username: username, Pw: password.reveal() } },
        accept: [401, 403],
        read(answer) {
          if (answer.status === 401 || answer.status === 403) throw refusedPassword(answer.status);
          return readSignedIn(answer);
        },
        // Failed sign-ins are counted, and lock the account in the end.
        tries: 1,
        counts: true,
      }),

    async accountsOf(place, key) {
      try {
        const users = await clientAt(place, key).ask(dialect.accounts, { read: asJson(name, usersSchema) });
        return users.filter(({ Policy }) => Policy.IsDisabled !== true).map(toAccount);
      } catch (error) {
        if (!hasCode(error, "auth-expired")) throw error;
        const message = "The server does not accept this key. Keys are made on the server's own pages, under API keys.";
        throw new AppError("invalid", message, { cause: error, fields: [{ path: "apiKey", message }] });
      }
    },

    ...(dialect.guide.code !== null ? { code: createCodes(deps, clientAt) } : {}),
  };
}

function readSignedIn(answer: HttpAnswer): SignedIn {
  const { AccessToken, User } = asJson(name, signedInSchema)(answer);
  return { token: secret(AccessToken), account: toAccount(User) };
}

function refusedPassword(status: number): AppError {
  const message =
    status === 401
      ? "The server does not accept this user name and password."
      : "The server knows this user but lets them not in: the account may be disabled, not allowed from here or at this hour, or signed in too often.";
  return new AppError("invalid", message, { status, fields: [{ path: "password", message }] });
}

function createCodes(
  { clock }: MediaBrowserDeps,
  clientAt: (place: ServerPlace, token: Secret | null) => MediaBrowserClient,
): NonNullable<AddressConnect["code"]> {
  const switchedOff = (error: unknown) =>
    new AppError("unsupported", "Signing in by a code is switched off on this server.", {
      cause: error,
      hint: "Sign in with user name and password, or have the server's owner switch Quick Connect on.",
    });

  return {
    async start(place) {
      const client = clientAt(place, null);
      const initiate = (method: "POST" | "GET") =>
        client.ask("/QuickConnect/Initiate", { method, read: asJson(name, codeSchema), tries: 1 });
      try {
        // Old servers know it as the GET it was at first.
        const started = await initiate("POST").catch((error: unknown) => {
          if (!hasCode(error, "not-found") && statusOf(error) !== 405) throw error;
          return initiate("GET");
        });
        return { secret: secret(started.Secret), code: started.Code, expiresAt: clock.now() + codeLifeMs };
      } catch (error) {
        if (hasCode(error, "auth-expired")) throw switchedOff(error);
        throw error;
      }
    },

    async check(place, code): Promise<CodeState> {
      const client = clientAt(place, null);
      const known = <Out>(path: string, how: AskOptions<Out>) => unlessForgotten(() => client.ask(path, how));
      const state = await known("/QuickConnect/Connect", {
        query: { secret: code.reveal() },
        read: asJson(name, codeSchema),
        tries: 1,
      });
      if (state === null) return { state: "expired" };
      if (state.Authenticated !== true) return { state: "waiting" };
      const signedIn = await known("/Users/AuthenticateWithQuickConnect", {
        method: "POST",
        body: { json: { Secret: code.reveal() } },
        read: readSignedIn,
        tries: 1,
        counts: true,
      });
      return signedIn === null ? { state: "expired" } : { state: "granted", ...signedIn };
    },
  };
}

/** Null when the server knows the code no longer, or has stopped taking codes altogether. */
async function unlessForgotten<Out>(ask: () => Promise<Out>): Promise<Out | null> {
  try {
    return await ask();
  } catch (error) {
    if (hasCode(error, "not-found", "auth-expired") || statusOf(error) === 400) return null;
    throw error;
  }
}

const statusOf = (error: unknown): number | undefined => (isAppError(error) ? error.status : undefined);
