import { AppError, isAppError } from "../../kernel/errors.ts";
import type { MediaServerOptions, PlaySession } from "../contract.ts";
import { asText, isRecord } from "../loose.ts";
import type { PlexClient } from "./client.ts";
import { ownerAccountId } from "./config.ts";
import { toEpisode } from "./mapper.ts";
import { readRow } from "./rows.ts";

/** More than a home server can play at once. */
const mostSessions = 200;

/** Only a server's owner may ask; everybody else hears of nobody but themselves anyway. */
export async function readSessions(
  client: PlexClient,
  { name, account, owned }: MediaServerOptions,
  signal?: AbortSignal,
): Promise<PlaySession[]> {
  const refused = (cause?: unknown) =>
    new AppError("unsupported", `${name} does not tell this account who is watching.`, { cause });
  if (!owned) throw refused();
  const ownIds = new Set([String(ownerAccountId), account.id]);
  try {
    const part = { start: 0, size: mostSessions, read: (row: unknown) => sessionIn(row, ownIds) };
    const { rows } = await client.page("/status/sessions", {}, part, signal);
    return rows.filter((row) => row !== null);
  } catch (error) {
    if (isAppError(error) && (error.status === 401 || error.status === 403)) throw refused(error);
    throw error;
  }
}

function sessionIn(value: unknown, ownIds: ReadonlySet<string>): PlaySession | null {
  const row = readRow(value);
  if (row === null || !isRecord(value)) return null;
  const sessionId = asText(value["sessionKey"]);
  if (sessionId === undefined || row.ratingKey === undefined) return null;
  return {
    sessionId,
    itemId: row.ratingKey,
    own: ownIds.has(memberOf(value["User"], "id") ?? ""),
    episode: toEpisode(row, ""),
    offsetMs: Math.max(row.viewOffset ?? 0, 0),
    state: memberOf(value["Player"], "state") === "paused" ? "paused" : "playing",
    player: memberOf(value["Player"], "title") ?? memberOf(value["Player"], "product") ?? null,
  };
}

/** XML has an element of its own here, which the reader leaves as a list of one. */
function memberOf(value: unknown, name: string): string | undefined {
  const element: unknown = Array.isArray(value) ? value[0] : value;
  const text = isRecord(element) ? asText(element[name])?.trim() : undefined;
  return text === "" ? undefined : text;
}
