import { randomToken } from "../kernel/ids.ts";
import type { AppEvents } from "../services/context.ts";
import type { LiveNews, WebDeps } from "./deps.ts";

/**
 * Numbers the news of each user's pages. A page says which number it was made at, so that it can tell what it has missed
 * from what it already shows, and its own doing from that of others.
 */
export type News = {
  /** `<start of this process>.<number>`; numbers of another start say nothing. */
  at(userId: number): string;
};

export function createNews(bus: WebDeps["bus"], live: LiveNews): News {
  const start = randomToken(6);
  const own = new Map<number, number>();
  let everybodys = 0;
  bus.subscribe((name, payload) => {
    if (live(name, payload).length === 0) return;
    if ("userId" in payload) own.set(payload.userId, (own.get(payload.userId) ?? 0) + 1);
    else everybodys += 1;
  });
  return { at: (userId) => `${start}.${everybodys + (own.get(userId) ?? 0)}` };
}

export function concerns(payload: AppEvents[keyof AppEvents], userId: number): boolean {
  return !("userId" in payload) || payload.userId === userId;
}
