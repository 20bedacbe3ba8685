import { afterEach, describe, expect, test } from "bun:test";
import type { ProviderId } from "../../../src/domain/providers.ts";
import { secret } from "../../../src/kernel/secret.ts";
import type { MediaServerSimulator } from "../../simulators/mediabrowser-server.ts";
import type { MediaServerState, MediaStyle, MediaUser } from "../../simulators/mediabrowser-state.ts";
import { mediaEpisode } from "../../simulators/mediabrowser-state.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";

const STYLES: readonly MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];
const CODE_STYLES = STYLES.filter((style) => style !== "emby");
const providerOf = (style: MediaStyle): ProviderId => (style === "emby" ? "emby" : "jellyfin");

let sims: Simulators;
let product: Product;
let cellar: MediaServerState;
let anna: MediaUser;
let ben: MediaUser;
let server: MediaServerSimulator;
let provider: ProviderId;

async function open(style: MediaStyle): Promise<void> {
  const world = createWorld();
  provider = providerOf(style);
  cellar = world.media.addServer({ name: "Cellar", style, ...(style === "emby" ? {} : { basePath: "/media" }) });
  anna = world.media.addUser(cellar, { name: "anna", password: "anna's password" });
  ben = world.media.addUser(cellar, { name: "ben", password: "ben's password", admin: true });
  const show = world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6] });
  const series = world.media.addToLibrary(world.media.addLibrary(cellar, { name: "Series" }), show);
  world.media.play(anna, mediaEpisode(series, 1, 1), { at: Date.UTC(2026, 2, 1, 20) });
  sims = startSimulators(world);
  server = sims.mediaServer("Cellar");
  product = await startProduct(sims, { clock: hurriedClock });
}

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const at = () => ({ serverUrl: server.address });

function signIn({ name }: MediaUser, password = `${name}'s password`, userId = product.userId): Promise<string> {
  return product.app.integrations.signInWithPassword(userId, provider, {
    ...at(),
    username: name,
    password: secret(password),
  });
}

async function connect(pinId: string, userId = product.userId) {
  return (await product.app.integrations.connect(userId, provider, { pinId })).integration;
}

const devicesOf = (user: MediaUser): string[] =>
  [...cellar.tokens.values()].filter((token) => token.user === user).map(({ deviceId }) => deviceId);

