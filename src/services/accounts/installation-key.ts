import { readSetting, settingOr } from "../../db/repos/settings.ts";
import { type KeyState, keyState, sealKeyCheck } from "../../vault/key-check.ts";
import type { Deps } from "../context.ts";

export const KEY_CHECK_SETTING = "key-check";

/**
 * Whether the data was sealed with this vault's key. The first start leaves the mark to compare with;
 * with another key nothing is changed.
 */
export async function installationKeyState({ db, vault }: Pick<Deps, "db" | "vault">): Promise<KeyState> {
  const stored = readSetting(db, KEY_CHECK_SETTING);
  if (stored === null) settingOr(db, KEY_CHECK_SETTING, await sealKeyCheck(vault));
  return stored === null ? "ok" : keyState(vault, stored);
}
