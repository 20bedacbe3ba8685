import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Db } from "../../../src/db/open.ts";
import { secret } from "../../../src/kernel/secret.ts";
import { openData } from "../../../src/services/maintenance/open-data.ts";
import type { Vault } from "../../../src/vault/vault.ts";

export const seededAt = Date.UTC(2026, 10, 1, 12);

/** A data folder with a database that is up to date; both are gone after the test. */
export function dataFolder(): { path: string; db: Db; close(): void; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "tracker-data-"));
  const { db } = openData(path, seededAt);
  let open = true;
  const close = () => {
    if (open) db.close();
    open = false;
  };
  return {
    path,
    db,
    close,
    [Symbol.dispose]: () => {
      close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export function addUser(db: Db, name: string): number {
  return Number(
    db
      .sql(
        "INSERT INTO users (username, username_key, password_hash, role, created_at) VALUES ($name, $name, 'x', 'admin', $at)",
      )
      .run({ name, at: seededAt }).lastInsertRowid,
  );
}

/** `sealed` is stored as it is; see `sealIntegration` for real tokens. */
export function addIntegration(db: Db, userId: number, serverId: string): number {
  return Number(
    db
      .sql(
        `INSERT INTO integrations (user_id, provider, server_id, server_name, server_url, account_id, account_name, schedule, created_at, updated_at)
         VALUES ($userId, 'plex', $serverId, $serverId, 'http://127.0.0.1:9', '1', 'anna', '0 3 * * *', $at, $at)`,
      )
      .run({ userId, serverId, at: seededAt }).lastInsertRowid,
  );
}

export async function sealIntegration(db: Db, vault: Vault, id: number): Promise<void> {
  const integration = String(id);
  db.sql("UPDATE integrations SET sealed_server_token = $server, sealed_account_token = $account WHERE id = $id").run({
    id,
    server: await vault.seal(secret(`server token ${id}`), { integration, field: "server-token" }),
    account: await vault.seal(secret(`account token ${id}`), { integration, field: "account-token" }),
  });
}

export function addSyncLog(
  db: Db,
  owner: { integrationId: number; userId: number },
  at: number,
  status = "success",
): number {
  return Number(
    db
      .sql(
        `INSERT INTO sync_logs (integration_id, user_id, provider, trigger, mode, status, started_at)
         VALUES ($integrationId, $userId, 'plex', 'schedule', 'full', $status, $at)`,
      )
      .run({ ...owner, at, status }).lastInsertRowid,
  );
}
