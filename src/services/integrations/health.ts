import { integrationById, updateIntegration } from "../../db/repos/integrations.ts";
import { HOUR_MS, MINUTE_MS } from "../../domain/instant.ts";
import { hasCode, toAppError } from "../../kernel/errors.ts";
import { isWrongKey } from "../../vault/vault.ts";
import type { Deps } from "../context.ts";
import { NOTHING_TRIED, triedNow } from "./tried.ts";

/** Minutes until an automatic sync tries again, by failures in a row; a press on Sync Now tries at once. */
const ladderMs = [1, 2, 5, 15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS);
const longestMs = 6 * HOUR_MS;

const signInAgain = "Sign in again on the Integrations page; your watched marks stay.";

/** Records what outside calls say about an integration; logs the change from up to down and back once, not every failure. */
export function createHealth({ db, clock, log, bus }: Deps) {
  function succeeded(id: number): void {
    const row = integrationById(db, id);
    if (row === undefined || (row.status === "ok" && row.failureLevel === 0)) return;
    updateIntegration(db, id, {
      status: "ok",
      statusMessage: null,
      firstFailureAt: null,
      failureLevel: 0,
      retryAt: null,
      tried: NOTHING_TRIED,
      dismissedAt: null,
      updatedAt: clock.now(),
    });
    log.info("integration.recovered", { integration: id, server: row.serverName });
    bus.publish("integration.changed", { integrationId: id, userId: row.userId });
  }

  function failed(id: number, thrown: unknown): void {
    const row = integrationById(db, id);
    const error = toAppError(thrown);
    // The wrong key says nothing about the sign-in: with the former key back, it is as good as before.
    if (isWrongKey(thrown)) return;
    if (
      row === undefined ||
      !hasCode(error, "unreachable", "auth-expired", "bad-answer", "rate-limited", "unsupported")
    )
      return;
    const now = clock.now();
    const status = error.code === "auth-expired" ? "needs-login" : "unreachable";
    const hint = error.hint ?? (status === "needs-login" ? signInAgain : undefined);
    const waitMs = Math.min(error.retryAfterMs ?? ladderMs[row.failureLevel] ?? longestMs, longestMs);
    updateIntegration(db, id, {
      status,
      statusMessage: hint === undefined ? error.message : `${error.message} ${hint}`,
      firstFailureAt: row.firstFailureAt ?? now,
      lastFailureAt: now,
      failureLevel: row.failureLevel + 1,
      retryAt: status === "needs-login" ? null : now + waitMs,
      tried: triedNow(row, error.message, now),
      // Put away was the trouble as it was then.
      ...(row.status === status ? {} : { dismissedAt: null }),
      updatedAt: now,
    });
    if (row.status !== status)
      log.warn("integration.down", { integration: id, server: row.serverName, status, reason: error });
    bus.publish("integration.changed", { integrationId: id, userId: row.userId });
  }

  return { succeeded, failed };
}
