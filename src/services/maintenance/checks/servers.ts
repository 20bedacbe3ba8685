import { isUpToDate, loadMigrations } from "../../../db/migrate.ts";
import type { Db } from "../../../db/open.ts";
import { allIntegrations, type IntegrationRow } from "../../../db/repos/integrations.ts";
import { listConnected } from "../../../db/repos/maintenance.ts";
import { isProviderId, type ProviderId } from "../../../domain/providers.ts";
import { toAppError } from "../../../kernel/errors.ts";
import type { HttpClient } from "../../../kernel/http.ts";
import type { ProviderRegistry } from "../../../providers/registry.ts";
import type { Vault } from "../../../vault/vault.ts";
import { openToken } from "../../integrations/credentials.ts";
import { placeOf } from "../../integrations/place.ts";
import { isWayOn } from "../../sign-ins/ways.ts";
import type { Check } from "./check.ts";
import { checkReachable, type Target } from "./reachability.ts";

const serverFix =
  "Is that server running, and reachable from this machine? A container may need the host's address. A sign-in that is refused is renewed on the Integrations page.";

/** The services that keep the accounts of what is connected, or of anything that could be while nothing is. */
export function accountServices(db: Db | null, providers: ProviderRegistry): Target[] {
  const connected = new Set(db === null ? [] : listConnected(db).map(({ provider }) => provider));
  const isUsed = (id: ProviderId) => connected.size === 0 || connected.has(id) || (db !== null && isWayOn(db, id));
  return providers.all().flatMap(({ manifest, service }) => (service && isUsed(manifest.id) ? [service] : []));
}

type Means = { http: HttpClient; providers: ProviderRegistry; vault: Vault | null };

/**
 * Every connection, tried as a sync would try it. Without the key, or before an update of the database, no more is asked
 * than whether somebody answers.
 */
export function checkServers(db: Db, { http, providers, vault }: Means): Promise<Check>[] {
  if (vault === null || !isUpToDate(db.raw, loadMigrations())) {
    return listConnected(db).map((target) => checkReachable(http, target, serverFix));
  }
  return allIntegrations(db).map((row) => checkConnection(row, providers, vault));
}

async function checkConnection(row: IntegrationRow, providers: ProviderRegistry, vault: Vault): Promise<Check> {
  const { provider, serverId, serverName, serverUrl: url, accountName, insecureTls } = row;
  const name = `${serverName} (${accountName})`;
  if (!isProviderId(provider) || !row.enabled) return { name, state: "ok", text: "switched off, so not asked" };
  const { account, manifest } = providers.get(provider);
  try {
    const token = await openToken(vault, row, "server-token");
    const connections = [{ url, kind: row.connectionKind }];
    const { best, results } = await account.probe({ serverId, connections, token, insecureTls, place: placeOf(row) });
    const { host } = new URL(best?.url ?? url);
    if (best !== null) {
      const version = [manifest.label, best.identity.version ?? ""].join(" ").trim();
      return { name, state: "ok", text: `${version} answers at ${host} and accepts the sign-in` };
    }
    const reason = results[0]?.reason ?? "The address cannot be reached.";
    return { name, state: "broken", text: `${reason} (${manifest.label} at ${host})`, fix: serverFix };
  } catch (error) {
    const { message, hint } = toAppError(error);
    return { name, state: "broken", text: message, fix: hint ?? serverFix };
  }
}
