import { randomToken } from "../../kernel/ids.ts";
import type { Journal } from "./journal.ts";

const KEPT_PER_USER = 50;

/** What each user could still take back, newest last; lives as long as the process. */
export type UndoTokens = {
  keep(journal: Journal): string;
  /** Each token works once, and for its own user only. */
  take(userId: number, token: string): Journal | null;
};

export function createUndoTokens(): UndoTokens {
  const byUser = new Map<number, Map<string, Journal>>();
  return {
    keep(journal) {
      const tokens = byUser.get(journal.userId) ?? new Map<string, Journal>();
      byUser.set(journal.userId, tokens);
      const token = randomToken(16);
      tokens.set(token, journal);
      const [oldest] = tokens.keys();
      if (tokens.size > KEPT_PER_USER && oldest !== undefined) tokens.delete(oldest);
      return token;
    },
    take(userId, token) {
      const journal = byUser.get(userId)?.get(token) ?? null;
      byUser.get(userId)?.delete(token);
      return journal;
    },
  };
}
