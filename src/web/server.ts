import type { AnyElysia } from "elysia";
import { createPaths } from "../../views/paths.ts";
import { withDeadline } from "../kernel/async.ts";
import { AppError } from "../kernel/errors.ts";
import { randomRef } from "../kernel/ids.ts";
import { SESSION_MS } from "../services/accounts/sessions.ts";
import { createAssets } from "./assets.ts";
import { largestBody, prepare } from "./body.ts";
import { type IdleTimeout, type RequestContext, rememberContext } from "./context.ts";
import { sessionCookie } from "./cookies.ts";
import type { RouteDeps, WebDeps } from "./deps.ts";
import { publicPath } from "./errors.ts";
import { named } from "./events.ts";
import { createGuard, identify, readCookie, SESSION_COOKIE } from "./guard.ts";
import { finishHeaders } from "./headers.ts";
import { createNews } from "./news.ts";
import { openApiDocument } from "./openapi.ts";
import { createProxyReader } from "./proxy.ts";
import { createRefuse } from "./refuse.ts";
import { redirect } from "./respond.ts";
import { createRouter } from "./router.ts";
import { createHub, type Hub } from "./sse.ts";

export type Listening = {
  port: number;
  /** Ends event streams, lets running requests finish, then stops. */
  stop(): Promise<void>;
};

/** Where a request came in; without it (in tests) it is taken as from this machine. */
export type Peer = { address: string; idleTimeout: IdleTimeout };

export type Web = {
  assetUrl(name: string): string;
  app: AnyElysia;
  hub: Hub;
  handle(request: Request, peer?: Peer): Promise<Response>;
  listen(address: { host: string; port: number }): Listening;
};

const nobody: Peer = { address: "127.0.0.1", idleTimeout: () => undefined };
/** Longer than the slowest answer, which asks a media server that sleeps: the connection is silent meanwhile. */
const idleSeconds = 120;
const stopWithinMs = 5_000;

export function createWeb(web: WebDeps): Web {
  const { config, accounts, clock } = web;
  const log = web.log.child({ part: "web" });
  const paths = createPaths(config.basePath);
  const hub = createHub();
  const assets = createAssets(paths);
  const deps: RouteDeps = {
    ...web,
    paths,
    hub,
    news: createNews(web.bus, web.live ?? named),
    assets,
    assetUrl: assets.url,
    openapi: () => openApiDocument(app, paths.basePath),
  };
  const refuse = createRefuse(deps, log);
  const guard = createGuard({ accounts, paths, publicUrl: config.publicUrl });
  const readOrigin = createProxyReader(config.trustProxy);
  const app = createRouter(deps, assets, refuse);

  function describe(request: Request, peer: Peer): RequestContext {
    const url = new URL(request.url);
    const origin = readOrigin(request, peer.address);
    const inside = url.pathname === paths.basePath || url.pathname.startsWith(`${paths.basePath}/`);
    const path = url.pathname.slice(paths.basePath.length).replace(/(?<=.)\/+$/, "");
    return {
      id: randomRef(),
      method: request.method,
      path: inside ? path || "/" : "",
      target: `${url.pathname}${url.search}`,
      ip: origin.ip,
      origin: `${origin.https ? "https" : "http"}://${origin.host}`,
      https: origin.https || request.headers.get("origin") === `https://${origin.host}`,
      htmx: request.headers.get("hx-request") === "true",
      signedIn: null,
      sessionToken: readCookie(request, SESSION_COOKIE),
      form: null,
      idleTimeout: peer.idleTimeout,
    };
  }

  async function answer(request: Request, context: RequestContext): Promise<Response> {
    if (context.path === "") {
      // A reverse proxy that sends us more than our sub-path, or a first visit by the bare port.
      if (new URL(request.url).pathname === "/") return redirect(paths.home());
      throw new AppError("not-found", "There is nothing at this address.");
    }
    context.signedIn = identify(accounts, request, context.sessionToken);
    const refused = guard(request, context);
    if (refused !== null) return refused;
    const usable = await prepare(request, context);
    rememberContext(usable, context);
    return app.handle(usable);
  }

  /** The cookie lives as long as the session does. */
  function prolong(response: Response, context: RequestContext): void {
    const { signedIn, sessionToken, https } = context;
    if (signedIn?.via !== "session" || signedIn.prolongedUntil === null || sessionToken === null) return;
    if (response.headers.has("set-cookie")) return;
    response.headers.append("set-cookie", sessionCookie(sessionToken, SESSION_MS, { basePath: paths.basePath, https }));
  }

  async function handle(given: Request, peer: Peer = nobody): Promise<Response> {
    const began = clock.ticks();
    const request = addressed(given);
    if (request === null) return new Response("The Host header is not understood.", { status: 400 });
    const context = describe(request, peer);
    rememberContext(request, context);
    let response: Response;
    try {
      response = await answer(request, context);
    } catch (error) {
      response = refuse(error, request, context);
    }
    finishHeaders(response, context.id);
    prolong(response, context);
    log.debug("request", {
      request: context.id,
      method: request.method,
      path: publicPath(context.path),
      status: response.status,
      ms: Math.round(clock.ticks() - began),
    });
    return request.method === "HEAD" ? withoutBody(response) : response;
  }

  function listen({ host, port }: { host: string; port: number }): Listening {
    const server = serve({
      development: false,
      // In production mode the runtime would share a taken port with whoever has it, and answer half of the requests.
      reusePort: false,
      hostname: host,
      port,
      idleTimeout: idleSeconds,
      maxRequestBodySize: largestBody,
      // The reading of a request itself must not end in the runtime's own error page.
      error: (error) => {
        log.error("request.failed", { error });
        return new Response("Something unexpected went wrong.", { status: 500 });
      },
      fetch: (request, served) =>
        handle(request, {
          address: served.requestIP(request)?.address ?? "",
          idleTimeout: (seconds) => served.timeout(request, seconds),
        }),
    });
    return {
      port: server.port ?? port,
      async stop() {
        hub.close();
        try {
          await withDeadline(server.stop(), stopWithinMs, "Requests were still running.");
        } catch (error) {
          log.warn("web.stop.forced", { error });
          await server.stop(true);
        }
      },
    };
  }

  return { app, hub, assetUrl: assets.url, handle, listen };
}

/** Throws `invalid` when the address cannot be listened on. */
function serve(options: Parameters<typeof Bun.serve>[0]): ReturnType<typeof Bun.serve> {
  try {
    return Bun.serve(options);
  } catch (cause) {
    const { hostname, port } = options as { hostname?: string; port?: number };
    throw new AppError("invalid", `The server cannot listen on ${hostname}:${port}.`, {
      cause,
      detail: cause instanceof Error ? cause.message : String(cause),
      hint: "Another program may use this port. Set HOST and PORT to a free address of this machine.",
    });
  }
}

/** A request whose Host is missing (HTTP/1.0 probes) or unusable has a bare path for its address. */
function addressed(request: Request): Request | null {
  if (URL.canParse(request.url)) return request;
  return request.url.startsWith("/") ? new Request(`http://localhost${request.url}`, request) : null;
}

/** The head of a GET's answer. */
async function withoutBody(response: Response): Promise<Response> {
  const { status, headers } = response;
  if (headers.get("content-type") === "text/event-stream") {
    // Ends the stream's subscriptions: nobody will read it.
    await response.body?.cancel();
  } else {
    headers.set("content-length", String((await response.arrayBuffer()).byteLength));
  }
  return new Response(null, { status, headers });
}