describe.each(STYLES)("a %s", (style) => {
  test("is connected with a password, synced and signed out again", async () => {
    await open(style);
    const integration = await connect(await signIn(anna));
    expect(integration).toMatchObject({ provider, serverName: "Cellar", username: "anna", status: "ok" });
    expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 1 });
    expect(playsOfUser(product, product.userId)).toHaveLength(1);
    expect(devicesOf(anna)).toHaveLength(1);
    await product.app.integrations.disconnect(product.userId, integration.id);
    expect(devicesOf(anna)).toEqual([]);
    expect(playsOfUser(product, product.userId)).toHaveLength(1);
  });

  test("keeps one device for each person of the household, however often they sign in", async () => {
    await open(style);
    const other = await product.addUser("ben");
    await connect(await signIn(anna));
    const [device] = devicesOf(anna);
    await connect(await signIn(anna));
    expect(devicesOf(anna)).toEqual([device ?? expect.unreachable()]);
    const bens = await connect(await signIn(anna, undefined, other), other);
    expect(new Set(devicesOf(anna)).size).toBe(2);
    // The first one's sign-in has not been ended by the second's.
    const [mine] = product.app.integrations.list(product.userId);
    expect(await product.sync(mine ?? expect.unreachable())).toMatchObject({ status: "success" });
    expect(await product.sync(bens)).toMatchObject({ status: "success" });
  });

  test("asks for a new sign-in when the token was taken back, and goes on where it left off", async () => {
    await open(style);
    const integration = await connect(await signIn(anna));
    await product.sync(integration);
    server.credentials.revokeAll(anna);
    expect(await product.sync(integration)).toMatchObject({ status: "error" });
    const needed = product.app.integrations.get(product.userId, integration.id);
    expect(needed).toMatchObject({ status: "needs-login" });
    expect(() => product.app.sync.start(Number(integration.id), { trigger: "manual" })).toThrow(
      expect.objectContaining({ code: "conflict" }),
    );
    const again = await connect(await signIn(anna));
    expect(again).toMatchObject({ id: integration.id, status: "ok" });
    expect(await product.sync(again)).toMatchObject({ status: "success", watchesAdded: 0 });
  });

  test("says what is wrong: a password, an account that is switched off, a server that is starting, another kind", async () => {
    await open(style);
    expect(signIn(anna, "a guess")).rejects.toMatchObject({ code: "invalid", fields: [{ path: "password" }] });
    anna.disabled = true;
    expect(signIn(anna)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/disabled/) });
    cellar.starting = true;
    const starting = product.app.integrations.findServer(provider, at());
    expect(starting).rejects.toMatchObject({ code: "unreachable", extra: { attempts: expect.anything() } });
    await starting.catch(() => undefined);
    cellar.starting = false;
    const other = provider === "emby" ? "jellyfin" : "emby";
    expect(product.app.integrations.findServer(other, at())).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "serverUrl" }],
    });
    expect(product.app.deps.db.raw.query("SELECT count(*) AS n FROM pins").get()).toEqual({ n: 0 });
  });

  test("lets a key act for the chosen user, and leaves it alone afterwards", async () => {
    await open(style);
    const key = server.credentials.addKey("Episode Tracker");
    const { requestId, accounts } = await product.app.integrations.signInWithKey(product.userId, provider, {
      ...at(),
      apiKey: secret(key.text),
    });
    expect(accounts.map(({ username }) => username).toSorted()).toEqual(["anna", "ben"]);
    await product.app.integrations.chooseAccount(product.userId, requestId, anna.id);
    const integration = await connect(requestId);
    expect(integration).toMatchObject({ username: "anna", byKey: true });
    expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 1 });
    await product.app.integrations.disconnect(product.userId, integration.id);
    expect(cellar.tokens.has(key.text)).toBe(true);
    const guess = { ...at(), apiKey: secret("no such key") };
    expect(product.app.integrations.signInWithKey(product.userId, provider, guess)).rejects.toMatchObject({
      fields: [{ path: "apiKey" }],
    });
  });

  test("is found again at a new address with everything kept", async () => {
    await open(style);
    const integration = await connect(await signIn(anna));
    await product.sync(integration);
    const moved = server.address.replace("127.0.0.1", "localhost");
    const pinId = await product.app.integrations.signInWithPassword(product.userId, provider, {
      serverUrl: moved,
      username: "anna",
      password: secret("anna's password"),
    });
    expect(await connect(pinId)).toMatchObject({ id: integration.id, serverUrl: moved });
    expect(playsOfUser(product, product.userId)).toHaveLength(1);
  });
});

describe.each(CODE_STYLES)("a code of a %s", (style) => {
  test("is shown, approved by its person and exchanged", async () => {
    await open(style);
    const { integrations } = product.app;
    const { requestId, code } = await integrations.startCode(product.userId, provider, at());
    expect(code).toMatch(/^\d{6}$/);
    expect(await integrations.checkPin(product.userId, requestId)).toEqual({ authorized: false, expired: false });
    server.credentials.approve(code, ben);
    const answers = await Promise.all([1, 2].map(() => integrations.checkPin(product.userId, requestId)));
    expect(answers).toMatchObject([1, 2].map(() => ({ authorized: true, account: { username: "ben" } })));
    expect(await connect(requestId)).toMatchObject({ username: "ben", owned: true });
  });

  test("runs out, and is not offered where it is switched off", async () => {
    await open(style);
    const { integrations } = product.app;
    const { requestId, code } = await integrations.startCode(product.userId, provider, at());
    server.credentials.expire(code);
    expect(await integrations.checkPin(product.userId, requestId)).toEqual({ authorized: false, expired: true });
    cellar.quirks.quickConnect = false;
    expect((await integrations.findServer(provider, at())).code).toBe(false);
    expect(integrations.startCode(product.userId, provider, at())).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/Quick Connect is switched off on Cellar/),
    });
  });
});

test("an Emby has no codes", async () => {
  await open("emby");
  expect(product.app.integrations.startCode(product.userId, "emby", at())).rejects.toMatchObject({
    code: "invalid",
    message: "Emby does not sign in with a code. Use a user name and password.",
  });
});
