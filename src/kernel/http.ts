import type { z } from "zod";
import { type SilenceWatch, watchSilence } from "./async.ts";
import { backoffMs, retryAfterMs } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { AppError, type ErrorCode, hasCode, isAppError, throwIfAborted } from "./errors.ts";
import type { Gate } from "./limits.ts";
import type { Log } from "./log.ts";
import { Secret } from "./secret.ts";

/** A whole answer, already read within its limits. */
export type HttpAnswer = {
  status: number;
  headers: Headers;
  /** Media type without parameters, lower case. */
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
  text(): string;
};

export type HttpBody = { json: unknown } | { form: Record<string, string | string[]> };

/** A list stands in the address once for each of its values. */
export type Query = Record<string, string | number | readonly string[] | undefined>;

export type HttpRequest<Out> = {
  /** Who is asked, in the user's words ("Attic", "plex.tv"): begins every message about a failure. */
  name: string;
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute address without query and without secrets. */
  url: string;
  query?: Query | undefined;
  headers?: Record<string, string | Secret | undefined> | undefined;
  body?: HttpBody;
  /** Turns the answer into a value; throws `bad-answer` when it is not what was asked for. */
  read: (answer: HttpAnswer) => Out;
  /** For one whole attempt, body included. */
  timeoutMs: number;
  maxBytes: number;
  /** Tries again after `unreachable`, `rate-limited` and once after `bad-answer`; only for requests that may be repeated. */
  tries?: number;
  /**
   * Counts each time it arrives, so it gets a connection of its own: fetch repeats by itself, and unseen, what it had sent on
   * a kept one that breaks off.
   */
  counts?: boolean;
  /** Statuses that `read` wants to see itself. */
  accept?: readonly number[];
  signal?: AbortSignal | undefined;
  gate?: Gate | undefined;
  /** The address opens something by itself: its path stays out of the log. */
  secretPath?: boolean | undefined;
  /** Skips the check of the server's certificate: only where a user has switched that on for one server. */
  insecureTls?: boolean | undefined;
};

/** An answer without an end, read as it comes. */
export type HttpStream = Pick<HttpRequest<unknown>, "name" | "url" | "query" | "headers" | "signal" | "insecureTls"> & {
  /** Media type that has to come. */
  type: string;
  /** For the head of the answer. */
  timeoutMs: number;
  /** A connection that says nothing for so long is dead. */
  silenceMs: number;
};

export type HttpClient = {
  request<Out>(spec: HttpRequest<Out>): Promise<Out>;
  /** Resolves with the head of the answer. The body has to be iterated, or aborted by the signal: it stays open. */
  stream(spec: HttpStream): Promise<AsyncGenerator<Uint8Array, void, void>>;
};

export type Transport = (url: string, init: BunFetchRequestInit) => Promise<Response>;

export type HttpOptions = { clock: Clock; log: Log; userAgent: string; transport?: Transport };

const firstDelay = { baseMs: 400, maxMs: 15_000 };
/** A service that asks for more patience than this gets its wait from the caller's queue, not from an open call. */
const longestWaitMs = 20_000;

