import type { PlayState } from "../../providers/contract.ts";

/** How an integration hears of its server's news. Instants in epoch milliseconds. */
export type StreamState =
  /** Nothing is listened to: switched off, or a login is needed. `reason`: the server tells this connection nothing. */
  | { state: "off"; reason?: string }
  | { state: "connecting" }
  | { state: "live"; since: number }
  | { state: "reconnecting"; since: number; nextTryAt: number; reason: string };

/** What a user is watching right now, as their server tells it. */
export type NowWatching = {
  id: string;
  integrationId: string;
  serverName: string;
  itemId: string;
  showItemId: string | null;
  showTitle: string | null;
  season: number | null;
  number: number | null;
  title: string | null;
  state: PlayState;
  /** Where the player has got to, as far as that can be said now. */
  positionMs: number;
  durationMs: number | null;
  player: string | null;
  startedAt: number;
};

export type StreamService = {
  /** Listens to every integration that is in use, from now on as they come and go. */
  start(): void;
  state(integrationId: number): StreamState;
  /** Oldest first. */
  nowWatching(userId: number): NowWatching[];
  stop(): Promise<void>;
};
