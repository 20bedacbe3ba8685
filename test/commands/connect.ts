import type { PlexAccount } from "../simulators/plex-world.ts";
import type { Simulators } from "../simulators/start.ts";
import { type Client, createClient } from "../support/http.ts";

/** Makes the first account on a running server and connects its Plex server, all over HTTP. */
export async function setUpAndConnect(url: string, sims: Simulators, account: PlexAccount): Promise<Client> {
  const client = createClient(url);
  const made = await client.post("/api/auth/setup", { username: "anna", password: "a long enough password" });
  if (made.status !== 201) throw new Error(`setup answered ${made.status}: ${made.text}`);
  const pin = (await client.get("/api/integrations/plex/auth/pin")).json;
  sims.plexTv.approve(pin.code, account);
  const checked = (await client.post("/api/integrations/plex/auth/check", { pinId: pin.pinId })).json;
  const [server] = checked.servers;
  const connected = await client.post("/api/integrations/plex/connect", {
    pinId: pin.pinId,
    machineIdentifier: server.machineIdentifier,
  });
  if (connected.status !== 201) throw new Error(`connect answered ${connected.status}: ${connected.text}`);
  return client;
}
