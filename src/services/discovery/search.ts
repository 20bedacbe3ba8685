import type { ShowLink } from "../../domain/show-link.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { MetadataSource, ShowCandidate } from "../../metadata/contract.ts";
import { candidateOf } from "../../metadata/words.ts";
import type { SourceFailure } from "./types.ts";

export type Asking = {
  sources: readonly MetadataSource[];
  log: Log;
  /** One source's answer to a question. */
  ask(source: MetadataSource): Promise<readonly ShowCandidate[]>;
};

export type Heard = { source: MetadataSource | null; items: readonly ShowCandidate[]; failures: SourceFailure[] };

/**
 * Asks one source after the other until one finds something. One that fails is passed over as long as another answers;
 * when none does, that is a failure and not "nothing found".
 */
export async function askInTurn({ sources, log, ask }: Asking): Promise<Heard> {
  const failures: SourceFailure[] = [];
  for (const source of sources) {
    try {
      const items = await ask(source);
      if (items.length > 0) return { source, items, failures };
    } catch (thrown) {
      const error = toAppError(thrown);
      // A fault of ours is no matter of the source's.
      if (error.code === "internal" || error.code === "database") throw error;
      failures.push({ source: source.id, label: source.label, error });
      log.warn("search.failed", { source: source.id, failure: error });
    }
  }
  if (failures.length === sources.length) throw together(failures);
  return { source: null, items: [], failures };
}

function together(failures: readonly SourceFailure[]): AppError {
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first?.error ?? noSource();
  const waits = failures.map(({ error }) => error.retryAfterMs).filter((ms) => ms !== undefined);
  return new AppError("unreachable", failures.map(({ error }) => error.message).join(" "), {
    cause: first.error,
    hint: first.error.hint ?? "Try again in a few minutes.",
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
  });
}

export function noSource(): AppError {
  return new AppError("unsupported", "No metadata source is switched on, so there is nothing to search.", {
    hint: "Name one in METADATA_SOURCES, for example tvmaze, which needs no key.",
  });
}

/** The very show that a pasted id or address means. */
export async function follow(source: MetadataSource, link: ShowLink, signal: AbortSignal): Promise<ShowCandidate[]> {
  const found =
    link.by === "id" ? await source.find(link.kind, link.id, signal) : await source.findByName?.(link.slug, signal);
  return found ? [candidateOf(source.id, found)] : [];
}

export function canFollow(source: MetadataSource, link: ShowLink): boolean {
  return link.by === "id"
    ? source.idKinds.includes(link.kind)
    : link.kind === source.id && source.findByName !== undefined;
}

const KIND_WORDS = { tmdb: "TMDB", tvdb: "TVDB", imdb: "IMDb", trakt: "Trakt", tvmaze: "TVmaze" } as const;

export function cannotFollow(link: ShowLink): AppError {
  return new AppError("unsupported", `No source that is switched on knows ${KIND_WORDS[link.kind]} numbers.`, {
    hint: "Search for the title instead.",
  });
}
