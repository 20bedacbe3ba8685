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
import { tx } from "../../db/tx.ts";
import { DAY_MS } from "../../domain/instant.ts";
import { readPreferences } from "../../domain/preferences.ts";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { DEFAULT_SCHEDULE } from "../../domain/schedule.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { MediaServer, ServerConnection } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import { openToken, sealTokens } from "./credentials.ts";
import { createHealth } from "./health.ts";
import { rememberLibraries } from "./libraries.ts";
import { createPins } from "./pins.ts";
import { createServerChoice } from "./server-choice.ts";
import { applySettings } from "./settings.ts";
import { NOTHING_TRIED, triedAll } from "./tried.ts";
import type { ConnectInput, Integrations, IntegrationView, LibraryView, SettingsInput } from "./types.ts";
import { integrationView, numericId } from "./view.ts";

const gone = () => new AppError("not-found", "There is no such integration.");

export type IntegrationsOptions = {
  /** Checks a cron expression; throws `invalid` with a sentence. Lives with the scheduler. */
  checkSchedule: (schedule: string) => void;
  /** Whether the stored sign-ins were sealed with this program's key. */
  keyState: () => "ok" | "different";
  /** Stops what runs for an integration before it goes away. */
  cancelRunning: (integrationId: number) => Promise<void>;
};

export function createIntegrations(deps: Deps, options: IntegrationsOptions): Integrations {
  const { db, clock, vault, providers, bus, log } = deps;
  const pins = createPins(deps);
  const { target, probe, unanswered } = createServerChoice(providers, pins.grant);
  const health = createHealth(deps);
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
    const probed = await probe(provider, choice, connections, input.insecureTls ?? false);
    const { best } = probed;
    if (best === null) throw unanswered(choice, probed);
    const now = clock.now();
    const known = integrationByServer(db, userId, provider, choice.serverId);
    const fresh = {
      serverName: best.identity.name || choice.name,
      serverVersion: best.identity.version ?? choice.version,
      serverUrl: best.url,
      connectionKind: best.kind,
      insecureTls: best.insecureTls,
      owned: choice.owned,
      accountId: pin.account.id,
      accountName: pin.account.username,
      accountEmail: pin.account.email,
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
    const isOther = known !== undefined && known.accountId !== pin.account.id;
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
    const tokens = await sealTokens(vault, id, { server: choice.token, account: pin.token });
    tx(db, () => {
      updateIntegration(db, id, { ...fresh, ...tokens, enabled: true, ...(needsFull ? { needsFull: true } : {}) });
      // What this account has not watched, the other one has not unmarked.
      if (isOther) forgetAllViews(db, id);
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
    return { integration: view(row(id)), attempts: probed.results };
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
    });
    opened.set(integrationId, { updatedFor: fingerprint, server });
    return server;
  }

  async function rediscover(integrationId: number): Promise<boolean> {
    const current = row(integrationId);
    const api = providerOf(current).account;
    const accountToken = await openToken(vault, current, "account-token");
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

  async function disconnect(userId: number, integrationId: string): Promise<void> {
    const current = ownRow(userId, integrationId);
    await options.cancelRunning(current.id);
    let token: Secret | null = null;
    try {
      token = await openToken(vault, current, "account-token");
    } catch (error) {
      log.warn("integration.sign-out", { integration: current.id, reason: error });
    }
    const now = clock.now();
    deletePinsOf(db, userId, current.provider);
    updateIntegration(db, current.id, {
      sealedServerToken: null,
      sealedAccountToken: null,
      disconnectedAt: now,
      nextSyncAt: null,
      status: "ok",
      statusMessage: null,
      updatedAt: now,
    });
    opened.delete(current.id);
    bus.publish("integration.changed", { integrationId: current.id, userId });
    log.info("integration.disconnected", { integration: current.id, server: current.serverName });
    // The same sign-in may serve a second server of this user; then it must stay alive.
    const shared = listIntegrations(db, userId, current.provider).some(
      ({ accountId }) => accountId === current.accountId,
    );
    if (token === null || shared) return;
    try {
      await providerOf(current).account.signOut(token);
    } catch (error) {
      log.warn("integration.sign-out", { integration: current.id, reason: error });
    }
  }

  function update(userId: number, integrationId: string, input: SettingsInput): IntegrationView {
    const current = ownRow(userId, integrationId);
    if (input.schedule !== undefined) options.checkSchedule(input.schedule);
    const moved = applySettings(db, current, input, clock.now());
    bus.publish("integration.changed", { integrationId: current.id, userId });
    if (moved.length > 0) bus.publish("plays.changed", { userId, showIds: moved });
    return view(row(current.id));
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
      try {
        await providerOf(current).account.ping(await openToken(vault, current, "account-token"));
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
    pin: (userId, pinId) => pins.own(userId, pinId),
    connect,
    probe: async (userId, input) => {
      const { pin, choice, connections } = await target(userId, input);
      return (await probe(pin.provider, choice, connections, input.insecureTls ?? false)).results;
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
