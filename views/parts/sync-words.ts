import type { ViewContext } from "../context.ts";
import { count } from "../ui/format.ts";
import type { IconName } from "../ui/icon.tsx";
import type { Tone } from "../ui/status-pill.tsx";

export type SyncStatus = "running" | "success" | "partial" | "error" | "cancelled" | "interrupted" | "held" | "undone";

export type SyncTrigger = "manual" | "schedule" | "webhook" | "stream" | "start-up";
export type SyncMode = "full" | "incremental" | "preview";

export const STATUS_LOOK: Record<SyncStatus, { label: string; tone: Tone; icon: IconName }> = {
  running: { label: "Running", tone: "active", icon: "refresh" },
  success: { label: "Done", tone: "good", icon: "check" },
  partial: { label: "Done, with gaps", tone: "attention", icon: "half-circle" },
  error: { label: "Failed", tone: "bad", icon: "x-circle" },
  cancelled: { label: "Cancelled", tone: "neutral", icon: "ban" },
  interrupted: { label: "Interrupted", tone: "attention", icon: "half-circle" },
  held: { label: "Waiting for you", tone: "attention", icon: "shield" },
  undone: { label: "Undone", tone: "neutral", icon: "undo" },
};

export const TRIGGER_WORDS: Record<SyncTrigger, string> = {
  manual: "by hand",
  schedule: "on schedule",
  webhook: "after news from the server",
  stream: "after news from the server",
  "start-up": "at start-up",
};

export const TRIGGER_SHORT: Record<SyncTrigger, string> = {
  manual: "manual",
  schedule: "schedule",
  webhook: "live",
  stream: "live",
  "start-up": "start-up",
};

const PHASES: Readonly<Record<string, string>> = {
  queued: "Waiting to start",
  connecting: "Reaching the server",
  libraries: "Reading libraries",
  shows: "Reading shows",
  episodes: "Reading episodes",
  history: "Reading history",
  matching: "Finding the right shows",
  saving: "Saving",
  finishing: "Finishing",
};

export function phaseText(phase: string): string {
  return PHASES[phase] ?? "Working";
}

/** What one run did, in a few words: "3 new plays", "nothing new". */
export function outcomeText(
  { mode, status, added }: { mode: SyncMode; status: SyncStatus; added: number },
  ctx: Pick<ViewContext, "locale">,
): string {
  if (status === "error") return "nothing could be read";
  if (mode === "preview") return added === 0 ? "would add nothing" : `would add ${count(added, ctx, "play")}`;
  if (status === "undone") return "taken back";
  return added === 0 ? "nothing new" : count(added, ctx, "new play");
}
