import { retryAfterMs } from "../../kernel/backoff.ts";
import { AppError } from "../../kernel/errors.ts";
import { asJson, type HttpAnswer, type HttpBody, type Query } from "../../kernel/http.ts";
import { createGate, type Gate } from "../../kernel/limits.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { PageAnswer } from "../listing.ts";
import { identityHeaders, type MediaBrowserDeps } from "./config.ts";
import type { Route } from "./dialect.ts";
import { pageSchema } from "./schemas.ts";

export type ClientOptions = {
  /** Begins every message about a failure. */
  name: string;
  url: string;
  /** Null for what a server tells everybody. */
  token: Secret | null;
  insecureTls: boolean;
  deviceId: string;
};

export type AskOptions<Out> = {
  read: (answer: HttpAnswer) => Out;
  method?: "GET" | "POST" | "DELETE";
  query?: Query;
  body?: HttpBody;
  timeoutMs?: number;
  maxBytes?: number;
  tries?: number;
  /** See `HttpRequest`. */
  counts?: boolean;
  accept?: readonly number[];
  signal?: AbortSignal | undefined;
};

/** Which rows of a listing, and what reads one of them. Counting is a second, expensive search for these servers. */
export type Part<Row> = { start: number; size: number; counted: boolean; read: (value: unknown) => Row | null };

/** Requests to one server. */
export type MediaBrowserClient = {
  ask<Out>(path: string, options: AskOptions<Out>): Promise<Out>;
  /** One page of a listing, asked once: what to do about a failure is the listing's business. */
  page<Row>(route: Route, part: Part<Row>, signal?: AbortSignal): Promise<PageAnswer<Row>>;
  /** Requests sent so far, repeated ones included. */
  requests(): number;
};

const smallBytes = 16_000_000;
const listingBytes = 24_000_000;
/** A home server also has films to stream, and looks one listing at a time through its database. */
const concurrency = { small: 4, listing: 1 };
const redirects = [301, 302, 303, 307, 308];

export function createMediaBrowserClient(deps: MediaBrowserDeps, options: ClientOptions): MediaBrowserClient {
  const { http, clock, timeouts } = deps;
  const { name, url, token, insecureTls, deviceId } = options;
  let sent = 0;
  // Every attempt passes a gate, so that is where requests are counted.
  const counting = (gate: Gate): Gate => ({
    ...gate,
    run: (work, signal) => {
      sent += 1;
      return gate.run(work, signal);
    },
  });
  const small = counting(createGate(clock, { concurrency: concurrency.small }));
  const listing = counting(createGate(clock, { concurrency: concurrency.listing }));
  const headers = identityHeaders(deps, deviceId, token);

  const ask = <Out>(path: string, how: AskOptions<Out>, gate = small): Promise<Out> =>
    http.request({
      name,
      method: how.method ?? "GET",
      url: `${url}${path}`,
      query: how.query,
      headers,
      ...(how.body === undefined ? {} : { body: how.body }),
      accept: [...redirects, 503, ...(how.accept ?? [])],
      read(answer) {
        if (redirects.includes(answer.status)) throw leadsElsewhere(name, answer);
        if (answer.status === 503) throw notReady(name, answer, clock.now());
        return how.read(answer);
      },
      timeoutMs: how.timeoutMs ?? timeouts.smallMs,
      maxBytes: how.maxBytes ?? smallBytes,
      tries: how.tries ?? 3,
      counts: how.counts ?? false,
      signal: how.signal,
      gate,
      insecureTls,
    });

  return {
    ask: (path, how) => ask(path, how),
    page: ({ path, query }, { start, size, counted, read }, signal) =>
      ask(
        path,
        {
          query: { ...query, StartIndex: start, Limit: size, EnableTotalRecordCount: String(counted) },
          read(answer) {
            const { Items, TotalRecordCount } = asJson(name, pageSchema)(answer);
            const total = counted ? (TotalRecordCount ?? null) : null;
            return { rows: Items.map(read), total, offset: null, intact: true };
          },
          timeoutMs: timeouts.listingMs,
          maxBytes: listingBytes,
          tries: 1,
          signal,
        },
        listing,
      ),
    requests: () => sent,
  };
}

/** Outside the path that it is set up for, a server leads to its web pages; a portal leads to its sign-in. */
function leadsElsewhere(name: string, answer: HttpAnswer): AppError {
  const location = answer.headers.get("location") ?? "";
  return new AppError("bad-answer", `${name} leads elsewhere instead of answering.`, {
    status: answer.status,
    hint: "The address or its path is wrong, or a login page stands in front of the server. Enter the server's own address, with its path.",
    extra: { location },
  });
}

/** A server that starts or moves its database says so to every question, and for how long. */
function notReady(name: string, answer: HttpAnswer, now: number): AppError {
  const waitMs = retryAfterMs(answer.headers.get("retry-after"), now);
  const { status } = answer;
  if (waitMs === null) return new AppError("unreachable", `${name} is having trouble (HTTP ${status}).`, { status });
  return new AppError("unreachable", `${name} is starting (HTTP ${status}).`, {
    status,
    retryAfterMs: waitMs,
    hint: "It will be asked again. A server that has just been updated may need some minutes.",
  });
}
