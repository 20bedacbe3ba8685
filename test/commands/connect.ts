import type { PlexAccount } from "../simulators/plex-world.ts";
import type { Simulators } from "../simulators/start.ts";
import { type Client, createClient } from "../support/http.ts";

/** Makes the first account on a running server. */
export async function setUp(url: string): Promise<Client> {
  const client = createClient(url);
  const made = await client.post("/api/auth/setup", { username: "anna", password: "a long enough password" });
  if (made.status !== 201) throw new Error(`setup answered ${made.status}: ${made.text}`);
  return client;
}

/** Signs in by PIN and connects the account's first server. */
export async function connectPlex(client: Client, sims: Simulators, account: PlexAccount): Promise<void> {
  const pin = (await client.get("/api/integrations/plex/auth/pin")).json;
  sims.plexTv.approve(pin.code, account);
  const checked = (await client.post("/api/integrations/plex/auth/check", { pinId: pin.pinId })).json;
  const [server] = checked.servers;
  const connected = await client.post("/api/integrations/plex/connect", {
    pinId: pin.pinId,
    machineIdentifier: server.machineIdentifier,
  });
  if (connected.status !== 201) throw new Error(`connect answered ${connected.status}: ${connected.text}`);
}

/** Signs in by password at a server that keeps its accounts itself, and connects it. */
export async function connectAtAddress(
  client: Client,
  provider: string,
  who: { serverUrl: string; username: string; password: string },
): Promise<void> {
  const { requestId: pinId } = (await client.post(`/api/integrations/${provider}/auth/password`, who)).json;
  const connected = await client.post(`/api/integrations/${provider}/connect`, { pinId });
  if (connected.status !== 201) throw new Error(`connect answered ${connected.status}: ${connected.text}`);
}

/** The first account on a running server, with its Plex server, all over HTTP. */
export async function setUpAndConnect(url: string, sims: Simulators, account: PlexAccount): Promise<Client> {
  const client = await setUp(url);
  await connectPlex(client, sims, account);
  return client;
}
