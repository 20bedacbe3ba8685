import { type ImportListItem, importItems, importList, oneImport } from "../../db/queries/imports.ts";
import {
  deleteImport,
  forgetForecast,
  type ImportRow,
  importById,
  importsInStatus,
  insertImport,
  replaceItems,
  showItemsOf,
  totalsOf,
  undecidedBefore,
  updateImport,
  watchedByImport,
} from "../../db/repos/imports.ts";
import { userById } from "../../db/repos/users.ts";
import { toRowId } from "../../db/row-id.ts";
import { tx } from "../../db/tx.ts";
import { CSV_FIELDS, isImportFormat } from "../../domain/imports/model.ts";
import { guessColumns, isCompleteChoice, type Sample, sampleOf } from "../../domain/imports/plain-csv.ts";
import { DAY_MS } from "../../domain/instant.ts";
import { tidyMemory, yieldToOthers } from "../../kernel/async.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Deps } from "../context.ts";
import { wish } from "../push/wishes.ts";
import { exportCsv, exportJson } from "./export.ts";
import { writeExtras } from "./extras.ts";
import { createImportFiles, openUpload } from "./files.ts";
import { inTurns, parse, planImport, recogniseFiles } from "./read.ts";
import { takeBack } from "./take-back.ts";
import type { ImportOptions, ImportSummary, ImportTable, ImportView, Transfer, Upload } from "./types.ts";
import { importUndoOf, itemUndoOf } from "./undo-journal.ts";
import { writeShow } from "./write.ts";

/** An undecided preview holds somebody's file: a day is enough to decide. */
const undecidedMs = DAY_MS;
const longestName = 200;
const interrupted = "It was interrupted. What it had added is here; import again to go on.";

export type TransferDeps = Pick<Deps, "config" | "db" | "clock" | "log" | "bus">;

type Running = { userId: number; done: number; total: number; ended: Promise<void> };

