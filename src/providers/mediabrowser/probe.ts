import { asJson } from "../../kernel/http.ts";
import type { AccountApi, ProbedServer, ProbeResult, ServerConnection, ServerIdentity } from "../contract.ts";
import { explain } from "../probe-reasons.ts";
import { typedAddresses } from "./addresses.ts";
import { createMediaBrowserClient } from "./client.ts";
import type { MediaBrowserDeps } from "./config.ts";
import { askWho, identityOf, probeName } from "./find.ts";
import { userSchema } from "./schemas.ts";

type Target = Parameters<AccountApi["probe"]>[0];
type Tried = { result: ProbeResult; identity: ServerIdentity | null };

/**
 * Asks every address at once who answers there, and only that very server whether it takes the token: another device may
 * live at an address by now. The first of those that work wins.
 */
export function createProbe(deps: MediaBrowserDeps): AccountApi["probe"] {
  return async (target): Promise<ProbedServer> => {
    const tried = await Promise.all(spelledOut(target.connections).map((each) => tryAddress(deps, each, target)));
    const working = tried.filter(({ result }) => result.ok);
    const best = working.find(({ result }) => !result.insecureTls) ?? working[0];
    const identity = best?.identity ?? null;
    return {
      results: tried.map(({ result }) => result),
      best: best === undefined || identity === null ? null : { ...best.result, identity },
    };
  };
}

/** An address of which nothing can be made stands for itself, to be said so. */
function spelledOut(connections: readonly ServerConnection[]): ServerConnection[] {
  const known = new Set<string>();
  return connections.flatMap(({ url, kind }) => {
    const urls = kind === "typed" ? typedAddresses(url) : [url];
    return (urls.length === 0 ? [url] : urls).flatMap((each) => {
      if (known.has(each)) return [];
      known.add(each);
      return [{ url: each, kind }];
    });
  });
}

async function tryAddress(
  deps: MediaBrowserDeps,
  connection: ServerConnection,
  { serverId, token, insecureTls = false, place }: Target,
): Promise<Tried> {
  const failed = (reason: string, insecure = false): Tried => ({
    result: { ...connection, ok: false, ms: null, reason, insecureTls: insecure },
    identity: null,
  });
  if (!URL.canParse(connection.url)) return failed("This is not an address.");
  const started = deps.clock.ticks();
  const { info, result } = await askWho(deps, connection.url, insecureTls);
  if (info === null) return failed(result.reason ?? "The address cannot be reached.", result.insecureTls);
  if (serverId !== null && info.Id !== serverId) {
    return failed(`Another server (${info.Id.slice(0, 8)}…) answers there.`, result.insecureTls);
  }
  try {
    if (place !== undefined) {
      const where = { url: connection.url, insecureTls: result.insecureTls, deviceId: place.deviceId };
      const client = createMediaBrowserClient(deps, { name: probeName, token, ...where });
      const read = asJson(probeName, userSchema);
      await client.ask(deps.dialect.me(place), { read, timeoutMs: deps.timeouts.smallMs, tries: 1 });
    }
    const ms = Math.round(deps.clock.ticks() - started);
    return { result: { ...result, kind: connection.kind, ms }, identity: identityOf(deps, info) };
  } catch (error) {
    return failed(explain(error, deps.dialect.kind.label).reason, result.insecureTls);
  }
}
