import { MINUTE_MS, SECOND_MS } from "../../domain/instant.ts";
import { isLeftEarly, mayBeWatched, passesLook } from "../../domain/viewing.ts";
import type { Clock } from "../../kernel/clock.ts";
import { hasCode } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { EpisodeItem, MediaServer, PlaySession, PlayState, ServerNews } from "../../providers/contract.ts";
import type { Look } from "./rereads.ts";

export type Viewing = {
  sessionId: string;
  itemId: string;
  /** The news names nobody: that is asked for when a session is first heard of. */
  whose: "unknown" | "mine" | "other";
  episode: EpisodeItem | null;
  offsetMs: number;
  state: PlayState;
  player: string | null;
  startedAt: number;
  heardAt: number;
};

export type PlayingNews = Extract<ServerNews, { kind: "playing" }>;

/** A lost "stopped" is nothing unusual. */
const silentMs = 5 * MINUTE_MS;
const sweepMs = 30 * SECOND_MS;
/** Whoever plays is heard of more often than that. */
const freshMs = MINUTE_MS;
/** Between two questions about who is watching. */
const askAgainMs = 2 * SECOND_MS;
/** Questions that the news of one session is worth; more come with its next news. */
const mostQuestions = 3;
/** Players report about as often. */
const progressMs = 9.5 * SECOND_MS;

export type ViewingsOptions = {
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** False for a library the user does not want read. */
  isWanted: (libraryKey: string) => boolean;
  look: (look: Look) => void;
  /** What is shown has become something else. */
  changed: () => void;
};

export type Viewings = ReturnType<typeof createViewings>;

