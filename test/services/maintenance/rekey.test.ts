import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listSealed } from "../../../src/db/repos/sealed.ts";
import { readSetting, writeSetting } from "../../../src/db/repos/settings.ts";
import { secret } from "../../../src/kernel/secret.ts";
import { KEY_CHECK_SETTING } from "../../../src/services/accounts/installation-key.ts";
import { finishInterruptedRekey, rekeyDatabase } from "../../../src/services/maintenance/rekey.ts";
import { keyState, sealKeyCheck } from "../../../src/vault/key-check.ts";
import { sealedColumns } from "../../../src/vault/sealed-columns.ts";
import { createVault } from "../../../src/vault/vault.ts";
import { addIntegration, addUser, dataFolder, sealIntegration, seededAt } from "./seed.ts";

const oldKey = secret("0123456789abcdef0123456789abcdef");
const newKey = secret("fedcba9876543210fedcba9876543210");
const [oldVault, newVault] = [createVault({ key: oldKey }), createVault({ key: newKey })];
const now = seededAt + 1000;

async function seeded() {
  const folder = dataFolder();
  const user = addUser(folder.db, "anna");
  const ids = [addIntegration(folder.db, user, "attic"), addIntegration(folder.db, user, "cellar")];
  for (const id of ids) await sealIntegration(folder.db, oldVault, id);
  folder.db
    .sql(
      `INSERT INTO pins (id, user_id, provider, remote_id, sealed_code, auth_url, expires_at, created_at)
       VALUES ('p1', $user, 'plex', '1', $code, 'http://127.0.0.1:9', $at, $at)`,
    )
    .run({ user, at: now, code: await oldVault.seal(secret("WXYZ"), { integration: "pin:p1", field: "code" }) });
  writeSetting(folder.db, KEY_CHECK_SETTING, await sealKeyCheck(oldVault));
  return { folder, ids };
}

test("every column of the schema that holds a sealed value is covered", () => {
  using folder = dataFolder();
  const columns = folder.db
    .sql(
      `SELECT m.name || '.' || c.name AS name FROM sqlite_schema m, pragma_table_info(m.name) c
       WHERE m.type = 'table' AND c.name LIKE 'sealed%' ORDER BY 1`,
    )
    .all() as { name: string }[];
  expect(columns.map(({ name }) => name)).toEqual(
    sealedColumns.map(({ table, column }) => `${table}.${column}`).sort(),
  );
});

test("all credentials open with the new key afterwards, and only with it", async () => {
  const { folder, ids } = await seeded();
  using _ = folder;
  const current = { key: oldKey, source: "environment" } as const;
  expect(await rekeyDatabase(folder.db, { dataDir: folder.path, current, next: newKey, now })).toEqual({
    values: 5,
    oldKeyFile: null,
  });
  for (const { place, id, sealed } of listSealed(folder.db, sealedColumns)) {
    const context = place.context(id);
    expect((await newVault.open(sealed, context)).reveal()).toBe(
      place.table === "pins" ? "WXYZ" : `${context.field.replace("-", " ")} ${id}`,
    );
    await expect(oldVault.open(sealed, context)).rejects.toThrow("another INTEGRATION_ENCRYPTION_KEY");
  }
  expect(ids).toHaveLength(2);
  expect(await keyState(newVault, readSetting(folder.db, KEY_CHECK_SETTING) ?? "")).toBe("ok");
});

test("a key in the data folder is replaced and the old one kept beside it, both for the owner only", async () => {
  const { folder } = await seeded();
  using _ = folder;
  writeFileSync(join(folder.path, "encryption.key"), `${oldKey.reveal()}\n`, { mode: 0o600 });
  const current = { key: oldKey, source: "file" } as const;
  const { oldKeyFile } = await rekeyDatabase(folder.db, { dataDir: folder.path, current, next: newKey, now });
  expect(readFileSync(join(folder.path, "encryption.key"), "utf8")).toBe(`${newKey.reveal()}\n`);
  expect(readFileSync(oldKeyFile ?? "", "utf8")).toBe(`${oldKey.reveal()}\n`);
  for (const name of readdirSync(folder.path).filter((each) => each.startsWith("encryption.key"))) {
    expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600);
  }
});

test("one value that does not open leaves every value and the key file as they were", async () => {
  const { folder, ids } = await seeded();
  using _ = folder;
  writeFileSync(join(folder.path, "encryption.key"), `${oldKey.reveal()}\n`, { mode: 0o600 });
  await sealIntegration(folder.db, createVault({ key: secret("x".repeat(32)) }), ids[1] ?? 0);
  const before = listSealed(folder.db, sealedColumns);
  const current = { key: oldKey, source: "file" } as const;
  const attempt = rekeyDatabase(folder.db, { dataDir: folder.path, current, next: newKey, now });
  await expect(attempt).rejects.toThrow("was encrypted with another key");
  await attempt.catch(() => undefined);
  expect(listSealed(folder.db, sealedColumns)).toEqual(before);
  expect(readFileSync(join(folder.path, "encryption.key"), "utf8")).toBe(`${oldKey.reveal()}\n`);
  expect(existsSync(join(folder.path, "encryption.key.next"))).toBe(false);
});

test("a current key that is not the right one, or a new one that is no new one, is refused", async () => {
  const { folder } = await seeded();
  using _ = folder;
  const dataDir = folder.path;
  const wrong = { key: secret("y".repeat(32)), source: "environment" } as const;
  await expect(rekeyDatabase(folder.db, { dataDir, current: wrong, next: newKey, now })).rejects.toThrow(
    "The current key is not the one",
  );
  const current = { key: oldKey, source: "environment" } as const;
  await expect(rekeyDatabase(folder.db, { dataDir, current, next: oldKey, now })).rejects.toThrow(
    "the same as the current one",
  );
});

test("a change of keys that was cut off after the commit is completed, one before it changes nothing", async () => {
  const { folder } = await seeded();
  using _ = folder;
  const [file, waiting] = [join(folder.path, "encryption.key"), join(folder.path, "encryption.key.next")];
  writeFileSync(file, `${oldKey.reveal()}\n`);
  writeFileSync(waiting, `${newKey.reveal()}\n`);
  expect(await finishInterruptedRekey(folder.db, folder.path, now)).toBe(false);
  expect([readFileSync(file, "utf8"), existsSync(waiting)]).toEqual([`${oldKey.reveal()}\n`, true]);

  const current = { key: oldKey, source: "environment" } as const;
  await rekeyDatabase(folder.db, { dataDir: folder.path, current, next: newKey, now });
  expect(await finishInterruptedRekey(folder.db, folder.path, now)).toBe(true);
  expect([readFileSync(file, "utf8"), existsSync(waiting)]).toEqual([`${newKey.reveal()}\n`, false]);
});
