import { type IntegrationRow, integrationById, librariesOf } from "../../db/repos/integrations.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/instant.ts";
import { backoffMs } from "../../kernel/backoff.ts";
import { AppError, hasCode, toAppError } from "../../kernel/errors.ts";
import type { MediaServer, NewsFeed, ServerNews } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import type { Integrations } from "../integrations/types.ts";
import { createRereads, type RereadsOptions } from "./rereads.ts";
import type { NowWatching, StreamState } from "./types.ts";
import { createViewings, type Viewing } from "./viewings.ts";

const retry = { baseMs: SECOND_MS, maxMs: MINUTE_MS };
/** A connection that holds this long was a good one: the next try after it comes soon. */
const goodMs = MINUTE_MS;
/** News is not repeated: after a longer gap a run looks for what was missed. */
const gapMs = 10 * SECOND_MS;
/** Streams that stay open for days are known to fall asleep. */
const recycleMs = 22 * HOUR_MS;
/** A server that knows no news may only be starting, or learns it with an update. */
const unknownMs = 5 * MINUTE_MS;

/** At the first refusal in a row the sign-in is looked into, and then again after so many. */
const refusals = 10;

export type ConnectionOptions = {
  row: IntegrationRow;
  integrations: Pick<Integrations, "open" | "rediscover" | "failed">;
  sync: RereadsOptions["sync"];
};

export type Connection = ReturnType<typeof createConnection>;

/** Listens to one server until it is told to stop, through failures and restarts. Never rejects. */
export function createConnection(deps: Deps, { row, integrations, sync }: ConnectionOptions) {
  const { db, clock, log, bus } = deps;
  const { id: integrationId, userId, serverName } = row;
  const leaving = new AbortController();
  const { signal } = leaving;
  let state: StreamState = { state: "connecting" };
  let lostAt = clock.now();
  let isFirst = true;
  let inOutage = false;

  const rereads = createRereads(deps, { integrationId, sync, signal });
  const viewings = createViewings({
    clock,
    log: log.child({ integration: integrationId }),
    signal,
    isWanted: (libraryKey) =>
      librariesOf(db, integrationId).find(({ key }) => key === libraryKey)?.enabled ?? libraryKey === "",
    look: rereads.look,
    changed: () => bus.publish("watching.changed", { userId }),
  });

  function become(next: StreamState): void {
    state = next;
    bus.publish("stream.changed", { integrationId, userId });
  }

  /** At the first connection the sync that runs at start-up makes up for what was missed, when there is one. */
  function missedSomething(now: number): boolean {
    if (!isFirst) return now - lostAt > gapMs;
    const lastSyncAt = integrationById(db, integrationId)?.lastSyncAt ?? null;
    return sync.running(integrationId) === null && lastSyncAt !== null && now - lastSyncAt > MINUTE_MS;
  }

  /** What nobody has heard of for a while may have ended long ago; a short break is not worth a word. */
  const isDeaf = (): boolean => state.state !== "live" && clock.now() - lostAt > gapMs;

  function tellViewings(): void {
    if (viewings.mine().length > 0) bus.publish("watching.changed", { userId });
  }

  function opened(server: MediaServer): void {
    const now = clock.now();
    if (inOutage) log.info("stream.recovered", { integration: integrationId, server: serverName });
    if (missedSomething(now)) rereads.everything();
    isFirst = false;
    inOutage = false;
    become({ state: "live", since: now });
    tellViewings();
    viewings.catchUp(server).catch((error: unknown) => {
      log.debug("stream.sessions", { integration: integrationId, reason: error });
    });
  }

  function hear(news: ServerNews, server: MediaServer): void {
    if (news.kind === "playing") viewings.hear(news, server);
    else if (news.kind === "items") rereads.items(news);
    else if (news.kind === "library") rereads.everything();
  }

  /** Resolves when the connection has ended without a failure. */
  async function listen(server: MediaServer, feed: NewsFeed): Promise<void> {
    const openedAt = clock.ticks();
    let first = true;
    for await (const news of feed.listen(signal)) {
      if (first) opened(server);
      first = false;
      hear(news, server);
      if (clock.ticks() - openedAt > recycleMs) return;
    }
    throw new AppError("unreachable", `${serverName} has closed the connection.`);
  }

  async function once(): Promise<AppError | "nothing to hear" | null> {
    try {
      const server = await integrations.open(integrationId);
      if (server.noNews !== undefined) {
        become({ state: "off", reason: server.noNews });
        return "nothing to hear";
      }
      if (server.news === undefined) {
        throw new AppError("unsupported", `${serverName} tells nothing by itself.`);
      }
      await listen(server, server.news);
      return null;
    } catch (error) {
      return toAppError(error);
    }
  }

  function lost(reason: AppError, failures: number): number {
    const waitMs = hasCode(reason, "unsupported", "not-found") ? unknownMs : backoffMs(failures, retry);
    if (!inOutage) log.info("stream.lost", { integration: integrationId, server: serverName, reason });
    inOutage = true;
    become({ state: "reconnecting", since: lostAt, nextTryAt: clock.now() + waitMs, reason: reason.message });
    if (isDeaf()) tellViewings();
    return waitMs;
  }

  /** The word of the connection alone does not end a sign-in: whoever keeps the account is asked. */
  async function checkSignIn(): Promise<void> {
    try {
      await integrations.rediscover(integrationId);
    } catch (error) {
      if (signal.aborted) return;
      if (hasCode(error, "auth-expired")) integrations.failed(integrationId, error);
      else log.debug("stream.sign-in", { integration: integrationId, reason: error });
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    let refused = 0;
    while (!signal.aborted) {
      const began = clock.ticks();
      const reason = await once();
      if (signal.aborted) return;
      const wasLive = state.state === "live";
      if (wasLive) lostAt = clock.now();
      if (reason === null) continue;
      if (reason === "nothing to hear") return;
      failures = wasLive && clock.ticks() - began > goodMs ? 1 : failures + 1;
      const waitMs = lost(reason, failures);
      refused = hasCode(reason, "auth-expired") ? refused + 1 : 0;
      if (refused % refusals === 1) await checkSignIn();
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  function shown({ sessionId, itemId, episode, offsetMs, heardAt, ...viewing }: Viewing): NowWatching {
    const durationMs = episode?.durationMs ?? null;
    const movedMs = viewing.state === "playing" ? clock.now() - heardAt : 0;
    return {
      id: `${integrationId}-${sessionId}`,
      integrationId: String(integrationId),
      serverName,
      itemId,
      showItemId: episode?.showItemId ?? null,
      showTitle: episode?.showTitle ?? null,
      season: episode?.season ?? null,
      number: episode?.number ?? null,
      title: episode?.title ?? null,
      state: viewing.state,
      positionMs: Math.min(offsetMs + movedMs, durationMs ?? Number.POSITIVE_INFINITY),
      durationMs,
      player: viewing.player,
      startedAt: viewing.startedAt,
    };
  }

  let running: Promise<void> = Promise.resolve();
  return {
    userId,
    start(after: Promise<void>): void {
      running = after.then(run);
    },
    state: () => state,
    nowWatching: (): NowWatching[] => (isDeaf() ? [] : viewings.mine().map(shown)),
    /** Resolves when the connection is closed. */
    stop(): Promise<void> {
      leaving.abort(new AppError("cancelled", "Cancelled."));
      tellViewings();
      return running;
    },
  };
}
