import { expect, test } from "bun:test";
import { createProgressLine, progressText } from "../../src/commands/progress.ts";
import type { SyncProgress } from "../../src/services/context.ts";

const at = (phase: SyncProgress["phase"], done: number, total: number): SyncProgress => ({
  phase,
  done,
  total,
  showsSynced: 2,
  episodesSynced: done,
});

function lines(terminal: boolean, ticks: () => number = () => 0) {
  let text = "";
  const line = createProgressLine("Attic", { terminal, out: (more) => (text += more), clock: { ticks } });
  return { line, text: () => text };
}

test("the bar fills with the share that is done and stays empty while the total is unknown", () => {
  expect(progressText(at("episodes", 600, 1200))).toBe(
    "[############------------] episodes 600 of 1,200 (2 shows, 600 episodes)",
  );
  expect(progressText(at("history", 50, 0))).toBe("[------------------------] history 50 (2 shows, 50 episodes)");
  expect(progressText(at("episodes", 30, 20))).toContain("[########################] episodes 20 of 20");
});

test("without a terminal there is one plain line per phase", () => {
  const { line, text } = lines(false);
  for (const progress of [at("shows", 0, 2), at("shows", 1, 2), at("episodes", 0, 9), at("episodes", 9, 9)])
    line.show(progress);
  line.end();
  expect(text()).toBe("Attic: shows\nAttic: episodes\n");
});

test("on a terminal one line is redrawn, not too often, and cleared at the end", () => {
  let now = 0;
  const { line, text } = lines(true, () => now);
  line.show(at("shows", 0, 9));
  line.show(at("shows", 1, 9));
  now = 1_000;
  line.show(at("shows", 2, 9));
  line.end();
  const drawn = text().split("\r\u001b[K");
  expect(drawn).toHaveLength(4);
  expect(drawn[2]).toContain("2 of 9");
  expect(drawn[3]).toBe("");
});