/** What is being watched on one server right now; kept in memory only. */
export function createViewings({ clock, log, signal, isWanted, look, changed }: ViewingsOptions) {
  const viewings = new Map<string, Viewing>();
  let asking = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  let sweeping = false;

  function tell(): void {
    toldAt = clock.ticks();
    changed();
  }

  function begin(sessionId: string, itemId: string): Viewing {
    const now = clock.now();
    const viewing: Viewing = {
      sessionId,
      itemId,
      whose: "unknown",
      episode: null,
      offsetMs: 0,
      state: "playing",
      player: null,
      startedAt: now,
      heardAt: now,
    };
    viewings.set(sessionId, viewing);
    if (!sweeping) void sweep();
    return viewing;
  }

  function lookAt({ itemId, episode, offsetMs }: Viewing, leftEarly = false): void {
    const again = mayBeWatched(offsetMs, episode?.durationMs ?? null);
    look({ itemId, viewsBefore: episode?.viewCount ?? null, again, leftEarly });
  }

  function end(viewing: Viewing): void {
    viewings.delete(viewing.sessionId);
    if (viewing.whose === "other") return;
    // After a silence nobody knows how it went on.
    const isFresh = clock.now() - viewing.heardAt <= freshMs;
    const leftEarly = isFresh && isLeftEarly(viewing.offsetMs, viewing.episode?.durationMs ?? null);
    lookAt(viewing, leftEarly);
    if (viewing.whose === "mine") tell();
  }

  function moved(viewing: Viewing, offsetMs: number): void {
    const before = viewing.offsetMs;
    viewing.offsetMs = offsetMs;
    if (viewing.whose !== "mine") return;
    if (passesLook(before, offsetMs, viewing.episode?.durationMs ?? null)) lookAt(viewing);
  }

  /** Somebody else's is kept, so that it is not asked about again, and never shown. */
  function settle(viewing: Viewing, { own, episode, player }: Pick<PlaySession, "own" | "episode" | "player">): void {
    viewing.whose = own && episode !== null && isWanted(episode.libraryKey) ? "mine" : "other";
    viewing.episode = episode;
    viewing.player = player;
    if (viewing.whose === "other") return;
    const { offsetMs } = viewing;
    viewing.offsetMs = 0;
    moved(viewing, offsetMs);
    tell();
  }

  const unknown = () => [...viewings.values()].filter(({ whose }) => whose === "unknown");

  async function ask(server: MediaServer): Promise<void> {
    const sessions = await sessionsOf(server, signal);
    if (sessions === null) return askForItems(server);
    for (const viewing of unknown()) {
      const found = sessions.find((each) => each.sessionId === viewing.sessionId && each.itemId === viewing.itemId);
      if (found !== undefined) settle(viewing, found);
    }
  }

  /** Whoever may not ask about others hears of nobody else. */
  async function askForItems(server: MediaServer): Promise<void> {
    const asked = unknown();
    const episodes = await server.episodesById([...new Set(asked.map(({ itemId }) => itemId))], signal);
    for (const viewing of asked) {
      const episode = episodes.find(({ itemId }) => itemId === viewing.itemId) ?? null;
      settle(viewing, { own: true, episode, player: null });
    }
  }

  /** Servers that are starting refuse for a while, and a session is in the news before it is in the list. */
  async function identify(server: MediaServer): Promise<void> {
    if (asking) return;
    asking = true;
    for (let question = 1; question <= mostQuestions && unknown().length > 0 && !signal.aborted; question += 1) {
      const waitMs = askedAt + askAgainMs - clock.ticks();
      if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) break;
      askedAt = clock.ticks();
      try {
        await ask(server);
      } catch (error) {
        log.debug("stream.sessions", { reason: error });
      }
    }
    asking = false;
  }

  async function sweep(): Promise<void> {
    sweeping = true;
    while (viewings.size > 0 && !signal.aborted) {
      await clock.sleep(sweepMs, signal).catch(() => undefined);
      const silent = [...viewings.values()].filter(({ heardAt }) => clock.now() - heardAt > silentMs);
      if (!signal.aborted) for (const viewing of silent) end(viewing);
    }
    sweeping = false;
  }

  function hear(news: PlayingNews, server: MediaServer): void {
    const known = viewings.get(news.sessionId);
    const same = known?.itemId === news.itemId ? known : undefined;
    if (known !== undefined && same === undefined && news.state !== "stopped") end(known);
    if (news.state === "stopped") {
      if (same !== undefined) end(same);
      else look({ itemId: news.itemId, viewsBefore: null, again: false, leftEarly: false });
      return;
    }
    const viewing = same ?? begin(news.sessionId, news.itemId);
    const wasPaused = viewing.state === "paused";
    viewing.state = news.state;
    viewing.heardAt = clock.now();
    moved(viewing, news.offsetMs ?? viewing.offsetMs);
    if (viewing.whose === "unknown") void identify(server);
    if (viewing.whose !== "mine") return;
    if (wasPaused !== (viewing.state === "paused") || clock.ticks() - toldAt >= progressMs) tell();
  }

  /** What has begun or ended while nobody listened. */
  async function catchUp(server: MediaServer): Promise<void> {
    // One that begins while the question is under way is not part of the answer.
    const before = [...viewings.values()];
    const heardAt = new Map(before.map((viewing) => [viewing, viewing.heardAt]));
    const sessions = await sessionsOf(server, signal);
    if (sessions === null) return;
    const playing = new Map(sessions.map((session) => [session.sessionId, session]));
    for (const viewing of before) {
      const isKnown = viewings.get(viewing.sessionId) === viewing;
      if (isKnown && playing.get(viewing.sessionId)?.itemId !== viewing.itemId) end(viewing);
    }
    for (const session of sessions) {
      const viewing = viewings.get(session.sessionId) ?? begin(session.sessionId, session.itemId);
      if (viewing.itemId !== session.itemId) continue;
      // What has been heard while the question was under way is newer than the answer.
      const isNewer = viewing.heardAt !== (heardAt.get(viewing) ?? viewing.heardAt);
      const isOther = viewing.state !== session.state;
      if (!isNewer) Object.assign(viewing, { offsetMs: session.offsetMs, state: session.state, heardAt: clock.now() });
      if (viewing.whose === "unknown") settle(viewing, session);
      else if (!isNewer && isOther && viewing.whose === "mine") tell();
    }
  }

  return {
    hear,
    catchUp,
    mine: (): Viewing[] => [...viewings.values()].filter(({ whose }) => whose === "mine"),
  };
}

/** Null for an account that may not ask. */
async function sessionsOf(server: MediaServer, signal: AbortSignal): Promise<PlaySession[] | null> {
  try {
    return (await server.news?.sessions(signal)) ?? null;
  } catch (error) {
    if (hasCode(error, "unsupported")) return null;
    throw error;
  }
}
