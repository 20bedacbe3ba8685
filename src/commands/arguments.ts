/** What may stand on the command line after a command's name. */
export type OptionSpec = {
  name: string;
  /** Name of the value in the help text; absent for switches. */
  value?: string;
  help: string;
};

export type PositionalSpec = { name: string; optional?: true; help: string };

export type Arguments = {
  positionals: string[];
  options: Map<string, string>;
  switches: Set<string>;
};

/** The command line was not understood: printed with a suggestion, followed by exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Levenshtein distance, for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known word that was probably meant, or null. */
export function closest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    const d = each.startsWith(word) && word.length > 1 ? 1 : distance(word, each);
    if (d < bestDistance) [best, bestDistance] = [each, d];
  }
  return best;
}

function unknownOption(name: string, options: readonly OptionSpec[]): UsageError {
  const meant = closest(name, [...options.map((option) => option.name), "help"]);
  return new UsageError(`Unknown option --${name}.${meant === null ? "" : ` Did you mean --${meant}?`}`);
}

/** Reads `--name value`, `--name=value`, switches and positionals; `--` ends the options. */
export function readArguments(
  words: readonly string[],
  options: readonly OptionSpec[],
  positionals: readonly PositionalSpec[],
): Arguments {
  const read: Arguments = { positionals: [], options: new Map(), switches: new Set() };
  const queue = [...words];
  let onlyPositionals = false;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (onlyPositionals || !word.startsWith("-") || word === "-") {
      read.positionals.push(word);
      continue;
    }
    if (word === "--") {
      onlyPositionals = true;
      continue;
    }
    const [, name = "", attached] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const option = word.startsWith("--") ? options.find((each) => each.name === name) : undefined;
    if (option === undefined) throw unknownOption(name, options);
    if (option.value === undefined) {
      if (attached !== undefined) throw new UsageError(`--${name} takes no value.`);
      read.switches.add(name);
      continue;
    }
    const value = attached ?? queue.shift();
    if (value === undefined || value === "") throw new UsageError(`--${name} needs a value: --${name} ${option.value}`);
    read.options.set(name, value);
  }
  const missing = positionals.slice(read.positionals.length).find((each) => each.optional !== true);
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing: ${missing.help}.`);
  const extra = read.positionals[positionals.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many.`);
  return read;
}
