import type { ServiceName } from "./faults.ts";

/** What a simulator saw of one request. Tokens are kept on purpose: tests ask which token went to which host. */
export type LoggedRequest = {
  service: ServiceName;
  /** Name of the media server, null for the other services. */
  server: string | null;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  status: number | null;
  /** Epoch milliseconds. */
  at: number;
};

export type RequestFilter = { service?: ServiceName; server?: string; method?: string; path?: RegExp | string };

export type RequestLog = {
  add(entry: LoggedRequest): void;
  all(filter?: RequestFilter): LoggedRequest[];
  count(filter?: RequestFilter): number;
  /** "plex-server GET /library/sections/:/all" → number of requests; digits and long ids are folded. */
  byEndpoint(): Record<string, number>;
  reset(): void;
};

const headersOfInterest = [
  "accept",
  "authorization",
  "content-type",
  "trakt-api-key",
  "trakt-api-version",
  "user-agent",
  "x-emby-authorization",
  "x-emby-token",
  "x-mediabrowser-token",
  "x-plex-client-identifier",
  "x-plex-container-size",
  "x-plex-container-start",
  "x-plex-product",
  "x-plex-token",
];

export function interestingHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of headersOfInterest) {
    const value = headers.get(name);
    if (value !== null) kept[name] = value;
  }
  return kept;
}

export function foldPath(path: string): string {
  return path
    .split("/")
    .map((part) => (/\d/.test(part) && !/^(v\d|api|3)$/.test(part) ? ":" : part))
    .join("/");
}

function matches(entry: LoggedRequest, filter: RequestFilter): boolean {
  if (filter.service !== undefined && entry.service !== filter.service) return false;
  if (filter.server !== undefined && entry.server !== filter.server) return false;
  if (filter.method !== undefined && entry.method !== filter.method.toUpperCase()) return false;
  if (filter.path === undefined) return true;
  const pattern = typeof filter.path === "string" ? new RegExp(filter.path) : filter.path;
  const search = new URLSearchParams(entry.query).toString();
  return pattern.test(search === "" ? entry.path : `${entry.path}?${search}`);
}

export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  const all = (filter: RequestFilter = {}): LoggedRequest[] => entries.filter((entry) => matches(entry, filter));
  return {
    add: (entry) => {
      entries.push(entry);
    },
    all,
    count: (filter) => all(filter).length,
    byEndpoint: () => {
      const counts: Record<string, number> = {};
      for (const entry of entries) {
        const key = `${entry.service} ${entry.method} ${foldPath(entry.path)}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      return counts;
    },
    reset: () => {
      entries = [];
    },
  };
}
