import type { Config, Environment } from "../config.ts";
import type { Arguments, OptionSpec, PositionalSpec } from "./arguments.ts";

/** The process around a command; tests and the entry point supply it. */
export type Surroundings = {
  environment: Environment;
  /** Working directory, whose `.env` is read. */
  folder: string;
  /** Standard output is a terminal. */
  terminal: boolean;
  out: (text: string) => void;
  error: (text: string) => void;
};

export type CommandContext = Surroundings & { config: Config; args: Arguments };

/** Resolves to the exit code: 0 done, 1 failed, 2 not understood. */
export type Run = (context: CommandContext) => Promise<number>;

export type Command = {
  /** One or two words, e.g. `user add`. */
  name: string;
  summary: string;
  details?: string;
  positionals?: readonly PositionalSpec[];
  options?: readonly OptionSpec[];
  load: () => Promise<Run>;
};
