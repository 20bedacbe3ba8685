import { Elysia, t } from "elysia";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { ConnectInput, IntegrationView, PinCheck } from "../../services/integrations/types.ts";
import { contextOf, userOf } from "../context.ts";
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
const Params = t.Object({ provider: t.String({ description: "plex, jellyfin or emby" }) });
const Which = t.Object({
  integration: t.Optional(t.String({ description: "Needed only when several servers are connected (else 409)" })),
});

const PinBody = t.Object({ pinId: t.String({ maxLength: 200 }) });

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

const ConnectBody = t.Object({
  pinId: t.String({ maxLength: 200 }),
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

/** The media servers, all under the same paths with their own name. */
export function createIntegrationRoutes(deps: RouteDeps) {
  const { integrations, sync, providers } = deps;

  function providerOf(name: string): ProviderId {
    if (!isProviderId(name)) throw new AppError("not-found", "There is no such media server here.");
    return providers.get(name).manifest.id;
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
      "/api/integrations/:provider/auth/check",
      async ({ request, params, body }) => {
        providerOf(params.provider);
        return checkJson(await integrations.checkPin(userOf(request).id, body.pinId));
      },
      {
        params: Params,
        body: PinBody,
        response: { 200: Check },
        detail: { summary: "Whether the code has been approved, and which servers there are", tags },
      },
    )
    .post(
      "/api/integrations/:provider/connect",
      async ({ request, params, body, set }) => {
        const input: ConnectInput = body;
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
            "Tests the connection, then stores the sealed token. 502 with `attempts`, the reason for each address tried. The same server again renews its sign-in and keeps everything.",
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
        const { limit = 20, integration } = query;
        if (integration !== undefined) {
          const { id } = integrations.pick(userId, provider, integration);
          return { logs: sync.list(userId, { integrationId: Number(id), limit }).map(syncLogJson) };
        }
        return { logs: sync.list(userId, { provider, limit }).map(syncLogJson) };
      },
      {
        params: Params,
        query: t.Object({ ...Which.properties, limit: t.Optional(t.Integer({ minimum: 1, maximum: 100 })) }),
        response: { 200: t.Object({ logs: t.Array(SyncLog) }) },
        detail: { summary: "Recent syncs, newest first", tags },
      },
    );
}
