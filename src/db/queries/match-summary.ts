import { type ExternalIds, isIdKind } from "../../domain/external-ids.ts";
import type { Db } from "../open.ts";

/** How one integration's show was taken for this one. */
export type MatchSummary = {
  integrationId: string;
  provider: string;
  serverName: string;
  /** What the server calls it. */
  title: string;
  year: number | null;
  /** The ids that the server gave. */
  ids: ExternalIds;
  method: string;
  /** 0 to 1. */
  confidence: number;
  chosenByUser: boolean;
};

type Row = {
  integrationId: number;
  provider: string;
  serverName: string;
  title: string;
  year: number | null;
  ids: string;
  method: string;
  confidence: number;
  chosenByUser: 0 | 1;
};

export function matchesOfShow(db: Db, userId: number, showId: number): MatchSummary[] {
  return db.raw
    .query<Row, [{ userId: number; showId: number }]>(
      `SELECT m.integration_id AS integrationId, i.provider, i.server_name AS serverName, m.title, m.year, m.ids, m.method,
         m.confidence, m.chosen_by_user AS chosenByUser
       FROM matches m CROSS JOIN integrations i ON i.id = m.integration_id AND i.user_id = $userId
       WHERE m.show_id = $showId ORDER BY i.id, m.server_show`,
    )
    .all({ userId, showId })
    .map((row) => ({
      ...row,
      integrationId: String(row.integrationId),
      ids: readIds(row.ids),
      chosenByUser: row.chosenByUser === 1,
    }));
}

function readIds(text: string): ExternalIds {
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([kind, value]) => isIdKind(kind) && typeof value === "string"));
}
