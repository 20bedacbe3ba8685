/**
 * One switchboard of faults for all simulators. A rule says which requests it meets (service, server name, path,
 * which of the matching requests) and what happens to them. Rules are plain data apart from `change`, so that the
 * control API of a simulator process can add them as JSON.
 */

export type ServiceName =
  | "plex.tv"
  | "plex-app"
  | "plex-server"
  | "jellyfin-server"
  | "emby-server"
  | "trakt"
  | "tmdb"
  | "tvmaze";

export type FaultEffect =
  /** The answer comes, but late. */
  | { kind: "delay"; delayMs: number }
  /** No answer at all; the connection stays open until the client gives up or the simulator stops. */
  | { kind: "hang" }
  /** An error status with the body this service would send. */
  | { kind: "status"; status: number; retryAfterSeconds?: number; body?: string; contentType?: string }
  /** A 200 with an HTML page where data was expected (captive portal, reverse proxy login). */
  | { kind: "html" }
  /** A complete HTTP answer whose body stops half way. */
  | { kind: "truncate" }
  /** The connection breaks in the middle of the body. */
  | { kind: "cut" }
  /** The connection breaks before any answer. */
  | { kind: "reset" }
  /** A body that never ends. */
  | { kind: "endless"; chunkBytes?: number }
  /** Valid JSON of an unexpected shape. */
  | { kind: "wrong-json"; json?: unknown }
  /** A redirect, for instance to another origin that must not get our token. */
  | { kind: "redirect"; to: string; status?: 301 | 302 | 307 | 308 }
  /** Listings hold at most this many rows a page, whatever was asked. */
  | { kind: "short-pages"; rows: number }
  /** The world changes just before this request is answered (rows appear or vanish between two pages). */
  | { kind: "change"; change: () => void };

export type FaultRule = {
  effect: FaultEffect;
  service?: ServiceName;
  /** Name of one media server ("Attic"); all servers when absent. */
  server?: string;
  method?: string;
  /** Tested against path and query, for example /\/library\/sections\/.*type=4/ . A string is read as a regular expression. */
  path?: RegExp | string;
  /** Only the nth matching request (1 = the next one). */
  nth?: number;
  /** Only this many matching requests, then the rule is spent. */
  times?: number;
  /** Share of the matching requests, drawn from the seeded generator of the switchboard. */
  probability?: number;
};

export type ActiveFault = { id: string; rule: FaultRule; seen: number; hits: number };

export type RequestFacts = { service: ServiceName; server: string | null; method: string; pathAndQuery: string };

export type Faults = {
  add(rule: FaultRule): string;
  remove(id: string): void;
  clear(): void;
  list(): ActiveFault[];
  /** The effects for one request, in the order of the rules; counts the request in every rule that matches it. */
  effectsFor(facts: RequestFacts): FaultEffect[];
};

function matches(rule: FaultRule, facts: RequestFacts): boolean {
  if (rule.service !== undefined && rule.service !== facts.service) return false;
  if (rule.server !== undefined && rule.server !== facts.server) return false;
  if (rule.method !== undefined && rule.method.toUpperCase() !== facts.method) return false;
  if (rule.path === undefined) return true;
  const pattern = typeof rule.path === "string" ? new RegExp(rule.path) : rule.path;
  return pattern.test(facts.pathAndQuery);
}

export function createFaults(random: () => number): Faults {
  const active = new Map<string, ActiveFault>();
  let nextId = 1;
  return {
    add(rule) {
      const id = `fault-${nextId++}`;
      active.set(id, { id, rule, seen: 0, hits: 0 });
      return id;
    },
    remove(id) {
      active.delete(id);
    },
    clear() {
      active.clear();
    },
    list() {
      return [...active.values()];
    },
    effectsFor(facts) {
      const effects: FaultEffect[] = [];
      for (const fault of active.values()) {
        const { rule } = fault;
        if (!matches(rule, facts)) continue;
        fault.seen += 1;
        if (rule.nth !== undefined && fault.seen !== rule.nth) continue;
        if (rule.times !== undefined && fault.hits >= rule.times) continue;
        if (rule.probability !== undefined && random() >= rule.probability) continue;
        fault.hits += 1;
        effects.push(rule.effect);
      }
      return effects;
    },
  };
}