export function createHttp({ clock, log, userAgent, transport = fetch }: HttpOptions): HttpClient {
  async function attempt<Out>(spec: HttpRequest<Out>): Promise<Out> {
    const started = clock.ticks();
    const timeout = AbortSignal.timeout(spec.timeoutMs);
    const signal = spec.signal ? AbortSignal.any([spec.signal, timeout]) : timeout;
    let status = 0;
    try {
      const response = await follow(spec, signal, transport, userAgent);
      status = response.status;
      if (!response.ok && !spec.accept?.includes(status)) throw await statusError(spec, response, clock.now());
      const bytes = await readBody(spec, response);
      const type = mediaType(response);
      return spec.read({ status, headers: response.headers, type, bytes, text: () => new TextDecoder().decode(bytes) });
    } catch (error) {
      throwIfAborted(spec.signal);
      throw transportError(spec, error);
    } finally {
      const { host, pathname } = new URL(spec.url);
      const ms = Math.round(clock.ticks() - started);
      log.debug("http", { method: spec.method ?? "GET", host, path: spec.secretPath ? "…" : pathname, status, ms });
    }
  }

  async function request<Out>(spec: HttpRequest<Out>): Promise<Out> {
    const tries = spec.tries ?? 1;
    for (let number = 1; ; number += 1) {
      throwIfAborted(spec.signal);
      try {
        return await (spec.gate ? spec.gate.run(() => attempt(spec), spec.signal) : attempt(spec));
      } catch (error) {
        throwIfAborted(spec.signal);
        if (!isAppError(error)) throw error;
        if (error.code === "rate-limited") spec.gate?.pauseUntil(clock.now() + (error.retryAfterMs ?? 2_000));
        const wait = error.retryAfterMs ?? backoffMs(number, firstDelay);
        const again =
          hasCode(error, "unreachable", "rate-limited") || (error.code === "bad-answer" && number === 1 && tries > 1);
        if (!again || number >= tries || wait > longestWaitMs) throw error;
        await clock.sleep(wait, spec.signal);
      }
    }
  }

  async function stream(spec: HttpStream): Promise<AsyncGenerator<Uint8Array, void, void>> {
    throwIfAborted(spec.signal);
    const watch = watchSilence();
    const signal = spec.signal ? AbortSignal.any([spec.signal, watch.signal]) : watch.signal;
    const { host, pathname } = new URL(spec.url);
    watch.within(spec.timeoutMs, new DOMException("no answer", "TimeoutError"));
    try {
      const response = await follow(spec, signal, transport, userAgent);
      log.debug("http", { method: "GET", host, path: pathname, status: response.status, stream: true });
      if (!response.ok) throw await statusError(spec, response, clock.now());
      const type = mediaType(response);
      if (type !== spec.type || response.body === null) {
        throw new AppError("bad-answer", `${spec.name} answered with something else than asked for.`, {
          status: response.status,
          detail: type,
        });
      }
      return chunksOf(spec, response.body, watch);
    } catch (error) {
      watch.hangUp();
      throwIfAborted(spec.signal);
      throw transportError(spec, error);
    }
  }

  return { request, stream };
}

async function* chunksOf(
  spec: HttpStream,
  body: ReadableStream<Uint8Array>,
  watch: SilenceWatch,
): AsyncGenerator<Uint8Array, void, void> {
  const silent = new AppError("unreachable", `${spec.name} has gone silent.`);
  watch.within(spec.silenceMs, silent);
  try {
    for await (const chunk of body) {
      watch.within(spec.silenceMs, silent);
      yield chunk;
    }
  } catch (error) {
    throwIfAborted(spec.signal);
    throw transportError(spec, error);
  } finally {
    watch.hangUp();
  }
}

