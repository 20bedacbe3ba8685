import type { EpisodeItem, PlaySession } from "../contract.ts";
import { isRecord } from "../loose.ts";
import { flag, number, plainId, recordIn, text } from "./values.ts";

const ticksPerMs = 10_000;

/** One row of `/Sessions`: null where nothing is being played. The episode itself is read separately, with its marks. */
export function readSession(row: unknown, accountId: string): Omit<PlaySession, "episode"> | null {
  if (!isRecord(row)) return null;
  const sessionId = text(row["Id"]);
  const itemId = plainId(recordIn(row["NowPlayingItem"])["Id"]);
  if (sessionId === null || itemId === null) return null;
  const play = recordIn(row["PlayState"]);
  return {
    sessionId,
    itemId,
    own: watchers(row).includes(plainId(accountId)),
    offsetMs: Math.max(Math.round((number(play["PositionTicks"]) ?? 0) / ticksPerMs), 0),
    state: flag(play["IsPaused"]) === true ? "paused" : "playing",
    player: text(row["DeviceName"]) ?? text(row["Client"]),
  };
}

/** Others may have joined the one who is signed in at the player; what they watch counts for them too. */
function watchers(row: Record<string, unknown>): (string | null)[] {
  const joined = Array.isArray(row["AdditionalUsers"]) ? row["AdditionalUsers"] : [];
  return [row["UserId"], ...joined.map((each) => recordIn(each)["UserId"])].map(plainId);
}

export function withEpisodes(
  sessions: readonly Omit<PlaySession, "episode">[],
  episodes: readonly EpisodeItem[],
): PlaySession[] {
  const byId = new Map(episodes.map((episode) => [episode.itemId, episode]));
  return sessions.map((session) => ({ ...session, episode: byId.get(session.itemId) ?? null }));
}
