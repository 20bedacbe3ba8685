import {
  allIntegrations,
  type IntegrationRow,
  insertIntegration,
  integrationById,
  integrationByServer,
  librariesOf,
  listIntegrations,
  updateIntegration,
} from "../../db/repos/integrations.ts";
import { forgetAllViews } from "../../db/repos/item-links.ts";
import { deletePinsOf } from "../../db/repos/pins.ts";
import { clearWishes, forgetAllMarks } from "../../db/repos/pushes.ts";
import { tx } from "../../db/tx.ts";
import { DAY_MS } from "../../domain/instant.ts";
import { readPreferences } from "../../domain/preferences.ts";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { DEFAULT_SCHEDULE } from "../../domain/schedule.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Account, AccountPlace, MediaServer, ServerConnection } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import { createAbandoned } from "./abandoned.ts";
import { createAddressSignIns } from "./address-sign-ins.ts";
import { openToken, sealTokens } from "./credentials.ts";
import { createHealth } from "./health.ts";
import { createHomeLinks } from "./home-links.ts";
import { rememberLibraries } from "./libraries.ts";
import { createPins } from "./pins.ts";
import { placeOf, readPlace } from "./place.ts";
import { createServerChoice } from "./server-choice.ts";
import { applySettings } from "./settings.ts";
import { NOTHING_TRIED, triedAll } from "./tried.ts";
import type {
  ConnectInput,
  FoundServer,
  HomeAdmin,
  Integrations,
  IntegrationView,
  LibraryView,
  SettingsInput,
} from "./types.ts";
import { integrationView, numericId } from "./view.ts";

const gone = () => new AppError("not-found", "There is no such integration.");

/** What there is to store about a server that has answered. */
type Kept = FoundServer & {
  account: Account;
  accountToken: Secret | null;
  place: AccountPlace | undefined;
  throughHome: { homeAdminIntegrationId: number | null; homeMemberId: string | null };
};

export type IntegrationsOptions = {
  /** Checks a cron expression; throws `invalid` with a sentence. Lives with the scheduler. */
  checkSchedule: (schedule: string) => void;
  /** Whether the stored sign-ins were sealed with this program's key. */
  keyState: () => "ok" | "different";
  /** Stops what runs for an integration before it goes away. */
  cancelRunning: (integrationId: number) => Promise<void>;
  /** Takes back what was left with the service in this account's name, while its sign-in is still good. */
  leave: (integrationId: number) => Promise<void>;
};

