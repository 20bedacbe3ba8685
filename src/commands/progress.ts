import type { Clock } from "../kernel/clock.ts";
import type { SyncProgress } from "../services/context.ts";

export type ProgressLine = {
  show(progress: SyncProgress): void;
  /** Clears the bar, so that the next line starts at the left. */
  end(): void;
};

const barWidth = 24;
const redrawMs = 80;

const number = (value: number): string => value.toLocaleString("en");

function counts({ done, total }: SyncProgress): string {
  return total > 0 ? `${number(Math.min(done, total))} of ${number(total)}` : number(done);
}

/** `[######------] episodes 1,200 of 5,000, 48 shows` */
export function progressText(progress: SyncProgress): string {
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const filled = Math.round(share * barWidth);
  const bar = `${"#".repeat(filled)}${"-".repeat(barWidth - filled)}`;
  const found = `${number(progress.showsSynced)} shows, ${number(progress.episodesSynced)} episodes`;
  return `[${bar}] ${progress.phase} ${counts(progress)} (${found})`;
}

/** One bar that is redrawn in place on a terminal; elsewhere one plain line whenever the phase changes. */
export function createProgressLine(
  name: string,
  { terminal, out, clock }: { terminal: boolean; out: (text: string) => void; clock: Pick<Clock, "ticks"> },
): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let phase = "";
  return {
    show(progress) {
      const changed = progress.phase !== phase;
      phase = progress.phase;
      if (!terminal) {
        if (changed) out(`${name}: ${progress.phase}\n`);
        return;
      }
      if (!changed && clock.ticks() - drawnAt < redrawMs) return;
      drawnAt = clock.ticks();
      out(`\r\u001b[K${name} ${progressText(progress)}`);
    },
    end() {
      if (terminal && phase !== "") out("\r\u001b[K");
    },
  };
}
