import { afterEach, describe, expect, test } from "bun:test";
import { z } from "zod";
import { AppError } from "../../src/kernel/errors.ts";
import { asJson, createHttp, type HttpRequest } from "../../src/kernel/http.ts";
import { createGate } from "../../src/kernel/limits.ts";
import { createLog } from "../../src/kernel/log.ts";
import { secret } from "../../src/kernel/secret.ts";
import { createTestClock } from "../support/clock.ts";

const clock = createTestClock();
const lines: string[] = [];
const log = createLog({ clock, level: "debug", format: "json", write: (line) => lines.push(line) });
const http = createHttp({ clock, log, userAgent: "EpisodeTracker/test" });
const servers: { stop(force: boolean): Promise<void> }[] = [];

afterEach(async () => {
  lines.length = 0;
  for (const server of servers.splice(0)) await server.stop(true);
});

function serve(answer: (request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const usual = { name: "Attic", timeoutMs: 5_000, maxBytes: 1_000_000 };
const Greeting = z.object({ greeting: z.string() });

function ask(url: string, more: Partial<HttpRequest<unknown>> = {}): Promise<unknown> {
  return http.request({ ...usual, url, read: asJson("Attic", Greeting), ...more });
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof AppError)) throw new Error(`expected an AppError, got ${Bun.inspect(outcome)}`);
  return outcome;
}

const hello = () => Response.json({ greeting: "hello" });

describe("what is sent", () => {
  test("query values are escaped, absent ones left out, and the product names itself", async () => {
    const seen: string[] = [];
    const url = serve((request) => {
      seen.push(new URL(request.url).search, request.headers.get("user-agent") ?? "");
      return hello();
    });
    expect(await ask(`${url}/library`, { query: { title: "Tom & Jo", page: 2, year: undefined } })).toEqual({
      greeting: "hello",
    });
    expect(seen).toEqual(["?title=Tom+%26+Jo&page=2", "EpisodeTracker/test"]);
  });

  test("a JSON body carries its type", async () => {
    let seen: unknown;
    const url = serve(async (request) => {
      seen = [request.method, request.headers.get("content-type"), await request.json()];
      return hello();
    });
    await ask(url, { method: "POST", body: { json: { season: 1 } } });
    expect(seen).toEqual(["POST", "application/json", { season: 1 }]);
  });

  test("a form body repeats a name for each of its values", async () => {
    let seen: unknown;
    const url = serve(async (request) => {
      seen = [request.headers.get("content-type"), await request.text()];
      return hello();
    });
    await ask(url, { method: "PUT", body: { form: { id: ["1", "2"], note: "a b" } } });
    expect(seen).toEqual(["application/x-www-form-urlencoded", "id=1&id=2&note=a+b"]);
  });

  test("a header without a value is not sent", async () => {
    let seen: string | null = "";
    const url = serve((request) => {
      seen = request.headers.get("x-account");
      return hello();
    });
    await ask(url, { headers: { "x-account": undefined } });
    expect(seen).toBeNull();
  });
});

describe("secrets", () => {
  test("a secret header is revealed on the wire and nowhere else", async () => {
    const token = "s3cr3t-server-token";
    let seen: string | null = null;
    const url = serve((request) => {
      seen = request.headers.get("x-plex-token");
      return new Response("no", { status: 500 });
    });
    const spec = { headers: { "x-plex-token": secret(token) } };
    const refused = await failureOf(ask(url, spec));
    await servers.splice(0)[0]?.stop(true);
    const down = await failureOf(ask(url, spec));
    expect(seen).toBe(token as never);
    expect(lines).toHaveLength(2);
    for (const told of [...lines, Bun.inspect(refused), Bun.inspect(down), JSON.stringify([refused, down])]) {
      expect(told).not.toContain(token);
    }
  });

  test("a key in the query stays out of the log and out of the message", async () => {
    const url = serve(() => new Response("no", { status: 404 }));
    const failure = await failureOf(ask(`${url}/3/tv`, { query: { api_key: "k3y-of-the-house" } }));
    expect(lines.join()).toContain("/3/tv");
    log.warn("failed", { reason: failure });
    expect(`${lines.join()} ${failure.message}`).not.toContain("k3y-of-the-house");
  });
});

