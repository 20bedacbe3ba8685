import { SESSION_COOKIE } from "./guard.ts";

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
