import { AppError } from "../../src/kernel/errors.ts";
import { type Secret, secret } from "../../src/kernel/secret.ts";
import type { Account, AccountPlace, Provider, ServerPlace, SignedIn } from "../../src/providers/contract.ts";

type Token = { accountId: string; deviceId: string };
type Code = { shown: string; deviceId: string; approvedBy: string | null; expired: boolean };

/** A server that keeps its accounts itself, as its provider sees it; with the rules that real ones have for device ids. */
export type AddressServer = {
  provider: Provider;
  url: string;
  accounts: Map<string, { account: Account; password: string }>;
  tokens: Map<string, Token>;
  codes: Map<string, Code>;
  apiKey: string;
  /** What happens to whoever asks; null: nothing. */
  trouble: AppError | null;
  codesOn: boolean;
  /** Token and device of every sign-out. */
  signedOut: Token[];
  exchanged: number;
  approve(shown: string, username: string): void;
};

const refused = (path: string, message: string) => new AppError("invalid", message, { fields: [{ path, message }] });

export function createAddressServer({ hasCodes = true } = {}): AddressServer {
  const identity = { serverId: "5e27e4", name: "Cellar", version: "10.11.2" };
  const url = "http://192.0.2.9:8096/media";
  const server: Omit<AddressServer, "provider"> = {
    url,
    accounts: new Map(),
    tokens: new Map(),
    codes: new Map(),
    apiKey: "the-key-of-the-cellar",
    trouble: null,
    codesOn: true,
    signedOut: [],
    exchanged: 0,
    approve(shown, username) {
      for (const code of server.codes.values()) if (code.shown === shown) code.approvedBy = username;
    },
  };
  for (const [id, username] of [
    ["1", "anna"],
    ["2", "ben"],
  ] as const) {
    server.accounts.set(username, { account: { id, username, email: null }, password: `${username}'s password` });
  }

  function answering(): void {
    if (server.trouble !== null) throw server.trouble;
  }

  function accountOf(token: Secret, place: AccountPlace | undefined): Account {
    answering();
    if (place === undefined) throw new Error("asked without a place");
    const id = token.reveal() === server.apiKey ? place.accountId : server.tokens.get(token.reveal())?.accountId;
    const found = [...server.accounts.values()].find(({ account }) => account.id === id);
    if (found === undefined) throw new AppError("auth-expired", "Cellar does not accept the sign-in any more.");
    return found.account;
  }

  /** One sign-in for each account and device: a further one ends the former, as real servers do. */
  function signIn(username: string, { deviceId }: ServerPlace): SignedIn {
    const known = server.accounts.get(username);
    if (known === undefined) throw new Error(`no account ${username}`);
    for (const [token, of] of server.tokens) {
      if (of.accountId === known.account.id && of.deviceId === deviceId) server.tokens.delete(token);
    }
    const token = `token-${crypto.randomUUID()}`;
    server.tokens.set(token, { accountId: known.account.id, deviceId });
    return { token: secret(token), account: known.account };
  }

  const provider: Provider = {
    manifest: {
      id: "jellyfin",
      label: "Jellyfin",
      connect: "address",
      capabilities: {
        history: false,
        incremental: false,
        webhooks: false,
        push: false,
        pushDates: false,
        datesBeginning: true,
      },
      accountUrl: null,
    },
    address: {
      example: "http://192.0.2.1:8096",
      guide: {
        code: hasCodes
          ? { name: "Quick Connect", where: "Enter it in an app of the server.", off: "An admin can switch it on." }
          : null,
        key: "Made in the dashboard.",
      },
      async find({ url: typed, insecureTls }) {
        answering();
        if (typed.includes("emby")) throw refused("serverUrl", "This is an Emby server. Use Connect Emby.");
        if (!typed.includes("192.0.2.9")) {
          const attempts = [{ uri: typed, kind: "typed", reason: "It has a certificate that nobody vouches for." }];
          throw new AppError("unreachable", `No server answers at ${typed}.`, { extra: { attempts } });
        }
        return { url, insecureTls, identity, code: hasCodes && server.codesOn };
      },
      async withPassword(place, { username, password }) {
        answering();
        if (server.accounts.get(username)?.password !== password.reveal()) {
          throw refused("password", "Cellar does not accept this user name and password.");
        }
        return signIn(username, place);
      },
      async accountsOf(_place, key) {
        answering();
        if (key.reveal() !== server.apiKey) throw refused("apiKey", "Cellar does not accept this key.");
        return [...server.accounts.values()].map(({ account }) => account);
      },
      ...(hasCodes
        ? {
            code: {
              async start({ deviceId }) {
                const shown = String(100_000 + server.codes.size);
                const asked = crypto.randomUUID();
                server.codes.set(asked, { shown, deviceId, approvedBy: null, expired: false });
                return { secret: secret(asked), code: shown, expiresAt: Date.UTC(2100, 0, 1) };
              },
              async check(place, asked) {
                answering();
                const code = server.codes.get(asked.reveal());
                if (code === undefined || code.expired) return { state: "expired" };
                if (code.approvedBy === null) return { state: "waiting" };
                // Asked twice at the same time, the second would find nothing.
                server.codes.delete(asked.reveal());
                server.exchanged++;
                return { state: "granted", ...signIn(code.approvedBy, place) };
              },
            },
          }
        : {}),
    },
    account: {
      account: async (token, place) => accountOf(token, place),
      servers: async (token, place) => {
        accountOf(token, place);
        const connections = [{ url: place?.url ?? "", kind: "typed" as const }];
        return [{ ...identity, owned: true, ownerName: null, online: true, connections, token }];
      },
      ping: async (token, place) => void accountOf(token, place),
      async signOut(token, place) {
        accountOf(token, place);
        const of = server.tokens.get(token.reveal());
        if (of === undefined || of.deviceId !== place?.deviceId) throw new Error("signed out from the wrong place");
        server.tokens.delete(token.reveal());
        server.signedOut.push(of);
      },
      async probe({ connections, token, insecureTls = false, place }) {
        const results = connections.map((connection) => {
          const ok = server.trouble === null && connection.url === url;
          return { ...connection, ok, ms: ok ? 2 : null, reason: ok ? null : "It did not answer.", insecureTls };
        });
        const [first] = results;
        if (first === undefined || !first.ok) return { results, best: null };
        accountOf(token, place);
        return { results, best: { ...first, identity } };
      },
    },
    open: () => {
      throw new AppError("unreachable", "Cellar is asleep.");
    },
  };
  return Object.assign(server, { provider });
}
