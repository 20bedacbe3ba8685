import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src/kernel/errors.ts";
import { secret } from "../../src/kernel/secret.ts";
import { keyFile, loadKey } from "../../src/vault/key.ts";
import { keyState, sealKeyCheck } from "../../src/vault/key-check.ts";
import { createVault, isWrongKey } from "../../src/vault/vault.ts";

const key = secret("k".repeat(32));
const vault = createVault({ key });
const place = { integration: "1", field: "server-token" };

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the vault", () => {
  test("gives back what it sealed, in its place and with its key", async () => {
    const sealed = await vault.seal(secret("a token ✓"), place);
    expect((await createVault({ key }).open(sealed, place)).reveal()).toBe("a token ✓");
  });

  test("names algorithm and place in the header and never repeats a ciphertext", async () => {
    const one = await vault.seal(secret("same"), place);
    const two = await vault.seal(secret("same"), place);
    expect(one).not.toBe(two);
    const header = JSON.parse(Buffer.from(one.split(".")[0] ?? "", "base64url").toString());
    expect(header).toMatchObject({ alg: "dir", enc: "A256CBC-HS512", integration: "1", field: "server-token" });
    expect(one).not.toContain(Buffer.from("same").toString("base64url"));
  });

  for (const [name, elsewhere] of [
    ["another integration", { integration: "2", field: "server-token" }],
    ["another field", { integration: "1", field: "account-token" }],
  ] as const) {
    test(`does not open a value moved to ${name}`, async () => {
      const error = await failure(vault.open(await vault.seal(secret("x"), place), elsewhere));
      expect([error.code, isWrongKey(error)]).toEqual(["auth-expired", false]);
    });
  }

  test("does not open a value whose header was rewritten for another place", async () => {
    const [header = "", ...rest] = (await vault.seal(secret("x"), place)).split(".");
    const fields = JSON.parse(Buffer.from(header, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...fields, integration: "2" })).toString("base64url");
    const error = await failure(vault.open([forged, ...rest].join("."), { integration: "2", field: "server-token" }));
    expect(error.code).toBe("auth-expired");
  });

  test("tells a wrong key from a damaged value, and names the variable", async () => {
    const sealed = await vault.seal(secret("x"), place);
    const wrong = await failure(createVault({ key: secret("z".repeat(32)) }).open(sealed, place));
    expect([isWrongKey(wrong), wrong.code]).toEqual([true, "auth-expired"]);
    expect(wrong.message).toContain("INTEGRATION_ENCRYPTION_KEY");
    for (const broken of ["", "nonsense", `${sealed.slice(0, -4)}AAAA`]) {
      const error = await failure(vault.open(broken, place));
      expect([broken, isWrongKey(error), error.code]).toEqual([broken, false, "auth-expired"]);
    }
  });

  test("knows whether data was sealed with its key", async () => {
    const check = await sealKeyCheck(vault);
    expect(await keyState(vault, check)).toBe("ok");
    expect(await keyState(createVault({ key: secret("z".repeat(32)) }), check)).toBe("different");
  });
});

describe("the key", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "episode-tracker-key-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("from the environment comes first and leaves no file", () => {
    const loaded = loadKey({ configured: key, dataDir: folder });
    expect([loaded.source, loaded.key.reveal()]).toEqual(["environment", key.reveal()]);
    expect(() => statSync(keyFile(folder))).toThrow();
  });

  test("is generated once, 32 characters, readable by its owner only", () => {
    const made = loadKey({ configured: null, dataDir: folder });
    expect(made.source).toBe("generated");
    expect(made.key.reveal()).toHaveLength(32);
    expect(statSync(keyFile(folder)).mode & 0o777).toBe(0o600);
    const again = loadKey({ configured: null, dataDir: folder });
    expect([again.source, again.key.reveal()]).toEqual(["file", made.key.reveal()]);
    expect(readFileSync(keyFile(folder), "utf8").trimEnd()).toBe(made.key.reveal());
  });

  test("of the wrong length is refused without showing it, and is not replaced", () => {
    writeFileSync(keyFile(folder), "too short\n");
    expect(() => loadKey({ configured: null, dataDir: folder })).toThrow(/exactly 32 characters/);
    expect(() => loadKey({ configured: null, dataDir: folder })).not.toThrow(/too short/);
    expect(readFileSync(keyFile(folder), "utf8")).toBe("too short\n");
  });

  test("that cannot be written says which folder", () => {
    expect(() => loadKey({ configured: null, dataDir: join(folder, "missing") })).toThrow(/cannot be written/);
  });
});
