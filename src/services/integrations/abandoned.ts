import { listIntegrations } from "../../db/repos/integrations.ts";
import { deletePinsBefore, type PinRow } from "../../db/repos/pins.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { isProviderId } from "../../domain/providers.ts";
import { withDeadline } from "../../kernel/async.ts";
import type { Deps } from "../context.ts";
import { accountPlace, readAccount, readPlace } from "./place.ts";

/** Signing out must not keep anybody waiting. */
const patienceMs = 3_000;
/** A page that still asks about a sign-in gets to know for so long that it has run out. */
const graceMs = HOUR_MS;

/**
 * Sign-ins that a server has granted and that never became a connection: what it gave for them would stand in its list of
 * devices for ever. A service that keeps accounts apart from servers cannot tell one such token from another.
 */
export function createAbandoned({ db, clock, vault, providers, log }: Deps) {
  /** Never rejects: nobody waits for it. A row that cannot be read has nothing that could be ended. */
  async function end(row: PinRow): Promise<void> {
    try {
      await endGranted(row);
    } catch (error) {
      log.warn("integration.sign-out", { provider: row.provider, reason: error });
    }
  }

  async function endGranted({ id, userId, provider, sealedToken, account, ...row }: PinRow): Promise<void> {
    const place = readPlace(row);
    if (place === null || place.way === "key" || sealedToken === null || account === null) return;
    const isConnected = listIntegrations(db, userId).some(({ deviceId }) => deviceId === place.deviceId);
    if (isConnected || !isProviderId(provider)) return;
    const token = await vault.open(sealedToken, { integration: `pin:${id}`, field: "token" });
    const where = accountPlace(place, readAccount(account).id);
    const leaving = providers.get(provider).account.signOut(token, where);
    await withDeadline(leaving, patienceMs, "The sign-out was not confirmed.");
  }

  /** Of rows that have just been deleted: whether they are in use is looked at before anything else happens. */
  async function signOut(rows: readonly PinRow[]): Promise<void> {
    await Promise.all(rows.map(end));
  }

  return {
    signOut,
    /** Forgets all that has run out. */
    clearAway: (): Promise<void> => signOut(deletePinsBefore(db, clock.now() - graceMs)),
  };
}

export type Abandoned = ReturnType<typeof createAbandoned>;