export function createIntegrations(deps: Deps, options: IntegrationsOptions): Integrations {
  const { db, clock, vault, providers, bus, log } = deps;
  const abandoned = createAbandoned(deps);
  const addresses = createAddressSignIns(deps, abandoned);
  const pins = createPins(deps, { addresses, abandoned });
  const { target, probe, unanswered } = createServerChoice(providers, pins.grant);
  const health = createHealth(deps);
  const homeLinks = createHomeLinks(deps);
  const opened = new Map<number, { updatedFor: string; server: MediaServer }>();

  /** Nothing is sealed under a second key beside the first: with the former one back, everything works again. */
  function requireKey(): void {
    if (options.keyState() === "ok") return;
    throw new AppError(
      "conflict",
      "INTEGRATION_ENCRYPTION_KEY is not the key the stored sign-ins were encrypted with.",
      {
        hint: "Start Episode Tracker with the former key. Nothing was changed.",
      },
    );
  }

  const view = (found: IntegrationRow): IntegrationView => {
    const shown = integrationView(found, clock.now());
    if (options.keyState() === "ok") return shown;
    const statusMessage =
      "INTEGRATION_ENCRYPTION_KEY is not the key this sign-in was encrypted with. Start Episode Tracker with the former key; nothing was changed.";
    return { ...shown, status: "needs-login", statusMessage };
  };

  function row(id: number): IntegrationRow {
    const found = integrationById(db, id);
    if (found === undefined) throw gone();
    return found;
  }

  function ownRow(userId: number, integrationId: string): IntegrationRow {
    const found = row(numericId(integrationId, "integration"));
    if (found.userId !== userId) throw gone();
    return found;
  }

  const preferencesOf = (id: number) => readPreferences(row(id).preferences);

  function providerOf({ provider }: IntegrationRow) {
    if (!isProviderId(provider)) throw new AppError("internal", "An integration of an unknown kind is stored.");
    return providers.get(provider);
  }

  function pick(userId: number, provider: ProviderId, integrationId?: string): IntegrationView {
    if (integrationId !== undefined) {
      const found = ownRow(userId, integrationId);
      if (found.provider !== provider) throw gone();
      return view(found);
    }
    const all = listIntegrations(db, userId, provider);
    const { label } = providers.get(provider).manifest;
    if (all.length > 1) {
      throw new AppError("conflict", `You have several ${label} servers connected.`, {
        hint: "Say which one with ?integration=<id>.",
      });
    }
    const only = all[0];
    if (only === undefined)
      throw new AppError("not-found", `${label} is not connected.`, { hint: `Press Connect ${label} first.` });
    return view(only);
  }

  async function connect(userId: number, provider: ProviderId, input: ConnectInput) {
    requireKey();
    const { pin, choice, connections } = await target(userId, input);
    if (pin.provider !== provider) throw new AppError("not-found", "This sign-in belongs to another service.");
    const probed = await probe(pin, choice, connections, input.insecureTls);
    const { best } = probed;
    if (best === null) throw unanswered(provider, choice, probed);
    const integration = await keep(userId, provider, {
      choice,
      best,
      account: pin.account,
      accountToken: pin.token,
      place: pin.place,
      throughHome: { homeAdminIntegrationId: null, homeMemberId: null },
    });
    return { integration, attempts: probed.results };
  }

  /** Stores a server that has answered. The same server again keeps its settings, plays and matches. */
  async function keep(userId: number, provider: ProviderId, found: Kept): Promise<IntegrationView> {
    const { choice, best, account } = found;
    const now = clock.now();
    const known = integrationByServer(db, userId, provider, choice.serverId);
    const fresh = {
      serverName: best.identity.name || choice.name,
      serverVersion: best.identity.version ?? choice.version,
      serverUrl: best.url,
      connectionKind: best.kind,
      insecureTls: best.insecureTls,
      owned: choice.owned,
      accountId: account.id,
      accountName: account.username,
      accountEmail: account.email,
      ...found.throughHome,
      deviceId: found.place?.deviceId ?? null,
      byKey: found.place?.byKey ?? false,
      status: "ok" as const,
      statusMessage: null,
      firstFailureAt: null,
      failureLevel: 0,
      retryAt: null,
      tried: NOTHING_TRIED,
      dismissedAt: null,
      historyNote: null,
      disconnectedAt: null,
      pingedAt: now,
      updatedAt: now,
    };
    const schedule = known?.schedule ?? DEFAULT_SCHEDULE;
    // Another account on the same server sees another history: what was read for the first says nothing about the second.
    const isOther = known !== undefined && known.accountId !== account.id;
    const needsFull = known === undefined || isOther || known.disconnectedAt !== null;
    const id =
      known?.id ??
      insertIntegration(db, {
        ...fresh,
        userId,
        provider,
        serverId: choice.serverId,
        schedule,
        disconnectedAt: now,
        createdAt: now,
      });
    if (isOther) await options.leave(id);
    const former = known === undefined ? null : await formerSignIn(known, found.place);
    const tokens = await sealTokens(vault, id, { server: choice.token, account: found.accountToken });
    tx(db, () => {
      updateIntegration(db, id, { ...fresh, ...tokens, enabled: true, ...(needsFull ? { needsFull: true } : {}) });
      if (!isOther) return;
      // What this account has not watched, the other one has not unmarked; nor has it any of our marks.
      forgetAllViews(db, id);
      forgetAllMarks(db, id);
      endTwoWay(id);
    });
    opened.delete(id);
    log.info("integration.connected", {
      integration: id,
      provider,
      server: fresh.serverName,
      address: fresh.connectionKind,
    });
    await readLibraries(id);
    bus.publish("integration.changed", { integrationId: id, userId });
    if (known !== undefined && former !== null) await signOut(known, former);
    return view(row(id));
  }

  /** A sign-in of ours at the server that another one takes the place of. Under the same device id the server has ended it. */
  async function formerSignIn(known: IntegrationRow, place: AccountPlace | undefined): Promise<Secret | null> {
    if (known.sealedAccountToken === null || known.deviceId === null || known.byKey) return null;
    return known.deviceId === place?.deviceId ? null : signInOf(known);
  }

  function adminOf(current: IntegrationRow): HomeAdmin {
    const { home, manifest } = providerOf(current);
    if (home === undefined) throw new AppError("not-found", `${manifest.label} knows no households.`);
    if (current.homeMemberId !== null) {
      throw new AppError("unsupported", `${current.accountName} looks after no household.`);
    }
    return {
      integrationId: current.id,
      provider: manifest.id,
      serverId: current.serverId,
      serverName: current.serverName,
      accountId: current.accountId,
      home,
      token: () => openToken(vault, current, "account-token"),
    };
  }

  function homeOf(userId: number, integrationId: string): { admin: HomeAdmin; memberId: string } {
    const { homeAdminIntegrationId, homeMemberId, serverName } = ownRow(userId, integrationId);
    const admin = homeAdminIntegrationId === null ? undefined : integrationById(db, homeAdminIntegrationId);
    if (homeMemberId === null || admin === undefined) {
      throw new AppError("conflict", `The household that ${serverName} was linked through is not connected any more.`, {
        hint: "Ask the admin to connect it, and to link your profile again.",
      });
    }
    return { admin: adminOf(admin), memberId: homeMemberId };
  }

  function checkHomeLink(userId: number, { provider, serverId }: HomeAdmin, accountId: string): void {
    const known = integrationByServer(db, userId, provider, serverId);
    if (known === undefined || known.disconnectedAt !== null) return;
    const same = known.accountId === accountId;
    if (same && known.homeMemberId !== null) return;
    throw new AppError(
      "conflict",
      same
        ? `${known.accountName} is connected to ${known.serverName} there already, with a sign-in of their own.`
        : `${known.serverName} is connected there as ${known.accountName} already.`,
      { hint: "One account of a server belongs to one user. Disconnect it there first." },
    );
  }

  /** Libraries are shown right after connecting; when this fails the next sync reads them. */
  async function readLibraries(id: number): Promise<void> {
    try {
      const server = await open(id);
      rememberLibraries(db, id, await server.libraries(), preferencesOf(id).newLibraries);
    } catch (error) {
      log.warn("integration.libraries", { integration: id, reason: error });
    }
  }

  async function open(integrationId: number): Promise<MediaServer> {
    const current = row(integrationId);
    const fingerprint = `${current.serverUrl}\n${current.sealedServerToken}\n${current.insecureTls}`;
    const cached = opened.get(integrationId);
    if (cached?.updatedFor === fingerprint) return cached.server;
    const token = await openToken(vault, current, "server-token");
    const server = providerOf(current).open({
      name: current.serverName,
      url: current.serverUrl,
      token,
      account: { id: current.accountId, username: current.accountName, email: current.accountEmail },
      owned: current.owned,
      relay: current.connectionKind === "relay",
      insecureTls: current.insecureTls,
      deviceId: current.deviceId,
      byKey: current.byKey,
    });
    opened.set(integrationId, { updatedFor: fingerprint, server });
    return server;
  }

  async function rediscover(integrationId: number): Promise<boolean> {
    const current = row(integrationId);
    if (current.homeMemberId !== null) {
      const found = await homeLinks.rediscover(current);
      if (found) opened.delete(integrationId);
      return found;
    }
    const api = providerOf(current).account;
    const accountToken = await openToken(vault, current, "account-token");
    const place = placeOf(current);
    if (place !== undefined) return askedAgain(current, accountToken, place);
    const choice = (await api.servers(accountToken)).find(({ serverId }) => serverId === current.serverId);
    if (choice === undefined) {
      throw new AppError("auth-expired", `${current.accountName} no longer has access to ${current.serverName}.`, {
        hint: "Ask its owner to share it again, or connect with another account.",
      });
    }
    const here: ServerConnection = { url: current.serverUrl, kind: current.connectionKind };
    const others = choice.connections.filter(({ url }) => url !== here.url);
    const insecureTls = current.insecureTls;
    const { best, results } = await api.probe({
      serverId: choice.serverId,
      connections: [here, ...others],
      token: choice.token,
      insecureTls,
    });
    if (best === null) {
      updateIntegration(db, integrationId, { tried: triedAll(results, clock.now()) });
      return false;
    }
    const tokens = await sealTokens(vault, integrationId, { server: choice.token, account: accountToken });
    updateIntegration(db, integrationId, {
      ...tokens,
      serverUrl: best.url,
      connectionKind: best.kind,
      serverVersion: best.identity.version ?? current.serverVersion,
      updatedAt: clock.now(),
    });
    opened.delete(integrationId);
    log.info("integration.rediscovered", { integration: integrationId, address: best.kind });
    return true;
  }

  /** Nobody but the user knows another address of a server that keeps its accounts itself. Its word on the sign-in counts. */
  async function askedAgain(current: IntegrationRow, token: Secret, place: AccountPlace): Promise<boolean> {
    const { best, results } = await providerOf(current).account.probe({
      serverId: current.serverId,
      connections: [{ url: current.serverUrl, kind: current.connectionKind }],
      token,
      insecureTls: current.insecureTls,
      place,
    });
    if (best !== null) return true;
    updateIntegration(db, current.id, { tried: triedAll(results, clock.now()) });
    if (await isStillThere(current)) await providerOf(current).account.ping(token, place);
    return false;
  }

  /** Another server that has come to the address knows nothing of our sign-in. */
  async function isStillThere(current: IntegrationRow): Promise<boolean> {
    const { serverUrl, insecureTls, serverId } = current;
    try {
      const found = await addresses.find(providerOf(current).manifest.id, { serverUrl, insecureTls });
      return found.url === serverUrl && found.identity.serverId === serverId;
    } catch (error) {
      log.debug("integration.find", { integration: current.id, reason: error });
      return false;
    }
  }

  /** Null where there is none to give back: linked through a household, or not to be read any more. */
  async function signInOf(current: IntegrationRow): Promise<Secret | null> {
    if (current.homeMemberId !== null) return null;
    try {
      return await openToken(vault, current, "account-token");
    } catch (error) {
      log.warn("integration.sign-out", { integration: current.id, reason: error });
      return null;
    }
  }

  async function disconnect(userId: number, integrationId: string): Promise<void> {
    const current = ownRow(userId, integrationId);
    await options.cancelRunning(current.id);
    await options.leave(current.id);
    const token = await signInOf(current);
    const now = clock.now();
    // While this one still counts as connected: its own sign-in is ended below.
    void abandoned.signOut(deletePinsOf(db, userId, current.provider));
    endTwoWay(current.id);
    updateIntegration(db, current.id, {
      sealedServerToken: null,
      sealedAccountToken: null,
      homeAdminIntegrationId: null,
      homeMemberId: null,
      disconnectedAt: now,
      nextSyncAt: null,
      status: "ok",
      statusMessage: null,
      updatedAt: now,
    });
    opened.delete(current.id);
    bus.publish("integration.changed", { integrationId: current.id, userId });
    log.info("integration.disconnected", { integration: current.id, server: current.serverName });
    // The same account may serve a second server, or another user; then it must stay signed in.
    const shared = allIntegrations(db).some(
      ({ provider, accountId }) => provider === current.provider && accountId === current.accountId,
    );
    if (token === null || (shared && current.deviceId === null)) return;
    await signOut(current, token);
  }

  async function signOut(current: IntegrationRow, token: Secret): Promise<void> {
    if (current.byKey) return;
    try {
      await providerOf(current).account.signOut(token, placeOf(current));
    } catch (error) {
      log.warn("integration.sign-out", { integration: current.id, reason: error });
    }
  }

  function update(userId: number, integrationId: string, input: SettingsInput): IntegrationView {
    const current = ownRow(userId, integrationId);
    if (input.schedule !== undefined) options.checkSchedule(input.schedule);
    if (input.twoWay === true) requirePush(current);
    const moved = tx(db, () => {
      if (input.twoWay === false) endTwoWay(current.id);
      return applySettings(db, current, input, clock.now());
    });
    bus.publish("integration.changed", { integrationId: current.id, userId });
    if (moved.length > 0) bus.publish("plays.changed", { userId, showIds: moved });
    return view(row(current.id));
  }

  function requirePush(current: IntegrationRow): void {
    const { capabilities, label } = providerOf(current).manifest;
    if (capabilities.push) return;
    const message = `${label} takes no marks from outside.`;
    throw new AppError("invalid", message, { fields: [{ path: "twoWay", message }] });
  }

  /** Nothing goes to the server any more before the user has seen again what would change there. */
  function endTwoWay(id: number): void {
    clearWishes(db, id);
    updateIntegration(db, id, { twoWaySince: null });
  }

  async function libraries(userId: number, integrationId: string): Promise<LibraryView[]> {
    const { id } = ownRow(userId, integrationId);
    if (librariesOf(db, id).length === 0) {
      const server = await open(id);
      rememberLibraries(db, id, await server.libraries(), preferencesOf(id).newLibraries);
    }
    return librariesOf(db, id).filter(({ type }) => type === "show");
  }

  async function pingAll(): Promise<void> {
    for (const current of allIntegrations(db)) {
      if (current.status === "needs-login" || (current.pingedAt ?? 0) > clock.now() - DAY_MS) continue;
      if (current.homeMemberId !== null) continue;
      try {
        await providerOf(current).account.ping(await openToken(vault, current, "account-token"), placeOf(current));
        updateIntegration(db, current.id, { pingedAt: clock.now() });
      } catch (error) {
        // Only a refused token says something about this integration; a bad day of the service does not.
        if (hasCode(error, "auth-expired")) health.failed(current.id, error);
        else log.warn("integration.ping", { integration: current.id, reason: error });
      }
    }
  }

  return {
    list: (userId, provider) => listIntegrations(db, userId, provider).map(view),
    pick,
    get: (userId, integrationId) => view(ownRow(userId, integrationId)),
    startPin: async (userId, provider, how) => {
      requireKey();
      return pins.start(userId, provider, how);
    },
    checkPin: pins.check,
    pin: (userId, pinId) => {
      const { provider, authUrl, expiresAt, remoteId, sealedToken, ...row } = pins.own(userId, pinId);
      const place = readPlace(row);
      if (place === null) return { provider, authUrl, expiresAt, at: null };
      const { serverName, insecureTls, way } = place;
      return {
        provider,
        authUrl,
        expiresAt,
        at: { serverName, insecureTls, way, code: remoteId, granted: sealedToken !== null },
      };
    },
    giveUp: pins.giveUp,
    giveUpAll: (userId) => abandoned.signOut(deletePinsOf(db, userId)),
    clearAwaySignIns: abandoned.clearAway,
    findServer: addresses.find,
    signInWithPassword: async (userId, provider, input) => {
      requireKey();
      return addresses.withPassword(userId, provider, input);
    },
    startCode: async (userId, provider, input) => {
      requireKey();
      return addresses.startCode(userId, provider, input);
    },
    signInWithKey: async (userId, provider, input) => {
      requireKey();
      return addresses.withKey(userId, provider, input);
    },
    accountsOfKey: async (userId, requestId) => addresses.accountsOf(pins.own(userId, requestId)),
    chooseAccount: async (userId, requestId, accountId) => addresses.choose(pins.own(userId, requestId), accountId),
    connect,
    probe: async (userId, input) => {
      const { pin, choice, connections } = await target(userId, input);
      return (await probe(pin, choice, connections, input.insecureTls)).results;
    },
    homeAdmin: (userId, integrationId) => adminOf(ownRow(userId, integrationId)),
    homeOf,
    findHomeServer: async (admin, { memberId, account, token }) => {
      requireKey();
      const found = await homeLinks.find(row(admin.integrationId), { name: account.username, token });
      return { ...found, adminIntegrationId: admin.integrationId, memberId, account };
    },
    checkHomeLink,
    keepHomeLink: (userId, { adminIntegrationId, memberId, ...found }) => {
      requireKey();
      const throughHome = { homeAdminIntegrationId: adminIntegrationId, homeMemberId: memberId };
      const provider = providerOf(row(adminIntegrationId)).manifest.id;
      return keep(userId, provider, { ...found, accountToken: null, place: undefined, throughHome });
    },
    update,
    dismiss: (userId, integrationId) => {
      const { id } = ownRow(userId, integrationId);
      updateIntegration(db, id, { dismissedAt: clock.now() });
    },
    libraries,
    disconnect,
    requireKey,
    open,
    succeeded: health.succeeded,
    failed: health.failed,
    rediscover,
    pingAll,
  };
}
