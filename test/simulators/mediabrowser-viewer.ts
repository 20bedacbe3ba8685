import type { MediaItem, MediaSession, MediaUser } from "./mediabrowser-state.ts";
import type { MediaWorld } from "./mediabrowser-world.ts";

/** Somebody on a sofa in front of a Jellyfin or Emby: begins, reports every so often where they are, and ends. */

export type MediaViewerOptions = {
  user: MediaUser;
  item: MediaItem;
  /** How much faster than life. Default 1. */
  speed?: number;
  /** Between two reports, in true time. Default 10 s. */
  everyMs?: number;
  fromMs?: number;
  device?: string;
};

export type MediaViewer = {
  session: MediaSession;
  pause(): void;
  resume(): void;
  /** Watches to the end, in no time. */
  finish(): void;
  /** Stops here. */
  stop(): void;
  /** Resolves when they have stopped. */
  ended: Promise<void>;
};

const usualMs = 45 * 60_000;

export function startMediaViewer(
  media: MediaWorld,
  { user, item, speed = 1, everyMs = 10_000, fromMs = 0, device = "Living Room" }: MediaViewerOptions,
): MediaViewer {
  const lastMs = item.runtimeMs ?? usualMs;
  const session = media.start(user, item, { positionMs: fromMs, device });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let over = false;

  const leave = (): void => {
    over = true;
    clearInterval(reports);
    resolve();
  };
  const stop = (): void => {
    if (over) return;
    leave();
    media.stop(session);
  };
  const moveTo = (positionMs: number): void => {
    if (over) return;
    const endedElsewhere = !item.library.server.sessions.includes(session);
    if (endedElsewhere) leave();
    else media.progress(session, Math.min(positionMs, lastMs));
    if (session.positionMs >= lastMs) stop();
  };
  const reports = setInterval(() => moveTo(session.positionMs + (session.paused ? 0 : everyMs * speed)), everyMs);
  reports.unref();

  return {
    session,
    pause: () => media.pause(session, true),
    resume: () => media.pause(session, false),
    finish: () => moveTo(lastMs),
    stop,
    ended,
  };
}
