import type { ImportItem, ImportItemsOptions } from "../../db/queries/imports.ts";
import type { ListPage } from "../../db/queries/view.ts";
import type { CsvColumns, DateOrder, ImportFormat } from "../../domain/imports/model.ts";

export type ImportOptions = {
  /** Read as this, whatever else it may look like. */
  format?: ImportFormat | undefined;
  /** Of a plain CSV file: which column is what. */
  columns?: CsvColumns | undefined;
  dateOrder?: DateOrder | undefined;
  /** Of times that say none themselves, where the format does not say otherwise. Default: the user's. */
  timeZone?: string | undefined;
  /** Also what the user has taken away here. */
  bringBack?: boolean | undefined;
  /** For shows that may be several: the id of one of ours, `new`, or `skip`. By key of the item. */
  choices?: Record<string, string> | undefined;
};

export type ImportSummary = {
  /** In the file. */
  shows: number;
  /** In the file. */
  plays: number;
  /** Plays that are (to be) added, and shows that get one. */
  added: number;
  showsAdded: number;
  /** Shows that come (came) into the library. */
  showsNew: number;
  alreadyThere: number;
  /** Left out since the user had removed them here. */
  suppressed: number;
  notUnderstood: number;
  /** Understood, but not kept here: films, ratings of seasons. */
  leftOut: number;
  /** Shows that wait for the user to say which they are; what they hold is not in `added`. */
  doubtful: number;
  /** Lists, ratings and notes that are taken over. */
  filled: number;
  /** Lists, ratings and notes that differ from the user's own, which stay. */
  kept: number;
  /** Of what was not understood or left out, what is counted but not listed. */
  unlisted: number;
  notes: string[];
  /** Why it stopped, in words. */
  failure: string | null;
};

export type ImportStatus = "preview" | "running" | "done" | "failed" | "undone";

export type ImportView = {
  id: string;
  format: ImportFormat;
  fileName: string;
  status: ImportStatus;
  summary: ImportSummary;
  options: ImportOptions;
  /** Of a plain CSV file: its columns and first rows; null for the others, and once the file is gone. */
  table: ImportTable | null;
  /** While it runs: shows done, of how many. */
  progress: { done: number; total: number } | null;
  createdAt: number;
  finishedAt: number | null;
  undoneAt: number | null;
};

export type ImportTable = {
  header: string[];
  rows: string[][];
  columns: CsvColumns;
  /** False: the columns do not say which episode of which show. */
  complete: boolean;
};

export type Upload = { name: string; bytes: Uint8Array };

export type ExportFormat = "json" | "csv";

/** Everything of a user's out, and back in. Another user's import is `not-found`. */
export type Transfer = {
  /** Reads the file and says what importing it would do. Throws `invalid` for what is nothing that is known. */
  preview(userId: number, file: Upload, options?: ImportOptions): Promise<ImportView>;
  /** The same file once more, with what the user has said about it since. */
  revise(userId: number, importId: string, change: ImportOptions): Promise<ImportView>;
  /** Begins to write, or goes on where it was interrupted. Throws `conflict` when there is nothing to begin. */
  apply(userId: number, importId: string): void;
  /** Takes back exactly what the import added. Begins; the same way as `apply`. */
  undo(userId: number, importId: string): void;
  /** How it stands when it has ended, or after so long. */
  settled(userId: number, importId: string, waitMs?: number): Promise<ImportView>;
  list(userId: number, options: { cursor?: string | undefined; limit: number }): ListPage<ImportView>;
  get(userId: number, importId: string): ImportView;
  items(userId: number, importId: string, options: ImportItemsOptions): ListPage<ImportItem>;
  /** Discards a preview, or forgets that an import was one: what it brought stays. */
  remove(userId: number, importId: string): void;
  /** Piece by piece. */
  export(userId: number, format: ExportFormat): AsyncGenerator<string>;
  /** What a stop in the middle has left over. */
  recover(): void;
  /** Discards what nobody has decided on for a day. */
  prune(): void;
  stop(): Promise<void>;
};
