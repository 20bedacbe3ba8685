import { Elysia, t } from "elysia";
import { isProviderId, PROVIDER_CHOICE, type ProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import { secret } from "../../kernel/secret.ts";
import type { ConnectInput, IntegrationView, PinCheck } from "../../services/integrations/types.ts";
import { adminOf, contextOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { pinReturnUrl } from "../public-url.ts";
import {
  Id,
  Integration,
  Iso,
  iso,
  NoContent,
  NumberingName,
  PreferencesChange,
  SyncLog,
  SyncStarted,
  TextOrNull,
} from "./schemas.ts";
import { integrationJson, syncLogJson } from "./shapes.ts";

const tags = ["Integrations"];
const Params = t.Object({ provider: t.String({ description: PROVIDER_CHOICE }) });
const Which = t.Object({
  integration: t.Optional(t.String({ description: "Needed only when several servers are connected (else 409)" })),
});

const SignInId = t.Optional(t.String({ maxLength: 200, description: "Of auth/pin: its pinId. Else the requestId" }));
const signInFields = { pinId: SignInId, requestId: SignInId };

const addressFields = {
  serverUrl: t.String({ maxLength: 2000, description: "With or without scheme, port and path" }),
  insecureTls: t.Optional(t.Boolean({ description: "Accept a certificate that cannot be checked" })),
};
const PasswordBody = t.Object({
  ...addressFields,
  username: t.String({ maxLength: 200 }),
  password: t.String({ maxLength: 1000, description: "Handed to the server and not kept; may be empty" }),
});
const KeyBody = t.Object({
  ...addressFields,
  apiKey: t.String({ maxLength: 1000 }),
  accountId: t.Optional(t.String({ maxLength: 200, description: "For whom the key acts; left out: who there is" })),
});

const Server = t.Object({
  machineIdentifier: t.String(),
  name: t.String(),
  owned: t.Boolean(),
  ownerName: TextOrNull,
  online: t.Boolean(),
  connections: t.Array(t.Object({ uri: t.String(), local: t.Boolean(), relay: t.Boolean() })),
});

// One shape for waiting, expired and granted: which members are there says which it is.
const Check = t.Object({
  authorized: t.Boolean(),
  expired: t.Optional(t.Boolean()),
  account: t.Optional(t.Object({ username: t.String(), email: TextOrNull })),
  servers: t.Optional(t.Array(Server)),
});

const SignedInAtServer = t.Object({ requestId: t.Optional(Id), ...Check.properties });
const KeyAnswer = t.Object({
  ...SignedInAtServer.properties,
  accounts: t.Optional(t.Array(t.Object({ id: Id, username: t.String() }))),
});

const ConnectBody = t.Object({
  ...signInFields,
  machineIdentifier: t.Optional(t.String({ maxLength: 200, description: "May be left out when there is one server" })),
  serverUrl: t.Optional(t.String({ maxLength: 2000, description: "An address to use instead of the known ones" })),
  insecureTls: t.Optional(t.Boolean({ description: "Accept a certificate that cannot be checked" })),
});

const SettingsBody = t.Object({
  autoSync: t.Optional(t.Boolean()),
  schedule: t.Optional(t.String({ maxLength: 200, description: "Five cron fields, in the user's time zone" })),
  enabled: t.Optional(t.Boolean()),
  libraries: t.Optional(t.Array(t.String(), { description: "Keys of the libraries to read; others are switched off" })),
  unmarks: t.Optional(t.Union([t.Literal("ignore"), t.Literal("follow")])),
  addShows: t.Optional(t.Union([t.Literal("watched"), t.Literal("all")])),
  twoWay: t.Optional(
    t.Boolean({ description: "Send marks to the server too. Nothing goes out before `two-way/confirm`" }),
  ),
  insecureTls: t.Optional(t.Boolean()),
  preferences: t.Optional(PreferencesChange),
  numbering: t.Optional(
    t.Record(t.String(), NumberingName, {
      description: "How libraries number their episodes, by the key of the library; absolute: straight through",
    }),
  ),
});

const { libraries, unmarks, addShows, preferences, numbering } = SettingsBody.properties;
const PreviewBody = t.Object({ libraries, unmarks, addShows, preferences, numbering });

function checkJson(check: PinCheck) {
  if (!check.authorized) return check;
  const { username, email } = check.account;
  return { authorized: true, account: { username, email }, servers: check.servers };
}

function signInIdOf({ pinId, requestId }: { pinId?: string; requestId?: string }): string {
  const id = requestId ?? pinId;
  if (id !== undefined) return id;
  const message = "Say which sign-in is meant.";
  throw new AppError("invalid", message, {
    fields: [
      { path: "pinId", message },
      { path: "requestId", message },
    ],
  });
}

/** The media servers, all under the same paths with their own name. */
export function createIntegrationRoutes(deps: RouteDeps) {
  const { integrations, sync, providers } = deps;

  function providerOf(name: string): ProviderId {
    if (!isProviderId(name)) throw new AppError("not-found", "There is no such media server here.");
    return providers.get(name).manifest.id;
  }

  async function signedIn(userId: number, requestId: string) {
    return { requestId, ...checkJson(await integrations.checkPin(userId, requestId)) };
  }

  function pick(request: Request, provider: string, which: string | undefined): IntegrationView {
    return integrations.pick(userOf(request).id, providerOf(provider), which);
  }

  return new Elysia()
    .get(
      "/api/integrations",
      ({ request }) => ({ items: integrations.list(userOf(request).id).map(integrationJson), nextCursor: null }),
      {
        response: { 200: t.Object({ items: t.Array(Integration), nextCursor: t.Null() }) },
        detail: { summary: "Your connected media servers", tags },
      },
    )
    .get(
      "/api/integrations/:provider/auth/pin",
      async ({ request, params }) => {
        const provider = providerOf(params.provider);
        const forwardUrl = pinReturnUrl(deps, contextOf(request), provider);
        const { pinId, code, authUrl, expiresAt } = await integrations.startPin(userOf(request).id, provider, {
          forwardUrl,
        });
        return { pinId, code, authUrl, expiresAt: iso(expiresAt) };
      },
      {
        params: Params,
        response: { 200: t.Object({ pinId: Id, code: t.String(), authUrl: t.String(), expiresAt: Iso }) },
        detail: { summary: "Begin to sign in with a code", description: "Open authUrl, then ask auth/check.", tags },
      },
    )
    .post(
      "/api/integrations/:provider/auth/password",
      async ({ request, params, body: { password, ...who } }) => {
        const userId = userOf(request).id;
        const input = { ...who, password: secret(password) };
        return signedIn(userId, await integrations.signInWithPassword(userId, providerOf(params.provider), input));
      },
      {
        params: Params,
        body: PasswordBody,
        response: { 200: SignedInAtServer },
        detail: {
          summary: "Sign in at a server with user name and password",
          description:
            "For servers that keep their accounts themselves. 422 names the field at fault: `serverUrl` when another kind of server answers there, `password` when it does not accept the two. 429 with Retry-After after repeated failures. 502 with `attempts` when nobody answers. Go on with connect.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/auth/quick-connect",
      async ({ request, params, body }) => {
        const started = await integrations.startCode(userOf(request).id, providerOf(params.provider), body);
        return { ...started, expiresAt: iso(started.expiresAt) };
      },
      {
        params: Params,
        body: t.Object(addressFields),
        response: { 200: t.Object({ requestId: Id, code: t.String(), expiresAt: Iso }) },
        detail: {
          summary: "Begin to sign in at a server with a code",
          description:
            "Show the code; the user approves it on the server. Ask auth/check meanwhile. 422 where the server has this switched off, or its kind does not know it.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/auth/key",
      async ({ request, params, body: { apiKey, accountId, ...at } }) => {
        const { id: userId } = adminOf(request);
        const input = { ...at, apiKey: secret(apiKey) };
        const { requestId, accounts } = await integrations.signInWithKey(userId, providerOf(params.provider), input);
        if (accountId === undefined) {
          return { authorized: false, accounts: accounts.map(({ id, username }) => ({ id, username })) };
        }
        await integrations.chooseAccount(userId, requestId, accountId);
        return signedIn(userId, requestId);
      },
      {
        params: Params,
        body: KeyBody,
        response: { 200: KeyAnswer },
        detail: {
          summary: "Connect with a key of the server's, as an admin",
          description:
            "A key acts for everybody on the server, so only an admin may use one. Without `accountId`: the `accounts` it may act for. 403 for members.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/auth/check",
      async ({ request, params, body }) => {
        providerOf(params.provider);
        return checkJson(await integrations.checkPin(userOf(request).id, signInIdOf(body)));
      },
      {
        params: Params,
        body: t.Object(signInFields),
        response: { 200: Check },
        detail: { summary: "Whether the sign-in has been approved, and which servers there are", tags },
      },
    )
    .post(
      "/api/integrations/:provider/connect",
      async ({ request, params, body, set }) => {
        const { pinId: _pinId, requestId: _requestId, ...how } = body;
        const input: ConnectInput = { pinId: signInIdOf(body), ...how };
        const made = await integrations.connect(userOf(request).id, providerOf(params.provider), input);
        set.status = 201;
        return integrationJson(made.integration);
      },
      {
        params: Params,
        body: ConnectBody,
        response: { 201: Integration },
        detail: {
          summary: "Connect a server",
          description:
            "Tests the connection, then stores the sealed token. 502 with `attempts`, the reason for each address tried. The same server again renews its sign-in and keeps everything, also with another account: its plays come beside those of the first, and two-way sync is off until it is agreed to again. To ask before that, compare `account` of `auth/check` with whom the integration of that `machineIdentifier` is connected as.",
          tags,
        },
      },
    )
    .get(
      "/api/integrations/:provider/connect",
      ({ request, params }) => {
        const all = integrations.list(userOf(request).id, providerOf(params.provider)).map(integrationJson);
        const [first] = all;
        return first === undefined ? { connected: false } : { connected: true, integration: first, integrations: all };
      },
      {
        params: Params,
        response: {
          200: t.Object({
            connected: t.Boolean(),
            integration: t.Optional(Integration),
            integrations: t.Optional(t.Array(Integration)),
          }),
        },
        detail: { summary: "What is connected", tags },
      },
    )
    .delete(
      "/api/integrations/:provider/connect",
      async ({ request, params, query, set }) => {
        const { id } = pick(request, params.provider, query.integration);
        await integrations.disconnect(userOf(request).id, id);
        set.status = 204;
      },
      {
        params: Params,
        query: Which,
        response: { 204: NoContent },
        detail: { summary: "Disconnect a server; synced watches stay", tags },
      },
    )
    .patch(
      "/api/integrations/:provider/settings",
      ({ request, params, query, body }) => {
        const { id } = pick(request, params.provider, query.integration);
        return integrationJson(integrations.update(userOf(request).id, id, body));
      },
      {
        params: Params,
        query: Which,
        body: SettingsBody,
        response: { 200: Integration },
        detail: { summary: "Change when and what is synced", tags },
      },
    )
    .post(
      "/api/integrations/:provider/dismiss",
      ({ request, params, query, set }) => {
        const { id } = pick(request, params.provider, query.integration);
        integrations.dismiss(userOf(request).id, id);
        set.status = 204;
      },
      {
        params: Params,
        query: Which,
        response: { 204: NoContent },
        detail: { summary: "Put the notice about the server's present trouble away, until it is another", tags },
      },
    )
    .get(
      "/api/integrations/:provider/libraries",
      async ({ request, params, query }) => {
        const { id } = pick(request, params.provider, query.integration);
        return { items: await integrations.libraries(userOf(request).id, id) };
      },
      {
        params: Params,
        query: Which,
        response: {
          200: t.Object({
            items: t.Array(
              t.Object({
                key: t.String(),
                title: t.String(),
                type: t.String(),
                enabled: t.Boolean(),
                numbering: NumberingName,
              }),
            ),
          }),
        },
        detail: { summary: "The server's TV libraries", tags },
      },
    )
    .post(
      "/api/integrations/:provider/sync",
      ({ request, params, query, body, set }) => {
        const { id } = pick(request, params.provider, query.integration);
        const full = body?.full;
        set.status = 202;
        return { syncId: sync.start(Number(id), { trigger: "manual", ...(full === undefined ? {} : { full }) }) };
      },
      {
        params: Params,
        query: Which,
        body: t.Optional(t.Object({ full: t.Optional(t.Boolean({ description: "Read everything anew" })) })),
        response: { 202: SyncStarted },
        detail: {
          summary: "Start a sync in the background",
          description: "409 with `syncId` while one runs, 409 with a hint when a sign-in is needed.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/sync/preview",
      ({ request, params, query, body, set }) => {
        const { id } = pick(request, params.provider, query.integration);
        set.status = 202;
        const settings = Object.keys(body ?? {}).length === 0 ? {} : { settings: body ?? {} };
        return { syncId: sync.start(Number(id), { trigger: "manual", mode: "preview", ...settings }) };
      },
      {
        params: Params,
        query: Which,
        body: t.Optional(PreviewBody),
        response: { 202: SyncStarted },
        detail: {
          summary: "Start a run that changes nothing; its items are the plan",
          description:
            "With settings in the body, as if these had been saved: what they keep out is in the plan with the action `leave-out`, and counted in the notes.",
          tags,
        },
      },
    )
    .get(
      "/api/integrations/:provider/sync",
      ({ request, params, query }) => {
        const userId = userOf(request).id;
        const provider = providerOf(params.provider);
        const { limit = 20, integration, live } = query;
        const id = integration === undefined ? undefined : integrations.pick(userId, provider, integration).id;
        const which = id === undefined ? { provider } : { integrationId: Number(id) };
        return { logs: sync.list(userId, { ...which, live, limit }).map(syncLogJson) };
      },
      {
        params: Params,
        query: t.Object({
          ...Which.properties,
          limit: t.Optional(t.Integer({ minimum: 1, maximum: 100 })),
          live: t.Optional(
            t.Boolean({
              description:
                "true: only what the server's own news brought (webhook, stream). false: only syncs. Left out: both",
            }),
          ),
        }),
        response: { 200: t.Object({ logs: t.Array(SyncLog) }) },
        detail: { summary: "Recent syncs, newest first", tags },
      },
    );
}
