import { AppError } from "../../kernel/errors.ts";
import { checked, type HttpAnswer } from "../../kernel/http.ts";
import { createGate, type Gate } from "../../kernel/limits.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { PageAnswer } from "../listing.ts";
import { asInt } from "../loose.ts";
import { type PlexDeps, plexHeaders } from "./config.ts";
import { listingSchema } from "./schemas.ts";
import { bodyValue } from "./xml.ts";

export type Query = Record<string, string | number | undefined>;

export type ClientOptions = {
  /** Begins every message about a failure. */
  name: string;
  url: string;
  /** Null for what a server tells everybody. */
  token: Secret | null;
  insecureTls: boolean;
};

export type GetOptions<Out> = {
  method?: "GET" | "PUT";
  read: (answer: HttpAnswer) => Out;
  query?: Query;
  headers?: Record<string, string>;
  timeoutMs?: number;
  maxBytes?: number;
  tries?: number;
  /** See `HttpRequest`. */
  counts?: boolean;
  signal?: AbortSignal | undefined;
};

/** Which rows of a listing, and what reads one of them. */
export type Part<Row> = { start: number; size: number; read: (value: unknown) => Row | null };

export type PlexPage<Row> = PageAnswer<Row> & { libraryKey: string | null };

/** Requests to one Plex Media Server. */
export type PlexClient = {
  get<Out>(path: string, options: GetOptions<Out>): Promise<Out>;
  /** One page of a listing, asked once: what to do about a failure is the listing's business. */
  page<Row>(path: string, query: Query, part: Part<Row>, signal?: AbortSignal): Promise<PlexPage<Row>>;
  /** Requests sent so far, repeated ones included. */
  requests(): number;
};

const smallBytes = 16_000_000;
/** A page of 500 with every detail, which servers send that do not know `excludeElements`, has about 3 MB. */
const listingBytes = 24_000_000;
/** A home server also has films to stream. */
const concurrency = 4;

export function createPlexClient(deps: PlexDeps, options: ClientOptions): PlexClient {
  const { http, clock, plex, timeouts } = deps;
  const { name, url, token, insecureTls } = options;
  const gate = createGate(clock, { concurrency });
  let sent = 0;
  // Every attempt passes the gate, so that is where requests are counted.
  const counted: Gate = {
    ...gate,
    run: (work, signal) => {
      sent += 1;
      return gate.run(work, signal);
    },
  };

  const get = <Out>(path: string, how: GetOptions<Out>): Promise<Out> =>
    http.request({
      name,
      method: how.method ?? "GET",
      url: `${url}${path}`,
      query: how.query,
      headers: { ...plexHeaders(plex, token), ...how.headers },
      read: how.read,
      timeoutMs: how.timeoutMs ?? timeouts.smallMs,
      maxBytes: how.maxBytes ?? smallBytes,
      tries: how.tries ?? 3,
      counts: how.counts ?? false,
      signal: how.signal,
      gate: counted,
      insecureTls,
    });

  return {
    get,
    page: (path, query, { start, size, read }, signal) =>
      get(path, {
        // Both documented forms at once: newer servers refuse a listing (400) when they find no size.
        query: { ...query, "X-Plex-Container-Start": start, "X-Plex-Container-Size": size },
        headers: { "X-Plex-Container-Start": String(start), "X-Plex-Container-Size": String(size) },
        read: (answer) => readPage(name, answer, read),
        timeoutMs: timeouts.listingMs,
        maxBytes: listingBytes,
        tries: 1,
        signal,
      }),
    requests: () => sent,
  };
}

function readPage<Row>(name: string, answer: HttpAnswer, read: Part<Row>["read"]): PlexPage<Row> {
  const container = checked(name, listingSchema, bodyValue(name, answer));
  const rows = container.Metadata ?? [];
  const announced = container.size;
  // "No rows" has to be said: an answer that is merely missing them would look like an empty library.
  if (container.Metadata === undefined && announced !== 0 && container.Directory === undefined) {
    throw new AppError("bad-answer", `${name} sent a list without its rows.`, { status: answer.status });
  }
  return {
    rows: rows.map(read),
    total: container.totalSize ?? asInt(answer.headers.get("x-plex-container-total-size")) ?? null,
    offset: container.offset ?? null,
    intact: announced === undefined || announced === rows.length + (container.Directory?.length ?? 0),
    libraryKey: container.librarySectionID ?? null,
  };
}
