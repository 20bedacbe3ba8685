import type { Db } from "../open.ts";

/** Whose servers are connected with which account. */
export type AccountUse = {
  integrationId: number;
  userId: number;
  username: string;
  accountId: string;
  serverId: string;
  serverName: string;
  status: "ok" | "unreachable" | "needs-login";
  /** Through a household, without a sign-in of its own. */
  linked: boolean;
};

/** Every user's connections with one of these accounts, oldest first. One statement. */
export function usesOfAccounts(db: Db, provider: string, accountIds: readonly string[]): AccountUse[] {
  return db.raw
    .query<Omit<AccountUse, "linked"> & { linked: 0 | 1 }, [{ provider: string; accountIds: string }]>(
      `SELECT i.id AS integrationId, i.user_id AS userId, u.username, i.account_id AS accountId, i.server_id AS serverId,
         i.server_name AS serverName, i.status, i.home_member_id IS NOT NULL AS linked
       FROM json_each($accountIds) a
       JOIN integrations i ON i.provider = $provider AND i.account_id = a.value
       JOIN users u ON u.id = i.user_id
       WHERE i.disconnected_at IS NULL ORDER BY i.id`,
    )
    .all({ provider, accountIds: JSON.stringify(accountIds) })
    .map(({ linked, ...use }) => ({ ...use, linked: linked === 1 }));
}

/** What somebody's household holds ready for a user. */
export type WaitingOffer = {
  id: number;
  memberName: string;
  asksPin: boolean;
  serverName: string;
  provider: string;
  /** Who offers it. */
  username: string;
  createdAt: number;
};

/** Offers count only while the one who made them looks after the tracker and is connected. One statement. */
export function waitingOffers(db: Db, userId: number): WaitingOffer[] {
  return db.raw
    .query<Omit<WaitingOffer, "asksPin"> & { asksPin: 0 | 1 }, [{ userId: number }]>(
      `SELECT o.id, o.member_name AS memberName, o.asks_pin AS asksPin, i.server_name AS serverName, i.provider, u.username,
         o.created_at AS createdAt
       FROM home_offers o
       JOIN integrations i ON i.id = o.integration_id
       JOIN users u ON u.id = i.user_id
       WHERE o.user_id = $userId AND i.disconnected_at IS NULL AND u.role = 'admin' ORDER BY o.id`,
    )
    .all({ userId })
    .map(({ asksPin, ...offer }) => ({ ...offer, asksPin: asksPin === 1 }));
}
