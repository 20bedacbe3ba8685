import { z } from "zod";
import { type OtherShow, otherShows } from "../../db/queries/same-shows.ts";
import { integrationById } from "../../db/repos/integrations.ts";
import { entryOf } from "../../db/repos/library.ts";
import { type MatchRow, matchesOfUser } from "../../db/repos/matches.ts";
import { idsOfShow, type ShowRow, showById } from "../../db/repos/shows.ts";
import { type Evidence, type MatchCandidate, score } from "../../domain/matching.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import { numericId } from "../integrations/view.ts";
import type { Tracking } from "../tracking/types.ts";
import type { Matching, MatchView, MergePreview, Moved, OfferedMatch, ScoredCandidate } from "./types.ts";

const evidenceSchema = z.object({ lines: z.array(z.object({ label: z.string(), points: z.number() })) });
const idsSchema = z.record(z.string(), z.string());

function linesOf(text: string): Evidence[] {
  const read = evidenceSchema.safeParse(JSON.parse(text));
  return read.success ? read.data.lines : [];
}

export type MatchingOptions = {
  importShow: (source: string, sourceId: string) => Promise<number>;
  tracking: Pick<Tracking, "undoable" | "moveShow" | "rehearseMove">;
};

/** On one screen; who has more of one name looks for the year. */
const MOST_OTHERS = 24;

const shortOf = ({ id, title, year }: ShowRow) => ({ id: String(id), title, year });

/** "Wrong show?": what a match rests on, and putting it right for good. */
export function createMatching(deps: Deps, { importShow, tracking }: MatchingOptions): Matching {
  const { db, log, sources } = deps;

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
      others: otherShows(db, userId, show, { limit: MOST_OTHERS }),
      note,
    };
  }

  async function choose(userId: number, showId: string, choice: { source: string; id: string }): Promise<Moved> {
    const from = own(userId, showId);
    const into = await importShow(choice.source, choice.id);
    const moved = move(userId, from.id, into, "Chosen by you");
    log.info("match.chosen", { show: from.id, into, source: choice.source });
    return moved;
  }

  function move(userId: number, from: number, into: number, reason: string): Moved {
    const { result, undoToken } = tracking.undoable(userId, () => tracking.moveShow(userId, from, into, reason));
    return { showId: String(into), moved: result, undoToken };
  }

  function others(userId: number, showId: string, query?: string): OtherShow[] {
    return otherShows(db, userId, own(userId, showId), {
      limit: MOST_OTHERS,
      ...(query === undefined ? {} : { query }),
    });
  }

  function pair(userId: number, showId: string, into: string): { from: ShowRow; into: ShowRow } {
    const shows = { from: own(userId, showId), into: own(userId, into) };
    if (shows.from.id !== shows.into.id) return shows;
    const message = "must be another show than the first";
    throw new AppError("invalid", `The second show ${message}.`, { fields: [{ path: "into", message }] });
  }

  function previewMerge(userId: number, showId: string, intoShowId: string): MergePreview {
    const { from, into } = pair(userId, showId, intoShowId);
    return {
      from: shortOf(from),
      into: shortOf(into),
      ...tracking.rehearseMove(userId, from.id, into.id),
    };
  }

  function merge(userId: number, showId: string, intoShowId: string): Moved {
    const { from, into } = pair(userId, showId, intoShowId);
    const moved = move(userId, from.id, into.id, "Merged by you");
    log.info("shows.merged", { show: from.id, into: into.id });
    return moved;
  }

  return { view, choose, others, previewMerge, merge };
}
