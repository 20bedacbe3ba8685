import type { Clock } from "../../kernel/clock.ts";
import { hasCode } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import { socketMessages } from "../../kernel/socket.ts";
import type { EpisodeItem, MediaServerOptions, NewsFeed, PlaySession, ServerNews } from "../contract.ts";
import type { SocketDialect } from "./dialect.ts";
import { readFrame } from "./frames.ts";
import { readSession, withEpisodes } from "./sessions.ts";

export type NewsParts = {
  clock: Clock;
  options: MediaServerOptions;
  deviceId: string;
  socket: SocketDialect;
  headers: Record<string, string | Secret | undefined>;
  timeoutMs: number;
  silenceMs: number;
  /** The rows of `/Sessions`. */
  sessionRows: (signal?: AbortSignal) => Promise<readonly unknown[]>;
  episodesById: (itemIds: readonly string[], signal?: AbortSignal) => Promise<EpisodeItem[]>;
};

type Session = Omit<PlaySession, "episode">;

/** Progress is not told. Whoever plays something is looked at this often, nobody otherwise. */
const lookMs = 10_000;
const soonestMs = 2_000;

/**
 * The socket tells that somebody has begun or ended only to administrators. But everybody hears that their own marks have
 * been touched, which beginning and ending do: then, and while something plays, the sessions are looked at.
 */
export function mediaBrowserNews(parts: NewsParts): NewsFeed {
  const { clock, options, deviceId, socket, headers, timeoutMs, silenceMs, sessionRows, episodesById } = parts;
  const { name, url, account, insecureTls } = options;

  async function playing(signal?: AbortSignal): Promise<Session[]> {
    const rows = await sessionRows(signal);
    return rows.flatMap((row) => readSession(row, account.id) ?? []);
  }

  async function sessions(signal?: AbortSignal): Promise<PlaySession[]> {
    const found = await playing(signal);
    const own = [...new Set(found.flatMap((session) => (session.own ? session.itemId : [])))];
    return withEpisodes(found, own.length === 0 ? [] : await episodesById(own, signal));
  }

  function lookout() {
    let known: readonly Session[] = [];
    let dueAt: number | null = clock.ticks();
    let lookedAt = Number.NEGATIVE_INFINITY;
    return {
      dueInMs: () => (dueAt === null ? null : Math.max(dueAt - clock.ticks(), 0)),
      soon: () => {
        dueAt = Math.max(clock.ticks(), lookedAt + soonestMs);
      },
      async look(signal: AbortSignal): Promise<ServerNews[]> {
        const before = known;
        lookedAt = clock.ticks();
        try {
          known = (await playing(signal)).filter(({ own }) => own);
        } catch (error) {
          // No answer is not "nobody": it is looked again, unless the server will not say.
          const mayPass = hasCode(error, "unreachable", "rate-limited");
          dueAt = mayPass || known.length > 0 ? clock.ticks() + lookMs : null;
          return [];
        }
        dueAt = known.length === 0 ? null : clock.ticks() + lookMs;
        return [...before.filter((session) => !isIn(known, session)).map(stopped), ...known.map(heard)];
      },
    };
  }

  async function* listen(signal: AbortSignal): AsyncGenerator<ServerNews, void, void> {
    const closing = new AbortController();
    const messages = socketMessages({
      name,
      url: `${url}${socket.path}`,
      query: socket.query(options.token, deviceId),
      headers,
      timeoutMs,
      silenceMs,
      keepAlive: socket.keepAlive,
      signal: AbortSignal.any([signal, closing.signal]),
      insecureTls,
    });
    const watch = lookout();
    const following = () => {
      const next = messages.next();
      // It may fail while somebody is looked for; whoever waits for it then learns that too.
      next.catch(() => undefined);
      return next;
    };
    try {
      let next = following();
      let isOpen = false;
      for (;;) {
        const arrived = await within(next, isOpen ? watch.dueInMs() : null, signal);
        if (arrived === null) {
          yield* await watch.look(signal);
          continue;
        }
        if (arrived.done === true) return;
        next = following();
        isOpen = true;
        const news = arrived.value === null ? null : readFrame(arrived.value, account.id);
        if (news?.kind === "items") watch.soon();
        yield news ?? { kind: "alive" };
      }
    } finally {
      closing.abort();
    }
  }

  /** Null when it takes longer; it may take for ever when `ms` is null. */
  async function within<Out>(work: Promise<Out>, ms: number | null, signal: AbortSignal): Promise<Out | null> {
    if (ms === null) return work;
    if (ms === 0) return null;
    const first = new AbortController();
    const late = clock.sleep(ms, AbortSignal.any([signal, first.signal])).then(
      () => null,
      () => work,
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      first.abort();
    }
  }

  return { listen, sessions };
}

const isIn = (all: readonly Session[], { sessionId, itemId }: Session): boolean =>
  all.some((each) => each.sessionId === sessionId && each.itemId === itemId);

const heard = ({ sessionId, itemId, offsetMs, state }: Session): ServerNews => ({
  kind: "playing",
  sessionId,
  itemId,
  offsetMs,
  state,
});

const stopped = ({ sessionId, itemId }: Session): ServerNews => ({
  kind: "playing",
  sessionId,
  itemId,
  offsetMs: null,
  state: "stopped",
});
