import { runCommandLine } from "./commands/run.ts";
import { processEnvironment } from "./config.ts";

// An empty write settles after everything written before it, so that piped output is complete when the process ends.
function leave(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

runCommandLine(process.argv.slice(2), {
  environment: processEnvironment(),
  folder: process.cwd(),
  terminal: process.stdout.isTTY === true,
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
}).then(leave, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  leave(1);
});
