import type { IconName } from "../ui/icon.tsx";
import type { Tone } from "../ui/status-pill.tsx";

export type ImportStatus = "preview" | "running" | "done" | "failed" | "undone";

export const IMPORT_LOOK: Record<ImportStatus, { tone: Tone; icon: IconName; label: string }> = {
  preview: { tone: "attention", icon: "eye", label: "Preview" },
  running: { tone: "active", icon: "refresh", label: "Running" },
  done: { tone: "good", icon: "check-circle", label: "Imported" },
  failed: { tone: "bad", icon: "x-circle", label: "Stopped" },
  undone: { tone: "neutral", icon: "undo", label: "Undone" },
};
