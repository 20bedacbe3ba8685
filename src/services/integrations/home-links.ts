import { type IntegrationRow, integrationById, updateIntegration } from "../../db/repos/integrations.ts";
import { isProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { ServerChoice, ServerConnection } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import { openToken } from "./credentials.ts";
import type { FoundServer } from "./types.ts";

/**
 * Integrations without a sign-in of their own: their server token came through the account that looks after a household.
 * It is the server's word alone that tells whether it still opens anything.
 */
export function createHomeLinks({ db, clock, vault, providers, log }: Deps) {
  function apiOf({ provider }: IntegrationRow) {
    if (!isProviderId(provider)) throw new AppError("internal", "An integration of an unknown kind is stored.");
    return providers.get(provider).account;
  }

  /** The admin's server as the member sees it, at the address that works for the admin or at another one. */
  async function find(admin: IntegrationRow, member: { name: string; token: Secret }): Promise<FoundServer> {
    const api = apiOf(admin);
    const choice = (await api.servers(member.token)).find(({ serverId }) => serverId === admin.serverId);
    if (choice === undefined || choice.token.reveal() === member.token.reveal()) {
      throw new AppError("conflict", `${member.name} has no access to ${admin.serverName}.`, {
        hint: "Share a library with this profile on the server, then link it again.",
      });
    }
    const { best } = await api.probe({
      serverId: choice.serverId,
      connections: addresses(admin, choice),
      token: choice.token,
      insecureTls: admin.insecureTls,
    });
    if (best === null) {
      throw new AppError("unreachable", `${admin.serverName} does not answer for ${member.name}.`, {
        hint: "Is the server switched on? Nothing was stored.",
      });
    }
    return { choice, best };
  }

  /** The household's admin still knows where the server is. Without them nothing is known, and nothing concluded. */
  async function adminsChoice(current: IntegrationRow): Promise<ServerChoice | null> {
    const id = current.homeAdminIntegrationId;
    const admin = id === null ? undefined : integrationById(db, id);
    if (admin === undefined) return null;
    try {
      const servers = await apiOf(admin).servers(await openToken(vault, admin, "account-token"));
      return servers.find(({ serverId }) => serverId === current.serverId) ?? null;
    } catch (error) {
      log.debug("integration.home", { integration: current.id, reason: error });
      return null;
    }
  }

  /** As `rediscover` for those with a sign-in. A token that only this member is refused with is dead. */
  async function rediscover(current: IntegrationRow): Promise<boolean> {
    const api = apiOf(current);
    const choice = await adminsChoice(current);
    if (choice === null) return false;
    const { serverId, insecureTls } = current;
    const connections = addresses(current, choice);
    const ask = (token: Secret) => api.probe({ serverId, connections, token, insecureTls });
    const { best } = await ask(await openToken(vault, current, "server-token"));
    if (best !== null) {
      const { url: serverUrl, kind: connectionKind } = best;
      const serverVersion = best.identity.version ?? current.serverVersion;
      updateIntegration(db, current.id, { serverUrl, connectionKind, serverVersion, updatedAt: clock.now() });
      return true;
    }
    if ((await ask(choice.token)).best === null) return false;
    throw new AppError(
      "auth-expired",
      `${current.serverName} does not accept the profile ${current.accountName} any more.`,
      { hint: "Link it again on the Integrations page; your watched marks stay." },
    );
  }

  return { find, rediscover };
}

function addresses(row: IntegrationRow, choice: ServerChoice): ServerConnection[] {
  const here: ServerConnection = { url: row.serverUrl, kind: row.connectionKind };
  return [here, ...choice.connections.filter(({ url }) => url !== here.url)];
}
