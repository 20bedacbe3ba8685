import { type Secret, secret } from "../../kernel/secret.ts";
import type { ServerChoice, ServerConnection } from "../contract.ts";
import type { Resource, WireConnection } from "./schemas.ts";

/** The servers among an account's devices. Players and apps are in the same list. */
export function serverChoices(resources: readonly Resource[], accountToken: Secret): ServerChoice[] {
  const choices = new Map<string, ServerChoice>();
  for (const resource of resources) {
    const isServer = (resource.provides ?? "").split(",").some((each) => each.trim() === "server");
    const serverId = resource.clientIdentifier ?? "";
    const token = serverToken(resource, accountToken);
    if (!isServer || serverId === "" || token === null || choices.has(serverId)) continue;
    choices.set(serverId, {
      serverId,
      name: resource.name ?? "Plex Media Server",
      owned: resource.owned ?? false,
      ownerName: resource.owned ? null : (resource.sourceTitle ?? null),
      version: resource.productVersion ?? null,
      online: resource.presence ?? true,
      connections: orderedConnections(resource),
      token,
    });
  }
  return [...choices.values()];
}

/** Each server has a token of its own for us. The account's own one opens nothing but owned servers. */
function serverToken(resource: Resource, accountToken: Secret): Secret | null {
  if (resource.accessToken) return secret(resource.accessToken);
  return resource.owned ? accountToken : null;
}

type Candidate = ServerConnection & { secure: boolean; ipv6: boolean };

/**
 * Best first: local before remote before relay, https before http, IPv4 before IPv6. Addresses that look dead stay:
 * which of them this machine reaches is for the probe to find out.
 */
export function orderedConnections(resource: Resource): ServerConnection[] {
  // In somebody else's house a private address is most likely a stranger in ours.
  const localIsLikely = resource.owned === true || resource.publicAddressMatches === true;
  const place = { typed: 0, local: localIsLikely ? 1 : 3, remote: 2, relay: 4 };
  const rank = (each: Candidate) => place[each.kind] * 4 + (each.secure ? 0 : 2) + (each.ipv6 ? 1 : 0);
  const candidates = (resource.connections ?? []).flatMap((each) =>
    candidatesOf(each, resource.httpsRequired === true),
  );
  candidates.sort((a, b) => rank(a) - rank(b));
  const known = new Set<string>();
  return candidates.flatMap(({ url, kind }) => {
    if (known.has(url)) return [];
    known.add(url);
    return [{ url, kind }];
  });
}

function candidatesOf(wire: WireConnection, httpsRequired: boolean): Candidate[] {
  const uri = wire.uri ?? "";
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return [];
  const { protocol, hostname, port } = new URL(uri);
  const address = (wire.address ?? "").replace(/^\[|\]$/g, "");
  // Link-local addresses mean something only together with a network card.
  if (/^fe[89ab][0-9a-f]:/i.test(address) || /^\[?fe[89ab][0-9a-f]:/i.test(hostname)) return [];
  const kind = wire.relay ? "relay" : wire.local ? "local" : "remote";
  const ipv6 = wire.IPv6 ?? address.includes(":");
  const url = uri.replace(/\/+$/, "");
  const found: Candidate[] = [{ url, kind, secure: protocol === "https:", ipv6 }];
  // Many home networks do not resolve plex.direct names to private addresses. The same address without the name works
  // there, in the home network only: over the internet the token would travel in the open.
  const twin = hostname.endsWith(".plex.direct") && port === "32400" && kind === "local" && !httpsRequired;
  if (twin && address !== "") {
    const host = address.includes(":") ? `[${address}]` : address;
    found.push({ url: `http://${host}:${wire.port ?? 32_400}`, kind, secure: false, ipv6 });
  }
  return found;
}
