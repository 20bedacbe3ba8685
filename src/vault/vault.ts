import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { AppError } from "../kernel/errors.ts";
import { type Secret, secret } from "../kernel/secret.ts";

/** What a sealed value belongs to. It is authenticated with the value: moved to another row or column, it does not open. */
export type SealContext = { integration: string; field: string };

/** Seals third-party credentials for the database. */
export type Vault = {
  seal(plain: Secret, context: SealContext): Promise<string>;
  /**
   * Throws WrongKeyError when the value was sealed with another key, and `auth-expired` when it is damaged
   * or belongs elsewhere: in either case signing in again gives a new one.
   */
  open(sealed: string, context: SealContext): Promise<Secret>;
};

/** The value is fine, the key is not. Nothing may be changed because of it: with the right key back, all works again. */
export class WrongKeyError extends AppError {
  constructor(cause?: unknown) {
    super("auth-expired", "The stored sign-in was sealed with another INTEGRATION_ENCRYPTION_KEY.", {
      hint: "Start again with the key used before, or connect again to store the sign-in under the new one.",
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

export function isWrongKey(error: unknown): error is WrongKeyError {
  return error instanceof WrongKeyError;
}

/** RFC 7518 5.2.5: AES-256-CBC with HMAC-SHA-512, one 64-byte key for both. */
const encryption = "A256CBC-HS512";

const utf8 = new TextEncoder();

async function derive(key: Secret, purpose: string, bytes: number): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey("raw", utf8.encode(key.reveal()), "HKDF", false, ["deriveBits"]);
  const salt = utf8.encode("episode-tracker.vault.v1");
  const hkdf = { name: "HKDF", hash: "SHA-512", salt, info: utf8.encode(purpose) };
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf, material, 8 * bytes));
}

/** `id` tells keys apart without saying anything about them, so that a wrong key is not mistaken for a damaged value. */
type Keys = { content: Uint8Array; id: string };

async function keysFrom(key: Secret): Promise<Keys> {
  const [content, id] = await Promise.all([derive(key, "content", 64), derive(key, "key-id", 6)]);
  return { content, id: Buffer.from(id).toString("hex") };
}

function damaged(cause: unknown): AppError {
  return new AppError("auth-expired", "The stored sign-in cannot be read.", { hint: "Connect again.", cause });
}

export function createVault({ key }: { key: Secret }): Vault {
  const derived = keysFrom(key);

  function headerOf(sealed: string): Record<string, unknown> {
    try {
      return decodeProtectedHeader(sealed);
    } catch (error) {
      throw damaged(error);
    }
  }

  return {
    async seal(plain, { integration, field }) {
      const { content, id } = await derived;
      return new CompactEncrypt(utf8.encode(plain.reveal()))
        .setProtectedHeader({ alg: "dir", enc: encryption, kid: id, integration, field })
        .encrypt(content);
    },

    async open(sealed, { integration, field }) {
      const { content, id } = await derived;
      const header = headerOf(sealed);
      if (header["kid"] !== id) throw new WrongKeyError();
      if (header["integration"] !== integration || header["field"] !== field) {
        throw damaged(new Error(`sealed for another place than ${integration}/${field}`));
      }
      try {
        const { plaintext } = await compactDecrypt(sealed, content, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: [encryption],
        });
        return secret(new TextDecoder().decode(plaintext));
      } catch (error) {
        throw damaged(error);
      }
    },
  };
}
