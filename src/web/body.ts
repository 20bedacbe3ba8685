import type { RequestContext } from "./context.ts";
import { HttpProblem } from "./errors.ts";
import { isApi } from "./guard.ts";

const MiB = 1024 * 1024;

const limits: [RegExp, number][] = [
  [/^\/api\/webhooks\//, 5 * MiB],
  [/^\/(api|settings)\/import$/, 50 * MiB],
];
const usualLimit = MiB;

/** What the server itself cuts off at. */
export const largestBody = 50 * MiB;

/** Bodies that their routes read themselves. */
const raw = /^\/api\/(webhooks\/|import$)/;

function tooLarge(limit: number): HttpProblem {
  return new HttpProblem(413, "Too large", `The request is larger than ${limit / MiB} MB.`, { connection: "close" });
}

/** Reads a body of unknown length, at most `limit` bytes of it. */
async function readBounded(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Methods that a form may stand for: HTML knows only GET and POST. */
const overridable = new Set(["PUT", "PATCH", "DELETE"]);

function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function variant(request: Request, method: string, body: Uint8Array<ArrayBuffer> | null): Request {
  return new Request(request.url, { method, headers: request.headers, body, signal: request.signal });
}

/**
 * Gives the router a request it can use: within the size limit, of the right type, and for a page's form post with the
 * fields read and the method they ask for.
 */
export async function prepare(request: Request, context: RequestContext): Promise<Request> {
  // Answered like a GET; the body is cut off at the end.
  if (request.method === "HEAD") return variant(request, "GET", null);
  if (request.body === null) return request;
  const limit = limits.find(([pattern]) => pattern.test(context.path))?.[1] ?? usualLimit;
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) > limit) throw tooLarge(limit);
  const type = mediaType(request);
  const usable =
    announced === null ? variant(request, request.method, await readBounded(request.body, limit)) : request;
  if (isApi(context.path)) {
    if (!raw.test(context.path) && type !== "" && type !== "application/json" && !type.endsWith("+json")) {
      throw new HttpProblem(415, "Unsupported type", "Send JSON with `Content-Type: application/json`.");
    }
    return usable;
  }
  if (type !== "application/x-www-form-urlencoded") return usable;
  context.form = new URLSearchParams(await usable.text());
  const wanted = context.form.get("_method")?.toUpperCase() ?? "";
  context.form.delete("_method");
  const method = request.method === "POST" && overridable.has(wanted) ? wanted : request.method;
  return variant(request, method, null);
}

/** The body of an API call, a JSON object. None at all is an empty one. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpProblem(400, "Malformed JSON", "The request's body is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpProblem(422, "Invalid input", "The request's body must be a JSON object.");
  }
  return value;
}

export function readsItself(path: string): boolean {
  return raw.test(path);
}
