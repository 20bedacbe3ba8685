import type { Clock } from "./clock.ts";
import { isAppError } from "./errors.ts";
import { Secret } from "./secret.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFormat = "pretty" | "json";
export type LogFields = Record<string, unknown>;

/** One structured line per event. Values under telling keys are masked whatever they hold. */
export type Log = {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
};

const order: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 };
const telling = /token|secret|password|cookie|authorization|api[-_]?key|encryption|sealed|^key$|^code$|^pin$/i;
const inAddress = /([?&](?:x-plex-token|token|api_key|apikey|code|pin)=)[^&\s"]+/gi;

function plain(value: unknown, depth: number): unknown {
  if (value instanceof Secret) return value.toString();
  if (typeof value === "string") return value.replace(inAddress, "$1[secret]");
  if (value instanceof Error) {
    const text = isAppError(value) ? `${value.code}: ${value.message}` : value.message;
    const detail = isAppError(value) && value.detail ? { detail: plain(value.detail, depth + 1) } : {};
    return { error: plain(text, depth + 1), ...detail };
  }
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  // Unread is unmasked: nothing is written from further down, nor from a circle.
  if (depth > 4) return "[deeper]";
  if (Array.isArray(value)) return value.slice(0, 20).map((each) => plain(each, depth + 1));
  return masked(value as LogFields, depth + 1);
}

function masked(fields: LogFields, depth = 0): LogFields {
  const out: LogFields = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    out[key] =
      telling.test(key) && typeof value !== "number" && typeof value !== "boolean" ? "[secret]" : plain(value, depth);
  }
  return out;
}

function short(value: unknown): string {
  if (typeof value === "string") return /[\s\p{Cc}]/u.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value) ?? String(value);
}

function prettyLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${short(value)}`);
  return [time.slice(11, 19), level.toUpperCase().padEnd(5), event, ...rest].join(" ");
}

export type LogOptions = {
  clock: Clock;
  level: LogLevel;
  format: LogFormat;
  /** Receives one line without its line break; the default is standard output. */
  write?: (line: string) => void;
};

export function createLog(options: LogOptions, base: LogFields = {}): Log {
  const write = options.write ?? ((line: string) => process.stdout.write(`${line}\n`));
  const emit = (level: LogLevel, event: string, fields: LogFields = {}) => {
    if (order[level] < order[options.level]) return;
    const time = new Date(options.clock.now()).toISOString();
    const safe = masked({ ...base, ...fields });
    write(
      options.format === "json"
        ? JSON.stringify({ time, level, event, ...safe })
        : prettyLine(time, level, event, safe),
    );
  };
  return {
    debug: (event, fields) => emit("debug", event, fields),
    info: (event, fields) => emit("info", event, fields),
    warn: (event, fields) => emit("warn", event, fields),
    error: (event, fields) => emit("error", event, fields),
    child: (fields) => createLog(options, { ...base, ...fields }),
  };
}

/** A log that says nothing, for tests and one-off commands. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
