import type { Db } from "../../db/open.ts";
import { readSetting, writeSetting } from "../../db/repos/settings.ts";
import type { ProviderId } from "../../domain/providers.ts";

const settingOf = (provider: ProviderId) => `sign-in-with-${provider}`;

/** Whether accounts of this service are let in at all. */
export const isWayOn = (db: Db, provider: ProviderId): boolean => readSetting(db, settingOf(provider)) === "on";

export function turnWay(db: Db, provider: ProviderId, on: boolean): void {
  writeSetting(db, settingOf(provider), on ? "on" : "off");
}
