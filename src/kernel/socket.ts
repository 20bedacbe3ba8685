import { watchSilence } from "./async.ts";
import { AppError, throwIfAborted } from "./errors.ts";
import { Secret } from "./secret.ts";

export type SocketRequest = {
  /** Who is asked, in the user's words: begins every message about a failure. */
  name: string;
  /** Absolute address (http or https) without query and without secrets. */
  url: string;
  /** Secrets here end up in the logs of servers and proxies: only for a server that looks nowhere else. */
  query?: Record<string, string | Secret>;
  headers: Record<string, string | Secret | undefined>;
  /** For the connection to be made. */
  timeoutMs: number;
  /** We ask for a sign of life three times within this; a connection that gives none is dead. */
  silenceMs: number;
  /** Said when the connection opens and from then on, where a server hangs up on those who only listen. */
  keepAlive?: { message: string; everyMs: number } | undefined;
  insecureTls?: boolean;
  signal?: AbortSignal | undefined;
};

/** Messages that wait for a slow reader. More than that is a flood, and the reader learns the truth elsewhere. */
const mostWaiting = 10_000;

/** The messages of a WebSocket; `null` at first, when it is open. Redirects are refused by the runtime itself, and the token with them. */
export async function* socketMessages(spec: SocketRequest): AsyncGenerator<string | null, void, void> {
  throwIfAborted(spec.signal);
  const socket = open(spec);
  const watch = watchSilence();
  const waiting: (string | null)[] = [];
  /** Why it is over, first reason first; without one the other side has closed it. */
  const endings: (AppError | null)[] = [];
  let wake: () => void = () => undefined;
  const end = (reason: AppError | null) => {
    endings.push(reason);
    wake();
  };
  const alive = () => watch.within(spec.silenceMs, new AppError("unreachable", `${spec.name} has gone silent.`));
  const heard = (message: string | null) => {
    alive();
    if (waiting.length < mostWaiting) waiting.push(message);
    wake();
  };
  socket.addEventListener("open", () => heard(null));
  socket.addEventListener("message", ({ data }) => typeof data === "string" && heard(data));
  for (const sign of ["ping", "pong"]) socket.addEventListener(sign, alive);
  socket.addEventListener("error", (event) => end(failure(spec, event)));
  socket.addEventListener("close", () => end(null));
  watch.signal.addEventListener("abort", () => end(watch.signal.reason));
  const onAbort = () => end(null);
  spec.signal?.addEventListener("abort", onAbort, { once: true });
  watch.within(spec.timeoutMs, new AppError("unreachable", `${spec.name} did not answer. Is it switched on?`));
  const whenOpen = (say: () => unknown) => () => socket.readyState === WebSocket.OPEN && say();
  const timers = [
    setInterval(
      whenOpen(() => socket.ping()),
      spec.silenceMs / 3,
    ),
  ];
  if (spec.keepAlive !== undefined) {
    const { message, everyMs } = spec.keepAlive;
    socket.addEventListener("open", () => socket.send(message));
    timers.push(
      setInterval(
        whenOpen(() => socket.send(message)),
        everyMs,
      ),
    );
  }
  try {
    for (;;) {
      const message = waiting.shift();
      if (message !== undefined) yield message;
      else if (endings.length > 0) break;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    }
    throwIfAborted(spec.signal);
    const [reason] = endings;
    if (reason) throw reason;
  } finally {
    for (const timer of timers) clearInterval(timer);
    spec.signal?.removeEventListener("abort", onAbort);
    watch.hangUp();
    socket.terminate();
  }
}

function open(spec: SocketRequest): WebSocket {
  const url = new URL(spec.url.replace(/^http/, "ws"));
  for (const [key, value] of Object.entries(spec.query ?? {})) url.searchParams.set(key, plain(value));
  const headers: Record<string, string> = {};
  for (const [key, value] of Object.entries(spec.headers)) {
    if (value !== undefined) headers[key] = plain(value);
  }
  return new WebSocket(url.href, {
    headers,
    ...(spec.insecureTls ? { tls: { rejectUnauthorized: false } } : {}),
  });
}

const plain = (value: string | Secret): string => (value instanceof Secret ? value.reveal() : value);

/** The runtime tells the status of a refusal only in words, and repeats the address in them. */
function failure({ name }: SocketRequest, event: Event): AppError {
  const detail = "message" in event ? String(event.message).replace(/\?[^'\s]*/, "") : "";
  const status = Number(/status code: (\d{3})/.exec(detail)?.[1]);
  if (status === 404) return new AppError("not-found", `${name} does not know what was asked for.`, { status, detail });
  if (status === 401 || status === 403) {
    return new AppError("auth-expired", `${name} does not accept the sign-in.`, { status, detail });
  }
  return new AppError("unreachable", `${name} cannot be reached.`, { detail });
}
