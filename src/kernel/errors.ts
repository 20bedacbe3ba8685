/**
 * What went wrong, by what has to be done about it. The five kinds of an outside call
 * (`unreachable` … `unsupported`) are chosen by providers and metadata sources; the core decides what follows.
 */
export type ErrorCode =
  | "invalid"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "too-many"
  | "unreachable"
  | "rate-limited"
  | "auth-expired"
  | "bad-answer"
  | "unsupported"
  | "cancelled"
  | "database"
  | "internal";

export type FieldError = { path: string; message: string };

export type ErrorExtras = {
  cause?: unknown;
  /** Milliseconds until another try makes sense. */
  retryAfterMs?: number;
  fields?: FieldError[];
  /** What the user can do about it, one sentence. */
  hint?: string;
  /** Upstream's own words or status: logged, never shown. */
  detail?: string;
  /** HTTP status an outside service answered with, when it answered. */
  status?: number;
  /** Extra members of the problem document, e.g. the id of the sync that is running. */
  extra?: Record<string, unknown>;
};

/** The one error type that crosses floors. `message` is written by us and safe for people. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly fields: FieldError[];
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly status: number | undefined;
  readonly extra: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = "AppError";
    this.code = code;
    this.retryAfterMs = extras.retryAfterMs;
    this.fields = extras.fields ?? [];
    this.hint = extras.hint;
    this.detail = extras.detail;
    this.status = extras.status;
    this.extra = extras.extra;
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

export function hasCode(error: unknown, ...codes: ErrorCode[]): boolean {
  return isAppError(error) && codes.includes(error.code);
}

/** SQLite's errors carry a symbolic `code` such as SQLITE_FULL. */
function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== "SQLiteError") return null;
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : "SQLITE_ERROR";
}

const databaseHints: [RegExp, string, string][] = [
  [
    /^SQLITE_(FULL|IOERR)/,
    "The disk is full or cannot be written.",
    "Free some space in the data folder, then try again.",
  ],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    "The database is locked by another program.",
    "Close whatever else has the database open, then try again.",
  ],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM)/,
    "The database cannot be written.",
    "Make the data folder writable for the user this program runs as.",
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    "The database file is damaged.",
    "Restore the newest backup with `episode-tracker restore FILE`.",
  ],
];

/** Turns whatever was thrown into an AppError; unknown things become `internal` and keep their text for the log only. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const sqlite = sqliteCode(error);
  if (sqlite !== null) {
    const known = databaseHints.find(([pattern]) => pattern.test(sqlite));
    return new AppError("database", known?.[1] ?? "The database refused the change.", {
      cause: error,
      detail: `${sqlite}: ${error instanceof Error ? error.message : ""}`,
      hint: known?.[2] ?? "Look at the log for the technical detail.",
    });
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AppError("internal", "Something unexpected went wrong.", { cause: error, detail });
}

/** Throws a `cancelled` AppError when the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw isAppError(signal.reason) ? signal.reason : new AppError("cancelled", "Cancelled.");
}
