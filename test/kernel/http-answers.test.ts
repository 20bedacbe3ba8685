import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { z } from "zod";
import { systemClock } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { asJson, createHttp, type HttpRequest } from "../../src/kernel/http.ts";
import { silentLog } from "../../src/kernel/log.ts";

const now = Date.UTC(2026, 0, 15, 12);
const http = createHttp({
  clock: { ...systemClock, now: () => now },
  log: silentLog,
  userAgent: "EpisodeTracker/test",
});
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function serve(answer: (request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  closing.push(() => server.stop(true));
  return `http://127.0.0.1:${server.port}`;
}

/** Sends exactly these bytes, then ends or breaks the connection. */
async function raw(bytes: string | Uint8Array, how: "end" | "reset" = "end"): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(bytes, () => (how === "reset" ? socket.resetAndDestroy() : socket.end()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const Episodes = z.object({ show: z.object({ episodes: z.array(z.object({ title: z.string() })) }) });
const usual = { name: "Attic", timeoutMs: 5_000, maxBytes: 1_000_000, read: asJson("Attic", Episodes) };
const ask = (url: string, more: Partial<HttpRequest<unknown>> = {}) =>
  http.request<unknown>({ ...usual, url, ...more });

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof AppError)) throw new Error(`expected an AppError, got ${Bun.inspect(outcome)}`);
  return outcome;
}

describe("reading an answer", () => {
  test("one of the right shape is a value", async () => {
    const value = { show: { episodes: [{ title: "Pilot" }] } };
    expect(await ask(serve(() => Response.json(value)))).toEqual(value);
  });

  test("one of another shape names the place and not the content", async () => {
    const url = serve(() => Response.json({ show: { episodes: [{ title: "a" }, { title: 4711 }] } }));
    const failure = await failureOf(ask(url));
    expect(failure).toMatchObject({
      code: "bad-answer",
      message: "Attic sent something this program does not understand.",
    });
    expect(failure.detail).toStartWith("show.episodes.1.title: ");
    expect(`${failure.message} ${failure.detail}`).not.toContain("4711");
  });

  test("an answer that is wrong from the root says so", async () => {
    expect((await failureOf(ask(serve(() => Response.json(null))))).detail).toStartWith("(root): ");
  });

  test("a web page is not data", async () => {
    const page = () => new Response("<html>Log in</html>", { headers: { "content-type": "Text/HTML; charset=utf-8" } });
    const failure = await failureOf(ask(serve(page)));
    expect(failure).toMatchObject({
      code: "bad-answer",
      message: "Attic answered with a web page instead of data.",
      status: 200,
    });
    expect(failure.hint).toContain("login page");
  });

  test("an empty answer and half an answer are bad answers", async () => {
    for (const text of ["", '{"show":{"epis']) {
      const failure = await failureOf(ask(serve(() => new Response(text))));
      expect([failure.code, failure.message]).toEqual([
        "bad-answer",
        "Attic sent an answer that breaks off or is not JSON.",
      ]);
    }
  });

  test("an answer without a body is enough where success says everything", async () => {
    expect(
      await ask(
        serve(() => new Response(null, { status: 204 })),
        { read: () => undefined },
      ),
    ).toBeUndefined();
  });
});

describe("an answer that breaks off", () => {
  const message = "Attic closed the connection in the middle.";

  test("before its announced end", async () => {
    const url = await raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"show":');
    expect(await failureOf(ask(url))).toMatchObject({ code: "unreachable", message });
  });

  test("between two chunks", async () => {
    const url = await raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"show":\r\n');
    expect(await failureOf(ask(url))).toMatchObject({ code: "unreachable", message });
  });

  test("by a reset before a single byte", async () => {
    expect(await failureOf(ask(await raw("", "reset")))).toMatchObject({ code: "unreachable", message });
  });

  test("and one that is not HTTP at all", async () => {
    const failure = await failureOf(ask(await raw("SSH-2.0-OpenSSH_9\r\n")));
    expect([failure.code, failure.message]).toEqual(["unreachable", "Attic cannot be reached."]);
  });
});

