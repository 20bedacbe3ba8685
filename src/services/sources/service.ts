import type { Config } from "../../config.ts";
import { withDeadline } from "../../kernel/async.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { MetadataSource, MetadataSourceId } from "../../metadata/contract.ts";
import { SOURCE_FACTS } from "../../metadata/facts.ts";
import { observed } from "./observe.ts";

export type SourceProblem = { at: number; message: string; hint: string | null };

export type SourceView = {
  id: MetadataSourceId;
  label: string;
  attribution: { text: string; url: string };
  /** `no-key`: listed, but what switches it on is missing. `left-out`: not in METADATA_SOURCES. */
  state: "on" | "no-key" | "left-out";
  /** The variable that holds its key; null where none is needed. */
  keyVariable: string | null;
  waitingUntil: number | null;
  /** What went wrong last, until something goes well again. */
  problem: SourceProblem | null;
};

export type SourceTest = { ok: boolean; durationMs: number; message: string; hint: string | null };

export type SourceDesk = {
  /** Those that are switched on, in the order of preference. */
  sources: MetadataSource[];
  /** Every source there is: first those that are asked, in their order. */
  list(): SourceView[];
  /** One cheap call. Throws `not-found` for a source that does not exist, `conflict` for one that is off. */
  test(id: string): Promise<SourceTest>;
};

/** Whoever presses Test looks at the page. */
const patienceMs = 15_000;

const HINTS: Partial<Record<AppError["code"], string>> = {
  unreachable: "Does this machine reach the internet? It is tried again by itself.",
  "rate-limited": "Nothing to do: it goes on by itself when the wait is over.",
  "bad-answer": "It usually passes by itself. If not, look for a newer version of this program.",
};

const hintOf = (error: AppError): string | null => error.hint ?? HINTS[error.code] ?? null;

const isId = (id: string): id is MetadataSourceId => Object.hasOwn(SOURCE_FACTS, id);

export function createSourceDesk(
  config: Pick<Config, "metadataSources">,
  clock: Clock,
  available: readonly MetadataSource[],
): SourceDesk {
  const problems = new Map<MetadataSourceId, SourceProblem>();

  const sources = available.map((source) =>
    observed(source, {
      worked: () => problems.delete(source.id),
      failed: (error) => problems.set(source.id, { at: clock.now(), message: error.message, hint: hintOf(error) }),
    }),
  );

  const sourceOf = (id: MetadataSourceId): MetadataSource | undefined => sources.find((each) => each.id === id);

  function view(id: MetadataSourceId): SourceView {
    const { label, attribution, keyVariable } = SOURCE_FACTS[id];
    const source = sourceOf(id);
    const listed = config.metadataSources.includes(id);
    return {
      id,
      label,
      attribution,
      state: source !== undefined ? "on" : listed ? "no-key" : "left-out",
      keyVariable,
      waitingUntil: source?.waitingUntil() ?? null,
      problem: problems.get(id) ?? null,
    };
  }

  function switchedOn(id: string): MetadataSource {
    if (!isId(id)) throw new AppError("not-found", "There is no such metadata source.");
    const source = sourceOf(id);
    if (source !== undefined) return source;
    const { label, keyVariable } = SOURCE_FACTS[id];
    throw new AppError("conflict", `${label} is not switched on.`, {
      hint: keyVariable === null ? `Add ${id} to METADATA_SOURCES.` : `Set ${keyVariable} and start again.`,
    });
  }

  async function probe(source: MetadataSource): Promise<void> {
    const abort = new AbortController();
    try {
      const late = `${source.label} did not answer within ${patienceMs / 1000} s.`;
      await withDeadline(source.probe(abort.signal), patienceMs, late);
    } finally {
      abort.abort(new AppError("cancelled", "The test is over."));
    }
  }

  return {
    sources,

    list() {
      const all = [...config.metadataSources, ...Object.keys(SOURCE_FACTS).filter(isId)];
      return [...new Set(all)].map(view);
    },

    async test(id) {
      const source = switchedOn(id);
      const began = clock.ticks();
      const took = () => Math.round(clock.ticks() - began);
      try {
        await probe(source);
        const key = SOURCE_FACTS[source.id].keyVariable === null ? "" : ": the key works";
        const durationMs = took();
        return { ok: true, durationMs, message: `${source.label} answers${key} (${durationMs} ms).`, hint: null };
      } catch (thrown) {
        const error = toAppError(thrown);
        return { ok: false, durationMs: took(), message: error.message, hint: hintOf(error) };
      }
    },
  };
}
