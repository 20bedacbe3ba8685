import { contextOf } from "./context.ts";

export type SseMessage = {
  /** Absent: an unnamed message, whose data is markup for htmx. */
  event?: string;
  data: string;
};

const lineBreak = /\r\n|\r|\n/;

/** One frame; each line of the data has its own prefix, or everything after the first line would be lost. */
export function frame({ event, data }: SseMessage): string {
  if (event !== undefined && lineBreak.test(event)) throw new TypeError("An event name is one line.");
  const lines = data.split(lineBreak).map((line) => `data: ${line}\n`);
  return `${event === undefined ? "" : `event: ${event}\n`}${lines.join("")}\n`;
}

/** Proxies and browsers give up on connections that are silent for longer. */
const heartbeatMs = 15_000;
/** Frames that wait for a slow reader before it is told to load everything anew. */
const queueLimit = 100;
/** More than a household opens; browsers themselves stop at 6 for one address over plain http. */
const streamsPerUser = 24;

export type Send = (message: SseMessage) => void;
export type Stream = {
  send: Send;
  /** Ends the stream after what has been sent. */
  end: () => void;
};

type Open = { owner: string; close(): void };

/** All open event streams, so that a stopping server can end them: it would wait for them for ever. */
export type Hub = {
  /** Registers a stream; the owner's oldest gives way when there are too many. */
  add(stream: Open): () => void;
  /** Ends the streams of one owner, e.g. a session that was signed out. */
  closeOwner(owner: string): void;
  /** Ends all streams, and every later one at once. */
  close(): void;
  size(): number;
};

export function createHub(): Hub {
  const streams = new Set<Open>();
  let closed = false;
  return {
    add(stream) {
      if (closed) {
        stream.close();
        return () => undefined;
      }
      streams.add(stream);
      const own = [...streams].filter(({ owner }) => owner === stream.owner);
      for (const oldest of own.slice(0, Math.max(0, own.length - streamsPerUser))) oldest.close();
      return () => streams.delete(stream);
    },
    closeOwner(owner) {
      for (const stream of [...streams]) if (stream.owner === owner) stream.close();
    },
    close() {
      closed = true;
      for (const stream of [...streams]) stream.close();
    },
    size: () => streams.size,
  };
}

const encoder = new TextEncoder();

/**
 * An event stream. `start` is given the means to send and returns what ends its subscription. That runs as soon as
 * the reader leaves: a generator that waits for its next event would not notice.
 */
export function openStream(hub: Hub, request: Request, start: (stream: Stream) => () => void): Response {
  const context = contextOf(request);
  context.idleTimeout(0);
  const owner = context.signedIn === null ? "" : String(context.signedIn.user.id);
  const queue: string[] = [];
  const cleanups: (() => void)[] = [];
  let state: "open" | "ending" | "closed" = "open";
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  const close = () => {
    if (state === "closed") return;
    state = "closed";
    for (const cleanup of cleanups.splice(0)) cleanup();
    controller?.close();
  };
  /** Runs when the stream closes, or now when it already has. */
  const onClose = (cleanup: () => void) => {
    if (state === "closed") cleanup();
    else cleanups.push(cleanup);
  };
  const flush = () => {
    while (state !== "closed" && queue.length > 0 && (controller?.desiredSize ?? 0) > 0) {
      controller?.enqueue(encoder.encode(queue.shift()));
    }
    if (state === "ending" && queue.length === 0) close();
  };
  const push = (text: string) => {
    if (state !== "open") return;
    if (queue.length >= queueLimit) {
      queue.length = 0;
      queue.push(frame({ event: "resync", data: "" }));
    }
    queue.push(text);
    flush();
  };
  const end = () => {
    if (state === "open") state = "ending";
    flush();
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        const heartbeat = setInterval(() => push(": still here\n\n"), heartbeatMs);
        onClose(() => clearInterval(heartbeat));
        request.signal.addEventListener("abort", close, { once: true });
        onClose(() => request.signal.removeEventListener("abort", close));
        // A comment at once: proxies pass the head of an answer on with its first byte.
        push(": open\n\n");
        onClose(hub.add({ owner, close }));
        if (state === "open") onClose(start({ send: (message) => push(frame(message)), end }));
      },
      pull: flush,
      cancel: () => {
        controller = undefined;
        close();
      },
    },
    { highWaterMark: 16 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-store",
      "x-accel-buffering": "no",
    },
  });
}