describe("an answer that is too large", () => {
  const message = "Attic sent an answer larger than 1 MB.";

  test("is refused by its announced size", async () => {
    const url = serve(() => new Response(new Uint8Array(1_000_001)));
    expect(await failureOf(ask(url))).toMatchObject({ code: "bad-answer", message });
  });

  test("is refused when it never ends, and the server is told to stop", async () => {
    let stopped = () => undefined as unknown;
    const ended = new Promise((resolve) => {
      stopped = () => resolve(true);
    });
    const url = serve(
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await new Promise((resolve) => setTimeout(resolve, 1));
              controller.enqueue(new Uint8Array(100_000));
            },
            cancel: () => {
              stopped();
            },
          }),
        ),
    );
    expect(await failureOf(ask(url))).toMatchObject({ code: "bad-answer", message });
    expect(await ended).toBe(true);
  });

  test("is refused when a small packed body unpacks to it", async () => {
    const packed = Bun.gzipSync(new Uint8Array(5_000_000));
    expect(packed.byteLength).toBeLessThan(usual.maxBytes);
    const url = serve(() => new Response(packed, { headers: { "content-encoding": "gzip" } }));
    expect(await failureOf(ask(url))).toMatchObject({ code: "bad-answer", message });
  });

  test("is not read to its end when its announced size is that of the packed body", async () => {
    let sent = 0;
    const unpacking = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(100_000));
        if (sent === 100) controller.close();
      },
    });
    const headers = { "content-encoding": "gzip", "content-length": "5000" };
    const transport = async () => new Response(unpacking, { headers });
    const patient = createHttp({ clock: systemClock, log: silentLog, userAgent: "EpisodeTracker/test", transport });
    const failure = await failureOf(patient.request({ ...usual, url: "http://127.0.0.1:1" }));
    expect(failure).toMatchObject({ code: "bad-answer", message });
    expect(sent).toBeLessThan(20);
  });

  test("a packed body within the limit is read", async () => {
    const packed = Bun.gzipSync(new TextEncoder().encode('{"show":{"episodes":[]}}'));
    const url = serve(() => new Response(packed, { headers: { "content-encoding": "gzip" } }));
    expect(await ask(url)).toEqual({ show: { episodes: [] } });
  });
});

describe("a server that does not answer", () => {
  const silence = "Attic did not answer (timed out after 0.2 s). Is it switched on?";

  test("in time", async () => {
    const url = serve(() => new Promise<Response>(() => undefined));
    expect(await failureOf(ask(url, { timeoutMs: 200 }))).toMatchObject({ code: "unreachable", message: silence });
  });

  test("or stops in the middle of the body", async () => {
    const url = serve(() => new Response(new ReadableStream({ start: (body) => body.enqueue('{"show":') })));
    expect(await failureOf(ask(url, { timeoutMs: 200 }))).toMatchObject({ code: "unreachable", message: silence });
  });

  test("because nobody listens", async () => {
    expect(await failureOf(ask("http://127.0.0.1:1"))).toMatchObject({
      code: "unreachable",
      message: "Attic refused the connection. Is it running, and is the port right?",
    });
  });

  test("because its name leads nowhere", async () => {
    const failure = await failureOf(ask("http://attic.invalid"));
    expect(failure.code).toBe("unreachable");
    expect(failure.message).toStartWith("Attic ");
  });
});

describe("statuses", () => {
  const answering = (status: number, headers: Record<string, string> = {}) =>
    serve(() => new Response("<b>body nobody needs</b>", { status, headers }));

  test.each([
    [400, "bad-answer", "Attic refused the request (HTTP 400)."],
    [401, "auth-expired", "Attic does not accept the sign-in (HTTP 401)."],
    [403, "auth-expired", "Attic refuses access (HTTP 403)."],
    [404, "not-found", "Attic does not know what was asked for (HTTP 404)."],
    [408, "unreachable", "Attic took too long (HTTP 408)."],
    [425, "unreachable", "Attic is not ready yet (HTTP 425)."],
    [429, "rate-limited", "Attic asks us to wait (HTTP 429)."],
    [500, "unreachable", "Attic is having trouble (HTTP 500)."],
    [503, "unreachable", "Attic is having trouble (HTTP 503)."],
  ] as const)("%i is %s", async (status, code, message) => {
    const failure = await failureOf(ask(answering(status)));
    expect(failure).toMatchObject({ code, message, status });
    expect(failure.retryAfterMs).toBeUndefined();
  });

  test("Retry-After is read in seconds and as a date", async () => {
    const date = new Date(now + 90_000).toUTCString();
    for (const [header, wait] of [
      ["120", 120_000],
      [date, 90_000],
      ["soon", undefined],
    ] as const) {
      const failure = await failureOf(ask(answering(429, { "retry-after": header })));
      expect(failure.retryAfterMs).toBe(wait as number);
    }
  });

  test("one that the caller wants to see itself reaches its reader", async () => {
    const read: HttpRequest<unknown>["read"] = ({ status, text }) => [status, text()];
    expect(await ask(answering(404), { accept: [404], read })).toEqual([404, "<b>body nobody needs</b>"]);
  });
});
