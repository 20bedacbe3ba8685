import { type ErrorCode, type FieldError, toAppError } from "../kernel/errors.ts";
import { randomRef } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";

/** RFC 9457, with our additions. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** What is wrong with the input, by field. */
  errors?: FieldError[];
  /** What the user can do. */
  hint?: string;
  [extra: string]: unknown;
};

const statuses: Record<ErrorCode, [status: number, title: string]> = {
  invalid: [422, "Invalid input"],
  unauthorized: [401, "Not signed in"],
  forbidden: [403, "Not allowed"],
  "not-found": [404, "Not found"],
  conflict: [409, "Conflict"],
  "too-many": [429, "Too many attempts"],
  unreachable: [502, "Not reachable"],
  "rate-limited": [502, "Asked to wait"],
  "auth-expired": [409, "Sign-in needed"],
  "bad-answer": [502, "Unexpected answer"],
  unsupported: [502, "Not supported"],
  cancelled: [503, "Cancelled"],
  database: [503, "Database problem"],
  internal: [500, "Internal error"],
};

/** Answers that HTTP itself calls for, before any of our rules apply. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly headers: Record<string, string>;
  constructor(status: number, title: string, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = "HttpProblem";
    this.status = status;
    this.title = title;
    this.headers = headers;
  }
}

export type Refusal = { problem: Problem; headers: Record<string, string> };

/** The last part of a webhook's or a calendar's address is its password. */
export function publicPath(path: string): string {
  return path.replace(/^(.*\/api\/webhooks\/[^/]+\/|\/calendar\/feeds\/).+$/, "$1…");
}

function ofHttp(error: HttpProblem, instance: string): Refusal {
  const { status, title, message, headers } = error;
  return { problem: { type: "about:blank", title, status, detail: message, instance }, headers };
}

/** What the client is told; what it must not see goes to the log under a reference. */
export function refusalOf(thrown: unknown, path: string, log: Log): Refusal {
  const instance = publicPath(path);
  if (thrown instanceof HttpProblem) return ofHttp(thrown, instance);
  const error = toAppError(thrown);
  const [status, title] = statuses[error.code];
  const hidden = status >= 500 && error.code !== "cancelled";
  const ref = error.code === "internal" ? randomRef() : null;
  if (hidden)
    log[status === 502 ? "warn" : "error"]("request.failed", { path: instance, ref: ref ?? undefined, error });
  const problem: Problem = {
    ...error.extra,
    type: "about:blank",
    title,
    status,
    detail: ref === null ? error.message : `${error.message} (ref ${ref})`,
    instance,
    ...(error.fields.length > 0 ? { errors: error.fields } : {}),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
  const headers: Record<string, string> = {};
  if (error.retryAfterMs !== undefined) headers["retry-after"] = seconds(error.retryAfterMs);
  // RFC 9110 wants a 401 to say how to do better. Browsers show no dialog for this scheme.
  if (status === 401) headers["www-authenticate"] = "Bearer";
  return { problem, headers };
}

function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
