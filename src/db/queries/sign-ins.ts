import type { Db } from "../open.ts";

/** An account elsewhere that may sign in here. */
export type SignInGlance = {
  id: number;
  provider: string;
  accountId: string | null;
  accountName: string;
  /** Null: the first sign-in makes a new user. */
  userId: number | null;
  username: string | null;
  role: "admin" | "member" | null;
  chosenByUser: boolean;
  createdAt: number;
  lastUsedAt: number | null;
};

type Row = Omit<SignInGlance, "chosenByUser"> & { chosenByUser: 0 | 1 };

const glances = `SELECT a.id, a.provider, a.account_id AS accountId, a.account_name AS accountName, a.user_id AS userId, u.username,
    u.role, a.chosen_by_user AS chosenByUser, a.created_at AS createdAt, a.last_used_at AS lastUsedAt
  FROM sign_in_accounts a LEFT JOIN users u ON u.id = a.user_id`;

const glance = ({ chosenByUser, ...row }: Row): SignInGlance => ({ ...row, chosenByUser: chosenByUser === 1 });

/** Everybody's, or one user's, oldest first. One statement. */
export function signInGlances(db: Db, userId: number | null): SignInGlance[] {
  return db.raw
    .query<Row, [{ userId: number | null }]>(
      `${glances} WHERE $userId IS NULL OR a.user_id = $userId ORDER BY a.id LIMIT 500`,
    )
    .all({ userId })
    .map(glance);
}

export function signInGlance(db: Db, id: number): SignInGlance | null {
  const row = db.raw.query<Row, [number]>(`${glances} WHERE a.id = ?`).get(id);
  return row === null ? null : glance(row);
}

/** An account that somebody has connected by signing in with it. */
export type ConnectedAccount = {
  provider: string;
  accountId: string;
  accountName: string;
  userId: number;
  username: string;
  role: "admin" | "member";
};

/** Those that may not sign in yet: everybody's, or one user's. One statement. */
export function connectedAccounts(db: Db, userId: number | null): ConnectedAccount[] {
  return db.raw
    .query<ConnectedAccount, [{ userId: number | null }]>(
      `SELECT i.provider, i.account_id AS accountId, max(i.account_name) AS accountName, u.id AS userId, u.username, u.role
       FROM integrations i JOIN users u ON u.id = i.user_id
       WHERE i.disconnected_at IS NULL AND i.home_member_id IS NULL AND ($userId IS NULL OR i.user_id = $userId)
         AND NOT EXISTS (SELECT 1 FROM sign_in_accounts a WHERE a.provider = i.provider AND a.account_id = i.account_id)
       GROUP BY i.provider, i.account_id, i.user_id ORDER BY min(i.id) LIMIT 100`,
    )
    .all({ userId });
}
