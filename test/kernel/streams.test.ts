import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { watchSilence } from "../../src/kernel/async.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { readEvents, type StreamEvent } from "../../src/kernel/event-stream.ts";
import { createHttp, type HttpStream } from "../../src/kernel/http.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { secret } from "../../src/kernel/secret.ts";
import { type SocketRequest, socketMessages } from "../../src/kernel/socket.ts";

const http = createHttp({ clock: systemClock, log: silentLog, userAgent: "EpisodeTracker/test" });
const servers: { stop(force: boolean): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

type Socket = Bun.ServerWebSocket<undefined>;

function serve(
  fetch: (request: Request, server: Bun.Server<undefined>) => Response | undefined,
  open: (socket: Socket) => void = () => undefined,
) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch,
    websocket: { open, message: () => undefined, sendPings: false },
  });
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

/** A stream that is written to by hand; `closed` resolves when the reader has gone. */
function handmade() {
  const encoder = new TextEncoder();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => resolve(),
  });
  return {
    response: () => new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    end: () => controller?.close(),
    closed,
  };
}

const usual = { name: "Attic", timeoutMs: 2_000, silenceMs: 2_000 };
const stream = (url: string, more: Partial<HttpStream> = {}) =>
  http.stream({ ...usual, url, type: "text/event-stream", ...more });

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof AppError)) throw new Error(`expected an AppError, got ${Bun.inspect(outcome)}`);
  return outcome;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("an answer without an end", () => {
  test("is read as it comes, with the token in a header", async () => {
    const feed = handmade();
    let token: string | null = null;
    const url = serve((request) => {
      token = request.headers.get("x-token");
      return feed.response();
    });
    feed.write("one");
    const chunks = await stream(url, { headers: { "x-token": secret("abc") } });
    const decoder = new TextDecoder();
    expect(decoder.decode((await chunks.next()).value ?? undefined)).toBe("one");
    feed.write("two");
    expect(decoder.decode((await chunks.next()).value ?? undefined)).toBe("two");
    feed.end();
    expect((await chunks.next()).done).toBe(true);
    expect(token as string | null).toBe("abc");
  });

  test("is closed at once by whoever has heard enough, and by the signal", async () => {
    for (const leave of ["return", "abort"]) {
      const feed = handmade();
      const abort = new AbortController();
      feed.write("one");
      const chunks = await stream(serve(feed.response), { signal: abort.signal });
      await chunks.next();
      if (leave === "return") await chunks.return();
      else {
        abort.abort(new AppError("cancelled", "Cancelled."));
        expect((await failureOf(chunks.next())).code).toBe("cancelled");
      }
      await feed.closed;
    }
  });

  test("counts as dead when it falls silent, and when its head does not come", async () => {
    const feed = handmade();
    feed.write("one");
    const chunks = await stream(serve(feed.response), { silenceMs: 40 });
    await chunks.next();
    expect((await failureOf(chunks.next())).message).toBe("Attic has gone silent.");
    await feed.closed;
    const hanging = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Promise<Response>(() => undefined) });
    servers.push(hanging);
    const error = await failureOf(stream(`http://127.0.0.1:${hanging.port}`, { timeoutMs: 40 }));
    expect([error.code, error.message.includes("did not answer")]).toEqual(["unreachable", true]);
  });

  test("has to be what was asked for; refusals have their usual meaning", async () => {
    const page = serve(() => new Response("<html>", { headers: { "content-type": "text/html" } }));
    expect((await failureOf(stream(page))).code).toBe("bad-answer");
    for (const [status, code] of [
      [404, "not-found"],
      [401, "auth-expired"],
      [503, "unreachable"],
    ] as const) {
      expect((await failureOf(stream(serve(() => new Response("", { status }))))).code).toBe(code);
    }
    const elsewhere = serve(() => Response.redirect("http://192.0.2.1/feed"));
    expect((await failureOf(stream(elsewhere))).message).toContain("sends requests elsewhere");
  });
});

