import type { Client } from "../../support/http.ts";
import type { House } from "./house.ts";

/** The household's servers that keep their accounts themselves, and a show that Anna is in the middle of there. */
export const CELLARS = [
  { provider: "jellyfin", label: "Jellyfin", server: "Basement", password: "jellyfin", show: "Deutschland 83" },
  { provider: "emby", label: "Emby", server: "Cabin", password: "emby", show: "Borgen" },
] as const;

export type Cellar = (typeof CELLARS)[number];

/** Signs in there as Anna, connects, and reads everything once. The integration's id. */
export async function connectCellar(house: House, client: Client, cellar: Cellar): Promise<string> {
  const { provider, server, password } = cellar;
  const serverUrl = house.facts.mediaServers.find(({ name }) => name === server)?.url;
  const base = `/api/integrations/${provider}`;
  const signedIn = await client.post(`${base}/auth/password`, { serverUrl, username: "anna", password });
  const done = await client.post(`${base}/connect`, { requestId: signedIn.json.requestId });
  if (done.status !== 201) throw new Error(`connect answered ${done.status}: ${done.text}`);
  const { syncId } = (await client.post(`${base}/sync`, {})).json;
  while ((await client.get(`/api/syncs/${syncId}`)).json.status === "running") await Bun.sleep(20);
  return done.json.id;
}

export async function heardLive(client: Client, { provider }: Cellar): Promise<void> {
  while ((await client.get(`/api/integrations/${provider}/stream`)).json.state !== "live") await Bun.sleep(20);
}
