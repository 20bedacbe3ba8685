import { join } from "node:path";
import { type Server, startServer, temporaryFolder } from "../../commands/run-command.ts";
import { type Client, createClient } from "../../support/http.ts";

const root = join(import.meta.dir, "../../..");

export const USERNAME = "anna";
export const PASSWORD = "a long enough password";

type Place = { name: string; url: string };
type Facts = { control: string; env: Record<string, string>; servers: Place[]; mediaServers: Place[] };

/** The compiled program in an empty folder, beside simulated services in a process of their own. */
export type House = {
  url: string;
  facts: Facts;
  server: Server;
  /** Asks the simulators for something: `control("expire", { code })`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely, and fail where these are not as expected
  control(action: string, body?: Record<string, unknown>): Promise<any>;
  /** Delays every answer of the media servers until the returned function is called. */
  slowDown(delayMs: number): Promise<() => Promise<void>>;
  [Symbol.asyncDispose](): Promise<void>;
};

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The simulators ended early: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.slice(0, text.indexOf("\n"));
}

export async function openHouse(world: string, env: Record<string, string> = {}): Promise<House> {
  const folder = temporaryFolder();
  const simulators = Bun.spawn([process.execPath, "test/simulators/server.ts", "--world", world], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const facts: Facts = JSON.parse(await firstLine(simulators.stdout));
  const server = await startServer({
    folder: folder.path,
    env: { ...facts.env, METADATA_SOURCES: "trakt,tmdb,tvmaze", ...env },
  });
  const control: House["control"] = async (action, body = {}) => {
    const answer = await fetch(`${facts.control}/_control/${action}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${action} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    url: server.url,
    facts,
    server,
    control,
    async slowDown(delayMs) {
      const { id } = await control("fault", { service: "plex-server", effect: { kind: "delay", delayMs } });
      return async () => void (await control("clear-faults", { id }));
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      simulators.kill();
      await simulators.exited;
      folder[Symbol.dispose]();
    },
  };
}

/** The first account, made over HTTP. Journeys that are about something else begin here. */
export async function makeAccount(house: House): Promise<Client> {
  const client = createClient(house.url);
  const made = await client.post("/api/auth/setup", { username: USERNAME, password: PASSWORD });
  if (made.status !== 201) throw new Error(`setup answered ${made.status}: ${made.text}`);
  return client;
}

/** Signs in to Plex as that account and connects the server of that name. */
export async function connectServer(house: House, client: Client, name: string, account = USERNAME): Promise<void> {
  const pin = (await client.get("/api/integrations/plex/auth/pin")).json;
  await house.control("approve", { code: pin.code, account });
  const { servers } = (await client.post("/api/integrations/plex/auth/check", { pinId: pin.pinId })).json;
  const server = servers.find((each: { name: string }) => each.name === name);
  const { machineIdentifier } = server;
  const done = await client.post("/api/integrations/plex/connect", { pinId: pin.pinId, machineIdentifier });
  if (done.status !== 201) throw new Error(`connect answered ${done.status}: ${done.text}`);
}

/** What a person types to reach that Jellyfin or Emby. */
export function addressOf({ facts }: House, name: string): string {
  const found = facts.mediaServers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no media server ${name}`);
  return found.url;
}

/** One whole run of the only integration; its log. */
export async function syncOnce(client: Client) {
  const started = await client.post("/api/integrations/plex/sync", {});
  if (started.status !== 202) throw new Error(`sync answered ${started.status}: ${started.text}`);
  for (;;) {
    const log = (await client.get(`/api/syncs/${started.json.syncId}`)).json;
    if (log.status !== "running") return log;
    await Bun.sleep(20);
  }
}

/** Until titles, dates and posters have been looked up. */
export async function enrichmentDone(client: Client): Promise<void> {
  while ((await client.get("/api/enrichment")).json.pending > 0) await Bun.sleep(50);
}
