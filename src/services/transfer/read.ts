import type { Db } from "../../db/open.ts";
import { entryFacts, type ImportRow, type NewImportItem } from "../../db/repos/imports.ts";
import { showById } from "../../db/repos/shows.ts";
import type { ImportedShow, ImportFile, ParsedImport } from "../../domain/imports/model.ts";
import { type Recognised, recognise } from "../../domain/imports/recognise.ts";
import { yieldToOthers } from "../../kernel/async.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/errors.ts";
import { momentIn } from "../tracking/zoned-days.ts";
import { emptyFacts, filledBy, keptChoices } from "./entry.ts";
import { createShowSettler } from "./settle-show.ts";
import { findTarget } from "./targets.ts";
import type { ImportOptions, ImportSummary } from "./types.ts";

const nothing: ImportSummary = {
  shows: 0,
  plays: 0,
  added: 0,
  showsAdded: 0,
  showsNew: 0,
  alreadyThere: 0,
  suppressed: 0,
  notUnderstood: 0,
  leftOut: 0,
  doubtful: 0,
  filled: 0,
  kept: 0,
  unlisted: 0,
  notes: [],
  failure: null,
};

/** Half a frame: nobody who waits for a page notices. */
const TURN_MS = 8;

/** Runs a long generator to its end with a turn for others every few milliseconds. */
export async function inTurns<Out>(steps: Generator<unknown, Out>, clock: Clock): Promise<Out> {
  let began = clock.ticks();
  for (let count = 1; ; count += 1) {
    const step = steps.next();
    if (step.done) return step.value;
    if (count % 32 > 0 || clock.ticks() - began < TURN_MS) continue;
    await yieldToOthers();
    began = clock.ticks();
  }
}

/** Throws `invalid` for what is nothing that can be imported. */
export function recogniseFiles(files: readonly ImportFile[], format: ImportOptions["format"]): Recognised {
  const found = recognise(files, format);
  if (found !== null) return found;
  const message = files.length === 0 ? "holds no file that can be imported" : "is nothing that is known here";
  throw new AppError("invalid", `This file ${message}.`, {
    fields: [{ path: "file", message }],
    hint:
      format === undefined
        ? "Choose an export of Trakt, TV Time, Simkl or Yamtrack, one of Episode Tracker, or a CSV table with a header line."
        : "Leave the format out to have it recognised.",
  });
}

export function parse(
  recognised: Recognised,
  options: ImportOptions,
  { clock, timeZone }: { clock: Clock; timeZone: string },
): Promise<ParsedImport> {
  const zone = options.timeZone ?? timeZone;
  const { columns, dateOrder } = options;
  const steps = recognised.read({
    now: clock.now(),
    zoned: (date, timeOfDayMs) => momentIn(date, timeOfDayMs, zone),
    columns,
    dateOrder,
  });
  return inTurns(steps, clock);
}

type Plan = { items: NewImportItem[]; summary: ImportSummary };

export type PlanContext = { db: Db; row: Pick<ImportRow, "id" | "userId">; options: ImportOptions };

/** What importing would do, found out by the code that does it. */
export function* planImport(context: PlanContext, parsed: ParsedImport): Generator<void, Plan> {
  const { row } = context;
  const summary = { ...nothing, notes: parsed.notes, shows: parsed.shows.length };
  const items: NewImportItem[] = [];
  for (const show of parsed.shows) {
    const item = planShow(context, parsed, show);
    items.push({ ...item.row, importId: row.id, position: items.length });
    summary.plays += show.plays.length;
    summary.added += item.row.added ?? 0;
    summary.alreadyThere += item.row.alreadyThere ?? 0;
    summary.suppressed += item.row.suppressed ?? 0;
    summary.kept += item.kept;
    summary.filled += item.filled;
    if ((item.row.added ?? 0) > 0) summary.showsAdded += 1;
    if (item.isNew) summary.showsNew += 1;
    if (item.row.outcome === "doubtful") summary.doubtful += 1;
    yield;
  }
  for (const { kind, place, reason } of parsed.problems) {
    items.push({
      importId: row.id,
      position: items.length,
      kind,
      key: place,
      title: place,
      outcome: "none",
      note: reason,
    });
  }
  const { notUnderstood, leftOut, unlisted } = parsed;
  return { items, summary: { ...summary, notUnderstood, leftOut, unlisted } };
}

type PlannedShow = { row: Omit<NewImportItem, "importId" | "position">; kept: number; filled: number; isNew: boolean };

function planShow({ db, row, options }: PlanContext, { format }: ParsedImport, show: ImportedShow): PlannedShow {
  const target = findTarget(db, show, options.choices?.[show.key]);
  const item = {
    kind: "show" as const,
    key: show.key,
    title: show.title,
    year: show.year,
    outcome: target.kind,
    plays: show.plays.length,
    candidates: JSON.stringify(candidatesOf(db, show)),
  };
  if (target.kind === "doubtful" || target.kind === "skipped") return { row: item, kept: 0, filled: 0, isNew: false };
  const showId = target.kind === "matched" ? target.showId : null;
  let made = 0;
  const sink = {
    episode: () => {
      made -= 1;
      return made;
    },
    play: () => undefined,
  };
  const bringBack = options.bringBack ?? false;
  const settler = createShowSettler({ db, userId: row.userId, format, bringBack, sink }, show, showId);
  const sum = { added: 0, alreadyThere: 0, suppressed: 0 };
  for (const part of settler.parts) {
    const { added, there, suppressed } = settler.settle(part);
    sum.added += added;
    sum.alreadyThere += there;
    sum.suppressed += suppressed;
  }
  const entry = showId === null ? null : entryFacts(db, row.userId, showId);
  const comes = entry !== null || comesIn(show, sum);
  const kept = entry === null ? 0 : keptChoices(entry, show);
  const filled = comes ? Object.keys(filledBy(entry ?? emptyFacts, show)).length : 0;
  const note = noteOf(settler.unplaced(), kept);
  return { row: { ...item, ...sum, showId, note }, kept, filled, isNew: comes && entry === null };
}

/** A show that the user has taken out of the library comes back only with something new to tell of it. */
export function comesIn(
  show: Pick<ImportedShow, "inLibrary">,
  { added, alreadyThere, suppressed }: { added: number; alreadyThere: number; suppressed: number },
): boolean {
  return added > 0 || alreadyThere > 0 || (show.inLibrary && suppressed === 0);
}

/** Kept also once the user has chosen, so that another choice can be made. */
function candidatesOf(db: Db, show: ImportedShow): { showId: string; title: string; year: number | null }[] {
  const target = findTarget(db, show, undefined);
  if (target.kind !== "doubtful") return [];
  return target.candidates.flatMap((id) => {
    const row = showById(db, id);
    return row === undefined ? [] : [{ showId: String(id), title: row.title, year: row.year }];
  });
}

function noteOf(unplaced: number, kept: number): string | null {
  const notes = [
    unplaced === 0
      ? ""
      : `${unplaced === 1 ? "A special is" : `${unplaced} specials are`} not in the catalogue under an id of the file's; kept under the file's own number.`,
    kept === 0 ? "" : "What you have chosen here (list, rating, notes) stays.",
  ];
  return notes.filter((note) => note !== "").join(" ") || null;
}
