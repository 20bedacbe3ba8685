import { existsSync } from "node:fs";
import { join } from "node:path";
import { endWithUs, until } from "./measure.ts";
import type { Simulated } from "./world.ts";

const root = join(import.meta.dir, "..", "..");

/** The program given by EPISODE_TRACKER, else the compiled executable where it has been built, else the source. */
export function command(): string[] {
  const built = process.env["EPISODE_TRACKER"] ?? join(root, "dist", "episode-tracker");
  return existsSync(built) ? [built] : ["bun", join(root, "src", "main.ts")];
}

export type Running = {
  pid: number;
  url: string;
  /** Milliseconds from the start of the process to the first good answer. */
  firstAnswerMs: number;
  get(path: string, signal?: AbortSignal): Promise<Response>;
  send(method: string, path: string, body?: unknown): Promise<Response>;
  stop(): Promise<void>;
};

async function freePort(): Promise<number> {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = probe.port ?? 0;
  await probe.stop(true);
  return port;
}

export async function startProduct(sims: Simulated, dataDir: string, env: Record<string, string>): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const given = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    ...sims.env,
    TRAKT_CLIENT_ID: "",
    TMDB_API_KEY: "",
  };
  const started = performance.now();
  const child = Bun.spawn([...command(), "serve"], {
    env: { ...given, ...env, DATA_DIR: dataDir, HOST: "127.0.0.1", PORT: String(port), LOG_LEVEL: "warn", TZ: "UTC" },
    stdout: "inherit",
    stderr: "inherit",
  });
  endWithUs(child);
  const answers = async () => {
    try {
      return (await fetch(`${url}/api/health`)).ok;
    } catch {
      return false;
    }
  };
  await until("the product's first answer", answers, 2);
  const firstAnswerMs = performance.now() - started;
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, body?: unknown, signal?: AbortSignal) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: "manual",
      ...(signal === undefined ? {} : { signal }),
      headers: {
        cookie: [...cookies.values()].join("; "),
        origin: url,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const pair = set.split(";")[0] ?? "";
      cookies.set(pair.split("=")[0] ?? "", pair);
    }
    // A page that sends us elsewhere is not the page that is measured.
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
    return answer;
  };
  return {
    pid: child.pid,
    url,
    firstAnswerMs,
    get: (path, signal) => send("GET", path, undefined, signal),
    send,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** Account, sign-in by PIN, connection to the first simulated server. */
export async function connect(product: Running, sims: Simulated): Promise<void> {
  await product.send("POST", "/api/auth/setup", { username: "anna", password: "a long enough password" });
  const pin = (await (await product.get("/api/integrations/plex/auth/pin")).json()) as { pinId: string; code: string };
  await sims.ask("approve", { code: pin.code });
  const machineIdentifier = sims.servers[0]?.machineIdentifier;
  await product.send("POST", "/api/integrations/plex/connect", { pinId: pin.pinId, machineIdentifier });
}

/** Account, and sign-in by name at the first simulated server with users of its own. */
export async function connectAtAddress(product: Running, sims: Simulated): Promise<void> {
  await product.send("POST", "/api/auth/setup", { username: "anna", password: "a long enough password" });
  const server = sims.mediaServers[0];
  const user = server?.users[0];
  if (server === undefined || user === undefined) throw new Error("the simulated world has no Jellyfin or Emby");
  const api = `/api/integrations/${server.kind}`;
  const given = { serverUrl: server.url, username: user.name, password: user.password };
  const answer = await product.send("POST", `${api}/auth/password`, given);
  const { requestId } = (await answer.json()) as { requestId: string };
  await product.send("POST", `${api}/connect`, { requestId });
}

export type SyncLog = {
  id: string;
  status: string;
  duration: number;
  showsSynced: number;
  episodesSynced: number;
  watchesAdded: number;
  errors: unknown[];
};

export async function latestSync(product: Running, provider = "plex"): Promise<SyncLog> {
  const { logs } = (await (await product.get(`/api/integrations/${provider}/sync?limit=1`)).json()) as {
    logs: SyncLog[];
  };
  const log = logs[0];
  if (log === undefined) throw new Error("no sync was logged");
  return log;
}

export async function syncNow(product: Running, body: { full?: boolean } = {}, provider = "plex"): Promise<SyncLog> {
  await product.send("POST", `/api/integrations/${provider}/sync`, body);
  await until("the sync's end", async () => (await latestSync(product, provider)).status !== "running", 25);
  return latestSync(product, provider);
}