describe("events of a stream", () => {
  const pieces = async function* (texts: readonly Uint8Array[]) {
    yield* texts;
  };
  const encoder = new TextEncoder();

  test("arrive whole, however the bytes are cut and the lines end", async () => {
    const word = fc.stringMatching(/^[^\r\n]{0,12}$/u);
    const event = fc.record({
      event: fc.constantFrom("", "playing", "ping"),
      data: fc.array(word, { minLength: 1, maxLength: 3 }),
    });
    const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 5 }),
        lineEnd,
        fc.integer({ min: 1, max: 9 }),
        async (events, end, cut) => {
          const text = events
            .map(({ event: name, data }) =>
              [
                ": a comment",
                ...(name === "" ? [] : [`event: ${name}`]),
                ...data.map((line) => `data: ${line}`),
                "",
                "",
              ].join(end),
            )
            .join("");
          // What ends a stream of bare returns is only known with what follows.
          const bytes = encoder.encode(`${text}: end\n`);
          const cuts = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, at) =>
            bytes.slice(at * cut, (at + 1) * cut),
          );
          const read = await all(readEvents("Attic", pieces(cuts)));
          const expected: StreamEvent[] = events.map(({ event: name, data }) => ({
            event: name === "" ? "message" : name,
            data: data.join("\n"),
          }));
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("one without an end is given up", async () => {
    const endless = async function* () {
      for (;;) yield encoder.encode(`data: ${"x".repeat(60_000)}`);
    };
    expect((await failureOf(all(readEvents("Attic", endless())))).code).toBe("bad-answer");
  });
});

describe("a socket", () => {
  const messages = (url: string, more: Partial<SocketRequest> = {}) =>
    socketMessages({ ...usual, url, headers: {}, ...more });

  test("says first that it is open, then what it hears; the token is in a header", async () => {
    let token: string | null = null;
    const url = serve(
      (request, server) => {
        token = request.headers.get("x-token");
        return server.upgrade(request, { data: undefined }) ? undefined : new Response("", { status: 400 });
      },
      (socket) => {
        socket.send("one");
        socket.send("two");
        socket.close();
      },
    );
    expect(await all(messages(url, { headers: { "x-token": secret("abc") } }))).toEqual([null, "one", "two"]);
    expect(token as string | null).toBe("abc");
  });

  test("lives as long as the other side answers pings, and is closed by the signal", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("")),
      websocket: { message: () => undefined, sendPings: false, close: () => resolve() },
    });
    servers.push(server);
    const abort = new AbortController();
    const feed = messages(`http://127.0.0.1:${server.port}`, { silenceMs: 400, signal: abort.signal });
    expect((await feed.next()).value).toBeNull();
    const next = feed.next();
    // Several times the silence that would end it.
    expect(await Promise.race([next.then(() => "ended"), Bun.sleep(1_000).then(() => "open")])).toBe("open");
    abort.abort(new AppError("cancelled", "Cancelled."));
    expect((await failureOf(next)).code).toBe("cancelled");
    await closed;
  });

  test("says at once, and again, what keeps it open", async () => {
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const said: string[] = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("")),
      websocket: {
        message: (socket, message) => {
          if (said.push(String(message)) < 3) return;
          socket.close();
          resolve();
        },
      },
    });
    servers.push(server);
    const keepAlive = { message: "here", everyMs: 20 };
    expect(await all(messages(`http://127.0.0.1:${server.port}`, { keepAlive }))).toEqual([null]);
    await enough;
    expect(said).toEqual(["here", "here", "here"]);
  });

  test("keeps a secret of the address out of what it tells about a refusal", async () => {
    let asked = "";
    const url = serve((request) => {
      asked = new URL(request.url).search;
      return new Response("", { status: 403 });
    });
    const refused = await failureOf(all(messages(url, { query: { api_key: secret("abc123") } })));
    expect(asked).toBe("?api_key=abc123");
    expect(refused.detail).toMatch(/403/);
    expect(JSON.stringify([refused.message, refused.detail, String(refused.cause)])).not.toContain("abc123");
  });

  test("tells why it was refused, and when nobody is there", async () => {
    for (const [status, code] of [
      [404, "not-found"],
      [401, "auth-expired"],
      [500, "unreachable"],
      [302, "unreachable"],
    ] as const) {
      const url = serve(() => new Response("", { status, headers: { location: "/elsewhere" } }));
      expect((await failureOf(all(messages(url)))).code).toBe(code);
    }
    expect((await failureOf(all(messages("http://127.0.0.1:1")))).code).toBe("unreachable");
  });
});

test("a silence that was not agreed on ends nothing", async () => {
  const watch = watchSilence();
  watch.within(10, new AppError("unreachable", "silent"));
  watch.hangUp();
  await Bun.sleep(30);
  expect(watch.signal.reason instanceof AppError).toBe(false);
});
