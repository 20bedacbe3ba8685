import { AppError } from "../kernel/errors.ts";
import type { SignedIn, User, Visitor } from "../services/accounts/types.ts";

/** Sets how long this connection may be silent, in seconds; 0 = for ever. */
export type IdleTimeout = (seconds: number) => void;

/** What is known about a request besides what it carries. Made before routing; handlers find it by their `request`. */
export type RequestContext = {
  /** Names the request in the log. */
  id: string;
  method: string;
  /** Without the base path, always beginning with a slash. */
  path: string;
  /** Path and query as asked for, with the base path. */
  target: string;
  ip: string;
  /** Of the page in the visitor's browser, e.g. `https://tracker.example.org`. */
  origin: string;
  https: boolean;
  /** Asked by htmx: a part is wanted, not a page. */
  htmx: boolean;
  signedIn: SignedIn | null;
  /** The raw session cookie, also one that is no longer good. */
  sessionToken: string | null;
  /** The fields of a form post to a page. */
  form: URLSearchParams | null;
  idleTimeout: IdleTimeout;
};

const contexts = new WeakMap<Request, RequestContext>();

export function rememberContext(request: Request, context: RequestContext): void {
  contexts.set(request, context);
}

export function findContext(request: Request): RequestContext | undefined {
  return contexts.get(request);
}

export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new AppError("internal", "This request did not come through the front door.");
  return context;
}

/** The user who asks. Throws `unauthorized` on public paths visited by nobody. */
export function userOf(request: Request): User {
  const { signedIn } = contextOf(request);
  if (signedIn === null) throw new AppError("unauthorized", "Sign in first.");
  return signedIn.user;
}

export function adminOf(request: Request): User {
  const user = userOf(request);
  if (user.role !== "admin") throw new AppError("forbidden", "Only an admin may do this.");
  return user;
}

export function visitorOf(request: Request): Visitor {
  return { address: contextOf(request).ip, userAgent: request.headers.get("user-agent") ?? "" };
}

export function formOf(request: Request): URLSearchParams {
  return contextOf(request).form ?? new URLSearchParams();
}
