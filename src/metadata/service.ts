import type { Instant } from "../domain/instant.ts";
import { backoffMs, retryAfterMs } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { HttpAnswer, HttpClient, Query } from "../kernel/http.ts";
import { createGate, type RateLimit } from "../kernel/limits.ts";
import type { Secret } from "../kernel/secret.ts";

export type SourceDeps = { http: HttpClient; clock: Clock };

export type ServiceSpec = {
  name: string;
  baseUrl: string;
  headers?: Record<string, string | Secret>;
  query?: Record<string, string>;
  limit: RateLimit;
  /** What a 401, 403 or 426 means once it is known to come from the service and not from a filter in front of it. */
  refused(status: number): AppError;
  /** When the budget that these headers call used up is renewed. */
  renewedAt?(headers: Headers): Instant | null;
};

export type ServiceCall<Out> = {
  path: string;
  query?: Query;
  read: (answer: HttpAnswer) => Out;
  accept?: readonly number[];
  maxBytes: number;
  signal: AbortSignal | undefined;
};

export type Service = {
  /** Null for a 404: the service does not know it. */
  get<Out>(call: ServiceCall<Out>): Promise<Out | null>;
  waitingUntil(): Instant | null;
};

const timeoutMs = 20_000;
const refusals = [401, 403, 426];
/** For a 429 that names no time, as filters in front of a service send it. */
const unnamedWait = { baseMs: 5_000, maxMs: 300_000 };
const blockedForMs = 300_000;
/** Longer than any pause between our own calls. Whoever would have to wait longer is told so instead of being held. */
const longestQueueMs = 40_000;

/** A web page or a filter's one-line note where the service itself would have sent JSON or nothing. */
function isPage(answer: HttpAnswer): boolean {
  return /^\s*(<|error code:)/i.test(answer.text());
}

/** The manners that all sources share: one gate, one patience, and a clear word about who refused. */
export function createService({ http, clock }: SourceDeps, spec: ServiceSpec): Service {
  const { name } = spec;
  const gate = createGate(clock, spec.limit);
  let unnamedWaits = 0;

  const asksToWait = (answer: HttpAnswer): AppError => {
    const now = clock.now();
    const renewedAt = spec.renewedAt?.(answer.headers) ?? null;
    const named = retryAfterMs(answer.headers.get("retry-after"), now) ?? (renewedAt === null ? null : renewedAt - now);
    if (named === null) unnamedWaits += 1;
    return new AppError("rate-limited", `${name} asks us to wait (HTTP 429).`, {
      status: 429,
      retryAfterMs: named === null ? backoffMs(unnamedWaits, unnamedWait) : Math.max(0, named),
    });
  };

  const refusal = (answer: HttpAnswer): AppError =>
    isPage(answer)
      ? new AppError("unreachable", `${name} is blocked by Cloudflare (HTTP ${answer.status}).`, {
          status: answer.status,
          hint: "Nothing is wrong with your key. It usually passes by itself; a VPN or a shared address makes it more likely.",
          retryAfterMs: blockedForMs,
        })
      : spec.refused(answer.status);

  const readWith =
    <Out>(read: (answer: HttpAnswer) => Out) =>
    (answer: HttpAnswer): Out | null => {
      if (answer.status === 429) throw asksToWait(answer);
      if (refusals.includes(answer.status)) throw refusal(answer);
      if (answer.status === 404) {
        if (!isPage(answer)) return null;
        throw new AppError("bad-answer", `${name} answered with a web page instead of data.`, { status: 404 });
      }
      unnamedWaits = 0;
      const renewedAt = spec.renewedAt?.(answer.headers) ?? null;
      if (renewedAt !== null && renewedAt > clock.now()) gate.pauseUntil(renewedAt);
      return read(answer);
    };

  return {
    async get(call) {
      const waitMs = gate.waitMs();
      if (waitMs > longestQueueMs) {
        throw new AppError("rate-limited", `${name} asked us to wait.`, { retryAfterMs: waitMs });
      }
      return http.request({
        name,
        url: spec.baseUrl + call.path,
        query: { ...spec.query, ...call.query },
        headers: { accept: "application/json", ...spec.headers },
        read: readWith(call.read),
        accept: [404, 429, ...refusals, ...(call.accept ?? [])],
        timeoutMs,
        maxBytes: call.maxBytes,
        tries: 2,
        signal: call.signal,
        gate,
      });
    },
    waitingUntil: gate.waitingUntil,
  };
}
