import { z } from "zod";
import type { IntegrationRow } from "../../db/repos/integrations.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import type { ProbeResult } from "../../providers/contract.ts";
import type { TriedView } from "./types.ts";

export const NOTHING_TRIED = "{}";

/** A search for the server belongs to the failure that it ends with. */
const sameFailureMs = 2 * MINUTE_MS;

// Ours, but a database is a file that people restore and edit: read as outside data.
const schema = z.object({
  at: z.number(),
  addresses: z.array(
    z.object({
      url: z.string(),
      kind: z.enum(["local", "remote", "relay", "typed"]),
      reason: z.string().nullable(),
    }),
  ),
});

/** What was asked when a server was last looked for, and what each address answered; null while nothing is wrong. */
export function readTried(text: string): TriedView | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The answers of a search. */
export function triedAll(results: readonly ProbeResult[], at: number): string {
  const addresses = results.map(({ url, kind, reason }) => ({ url, kind, reason }));
  return JSON.stringify({ at, addresses } satisfies TriedView);
}

/** After a failure without a search, the one address that was asked. */
export function triedNow(
  { tried, serverUrl, connectionKind }: Pick<IntegrationRow, "tried" | "serverUrl" | "connectionKind">,
  reason: string,
  at: number,
): string {
  const before = readTried(tried);
  if (before !== null && at - before.at <= sameFailureMs) return tried;
  return JSON.stringify({ at, addresses: [{ url: serverUrl, kind: connectionKind, reason }] } satisfies TriedView);
}