export function createTransfer(
  deps: TransferDeps,
  { enqueue }: { enqueue: (showIds: readonly number[]) => void },
): Transfer {
  const { db, clock, log, bus, config } = deps;
  const files = createImportFiles(config.dataDir);
  const running = new Map<number, Running>();
  let stopping = false;

  function own(userId: number, importId: string): ImportRow {
    const id = toRowId(importId);
    const row = id === null ? undefined : importById(db, id);
    if (row === undefined || row.userId !== userId) throw new AppError("not-found", "There is no such import.");
    return row;
  }

  const zoneOf = (userId: number) => userById(db, userId)?.timeZone ?? config.timeZone;

  function view(row: ImportListItem): ImportView {
    const { id, format, fileName, status, createdAt, finishedAt, undoneAt } = row;
    const live = running.get(id);
    const { sample, ...summary }: StoredSummary = JSON.parse(row.summary);
    const options: ImportOptions = JSON.parse(row.options);
    return {
      id: String(id),
      format: isImportFormat(format) ? format : "csv",
      fileName,
      status,
      summary,
      options,
      table: sample === null ? null : tableOf(sample, options),
      progress: live === undefined ? null : { done: live.done, total: live.total },
      createdAt,
      finishedAt,
      undoneAt,
    };
  }

  function get(userId: number, importId: string): ImportView {
    const row = oneImport(db, userId, importId);
    if (row === null) throw new AppError("not-found", "There is no such import.");
    return view(row);
  }

  /** Reads the stored file and writes down what importing it would do. */
  async function plan(row: ImportRow, options: ImportOptions): Promise<void> {
    const opened = await openUpload(row.fileName, files.read(row.id));
    const recognised = recogniseFiles(opened, options.format);
    const [first] = opened;
    const sample = recognised.format === "csv" && first !== undefined ? sampleOf(first) : null;
    checkOptions(options, sample?.header ?? null);
    const parsed = await parse(recognised, options, { clock, timeZone: zoneOf(row.userId) });
    const { items, summary } = await inTurns(planImport({ db, row, options }, parsed), clock);
    tx(db, () => {
      replaceItems(db, row.id, items);
      updateImport(db, row.id, {
        format: recognised.format,
        options: JSON.stringify(options),
        summary: JSON.stringify({ ...summary, sample } satisfies StoredSummary),
      });
    });
  }

  async function preview(userId: number, { name, bytes }: Upload, options: ImportOptions = {}): Promise<ImportView> {
    if (bytes.length === 0) {
      const message = "is empty";
      throw new AppError("invalid", "The file is empty.", { fields: [{ path: "file", message }] });
    }
    const fileName = name.split(/[/\\]/).at(-1)?.slice(0, longestName) || "file";
    const summary = JSON.stringify({ sample: null });
    const id = insertImport(db, {
      userId,
      format: "csv",
      fileName,
      status: "preview",
      summary,
      createdAt: clock.now(),
    });
    try {
      files.write(id, bytes);
      await plan(own(userId, String(id)), options);
    } catch (error) {
      files.remove(id);
      deleteImport(db, id);
      throw error;
    }
    const read = get(userId, String(id));
    log.info("import.previewed", { import: id, format: read.format });
    return read;
  }

  async function revise(userId: number, importId: string, change: ImportOptions): Promise<ImportView> {
    const row = own(userId, importId);
    if (row.status !== "preview") throw new AppError("conflict", "This import has begun already.");
    const options: ImportOptions = { ...JSON.parse(row.options), ...change };
    await plan(row, options);
    return get(userId, importId);
  }

  /** Work on one import of a user at a time, beside whatever else is going on. */
  function begin(row: ImportRow, total: number, work: (progress: Running) => Promise<void>): void {
    if (stopping) throw new AppError("conflict", "Episode Tracker is shutting down.");
    if ([...running.values()].some(({ userId }) => userId === row.userId))
      throw new AppError("conflict", "Another import is running. Wait for it to end.");
    const entry: Running = { userId: row.userId, done: 0, total, ended: Promise.resolve() };
    running.set(row.id, entry);
    entry.ended = work(entry).finally(() => running.delete(row.id));
  }

  function fail(row: ImportRow, error: unknown): void {
    const failure = toAppError(error);
    log.error("import.failed", { import: row.id, reason: failure });
    const summary: StoredSummary = JSON.parse(row.summary);
    const words = failure.code === "cancelled" ? interrupted : `${failure.message} ${failure.hint ?? ""}`.trim();
    updateImport(db, row.id, {
      status: "failed",
      summary: JSON.stringify({ ...summary, ...totalsOf(db, row.id), failure: words }),
    });
  }

  function apply(userId: number, importId: string): void {
    const row = own(userId, importId);
    if (row.status !== "preview" && row.status !== "failed")
      throw new AppError("conflict", "This file is imported already.", { hint: "Choose it again to import it again." });
    const { table, options } = get(userId, importId);
    if (table !== null && !table.complete)
      throw new AppError("conflict", "Say first which columns name the show and the episode.");
    files.read(row.id);
    begin(row, showItemsOf(db, row.id).length, async (progress) => {
      try {
        await write(row, options, progress);
      } catch (error) {
        fail(row, error);
      }
    });
  }

  async function write(row: ImportRow, options: ImportOptions, progress: Running): Promise<void> {
    const { id, userId } = row;
    const undo = importUndoOf(row);
    if (row.status === "preview") {
      tx(db, () => {
        updateImport(db, id, { status: "running" });
        forgetForecast(db, id);
      });
    } else updateImport(db, id, { status: "running" });
    const recognised = recogniseFiles(await openUpload(row.fileName, files.read(id)), options.format);
    const parsed = await parse(recognised, options, { clock, timeZone: zoneOf(userId) });
    const items = new Map(showItemsOf(db, id).map((item) => [item.key, item]));
    const showIds = new Map<string, number>();
    const made = new Set(
      [...items.values()].flatMap((item) => (itemUndoOf(item).created && item.showId !== null ? item.showId : [])),
    );
    const context = { db, row, format: recognised.format, options, made, now: clock.now() };
    const tidy = tidyMemory(200);
    for (const show of parsed.shows) {
      tidy();
      const item = items.get(show.key);
      progress.done += 1;
      if (item === undefined) continue;
      if (item.done) {
        if (item.showId !== null) showIds.set(show.key, item.showId);
        continue;
      }
      const steps = writeShow(context, show, item);
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done) {
          if (step.value !== null) showIds.set(show.key, step.value);
          break;
        }
        await yieldToOthers();
        if (stopping) throw new AppError("cancelled", interrupted);
      }
    }
    const summary: StoredSummary = JSON.parse(row.summary);
    const filled = showItemsOf(db, id).reduce((sum, item) => sum + Object.keys(itemUndoOf(item).filled).length, 0);
    tx(db, () => {
      writeExtras({ db, userId, now: clock.now() }, parsed, showIds, undo);
      wish(db, { userId, episodeIds: watchedByImport(db, userId, id), origin: null, ask: true, now: clock.now() });
      updateImport(db, id, {
        status: "done",
        undo: JSON.stringify(undo),
        summary: JSON.stringify({ ...summary, ...totalsOf(db, id), filled, failure: null, sample: null }),
        finishedAt: clock.now(),
      });
    });
    files.remove(id);
    log.info("import.done", { import: id, format: recognised.format, ...totalsOf(db, id) });
    announce(userId, [...showIds.values()]);
    enqueue([...showIds.values()]);
  }

  function announce(userId: number, showIds: readonly number[]): void {
    if (showIds.length > 0) bus.publish("plays.changed", { userId, showIds: [...new Set(showIds)] });
  }

  function undo(userId: number, importId: string): void {
    const row = own(userId, importId);
    if (row.status !== "done" && row.status !== "failed")
      throw new AppError(
        "conflict",
        row.status === "undone" ? "This import is undone already." : "This import has added nothing yet.",
      );
    begin(row, 0, async () => {
      try {
        const showIds = await inTurns(takeBack(db, row, clock.now()), clock);
        updateImport(db, row.id, { status: "undone", undoneAt: clock.now() });
        files.remove(row.id);
        log.info("import.undone", { import: row.id });
        announce(userId, showIds);
      } catch (error) {
        fail(row, error);
      }
    });
  }

  return {
    preview,
    revise,
    apply,
    undo,
    get: (userId, importId) => get(userId, importId),
    async settled(userId, importId, waitMs = 60_000) {
      const { id } = own(userId, importId);
      const work = running.get(id)?.ended;
      if (work === undefined) return get(userId, importId);
      const waiting = new AbortController();
      const patience = clock.sleep(waitMs, waiting.signal).catch(() => undefined);
      await Promise.race([work, patience]);
      waiting.abort();
      return get(userId, importId);
    },
    list(userId, options) {
      const { items, nextCursor } = importList(db, userId, options);
      return { items: items.map((row) => view(row)), nextCursor };
    },
    items: (userId, importId, options) => importItems(db, own(userId, importId).id, options),
    remove(userId, importId) {
      const { id } = own(userId, importId);
      if (running.has(id)) throw new AppError("conflict", "This import is running. Wait for it to end.");
      deleteImport(db, id);
      files.remove(id);
    },
    export: (userId, format) => (format === "csv" ? exportCsv(db, userId) : exportJson(db, userId, clock.now())),
    recover() {
      for (const row of importsInStatus(db, "running")) fail(row, new AppError("cancelled", interrupted));
    },
    prune() {
      for (const { id, status } of undecidedBefore(db, clock.now() - undecidedMs)) {
        files.remove(id);
        // What it has added can still be undone.
        if (status === "preview") deleteImport(db, id);
      }
      for (const id of files.ids()) if (importById(db, id) === undefined) files.remove(id);
    },
    async stop() {
      stopping = true;
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

/** The first rows of a plain CSV file stay with its preview. */
type StoredSummary = ImportSummary & { sample: Sample | null };

function tableOf({ header, rows }: Sample, options: ImportOptions): ImportTable {
  const columns = options.columns ?? guessColumns(header);
  return { header, rows, columns, complete: isCompleteChoice(columns) };
}

/** `header`: of a plain CSV file; null for everything else, which has its columns by itself. */
function checkOptions({ columns, timeZone }: ImportOptions, header: readonly string[] | null): void {
  const fields = [];
  for (const field of CSV_FIELDS) {
    const column = columns?.[field];
    if (header !== null && column !== undefined && !header.includes(column))
      fields.push({ path: `columns.${field}`, message: "is not a column of this file" });
  }
  if (timeZone !== undefined && !isTimeZone(timeZone))
    fields.push({ path: "timeZone", message: "is not a time zone such as Europe/Berlin" });
  if (fields.length > 0) throw new AppError("invalid", "Please check what you sent.", { fields });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
