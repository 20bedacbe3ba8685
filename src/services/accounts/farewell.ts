import { withDeadline } from "../../kernel/async.ts";
import type { Log } from "../../kernel/log.ts";
import type { Integrations } from "../integrations/types.ts";
import type { Accounts } from "./types.ts";

export type FarewellDeps = { accounts: Accounts; integrations: Integrations; log: Log };

/** A media server's service that does not answer must not keep somebody from leaving. */
const patienceMs = 5_000;

/**
 * Deletes an account with all that is theirs. Before that running syncs end and the sign-ins at media servers are given
 * back, as far as these answer. Throws `conflict` for the last admin.
 */
export async function closeAccount({ accounts, integrations, log }: FarewellDeps, userId: number): Promise<void> {
  accounts.refuseLastAdmin(userId);
  const leaving = integrations
    .list(userId)
    .map(({ id }) => withDeadline(integrations.disconnect(userId, id), patienceMs, "The sign-out was not confirmed."));
  for (const outcome of await Promise.allSettled([...leaving, integrations.giveUpAll(userId)])) {
    if (outcome.status === "rejected") log.warn("account.sign-out", { user: userId, reason: outcome.reason });
  }
  accounts.deleteUser(userId);
}
