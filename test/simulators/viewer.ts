import type { Notifications } from "./plex-notifications.ts";
import type { PlexAccount, PlexItem, PlexServerState, PlexSession } from "./plex-world.ts";
import type { World } from "./world.ts";

/** Somebody on a sofa: starts an episode, reports every so often where they are, and the server marks it at 90 %. */

export type ViewerOptions = {
  account: PlexAccount;
  item: PlexItem;
  /** How much faster than life; an episode of 50 minutes takes 5 seconds at 600. Default 1. */
  speed?: number;
  /** Between two reports, in true time. Default 10 s. */
  everyMs?: number;
  fromMs?: number;
  /** Where they stop; the default is the end. */
  untilMs?: number;
  player?: string;
};

export type Viewer = {
  session: PlexSession;
  pause(): void;
  resume(): void;
  /** Watches to the end, in no time. */
  finish(): void;
  /** Stops here. With `silently` the server never says so. */
  stop(how?: { silently?: boolean }): void;
  /** Resolves when they have stopped. */
  ended: Promise<void>;
};

const watchedShare = 0.9;
const usualMs = 45 * 60_000;

export function startViewer(
  { world, state, notifications }: { world: World; state: PlexServerState; notifications: Notifications },
  { account, item, speed = 1, everyMs = 10_000, fromMs = 0, untilMs, player = "Living Room" }: ViewerOptions,
): Viewer {
  const durationMs = item.durationMs ?? usualMs;
  const lastMs = Math.min(untilMs ?? durationMs, durationMs);
  const session: PlexSession = {
    key: String(state.nextSessionKey++),
    account,
    item,
    offsetMs: fromMs,
    state: "playing",
    player,
  };
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let marked = fromMs >= watchedShare * durationMs;
  let over = false;
  state.sessions.push(session);
  notifications.playing(session, "buffering");
  notifications.playing(session, "playing");

  const stop = (how: { silently?: boolean } = {}): void => {
    if (over) return;
    over = true;
    clearInterval(reports);
    state.sessions = state.sessions.filter((each) => each !== session);
    // Over with the mark: the place in the middle is forgotten.
    if (!marked) world.partial(account, item, { offsetMs: session.offsetMs });
    if (!how.silently) notifications.playing(session, "stopped");
    resolve();
  };

  const moveTo = (offsetMs: number): void => {
    session.offsetMs = Math.min(offsetMs, lastMs);
    if (!marked && session.offsetMs >= watchedShare * durationMs) {
      marked = true;
      world.play(account, item);
    }
    if (session.offsetMs >= lastMs) stop();
    else notifications.playing(session, session.state);
  };
  const report = (): void => moveTo(session.offsetMs + (session.state === "playing" ? everyMs * speed : 0));
  const reports = setInterval(report, everyMs);
  reports.unref();

  const become = (what: PlexSession["state"]): void => {
    session.state = what;
    notifications.playing(session, what);
  };
  return {
    session,
    pause: () => become("paused"),
    resume: () => become("playing"),
    finish: () => moveTo(lastMs),
    stop,
    ended,
  };
}
