import type { PlexServerState } from "./plex-world.ts";

/** Small requests for the simulators' own tests. */

export type Json = Record<string, unknown>;

export function asObject(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("Not an object");
  return value as Json;
}

export function asArray(value: unknown): Json[] {
  if (!Array.isArray(value)) throw new Error("Not an array");
  return value.map(asObject);
}

export type PmsAnswer = { status: number; contentType: string; text: string; headers: Headers; container(): Json };

export async function pms(
  url: string,
  path: string,
  options: { token?: string; start?: number; size?: number; accept?: string; method?: string } = {},
): Promise<PmsAnswer> {
  const headers: Record<string, string> = { accept: options.accept ?? "application/json" };
  if (options.token !== undefined) headers["x-plex-token"] = options.token;
  if (options.start !== undefined) headers["x-plex-container-start"] = String(options.start);
  if (options.size !== undefined) headers["x-plex-container-size"] = String(options.size);
  const answer = await fetch(url + path, { headers, method: options.method ?? "GET" });
  const text = await answer.text();
  return {
    status: answer.status,
    contentType: answer.headers.get("content-type") ?? "",
    text,
    headers: answer.headers,
    container: () => asObject(asObject(JSON.parse(text))["MediaContainer"]),
  };
}

export async function rowsOf(url: string, server: PlexServerState, path: string, token?: string): Promise<Json[]> {
  const answer = await pms(url, path, { token: token ?? server.ownerAccessToken, start: 0, size: 1000 });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return asArray(answer.container()["Metadata"] ?? []);
}
