import { z } from "zod";
import { integrationById } from "../../db/repos/integrations.ts";
import { entryOf, refreshProgress } from "../../db/repos/library.ts";
import { episodesTouchedBy, type MatchRow, matchesOfUser, saveMatch } from "../../db/repos/matches.ts";
import { moveEntries, moveMarks } from "../../db/repos/relink.ts";
import { idsOfShow, refreshShowCounts, type ShowRow, showById } from "../../db/repos/shows.ts";
import { tx } from "../../db/tx.ts";
import { type Evidence, type MatchCandidate, score } from "../../domain/matching.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import { numericId } from "../integrations/view.ts";
import { counterparts } from "./merge.ts";
import type { Matching, MatchView, OfferedMatch, ScoredCandidate } from "./types.ts";

const evidenceSchema = z.object({ lines: z.array(z.object({ label: z.string(), points: z.number() })) });
const idsSchema = z.record(z.string(), z.string());

function linesOf(text: string): Evidence[] {
  const read = evidenceSchema.safeParse(JSON.parse(text));
  return read.success ? read.data.lines : [];
}

export type MatchingOptions = { importShow: (source: string, sourceId: string) => Promise<number> };

/** "Wrong show?": what a match rests on, and putting it right for good. */
export function createMatching(deps: Deps, { importShow }: MatchingOptions): Matching {
  const { db, clock, bus, log, sources } = deps;

  function own(userId: number, showId: string): ShowRow {
    const id = numericId(showId, "show");
    const row = entryOf(db, userId, id) === undefined ? undefined : showById(db, id);
    if (row === undefined) throw new AppError("not-found", "There is no such show in your library.");
    return row;
  }

  function offered(match: MatchRow): OfferedMatch {
    return {
      serverName: integrationById(db, match.integrationId)?.serverName ?? "a server that is no longer connected",
      title: match.title,
      year: match.year,
      ids: idsSchema.parse(JSON.parse(match.ids)),
      method: match.chosenByUser === 1 ? "chosen" : match.method,
      confidence: match.confidence,
      chosenByUser: match.chosenByUser === 1,
      evidence: linesOf(match.evidence),
    };
  }

  /** From the first source that answers; the others' failures are told. */
  async function candidates(
    query: string,
    year: number | null,
  ): Promise<{ found: MatchCandidate[]; note: string | null }> {
    const failures: string[] = [];
    for (const source of sources) {
      try {
        const found = await source.search(query, year);
        const named = found.filter(({ title }) => title.trim() !== "");
        if (named.length > 0) return { found: named, note: failures[0] ?? null };
      } catch (error) {
        log.warn("matching.search", { source: source.id, reason: error });
        failures.push(toAppError(error).message);
      }
    }
    if (sources.length === 0) return { found: [], note: "No metadata source is switched on (METADATA_SOURCES)." };
    return { found: [], note: failures[0] ?? null };
  }

  async function view(userId: number, showId: string, query?: string): Promise<MatchView> {
    const show = own(userId, showId);
    const typed = query?.trim();
    const ids = idsOfShow(db, show.id);
    const { found, note } = await candidates(typed || show.title, typed ? null : show.year);
    const subject = { title: show.title, year: show.year ?? undefined, ids };
    const scored = found.map((candidate): ScoredCandidate => {
      const { score: points, evidence } = score(subject, candidate);
      const current = candidate.source === show.enrichedFrom && candidate.sourceId === show.enrichedId;
      return { ...candidate, score: points, evidence, current };
    });
    // What the user typed is answered in the source's order; our own score sorts only our own question.
    if (!typed) scored.sort((a, b) => b.score - a.score);
    return {
      showId: String(show.id),
      title: show.title,
      year: show.year,
      offered: matchesOfUser(db, userId, show.id).map(offered),
      candidates: scored,
      note,
    };
  }

  async function choose(
    userId: number,
    showId: string,
    choice: { source: string; id: string },
  ): Promise<{ showId: string }> {
    const from = own(userId, showId);
    const into = await importShow(choice.source, choice.id);
    const now = clock.now();
    tx(db, () => {
      for (const match of matchesOfUser(db, userId, from.id)) {
        const evidence = JSON.stringify({ lines: [{ label: "Chosen by you", points: 100 }] });
        saveMatch(db, { ...match, showId: into, method: "chosen", confidence: 1, chosenByUser: 1, evidence }, now);
      }
      if (into === from.id) return;
      const touched = new Set(episodesTouchedBy(db, userId, from.id));
      moveMarks(db, counterparts(db, from.id, into, touched), { userId });
      moveEntries(db, from.id, into, { userId });
      refreshShowCounts(db, [from.id, into], now);
      refreshProgress(db, userId, [into], now);
    });
    log.info("match.chosen", { show: from.id, into, source: choice.source });
    bus.publish("show.changed", { showId: from.id });
    bus.publish("show.changed", { showId: into });
    bus.publish("plays.changed", { userId, showIds: [from.id, into] });
    return { showId: String(into) };
  }

  return { view, choose };
}
