import type { ShowCandidate } from "../metadata/contract.ts";
import type { RouteDeps } from "./deps.ts";

/** Where on this server the poster of a source's answer is found; null without one. Pages link to nobody else's pictures. */
export function candidatePoster(
  { candidatePosters, paths }: Pick<RouteDeps, "candidatePosters" | "paths">,
  candidate: Pick<ShowCandidate, "source" | "posterUrl">,
): string | null {
  const key = candidatePosters.keyOf(candidate);
  return key === null ? null : paths.candidatePoster(key);
}
