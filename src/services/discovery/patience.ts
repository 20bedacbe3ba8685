import { withDeadline } from "../../kernel/async.ts";
import { AppError } from "../../kernel/errors.ts";
import type { MetadataSource } from "../../metadata/contract.ts";

/** Somebody waits in front of the page: a source that takes longer is passed over, and told so. */
const PATIENCE_MS = 10_000;

export async function inTime<Out>(
  { label }: Pick<MetadataSource, "label">,
  work: (signal: AbortSignal) => Promise<Out>,
  patienceMs = PATIENCE_MS,
): Promise<Out> {
  const stop = new AbortController();
  const late = `${label} did not answer within ${Math.ceil(patienceMs / 1000)} s.`;
  try {
    return await withDeadline(work(stop.signal), patienceMs, late);
  } finally {
    stop.abort(new AppError("cancelled", late));
  }
}
