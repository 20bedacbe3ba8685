import { PRODUCT, VERSION } from "../version.ts";
import type { Command } from "./command.ts";

const program = "episode-tracker";

function usage(command: Command): string {
  const positionals = (command.positionals ?? []).map((each) => (each.optional ? `[${each.name}]` : each.name));
  const options = (command.options ?? []).length > 0 ? ["[options]"] : [];
  return [program, command.name, ...positionals, ...options].join(" ");
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join("\n");
}

export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map((command): [string, string] => [
    [command.name, ...(command.positionals ?? []).map((each) => (each.optional ? `[${each.name}]` : each.name))].join(
      " ",
    ),
    command.summary,
  ]);
  return `${PRODUCT} ${VERSION}: knows which episodes you have watched, because it asks your media server.

Usage: ${program} [command] [options]

Commands (serve when none is given)
${columns(rows)}

Options
${columns([
  ["--help", "this text, or that of one command"],
  ["--version", "the version"],
])}

Settings are environment variables, or lines of a file named .env in the working directory. The most used:
${columns([
  ["DATA_DIR", "folder of the database, key, images and backups (./data)"],
  ["HOST, PORT", "address to listen on (0.0.0.0, 4747)"],
  ["BASE_PATH", "path behind a reverse proxy, e.g. /tracker"],
  ["TZ", "time zone, e.g. Europe/Berlin"],
  ["LOG_LEVEL", "debug, info, warn or error (info)"],
])}
Each also works as NAME_FILE=/path/of/a/file. The README lists all of them.
`;
}

export function commandHelp(command: Command): string {
  const positionals = (command.positionals ?? []).map((each): [string, string] => [each.name, each.help]);
  const options = (command.options ?? []).map((each): [string, string] => [
    each.value === undefined ? `--${each.name}` : `--${each.name} ${each.value}`,
    each.help,
  ]);
  return [
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.\n`,
    `Usage: ${usage(command)}\n`,
    ...(command.details ? [`${command.details.trim()}\n`] : []),
    `${columns([...positionals, ...options, ["--help", "this text"]])}\n`,
  ].join("\n");
}
