import { ConfigError, environmentWithDotEnv, readConfig } from "../config.ts";
import { isAppError, toAppError } from "../kernel/errors.ts";
import { VERSION } from "../version.ts";
import { closest, readArguments, UsageError } from "./arguments.ts";
import type { Command, Surroundings } from "./command.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { commands } from "./list.ts";

const isHelp = (word: string | undefined): boolean => word === "--help" || word === "-h";

/** The command meant by the first words, and the words after its name. */
function chooseCommand(words: readonly string[]): { command: Command; rest: readonly string[] } {
  const [first = "serve", second] = words;
  if (first.startsWith("-")) return { command: find("serve"), rest: words };
  const single = commands.find((each) => each.name === first);
  if (single) return { command: single, rest: words.slice(1) };
  const double = commands.find((each) => each.name === `${first} ${second ?? ""}`);
  if (double) return { command: double, rest: words.slice(2) };

  const family = commands.filter((each) => each.name.startsWith(`${first} `)).map((each) => each.name);
  if (family.length > 0) throw new UsageError(`${first} needs one of: ${family.join(", ")}.`);
  const meant = closest(
    first,
    commands.map((each) => each.name.split(" ")[0] ?? each.name),
  );
  throw new UsageError(`Unknown command "${first}".${meant === null ? "" : ` Did you mean ${meant}?`}`);
}

function find(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new UsageError(`Unknown command "${name}".`);
  return command;
}

function helpFor(words: readonly string[]): string {
  const named = words.filter((word) => !word.startsWith("-"));
  if (named.length === 0) return generalHelp(commands);
  const family = commands.filter((each) => each.name.startsWith(`${named[0]} `));
  if (family.length > 0 && !commands.some((each) => each.name === named.slice(0, 2).join(" "))) {
    return family.map(commandHelp).join("\n");
  }
  return commandHelp(chooseCommand(named).command);
}

async function perform(words: readonly string[], around: Surroundings): Promise<number> {
  const ownWords = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  if (words[0] === "help" || ownWords.some(isHelp)) {
    around.out(helpFor(words[0] === "help" ? words.slice(1) : words));
    return 0;
  }
  if (words[0] === "--version" || words[0] === "-v" || words[0] === "version") {
    around.out(`${VERSION}\n`);
    return 0;
  }
  const { command, rest } = chooseCommand(words);
  const args = readArguments(rest, command.options ?? [], command.positionals ?? []);
  const environment = environmentWithDotEnv(around.environment, around.folder);
  const config = readConfig(environment, around.terminal);
  const run = await command.load();
  return run({ ...around, environment, config, args });
}

/** Runs one command line and resolves to its exit code; every failure has been printed by then. */
export async function runCommandLine(words: readonly string[], around: Surroundings): Promise<number> {
  try {
    return await perform(words, around);
  } catch (error) {
    if (error instanceof ConfigError) {
      around.error(`${error.problems.join("\n")}\n`);
      return 2;
    }
    if (error instanceof UsageError) {
      around.error(`${error.message}\nSee: episode-tracker --help\n`);
      return 2;
    }
    const known = toAppError(error);
    around.error(`${known.message}\n${known.hint === undefined ? "" : `${known.hint}\n`}`);
    for (const field of known.fields) around.error(`${field.path}: ${field.message}\n`);
    if (!isAppError(error) && known.detail !== undefined) around.error(`${known.detail}\n`);
    return 1;
  }
}
