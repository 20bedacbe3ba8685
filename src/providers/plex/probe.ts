import { isAppError } from "../../kernel/errors.ts";
import { checked } from "../../kernel/http.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { AccountApi, ProbedServer, ProbeResult, ServerConnection } from "../contract.ts";
import { explain } from "../probe-reasons.ts";
import { typedAddresses } from "./addresses.ts";
import { createPlexClient } from "./client.ts";
import type { PlexDeps } from "./config.ts";
import { identitySchema } from "./schemas.ts";
import { identify, readLibraries } from "./server.ts";
import { bodyValue } from "./xml.ts";

type Target = Parameters<AccountApi["probe"]>[0];
type Tried = { result: ProbeResult; serverId: string; version: string | null };

/** In messages about one address; probe sentences are built from the cause instead. */
const probeName = "The server";

/**
 * Asks every address at once who answers there, and only that very server whether it takes the token: on a private
 * address of somebody's network another device may live here. The best-ranked address that works wins, not the fastest,
 * and a relay only when nothing else does.
 */
export function createProbe(deps: PlexDeps): AccountApi["probe"] {
  return async ({ serverId, connections, token, insecureTls = false }: Target): Promise<ProbedServer> => {
    const candidates = inOrder(connections.flatMap(spelledOut));
    const tried = await Promise.all(
      candidates.map(async ({ connection, isAddress }): Promise<Tried> => {
        if (!isAddress) return failed(connection, "This is not an address.");
        const first = await tryAddress(deps, connection, serverId, token, false);
        // Verified addresses stay verified; the check is left out only where it is what fails.
        return insecureTls && first.certificate ? tryAddress(deps, connection, serverId, token, true) : first;
      }),
    );
    const working = tried.filter((each) => each.result.ok);
    const best = working.find((each) => !each.result.insecureTls) ?? working[0];
    return {
      results: tried.map((each) => each.result),
      best: best === undefined ? null : { ...best.result, identity: await identityOf(deps, best, token) },
    };
  };
}

type Candidate = { connection: ServerConnection; isAddress: boolean };

function spelledOut(connection: ServerConnection): Candidate[] {
  if (connection.kind !== "typed") return [{ connection, isAddress: true }];
  const urls = typedAddresses(connection.url);
  if (urls.length === 0) return [{ connection, isAddress: false }];
  return urls.map((url) => ({ connection: { url, kind: "typed" }, isAddress: true }));
}

/** As given, relays last; an address that was typed and announced is asked once. */
function inOrder(candidates: Candidate[]): Candidate[] {
  const known = new Set<string>();
  const unique = candidates.filter(({ connection }) => {
    const isNew = !known.has(connection.url);
    known.add(connection.url);
    return isNew;
  });
  const isRelay = (each: Candidate) => each.connection.kind === "relay";
  return [...unique.filter((each) => !isRelay(each)), ...unique.filter(isRelay)];
}

async function tryAddress(
  deps: PlexDeps,
  connection: ServerConnection,
  serverId: string | null,
  token: Secret,
  insecureTls: boolean,
): Promise<Tried & { certificate: boolean }> {
  const { identityMs, accessMs } = deps.timeouts;
  const where = { name: probeName, url: connection.url, insecureTls };
  const started = deps.clock.ticks();
  try {
    const found = await createPlexClient(deps, { ...where, token: null }).get("/identity", {
      read: (answer) => checked(probeName, identitySchema, bodyValue(probeName, answer)),
      timeoutMs: identityMs,
      tries: 1,
    });
    if (serverId !== null && found.machineIdentifier !== serverId) {
      const stranger = found.machineIdentifier.slice(0, 8);
      return { ...failed(connection, `Another device (${stranger}…) answers there.`, insecureTls), certificate: false };
    }
    await readLibraries(createPlexClient(deps, { ...where, token }), probeName, { timeoutMs: accessMs, tries: 1 });
    const ms = Math.round(deps.clock.ticks() - started);
    const result = { ...connection, ok: true, ms, reason: null, insecureTls };
    return { result, serverId: found.machineIdentifier, version: found.version ?? null, certificate: false };
  } catch (error) {
    const { reason, certificate } = explain(error, "Plex");
    return { ...failed(connection, reason, insecureTls), certificate };
  }
}

function failed(connection: ServerConnection, reason: string, insecureTls = false): Tried & { certificate: boolean } {
  return {
    result: { ...connection, ok: false, ms: null, reason, insecureTls },
    serverId: "",
    version: null,
    certificate: false,
  };
}

/** The name is a nicety: the server is already known to be the right one. */
async function identityOf(deps: PlexDeps, best: Tried, token: Secret) {
  const { url, insecureTls } = best.result;
  const client = createPlexClient(deps, { name: probeName, url, token, insecureTls });
  try {
    const { name } = await identify(client, "Plex Media Server");
    return { serverId: best.serverId, name, version: best.version };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { serverId: best.serverId, name: "Plex Media Server", version: best.version };
  }
}
