import type { BlockList } from "node:net";
import { AppError } from "../kernel/errors.ts";

/** Loaded only where a proxy is trusted: it takes a part of the program's start. */
const net = () => process.getBuiltinModule("node:net");
const isIP = (address: string): number => net().isIP(address);

/** The ranges that `TRUST_PROXY=true` stands for: this machine, and networks no one on the internet can send from. */
const privateRanges = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

function rangesOf(trusted: readonly string[]): BlockList {
  const list = new (net().BlockList)();
  for (const range of trusted.flatMap((each) => (each === "private" ? privateRanges : [each]))) {
    const [address = "", bits] = range.split("/");
    try {
      if (bits === undefined) list.addAddress(address, family(address));
      else list.addSubnet(address, Number(bits), family(address));
    } catch (cause) {
      throw new AppError("invalid", `TRUST_PROXY: ${range} is not an address or a CIDR range.`, { cause });
    }
  }
  return list;
}

export type Origin = {
  /** The visitor's address. */
  ip: string;
  /** As the visitor's browser wrote it: name and, unless it is the usual one, port. */
  host: string;
  https: boolean;
};

export type ProxyReader = (request: Request, peer: string) => Origin;

function firstOf(header: string | null): string | null {
  const first = header?.split(",")[0]?.trim();
  return first === undefined || first === "" ? null : first;
}

/** `[::1]:4747`, `10.0.0.1:4747`, `::ffff:10.0.0.1` → the bare address; null when it is none. */
function bareAddress(text: string): string | null {
  const inner = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, "$1");
  const plain = unmapped(inner);
  return isIP(plain) === 0 ? null : plain;
}

/** A socket for both families shows an IPv4 address as an IPv6 one. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, "");

function directOrigin(request: Request, ip: string): Origin {
  const url = new URL(request.url);
  return { ip, host: url.host, https: url.protocol === "https:" };
}

const hostName = /^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i;

/** Reads who is asking. X-Forwarded-* count only when the peer is a trusted proxy. */
export function createProxyReader(trusted: readonly string[]): ProxyReader {
  if (trusted.length === 0) return (request, peer) => directOrigin(request, unmapped(peer));
  const ranges = rangesOf(trusted);
  const isTrusted = (address: string) => isIP(address) !== 0 && ranges.check(address, family(address));

  /** The last address in the chain that none of our proxies has: anything before it is hearsay. */
  function client(forwarded: string | null, peer: string): string {
    let known = peer;
    for (const hop of (forwarded ?? "").split(",").reverse()) {
      const address = bareAddress(hop.trim());
      if (address === null) break;
      known = address;
      if (!isTrusted(address)) break;
    }
    return known;
  }

  return (request, peer) => {
    const address = bareAddress(peer) ?? peer;
    const direct = directOrigin(request, address);
    if (!isTrusted(address)) return direct;
    const { headers } = request;
    const host = firstOf(headers.get("x-forwarded-host"));
    const proto = firstOf(headers.get("x-forwarded-proto"))?.toLowerCase();
    return {
      ip: client(headers.get("x-forwarded-for"), address),
      host: host !== null && hostName.test(host) ? host.toLowerCase() : direct.host,
      https: proto === undefined ? direct.https : proto === "https",
    };
  };
}
