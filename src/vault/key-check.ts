import { secret } from "../kernel/secret.ts";
import { isWrongKey, type Vault } from "./vault.ts";

export type KeyState = "ok" | "different";

const context = { integration: "installation", field: "key-check" };

/** A known text under the vault's key, kept in the settings. */
export function sealKeyCheck(vault: Vault): Promise<string> {
  return vault.seal(secret("episode-tracker"), context);
}

/** Whether the vault's key is the one that `sealed` was made with. Changes nothing. */
export async function keyState(vault: Vault, sealed: string): Promise<KeyState> {
  try {
    await vault.open(sealed, context);
    return "ok";
  } catch (error) {
    if (isWrongKey(error)) return "different";
    throw error;
  }
}
