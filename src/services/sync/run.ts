import { finalStatus, type SyncStatus } from "../../domain/sync.ts";
import { hasCode } from "../../kernel/errors.ts";
import { type Ended, runFull } from "./full.ts";
import { runIncremental } from "./incremental.ts";
import type { RunOptions } from "./run-options.ts";
import { createSession } from "./session.ts";
import type { Held } from "./unmarks.ts";

export type RunOutcome = {
  status: SyncStatus;
  held: Held | null;
  /** What a failure says about the integration; null when it says nothing. */
  error: unknown;
  /** Everything there is to read was read to its end. */
  complete: boolean;
  requests: number;
};

/** One run from its first request to its last commit. Never throws for what a server does; the outcome says it. */
export async function executeRun(options: RunOptions): Promise<RunOutcome> {
  const { deps, signal } = options;
  const session = createSession(options);
  const stopListening = deps.bus.subscribe((name, payload) => {
    if (name === "show.changed" && "showId" in payload) session.shows.forget(payload.showId);
  });
  let ended: Ended = { complete: false, held: null };
  let cancelled = false;
  try {
    ended = await (options.mode === "full" ? runFull(session) : runIncremental(session));
  } catch (error) {
    if (hasCode(error, "cancelled") || signal.aborted) cancelled = true;
    else session.failed(error);
  } finally {
    stopListening();
  }
  session.flush();
  const { journal, contact } = session;
  const failures = journal.failures();
  const status = cancelled
    ? "cancelled"
    : ended.held !== null
      ? "held"
      : finalStatus({ nothingRead: session.nothingRead(), failures });
  return { status, held: ended.held, error: session.verdict(), complete: ended.complete, requests: contact.requests() };
}
