import type { Server } from "bun";
import type { FaultEffect, Faults, ServiceName } from "./faults.ts";
import { interestingHeaders, type LoggedRequest, type RequestLog } from "./request-log.ts";

/** What every simulator is built on: a real server on the loopback, the request log and the faults. */

export type Call = {
  request: Request;
  url: URL;
  path: string;
  method: string;
  /** Header, or query parameter of the same name (Plex accepts both). */
  param(name: string): string | null;
  /** Form, JSON or empty body as a flat map. */
  body(): Promise<Record<string, string>>;
  rawBody(): Promise<string>;
  wantsJson: boolean;
  /** Set by a fault: no listing may hold more rows. */
  rowCap: number | null;
};

export type Handler = (call: Call) => Response | Promise<Response>;

export type SimulatorDeps = { faults: Faults; log: RequestLog; now: () => number };

export type ListenOptions = { port?: number; hostname?: string };

export type SocketData = { path: string; token: string | null };

export type SocketHooks = {
  /** Null = answer over HTTP; otherwise the data of the new socket. */
  accepts(call: Call): SocketData | null;
  opened(socket: Bun.ServerWebSocket<SocketData>): void;
  closed(socket: Bun.ServerWebSocket<SocketData>): void;
  heard?(socket: Bun.ServerWebSocket<SocketData>, message: string): void;
};

export type RunningSimulator = { url: string; port: number; stop(): Promise<void> };

export function json(value: unknown, init: { status?: number; headers?: Record<string, string> } = {}): Response {
  return new Response(JSON.stringify(value), {
    status: init.status ?? 200,
    headers: { "content-type": "application/json; charset=utf-8", ...init.headers },
  });
}

export function htmlError(status: number, reason: string, detail = ""): Response {
  const title = `${status} ${reason}`;
  const text = detail === "" ? "" : `<p>${detail}</p>`;
  return new Response(`<html><head><title>${reason}</title></head><body><h1>${title}</h1>${text}</body></html>`, {
    status,
    headers: { "content-type": "text/html" },
  });
}

const reasons: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

export function reasonOf(status: number): string {
  return reasons[status] ?? "Error";
}

function makeCall(request: Request): Call {
  const url = new URL(request.url);
  let text: Promise<string> | null = null;
  const rawBody = (): Promise<string> => {
    text ??= request.text();
    return text;
  };
  return {
    request,
    url,
    path: url.pathname,
    method: request.method,
    param: (name) => request.headers.get(name) ?? url.searchParams.get(name),
    rawBody,
    body: async () => {
      const raw = await rawBody();
      const type = request.headers.get("content-type") ?? "";
      if (raw === "") return {};
      if (type.includes("json")) {
        const parsed: unknown = JSON.parse(raw);
        if (typeof parsed !== "object" || parsed === null) return {};
        return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
      }
      return Object.fromEntries(new URLSearchParams(raw));
    },
    wantsJson: (request.headers.get("accept") ?? "").includes("json"),
    rowCap: null,
  };
}

/** A body whose connection breaks: `error(undefined)` drops the socket and, unlike an Error, prints nothing. */
function breakingBody(start: Uint8Array | null): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (start !== null && !sent) {
        sent = true;
        controller.enqueue(start);
        await Bun.sleep(10);
      }
      controller.error(undefined);
    },
  });
}

function endlessBody(chunkBytes: number): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(chunkBytes).fill(32);
  let first = true;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (first) controller.enqueue(new TextEncoder().encode('{"MediaContainer":{"size":1,"Metadata":['));
      first = false;
      controller.enqueue(chunk);
      await Bun.sleep(1);
    },
  });
}

async function halfOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.subarray(0, Math.max(1, Math.floor(bytes.length / 2)));
}

function errorOf(service: ServiceName, status: number): Response {
  if (service === "plex-server" || service === "plex-app") return htmlError(status, reasonOf(status));
  if (service === "jellyfin-server" || service === "emby-server")
    return new Response("Error processing request.", { status, headers: { "content-type": "text/plain" } });
  return json({ error: reasonOf(status) }, { status });
}

