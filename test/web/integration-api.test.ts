import { afterEach, describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import type { Integrations } from "../../src/services/integrations/types.ts";
import type { SyncService } from "../../src/services/sync/types.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync, integrationView, syncLogView } from "../support/fake-services.ts";

let app: TestApp;
afterEach(() => app.close());

const missing = () => {
  throw new AppError("not-found", "Plex is not connected.");
};

async function browserWith(integrations: Partial<Integrations>, sync: Partial<SyncService> = {}) {
  app = createTestApp({ services: { integrations: fakeIntegrations(integrations), sync: fakeSync(sync) } });
  return app.signIn();
}

const shape = {
  id: "1",
  provider: "plex",
  serverUrl: "http://192.0.2.7:32400",
  serverName: "Attic",
  machineIdentifier: "machine-1",
  plexUsername: "ana",
  plexEmail: "ana@example.invalid",
  lastSync: null,
  enabled: true,
  autoSync: true,
  schedule: "0 * * * *",
  nextSync: "2026-01-02T04:04:05.000Z",
  status: "ok",
  createdAt: "2026-01-02T03:04:05.000Z",
  updatedAt: "2026-01-02T03:04:05.000Z",
};

describe("signing in with a code", () => {
  test("gives the code, where to enter it and until when", async () => {
    const ana = await browserWith({
      startPin: async () => ({ pinId: "p1", code: "AB12", authUrl: "https://app.plex.tv/auth#?code=x", expiresAt: 0 }),
    });
    const answer = await ana.get("/api/integrations/plex/auth/pin");
    expect([answer.status, answer.json]).toEqual([
      200,
      { pinId: "p1", code: "AB12", authUrl: "https://app.plex.tv/auth#?code=x", expiresAt: "1970-01-01T00:00:00.000Z" },
    ]);
  });

  test("says whether it was approved, in the three shapes of the guide", async () => {
    const account = { id: "42", username: "ana", email: null };
    const server = {
      machineIdentifier: "machine-1",
      name: "Attic",
      owned: true,
      ownerName: null,
      online: true,
      connections: [{ uri: "http://192.0.2.7:32400", local: true, relay: false }],
    };
    const ana = await browserWith({
      async checkPin(_user, pinId) {
        if (pinId === "granted") return { authorized: true, account, servers: [server] };
        if (pinId === "waiting" || pinId === "expired") return { authorized: false, expired: pinId === "expired" };
        return missing();
      },
    });
    const check = (pinId: string) => ana.post("/api/integrations/plex/auth/check", { pinId });
    expect((await check("waiting")).json).toEqual({ authorized: false, expired: false });
    expect((await check("expired")).json).toEqual({ authorized: false, expired: true });
    expect((await check("granted")).json).toEqual({
      authorized: true,
      account: { username: "ana", email: null },
      servers: [server],
    });
    expect((await check("unknown")).status).toBe(404);
    expect((await ana.post("/api/integrations/plex/auth/check", {})).status).toBe(422);
  });
});

describe("connecting", () => {
  test("answers 201 with the integration, without tokens", async () => {
    const leaky = { ...integrationView(), sealedServerToken: "sealed", token: "secret" };
    const ana = await browserWith({ connect: async () => ({ integration: leaky, attempts: [] }) });
    const answer = await ana.post("/api/integrations/plex/connect", { pinId: "p1", machineIdentifier: "machine-1" });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject(shape);
    expect(answer.text).not.toMatch(/sealed|secret|token/i);
  });

  test("answers 502 with the reason for each address tried", async () => {
    const attempts = [{ url: "http://192.0.2.7:32400", kind: "local", ok: false, reason: "refused the connection" }];
    const ana = await browserWith({
      async connect() {
        throw new AppError("unreachable", "Attic does not answer.", { extra: { attempts }, hint: "Switch it on." });
      },
    });
    const answer = await ana.post("/api/integrations/plex/connect", { pinId: "p1" });
    expect([answer.status, answer.json.attempts, answer.json.hint]).toEqual([502, attempts, "Switch it on."]);
  });

  test("is reported, also when nothing or several are connected", async () => {
    const connected = [integrationView(), integrationView({ id: "2", serverName: "Cellar" })];
    const ana = await browserWith({ list: () => connected });
    const answer = (await ana.get("/api/integrations/plex/connect")).json;
    expect(answer).toMatchObject({ connected: true, integration: shape });
    expect(answer.integrations.map((each: { id: string }) => each.id)).toEqual(["1", "2"]);
    expect((await ana.get("/api/integrations")).json).toMatchObject({ items: [shape, {}], nextCursor: null });
    connected.length = 0;
    expect((await ana.get("/api/integrations/plex/connect")).json).toEqual({ connected: false });
  });

  test("to a kind of server that is not offered is a 404", async () => {
    const ana = await browserWith({});
    for (const provider of ["jellyfin", "kodi", "__proto__"]) {
      expect((await ana.get(`/api/integrations/${provider}/auth/pin`)).status).toBe(404);
      expect((await ana.get(`/api/integrations/${provider}/connect`)).status).toBe(404);
      expect((await ana.post(`/api/integrations/${provider}/sync`)).status).toBe(404);
    }
  });
});

describe("one of several servers", () => {
  test("is named by ?integration=, in every call that needs it", async () => {
    const asked: (string | undefined)[] = [];
    const calls: string[] = [];
    const ana = await browserWith(
      {
        pick(_user, _provider, id) {
          asked.push(id);
          if (id === undefined) throw new AppError("conflict", "You have several Plex servers connected.");
          return integrationView({ id });
        },
        async disconnect(_user, id) {
          calls.push(`disconnect ${id}`);
        },
        async libraries(_user, id) {
          calls.push(`libraries ${id}`);
          return [{ key: "2", title: "Series", type: "show", enabled: true, numbering: "auto" }];
        },
        update(_user, id, input) {
          calls.push(`update ${id} ${JSON.stringify(input)}`);
          return integrationView({ id });
        },
      },
      {
        start(id, options) {
          calls.push(`start ${id} ${JSON.stringify(options)}`);
          return "7";
        },
      },
    );
    const at = (path: string) => `/api/integrations/plex/${path}`;
    expect((await ana.get(at("libraries"))).status).toBe(409);
    expect((await ana.get(at("libraries?integration=2"))).json).toEqual({
      items: [{ key: "2", title: "Series", type: "show", enabled: true, numbering: "auto" }],
    });
    const settings = await ana.patch(at("settings?integration=2"), { autoSync: false, libraries: ["2"], id: "9" });
    expect([settings.status, settings.json.id]).toEqual([200, "2"]);
    const full = await ana.post(at("sync?integration=2"), { full: true });
    expect([full.status, full.json]).toEqual([202, { syncId: "7" }]);
    expect((await ana.post(at("sync?integration=2"))).status).toBe(202);
    expect((await ana.post(at("sync/preview?integration=2"))).json).toEqual({ syncId: "7" });
    expect((await ana.delete(at("connect?integration=2"))).status).toBe(204);
    expect(asked).toEqual([undefined, "2", "2", "2", "2", "2", "2"]);
    expect(calls).toEqual([
      "libraries 2",
      'update 2 {"autoSync":false,"libraries":["2"]}',
      'start 2 {"trigger":"manual","full":true}',
      'start 2 {"trigger":"manual"}',
      'start 2 {"trigger":"manual","mode":"preview"}',
      "disconnect 2",
    ]);
  });

  test("that is not connected is a 404 everywhere but in the list of syncs", async () => {
    const ana = await browserWith({ pick: missing }, { list: () => [] });
    expect((await ana.get("/api/integrations/plex/libraries")).status).toBe(404);
    expect((await ana.patch("/api/integrations/plex/settings", {})).status).toBe(404);
    expect((await ana.post("/api/integrations/plex/sync")).status).toBe(404);
    expect((await ana.get("/api/integrations/plex/sync")).json).toEqual({ logs: [] });
  });

  test("that syncs already says which run it is", async () => {
    const ana = await browserWith(
      { pick: () => integrationView() },
      {
        start() {
          throw new AppError("conflict", "A sync is running.", { extra: { syncId: "6" } });
        },
      },
    );
    const answer = await ana.post("/api/integrations/plex/sync", {});
    expect([answer.status, answer.json.syncId]).toEqual([409, "6"]);
  });
});

describe("runs", () => {
  test("are listed in the guide's shape, as many as asked for", async () => {
    const limits: number[] = [];
    const ana = await browserWith(
      {},
      {
        list(_user, { limit, provider }) {
          limits.push(limit);
          return [syncLogView(), syncLogView({ id: "8", provider: "jellyfin" })].filter(
            (log) => log.provider === provider,
          );
        },
      },
    );
    const { logs } = (await ana.get("/api/integrations/plex/sync?limit=5")).json;
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({
      id: "7",
      provider: "plex",
      trigger: "manual",
      mode: "full",
      status: "success",
      showsSynced: 2,
      episodesSynced: 5,
      watchesAdded: 5,
      errors: [],
      duration: 1234,
      startedAt: "2026-01-02T03:04:05.000Z",
      syncedAt: "2026-01-02T03:04:06.234Z",
    });
    await ana.get("/api/integrations/plex/sync");
    expect(limits).toEqual([5, 20]);
    for (const limit of ["0", "101", "x"]) {
      expect((await ana.get(`/api/integrations/plex/sync?limit=${limit}`)).status).toBe(422);
    }
  });

  test("can be looked into, cancelled, approved and undone", async () => {
    const item = {
      serverShow: "s1",
      showId: "3",
      title: "Quiet Harbour",
      year: 2019,
      method: "tvdb",
      confidence: 1,
      outcome: "added" as const,
      episodes: 1,
      added: 1,
      removed: 0,
      notes: [],
      plan: [{ season: 1, number: 2, title: null, watchedAt: 0, certainty: "played", action: "add" as const }],
    };
    const ana = await browserWith(
      {},
      {
        get: () => syncLogView({ errors: [{ kind: "connection", message: "Off.", hint: "Switch it on." }] }),
        items: () => [item],
        cancel: async () => syncLogView({ status: "cancelled" }),
        approve: () => syncLogView({ status: "running" }),
        undo() {
          throw new AppError("conflict", "It was undone already.");
        },
      },
    );
    expect((await ana.get("/api/syncs/7")).json).toMatchObject({
      id: "7",
      errors: [{ kind: "connection", message: "Off.", hint: "Switch it on." }],
      items: [{ title: "Quiet Harbour", plan: [{ watchedAt: "1970-01-01T00:00:00.000Z" }] }],
    });
    expect((await ana.delete("/api/syncs/7")).json.status).toBe("cancelled");
    expect((await ana.post("/api/syncs/7/approve")).json.status).toBe("running");
    expect((await ana.post("/api/syncs/7/undo")).status).toBe(409);
  });

  test("are followed by the metadata sources, whose progress is told", async () => {
    app = createTestApp({
      services: { enrichmentStatus: () => ({ pending: 3, done: 2, failed: 1, waitingUntil: 0 }) },
    });
    expect((await (await app.signIn()).get("/api/enrichment")).json).toEqual({
      pending: 3,
      done: 2,
      failed: 1,
      waitingUntil: "1970-01-01T00:00:00.000Z",
    });
  });
});
