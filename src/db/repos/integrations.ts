import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Db } from "../open.ts";
import { integrationLibraries, integrations } from "../schema/tables.ts";

export type IntegrationRow = typeof integrations.$inferSelect;
export type IntegrationInsert = typeof integrations.$inferInsert;
export type LibraryRow = typeof integrationLibraries.$inferSelect;

const connected = isNull(integrations.disconnectedAt);

/** The user's connected integrations, oldest first. */
export function listIntegrations(db: Db, userId: number, provider?: string): IntegrationRow[] {
  const mine = eq(integrations.userId, userId);
  const where =
    provider === undefined ? and(mine, connected) : and(mine, connected, eq(integrations.provider, provider));
  return db.orm.select().from(integrations).where(where).orderBy(asc(integrations.id)).all();
}

/** Every user's connected integrations, for the schedule and for upkeep. */
export function allIntegrations(db: Db): IntegrationRow[] {
  return db.orm.select().from(integrations).where(connected).orderBy(asc(integrations.id)).all();
}

/** Asked for several times with every piece of news; building these statements would take longer than running them. */
function prepare({ orm }: Db) {
  const from = () => orm.select().from(integrations);
  return {
    byId: from()
      .where(and(eq(integrations.id, sql.placeholder("id")), connected))
      .prepare(),
    byWebhook: from()
      .where(
        and(
          eq(integrations.webhookHash, sql.placeholder("hash")),
          eq(integrations.provider, sql.placeholder("provider")),
          connected,
        ),
      )
      .prepare(),
    libraries: orm
      .select()
      .from(integrationLibraries)
      .where(eq(integrationLibraries.integrationId, sql.placeholder("id")))
      .orderBy(asc(integrationLibraries.title))
      .prepare(),
  };
}

const prepared = new WeakMap<Db, ReturnType<typeof prepare>>();

function statements(db: Db): ReturnType<typeof prepare> {
  const known = prepared.get(db);
  if (known !== undefined) return known;
  const made = prepare(db);
  prepared.set(db, made);
  return made;
}

export function integrationById(db: Db, id: number): IntegrationRow | undefined {
  return statements(db).byId.get({ id });
}

/** The connected one whose secret webhook address has this hash. */
export function integrationByWebhook(db: Db, provider: string, hash: string): IntegrationRow | undefined {
  return statements(db).byWebhook.get({ hash, provider });
}

/** Disconnected ones are found too: connecting the same server again continues where it left off. */
export function integrationByServer(
  db: Db,
  userId: number,
  provider: string,
  serverId: string,
): IntegrationRow | undefined {
  return db.orm
    .select()
    .from(integrations)
    .where(
      and(eq(integrations.userId, userId), eq(integrations.provider, provider), eq(integrations.serverId, serverId)),
    )
    .get();
}

export function insertIntegration(db: Db, row: IntegrationInsert): number {
  return db.orm.insert(integrations).values(row).returning({ id: integrations.id }).get().id;
}

export function updateIntegration(db: Db, id: number, change: Partial<IntegrationInsert>): void {
  db.orm.update(integrations).set(change).where(eq(integrations.id, id)).run();
}

export function librariesOf(db: Db, integrationId: number): LibraryRow[] {
  return statements(db).libraries.all({ id: integrationId });
}

export function saveLibrary(db: Db, row: typeof integrationLibraries.$inferInsert): void {
  db.orm
    .insert(integrationLibraries)
    .values(row)
    .onConflictDoUpdate({
      target: [integrationLibraries.integrationId, integrationLibraries.key],
      set: { title: row.title, type: row.type },
    })
    .run();
}

export function updateLibrary(
  db: Db,
  integrationId: number,
  key: string,
  change: Partial<Pick<LibraryRow, "enabled" | "numbering" | "watchedCount" | "countReliable">>,
): void {
  db.orm
    .update(integrationLibraries)
    .set(change)
    .where(and(eq(integrationLibraries.integrationId, integrationId), eq(integrationLibraries.key, key)))
    .run();
}

export function deleteLibrary(db: Db, integrationId: number, key: string): void {
  db.orm
    .delete(integrationLibraries)
    .where(and(eq(integrationLibraries.integrationId, integrationId), eq(integrationLibraries.key, key)))
    .run();
}