describe("redirects", () => {
  test("one to the same origin is followed, secret header included", async () => {
    const seen: (string | null)[] = [];
    const url = serve((request) => {
      seen.push(request.headers.get("x-plex-token"));
      return new URL(request.url).pathname === "/old" ? Response.redirect("/new", 302) : hello();
    });
    expect(await ask(`${url}/old`, { headers: { "x-plex-token": secret("t") } })).toEqual({ greeting: "hello" });
    expect(seen).toEqual(["t", "t"]);
  });

  test("one to another origin is refused, and nothing reaches it", async () => {
    let visits = 0;
    const elsewhere = serve(() => {
      visits += 1;
      return hello();
    });
    const url = serve(() => Response.redirect(`${elsewhere}/login?next=1`, 302));
    const failure = await failureOf(ask(url, { headers: { "x-plex-token": secret("t0ken") }, tries: 2 }));
    expect(failure).toMatchObject({ code: "bad-answer", status: 302 });
    expect(failure.message).toBe(`Attic sends requests elsewhere (to ${elsewhere}).`);
    expect(failure.hint).toContain("address of the server itself");
    expect(visits).toBe(0);
  });

  test("one of a request that writes is refused even within the origin", async () => {
    let visits = 0;
    const url = serve((request) => {
      visits += 1;
      return new URL(request.url).pathname === "/" ? Response.redirect("/again", 307) : hello();
    });
    expect((await failureOf(ask(url, { method: "POST" }))).code).toBe("bad-answer");
    expect(visits).toBe(1);
  });

  test("a circle ends", async () => {
    const url = serve(() => Response.redirect("/", 302));
    const failure = await failureOf(ask(url));
    expect([failure.code, failure.message]).toEqual(["bad-answer", "Attic redirects in a circle."]);
  });

  test("a target that is no address is a bad answer", async () => {
    const url = serve(() => new Response(null, { status: 302, headers: { location: "http://" } }));
    expect(await failureOf(ask(url))).toMatchObject({
      code: "bad-answer",
      message: "Attic redirects to something that is no address.",
    });
  });

  test("one that the caller wants to see itself is handed over", async () => {
    const url = serve(() => Response.redirect("https://elsewhere.invalid/", 302));
    expect(await ask(url, { accept: [302], read: ({ status }) => status })).toBe(302);
  });
});

describe("trying again", () => {
  /** A server that fails with these statuses in turn, then answers. */
  function flaky(...statuses: number[]): { url: string; visits: () => number } {
    let visits = 0;
    const url = serve(() => {
      const status = statuses[visits++];
      return status === undefined ? hello() : new Response("", { status });
    });
    return { url, visits: () => visits };
  }

  test("without `tries` there is one attempt", async () => {
    const { url, visits } = flaky(503);
    expect((await failureOf(ask(url))).code).toBe("unreachable");
    expect(visits()).toBe(1);
  });

  test("a server in trouble is asked again, as often as allowed", async () => {
    const good = flaky(503, 500);
    expect(await ask(good.url, { tries: 3 })).toEqual({ greeting: "hello" });
    const bad = flaky(503, 500, 502, 502);
    expect((await failureOf(ask(bad.url, { tries: 3 }))).message).toBe("Attic is having trouble (HTTP 502).");
    expect([good.visits(), bad.visits()]).toEqual([3, 3]);
  });

  test("a refusal is final", async () => {
    for (const status of [401, 403, 404]) {
      const { url, visits } = flaky(status);
      await failureOf(ask(url, { tries: 3 }));
      expect(visits()).toBe(1);
    }
  });

  test("a bad answer gets one second chance and no third", async () => {
    let visits = 0;
    const url = serve(() => {
      visits += 1;
      return new Response('{"greeting":');
    });
    expect((await failureOf(ask(url, { tries: 5 }))).code).toBe("bad-answer");
    expect(visits).toBe(2);
  });

  test("waits as long as the service asks, and hands longer waits to the caller", async () => {
    let visits = 0;
    let wait = "7";
    const url = serve(() => {
      visits += 1;
      return visits === 1 ? new Response("", { status: 429, headers: { "retry-after": wait } }) : hello();
    });
    const before = clock.now();
    await ask(url, { tries: 2 });
    expect(clock.now() - before).toBe(7_000);
    visits = 0;
    wait = "600";
    expect(await failureOf(ask(url, { tries: 2 }))).toMatchObject({ code: "rate-limited", retryAfterMs: 600_000 });
    expect(visits).toBe(1);
  });

  test("a 429 shuts the shared gate for everyone behind it", async () => {
    const gate = createGate(clock, { concurrency: 1 });
    const url = serve(() => new Response("", { status: 429, headers: { "retry-after": "300" } }));
    await failureOf(ask(url, { gate }));
    expect(gate.waitingUntil()).toBe(clock.now() + 300_000);
  });
});

describe("calling off", () => {
  test("an aborted signal ends a request that hangs, without another try", async () => {
    let visits = 0;
    const abort = new AbortController();
    const url = serve(() => {
      visits += 1;
      abort.abort();
      return new Promise<Response>(() => undefined);
    });
    const failure = await failureOf(ask(url, { signal: abort.signal, tries: 3 }));
    expect([failure.code, visits]).toEqual(["cancelled", 1]);
  });

  test("the reason of the abort is what the caller gets", async () => {
    const reason = new AppError("cancelled", "The server was disconnected.");
    let visits = 0;
    const url = serve(() => {
      visits += 1;
      return hello();
    });
    expect(await failureOf(ask(url, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(visits).toBe(0);
  });

  test("an abort in the middle of the body counts too", async () => {
    const abort = new AbortController();
    const url = serve(
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => {
              controller.enqueue("{");
              setTimeout(() => abort.abort(), 20);
            },
          }),
        ),
    );
    expect((await failureOf(ask(url, { signal: abort.signal, read: () => undefined }))).code).toBe("cancelled");
  });
});
