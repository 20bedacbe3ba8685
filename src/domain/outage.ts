import { DAY_MS, HOUR_MS, type Instant } from "./instant.ts";

export const OUTAGES = ["needs-login", "failing"] as const;
/** Trouble with a server that its user should hear of. */
export type Outage = (typeof OUTAGES)[number];

export interface Health {
  /** Of a server that is switched off nothing is asked, so nothing is missed either. */
  enabled: boolean;
  status: "ok" | "unreachable" | "needs-login";
  firstFailureAt: Instant | null;
  /** Failures in a row. */
  failureLevel: number;
}

/** That many syncs in a row, and not all within one restart of a router. */
const LASTING = { failures: 3, forMs: HOUR_MS };

/** Null while all is well, or while it may well pass by itself. */
export function outageOf({ enabled, status, firstFailureAt, failureLevel }: Health, now: Instant): Outage | null {
  if (!enabled) return null;
  if (status === "needs-login") return "needs-login";
  if (status === "ok" || firstFailureAt === null) return null;
  const forMs = now - firstFailureAt;
  const isLasting = forMs >= DAY_MS || (failureLevel >= LASTING.failures && forMs >= LASTING.forMs);
  return isLasting ? "failing" : null;
}
