import {
  apiTokenWithUser,
  deleteApiToken,
  insertApiToken,
  listApiTokens,
  touchApiToken,
} from "../../db/repos/tokens.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { randomToken, sha256Hex } from "../../kernel/ids.ts";
import type { Deps } from "../context.ts";
import { checkTokenName } from "./rules.ts";
import { userView } from "./sessions.ts";
import type { ApiTokenView, SignedIn } from "./types.ts";

/** Lets people and secret scanners recognise a token of ours. */
const prefix = "et_";
const touchEveryMs = HOUR_MS;

export function createApiTokens({ db, clock }: Pick<Deps, "db" | "clock">) {
  return {
    create(userId: number, name: string) {
      const token = `${prefix}${randomToken()}`;
      const row = insertApiToken(db, {
        userId,
        name: checkTokenName(name),
        tokenHash: sha256Hex(token),
        createdAt: clock.now(),
      });
      return { id: String(row.id), name: row.name, token, createdAt: row.createdAt };
    },

    list(userId: number): ApiTokenView[] {
      return listApiTokens(db, userId).map(({ id, name, createdAt, lastUsedAt }) => ({
        id: String(id),
        name,
        createdAt,
        lastUsedAt,
      }));
    },

    remove(userId: number, tokenId: string): void {
      const id = /^\d{1,15}$/.test(tokenId) ? Number(tokenId) : 0;
      if (!deleteApiToken(db, userId, id)) throw new AppError("not-found", "There is no such token.");
    },

    find(token: string): SignedIn | null {
      if (!token.startsWith(prefix)) return null;
      const found = apiTokenWithUser(db, sha256Hex(token));
      if (found === undefined) return null;
      const now = clock.now();
      if (now - (found.token.lastUsedAt ?? 0) >= touchEveryMs) touchApiToken(db, found.token.id, now);
      return { user: userView(found.user), via: "token" };
    },
  };
}
