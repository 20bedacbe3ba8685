import type { Db } from "../../db/open.ts";
import { entryOf } from "../../db/repos/library.ts";
import { findShowsByExternalIds } from "../../db/repos/shows.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { MetadataSource } from "../../metadata/contract.ts";
import type { SearchResult } from "./types.ts";

export type SearchDeps = { db: Db; log: Log; sources: readonly MetadataSource[] };

/**
 * Asks the sources in the order of preference until one finds something. A source that fails is passed over as long as
 * another answers; when none does, that is a failure and not "nothing found".
 */
export async function searchSources(deps: SearchDeps, userId: number, query: string): Promise<SearchResult[]> {
  const { sources } = deps;
  if (sources.length === 0) {
    throw new AppError("unsupported", "No metadata source is switched on, so there is nothing to search.", {
      hint: "Name one in METADATA_SOURCES, for example tvmaze, which needs no key.",
    });
  }
  const failures: { source: string; error: AppError }[] = [];
  for (const source of sources) {
    try {
      const found = await source.search(query, null);
      if (found.length > 0)
        return found.map((candidate) => ({ ...candidate, inLibraryShowId: inLibrary(deps.db, userId, candidate.ids) }));
    } catch (error) {
      const failure = toAppError(error);
      failures.push({ source: source.label, error: failure });
      deps.log.warn("search.failed", { source: source.id, failure });
    }
  }
  const [first] = failures;
  if (first === undefined || failures.length < sources.length) return [];
  throw new AppError("unreachable", failures.map(({ error }) => error.message).join(" "), {
    cause: first.error,
    hint: first.error.hint ?? "Try again in a few minutes.",
  });
}

function inLibrary(db: Db, userId: number, ids: SearchResult["ids"]): string | null {
  const showId = findShowsByExternalIds(db, ids).find((id) => entryOf(db, userId, id) !== undefined);
  return showId === undefined ? null : String(showId);
}
