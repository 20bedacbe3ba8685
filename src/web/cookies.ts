import { readCookie, SESSION_COOKIE } from "./guard.ts";

export type CookieScope = { basePath: string; https: boolean };

function attributes({ basePath, https }: CookieScope): string {
  return `Path=${basePath === "" ? "/" : basePath}; HttpOnly; SameSite=Lax${https ? "; Secure" : ""}`;
}

export function sessionCookie(token: string, maxAgeMs: number, scope: CookieScope): string {
  return `${SESSION_COOKIE}=${token}; Max-Age=${Math.floor(maxAgeMs / 1000)}; ${attributes(scope)}`;
}

export function clearedCookie(scope: CookieScope): string {
  return `${SESSION_COOKIE}=; Max-Age=0; ${attributes(scope)}`;
}

/** Ties a sign-in by code to the browser that began it. */
const SIGN_IN_COOKIE = "et_sign_in";

export function signInCookie(secret: string, maxAgeMs: number, scope: CookieScope): string {
  return `${SIGN_IN_COOKIE}=${secret}; Max-Age=${Math.max(1, Math.floor(maxAgeMs / 1000))}; ${attributes(scope)}`;
}

export function clearedSignInCookie(scope: CookieScope): string {
  return `${SIGN_IN_COOKIE}=; Max-Age=0; ${attributes(scope)}`;
}

/** Null for one that is not of our making. */
export function readSignInCookie(request: Request): string | null {
  const value = readCookie(request, SIGN_IN_COOKIE);
  return value !== null && /^[\w-]{43}$/.test(value) ? value : null;
}
