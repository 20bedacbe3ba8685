import { liveSessions } from "../../db/queries/sessions.ts";
import {
  deleteExpiredSessions,
  deleteSession,
  deleteSessionsOf,
  extendSession,
  insertSession,
  sessionWithUser,
} from "../../db/repos/sessions.ts";
import type { UserRow } from "../../db/repos/users.ts";
import { DAY_MS, HOUR_MS } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { randomToken, sha256Hex } from "../../kernel/ids.ts";
import type { Deps } from "../context.ts";
import type { NewSession, SessionView, SignedIn, User, Visitor } from "./types.ts";

export const SESSION_MS = 30 * DAY_MS;
/** Looking at pages writes at most this often. */
const touchEveryMs = HOUR_MS;

export function userView(row: Omit<UserRow, "usernameKey" | "passwordHash">): User {
  const { id, username, role, timeZone, theme, dateFormat, titleLanguage, createdAt } = row;
  return { id, username, role, timeZone, theme, dateFormat, titleLanguage, createdAt };
}

/** The stored hash is what the database knows a session by; outside it goes by another name. */
const publicId = (tokenHash: string): string => sha256Hex(`session ${tokenHash}`).slice(0, 24);

export function createSessions({ db, clock }: Pick<Deps, "db" | "clock">) {
  function begin(row: UserRow, visitor: Visitor, signInAccountId: number | null = null): NewSession {
    const token = randomToken();
    const now = clock.now();
    const expiresAt = now + SESSION_MS;
    insertSession(db, {
      tokenHash: sha256Hex(token),
      userId: row.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
      userAgent: visitor.userAgent.slice(0, 200),
      signInAccountId,
    });
    return { user: userView(row), token, expiresAt };
  }

  function find(token: string): SignedIn | null {
    const sessionHash = sha256Hex(token);
    const found = sessionWithUser(db, sessionHash);
    const now = clock.now();
    if (found === null || found.expiresAt <= now) return null;
    const due = now - found.lastSeenAt >= touchEveryMs;
    if (due) extendSession(db, sessionHash, { lastSeenAt: now, expiresAt: now + SESSION_MS });
    return {
      user: userView(found),
      via: "session",
      sessionHash,
      prolongedUntil: due ? now + SESSION_MS : null,
    };
  }

  const listed = (userId: number) => liveSessions(db, userId, clock.now());

  return {
    begin,
    find,

    list: (userId: number, currentHash: string | null): SessionView[] =>
      listed(userId).map(({ tokenHash, ...session }) => ({
        id: publicId(tokenHash),
        ...session,
        current: tokenHash === currentHash,
      })),

    endOne(userId: number, sessionId: string): void {
      const session = listed(userId).find(({ tokenHash }) => publicId(tokenHash) === sessionId);
      if (session === undefined) throw new AppError("not-found", "There is no such session.");
      deleteSession(db, session.tokenHash);
    },

    endOthers: (userId: number, currentHash: string | null): void => deleteSessionsOf(db, userId, currentHash),
    end: (token: string) => deleteSession(db, sha256Hex(token)),
    prune: () => deleteExpiredSessions(db, clock.now()),
  };
}
