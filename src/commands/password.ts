import { readFileSync } from "node:fs";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import type { CommandContext } from "./command.ts";

export type ChosenPassword = { password: string; generated: boolean };

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? "";

function fromFile(file: string): string {
  try {
    return firstLine(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (cause) {
    throw new AppError("invalid", `The password file ${file} cannot be read.`, { cause });
  }
}

/** Asks on the terminal without showing what is typed. Ctrl+C and Ctrl+D end the question. */
function ask(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = "";
    const finish = (settle: () => void) => {
      stdin.off("data", onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write("\n");
      settle();
    };
    const onData = (text: string) => {
      for (const key of text) {
        if (key === "\r" || key === "\n") return finish(() => resolve(typed));
        if (key === "\u0003" || key === "\u0004") {
          return finish(() => reject(new AppError("cancelled", "Cancelled; nothing was changed.")));
        }
        if (key === "\u007f" || key === "\b") typed = [...typed].slice(0, -1).join("");
        else if (key >= " ") typed += key;
      }
    };
    stdin.on("data", onData);
  });
}

async function fromTerminal(): Promise<string> {
  const password = await ask("Password: ");
  if ((await ask("Once more: ")) !== password) {
    throw new AppError("invalid", "The two passwords differ; nothing was changed.");
  }
  return password;
}

/** The password for an account: from a file, from a terminal, from piped input, or made up. */
export async function choosePassword({ args }: Pick<CommandContext, "args">): Promise<ChosenPassword> {
  const made = (): ChosenPassword => ({ password: randomToken(15), generated: true });
  if (args.switches.has("generate")) return made();
  const file = args.options.get("password-file");
  if (file !== undefined) return { password: fromFile(file), generated: false };
  if (process.stdin.isTTY) return { password: await fromTerminal(), generated: false };
  const piped = firstLine(await Bun.stdin.text());
  return piped === "" ? made() : { password: piped, generated: false };
}