/** Effects that replace the answer; null when the request goes on to the handler. */
function replacement(effect: FaultEffect, service: ServiceName): Response | Promise<Response> | null {
  switch (effect.kind) {
    case "hang":
      return new Promise<Response>(() => {});
    case "status": {
      const headers = new Headers();
      if (effect.retryAfterSeconds !== undefined) headers.set("retry-after", String(effect.retryAfterSeconds));
      if (effect.body !== undefined) {
        headers.set("content-type", effect.contentType ?? "text/plain");
        return new Response(effect.body, { status: effect.status, headers });
      }
      const answer = errorOf(service, effect.status);
      for (const [name, value] of headers) answer.headers.set(name, value);
      return answer;
    }
    case "html":
      return new Response(
        "<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>",
        {
          headers: { "content-type": "text/html; charset=utf-8" },
        },
      );
    case "reset":
      return new Response(breakingBody(null));
    case "endless":
      return new Response(endlessBody(effect.chunkBytes ?? 65_536), {
        headers: { "content-type": "application/json" },
      });
    case "wrong-json":
      return json(effect.json ?? { unexpected: [1, 2, 3] });
    case "redirect":
      return new Response(null, { status: effect.status ?? 302, headers: { location: effect.to } });
    default:
      return null;
  }
}

async function withEffects(
  call: Call,
  effects: FaultEffect[],
  service: ServiceName,
  handler: Handler,
): Promise<Response> {
  for (const effect of effects) {
    if (effect.kind === "delay") await Bun.sleep(effect.delayMs);
    if (effect.kind === "short-pages") call.rowCap = effect.rows;
    if (effect.kind === "change") effect.change();
    const replaced = replacement(effect, service);
    if (replaced !== null) return replaced;
  }
  const answer = await handler(call);
  for (const effect of effects) {
    if (effect.kind === "truncate") {
      return new Response(await halfOf(answer), { status: answer.status, headers: answer.headers });
    }
    if (effect.kind === "cut") {
      return new Response(breakingBody(await halfOf(answer)), { status: answer.status, headers: answer.headers });
    }
  }
  return answer;
}

export function listen(
  service: ServiceName,
  serverName: string | null,
  deps: SimulatorDeps,
  handler: Handler,
  options: ListenOptions = {},
  sockets?: SocketHooks,
): RunningSimulator {
  const server: Server<SocketData> = Bun.serve<SocketData>({
    port: options.port ?? 0,
    hostname: options.hostname ?? "127.0.0.1",
    idleTimeout: 0,
    development: false,
    async fetch(request, self) {
      const call = makeCall(request);
      const entry: LoggedRequest = {
        service,
        server: serverName,
        method: call.method,
        path: call.path,
        query: Object.fromEntries(call.url.searchParams),
        headers: interestingHeaders(request.headers),
        status: null,
        at: deps.now(),
      };
      deps.log.add(entry);
      const effects = deps.faults.effectsFor({
        service,
        server: serverName,
        method: call.method,
        pathAndQuery: call.path + call.url.search,
      });
      const data = effects.length === 0 ? (sockets?.accepts(call) ?? null) : null;
      if (data !== null && self.upgrade(request, { data })) {
        entry.status = 101;
        return undefined as unknown as Response;
      }
      const answer = await withEffects(call, effects, service, handler);
      entry.status = answer.status;
      return answer;
    },
    error(error) {
      console.error(`The simulator of ${serverName ?? service} failed:`, error);
      return new Response("simulator failure", { status: 599 });
    },
    websocket: {
      open: (socket) => sockets?.opened(socket),
      close: (socket) => sockets?.closed(socket),
      message: (socket, message) => sockets?.heard?.(socket, String(message)),
    },
  });
  const port = server.port ?? 0;
  const host = options.hostname === undefined || options.hostname === "0.0.0.0" ? "127.0.0.1" : options.hostname;
  return { url: `http://${host}:${port}`, port, stop: () => server.stop(true) };
}
