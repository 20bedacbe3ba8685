export const SYNC_STATUSES = [
  "running",
  "success",
  "partial",
  "error",
  "cancelled",
  "interrupted",
  "held",
  "undone",
] as const;
export type SyncStatus = (typeof SYNC_STATUSES)[number];

export const SYNC_TRIGGERS = ["manual", "schedule", "webhook", "stream", "start-up"] as const;
export type SyncTrigger = (typeof SYNC_TRIGGERS)[number];

/** A server's own news: a few items are read again, at any time, and no sync takes place. */
export const LIVE_TRIGGERS = ["webhook", "stream"] as const satisfies readonly SyncTrigger[];

export const SYNC_MODES = ["full", "incremental", "preview"] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

export const SYNC_ERROR_KINDS = [
  "show-match",
  "episode-fetch",
  "database",
  "connection",
  "authorization",
  "rate-limit",
] as const;
export type SyncErrorKind = (typeof SYNC_ERROR_KINDS)[number];

export interface SyncError {
  kind: SyncErrorKind;
  show?: string;
  episode?: string;
  message: string;
  /** What the user can do about it. */
  hint: string;
}

/** What is known about the trouble. Names only: nothing here may hold an address with a token in it. */
export interface HintContext {
  /** "Plex", "Jellyfin", "Emby", "TMDB" …: who answered, or did not. */
  service?: string | undefined;
  serverName?: string | undefined;
  show?: string | undefined;
  /** The service answered too late instead of not at all. */
  slow?: boolean | undefined;
  /** How long the service asked us to wait. */
  waitMs?: number | undefined;
}

/** The status a run ends with: `error` only when nothing could be read, `partial` when some of it failed. */
export function finalStatus(outcome: { nothingRead: boolean; failures: number }): SyncStatus {
  if (outcome.nothingRead) return "error";
  return outcome.failures > 0 ? "partial" : "success";
}

export function hintFor(kind: SyncErrorKind, context: HintContext = {}): string {
  const service = context.service ?? "the media server";
  const server = context.serverName ? `${service} (${context.serverName})` : service;
  switch (kind) {
    case "show-match":
      return `${context.show ? `"${context.show}"` : "This show"} keeps its watched marks. Open it and press "Choose the right show", or correct its match on ${service} and sync again.`;
    case "episode-fetch":
      return context.slow
        ? `${capital(server)} took too long to list the episodes. Sync again when it is less busy; what was read is already saved.`
        : `Sync again. If the same show fails each time, refresh its metadata on ${service}.`;
    case "connection":
      return context.slow
        ? `${capital(server)} answers too slowly. Check that it is not busy scanning or transcoding, and that the connection is not a relay, then sync again.`
        : `Check that ${server} is running and that this machine can reach it. If its address has changed, connect it again; your watched marks stay.`;
    case "authorization":
      return `${capital(server)} no longer accepts the sign-in. Connect it again on the Integrations page; your watched marks stay.`;
    case "rate-limit":
      return `${capital(service)} asks for a pause${waitText(context.waitMs)}. Nothing is lost: the rest follows by itself.`;
    case "database":
      return "Check that the data folder has free space and may be written to, then sync again. `episode-tracker doctor` says what is wrong.";
  }
}

function waitText(waitMs: number | undefined): string {
  if (waitMs === undefined || waitMs <= 0) return "";
  const seconds = Math.ceil(waitMs / 1000);
  if (seconds < 90) return ` of ${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return ` of ${Math.ceil(seconds / 60)} minutes`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
