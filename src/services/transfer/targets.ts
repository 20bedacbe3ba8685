import type { Db } from "../../db/open.ts";
import { findShowByExternalId, findShowsByTitle, idsOfShow } from "../../db/repos/shows.ts";
import { toRowId } from "../../db/row-id.ts";
import { conflict, ID_KINDS, type IdKind } from "../../domain/external-ids.ts";
import type { ImportedShow } from "../../domain/imports/model.ts";
import { type IdClaim, resolveConflict } from "../../domain/matching.ts";
import { titleKey } from "../../domain/title.ts";
import { localCandidate } from "../sync/show-search.ts";

/** Which of our shows a file's show is. */
export type Target =
  | { kind: "matched"; showId: number }
  | { kind: "created" }
  /** More than one may be meant, and nothing decides. */
  | { kind: "doubtful"; candidates: number[] }
  | { kind: "skipped" };

const isMethod = (kind: IdKind): kind is IdClaim["method"] => kind === "tmdb" || kind === "tvdb" || kind === "imdb";

/**
 * Ids first, then title and year; never one of two that look alike. What the user says about this file comes first.
 * `others`: shows that this import has made for other shows of the file.
 */
export function findTarget(
  db: Db,
  show: ImportedShow,
  choice: string | undefined,
  others: ReadonlySet<number> = new Set(),
): Target {
  const found = byIds(db, show) ?? byTitle(db, show, others);
  if (choice === "skip") return { kind: "skipped" };
  if (found.kind !== "doubtful" || choice === undefined) return found;
  const chosen = found.candidates.find((id) => id === toRowId(choice));
  if (chosen !== undefined) return { kind: "matched", showId: chosen };
  return choice === "new" ? { kind: "created" } : found;
}

function byIds(db: Db, show: ImportedShow): Target | null {
  const claims = ID_KINDS.flatMap((kind) => {
    const value = show.ids[kind];
    const showId = value === undefined ? null : findShowByExternalId(db, kind, value);
    return showId === null ? [] : [{ kind, showId }];
  });
  const [first] = claims;
  if (first === undefined) return null;
  const strong = claims.flatMap(({ kind, showId }) =>
    isMethod(kind) ? [{ method: kind, candidate: localCandidate(db, showId) }] : [],
  );
  const settled = resolveConflict({ title: show.title, year: show.year ?? undefined, ids: show.ids }, strong);
  if (settled === null) return { kind: "matched", showId: first.showId };
  if (!settled.check) return { kind: "matched", showId: Number(settled.candidate.sourceId) };
  return { kind: "doubtful", candidates: [...new Set(claims.map(({ showId }) => showId))] };
}

function byTitle(db: Db, show: ImportedShow, others: ReadonlySet<number>): Target {
  const { key, year } = titleKey(show.title);
  const wanted = show.year ?? year ?? null;
  const same = findShowsByTitle(db, key, wanted).filter(
    ({ id }) => !others.has(id) && !conflict(idsOfShow(db, id), show.ids),
  );
  const exact = wanted === null ? same : same.filter((each) => each.year === wanted);
  const [only] = exact;
  if (only !== undefined && exact.length === 1) return { kind: "matched", showId: only.id };
  return same.length === 0 ? { kind: "created" } : { kind: "doubtful", candidates: same.map(({ id }) => id) };
}