function mediaType(response: Response): string {
  return (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** What sending and failing need to know of a request. */
type Outgoing = Pick<
  HttpRequest<unknown>,
  "name" | "method" | "url" | "query" | "headers" | "body" | "timeoutMs" | "accept" | "counts" | "insecureTls"
>;

function address(spec: Outgoing): URL {
  const url = new URL(spec.url);
  for (const [key, value] of Object.entries(spec.query ?? {})) {
    if (typeof value === "object") for (const each of value) url.searchParams.append(key, each);
    else if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url;
}

function requestInit(spec: Outgoing, signal: AbortSignal, userAgent: string): BunFetchRequestInit {
  const headers = new Headers({ "user-agent": userAgent });
  for (const [key, value] of Object.entries(spec.headers ?? {})) {
    if (value !== undefined) headers.set(key, value instanceof Secret ? value.reveal() : value);
  }
  const init: BunFetchRequestInit = { method: spec.method ?? "GET", headers, signal, redirect: "manual" };
  if (spec.counts) init.keepalive = false;
  if (spec.insecureTls) init.tls = { rejectUnauthorized: false };
  if (spec.body && "json" in spec.body) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(spec.body.json);
  } else if (spec.body) {
    const form = new URLSearchParams();
    for (const [key, value] of Object.entries(spec.body.form)) {
      for (const each of Array.isArray(value) ? value : [value]) form.append(key, each);
    }
    headers.set("content-type", "application/x-www-form-urlencoded");
    init.body = form.toString();
  }
  return init;
}

/**
 * Follows redirects by hand and within the same origin only: fetch would carry custom headers, and with them
 * X-Plex-Token, to wherever a redirect points.
 */
async function follow(spec: Outgoing, signal: AbortSignal, transport: Transport, userAgent: string): Promise<Response> {
  const init = requestInit(spec, signal, userAgent);
  let url = address(spec);
  for (let hop = 0; hop < 4; hop += 1) {
    const response = await transport(url.href, init);
    const location = response.headers.get("location");
    const redirected = response.status >= 300 && response.status < 400 && location !== null;
    if (!redirected || spec.accept?.includes(response.status)) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next === null) {
      throw new AppError("bad-answer", `${spec.name} redirects to something that is no address.`, {
        status: response.status,
      });
    }
    if (next.origin !== url.origin || init.method !== "GET") {
      throw new AppError("bad-answer", `${spec.name} sends requests elsewhere (to ${next.origin}).`, {
        status: response.status,
        hint: "Enter the address of the server itself, without a login page or portal in front of it.",
      });
    }
    url = next;
  }
  throw new AppError("bad-answer", `${spec.name} redirects in a circle.`);
}

async function readBody(spec: HttpRequest<unknown>, response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = () =>
    new AppError("bad-answer", `${spec.name} sent an answer larger than ${Math.round(spec.maxBytes / 1_000_000)} MB.`);
  const announced = Number(response.headers.get("content-length") ?? Number.NaN);
  if (announced > spec.maxBytes) {
    await response.body?.cancel();
    throw tooLong();
  }
  // The announced size is that of the packed body: only an unpacked one says how much will arrive.
  if (Number.isFinite(announced) && !response.headers.has("content-encoding")) {
    const whole = new Uint8Array(await response.arrayBuffer());
    if (whole.byteLength > spec.maxBytes) throw tooLong();
    return whole;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return new Uint8Array(0);
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > spec.maxBytes) {
      throw tooLong();
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

const statusMeanings: Record<number, [ErrorCode, string]> = {
  401: ["auth-expired", "does not accept the sign-in"],
  403: ["auth-expired", "refuses access"],
  404: ["not-found", "does not know what was asked for"],
  408: ["unreachable", "took too long"],
  425: ["unreachable", "is not ready yet"],
  429: ["rate-limited", "asks us to wait"],
};

async function statusError(spec: Outgoing, response: Response, now: number): Promise<AppError> {
  const { status } = response;
  const wait = retryAfterMs(response.headers.get("retry-after"), now);
  await response.body?.cancel();
  const known = statusMeanings[status];
  const code: ErrorCode = known?.[0] ?? (status >= 500 ? "unreachable" : "bad-answer");
  const text = known?.[1] ?? (status >= 500 ? "is having trouble" : "refused the request");
  return new AppError(code, `${spec.name} ${text} (HTTP ${status}).`, {
    status,
    ...(wait === null ? {} : { retryAfterMs: wait }),
  });
}

const causes: Record<string, string> = {
  ECONNREFUSED: "refused the connection. Is it running, and is the port right",
  ENOTFOUND: "has a name that cannot be found. Is the address right, and does DNS work here",
  ConnectionRefused: "refused the connection. Is it running, and is the port right",
  ECONNRESET: "closed the connection in the middle",
  ConnectionClosed: "closed the connection in the middle",
  EHOSTUNREACH: "cannot be reached from here. Is it switched on",
  ENETUNREACH: "is on a network that cannot be reached from here",
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a certificate that nobody vouches for",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "has a certificate that cannot be verified",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate made for another name",
  CERT_HAS_EXPIRED: "has a certificate that has expired",
  EPROTO: "does not speak https at this address",
};

function transportError(spec: Outgoing, error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof Error && error.name === "TimeoutError") {
    const seconds = Math.round(spec.timeoutMs / 100) / 10;
    return new AppError(
      "unreachable",
      `${spec.name} did not answer (timed out after ${seconds} s). Is it switched on?`,
      {
        cause: error,
      },
    );
  }
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  const known = typeof code === "string" ? causes[code] : undefined;
  return new AppError(
    "unreachable",
    known ? `${spec.name} ${known}?`.replace("middle?", "middle.") : `${spec.name} cannot be reached.`,
    {
      cause: error,
      detail: `${typeof code === "string" ? code : ""} ${error instanceof Error ? error.message : String(error)}`,
    },
  );
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join(".") || "(root)"}: ${issue.message}` : "unknown shape";
}

/** Reads a value with a schema; a mismatch is `bad-answer` that names the place, never the content. */
export function checked<Out>(name: string, schema: z.ZodType<Out>, value: unknown): Out {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("bad-answer", `${name} sent something this program does not understand.`, {
    detail: firstIssue(result.error),
  });
}

/** A reader for JSON answers. HTML, truncated and empty bodies are `bad-answer`. */
export function asJson<Out>(name: string, schema: z.ZodType<Out>): (answer: HttpAnswer) => Out {
  return (answer) => checked(name, schema, jsonValue(name, answer));
}

export function jsonValue(name: string, answer: HttpAnswer): unknown {
  if (answer.type === "text/html") {
    throw new AppError("bad-answer", `${name} answered with a web page instead of data.`, {
      status: answer.status,
      hint: "Is there a login page or another program at this address?",
    });
  }
  try {
    const value: unknown = JSON.parse(answer.text());
    return value;
  } catch (cause) {
    throw new AppError("bad-answer", `${name} sent an answer that breaks off or is not JSON.`, { cause });
  }
}
