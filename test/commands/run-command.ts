import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executable } from "../binary/executable.ts";

export type Finished = { code: number; out: string; error: string };

const root = join(import.meta.dir, "../..");

/** From source. Bun takes the JSX settings from the working directory's tsconfig.json unless told otherwise. */
export const fromSource = [
  process.execPath,
  `--tsconfig-override=${join(root, "tsconfig.json")}`,
  join(root, "src/main.ts"),
];

/** A folder that is gone after the test. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "tracker-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Services at an address where nothing listens, so that no test depends on the network. */
export const offline: Record<string, string> = {
  PLEX_TV_URL: "http://127.0.0.1:9",
  PLEX_APP_URL: "http://127.0.0.1:9",
  METADATA_SOURCES: "none",
};

type Options = {
  env?: Record<string, string>;
  /** Text for standard input; nothing is there otherwise. */
  input?: string;
  folder: string;
  /** The compiled program unless said otherwise. */
  program?: readonly string[];
};

function start(words: readonly string[], { env = {}, input, folder, program = [executable()] }: Options) {
  return Bun.spawn([...program, ...words], {
    cwd: folder,
    // Nothing of the surroundings leaks in: no TZ, no .env of the checkout, no key.
    env: {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      DATA_DIR: join(folder, "data"),
      TZ: "Europe/Berlin",
      ...offline,
      ...env,
    },
    stdin: input === undefined ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Runs one command as a child process to its end. */
export async function runCommand(words: readonly string[], options: Options): Promise<Finished> {
  const child = start(words, options);
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, error };
}

export type Server = {
  url: string;
  pid: number;
  signal(name: NodeJS.Signals): void;
  /** Everything it has printed so far. */
  output(): string;
  exited: Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts a server on a free port and resolves once it listens. Throws with its output when it ends instead. */
export async function startServer(options: Options & { words?: readonly string[] }): Promise<Server> {
  const child = start(options.words ?? [], {
    ...options,
    env: { PORT: "0", HOST: "127.0.0.1", LOG_FORMAT: "json", ...options.env },
  });
  let text = "";
  const listening = Promise.withResolvers<string>();
  const errors = new Response(child.stderr).text();
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      const line = text.split("\n").find((each) => each.includes('"server.listening"'));
      const url: unknown = line === undefined ? undefined : JSON.parse(line)["url"];
      if (typeof url === "string") listening.resolve(url);
    }
    listening.reject(new Error(`The server ended early (${await child.exited}): ${text}${await errors}`));
  })();
  const url = await listening.promise;
  return {
    url,
    pid: child.pid,
    signal: (name) => child.kill(name),
    output: () => text,
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      await reading.catch(() => undefined);
    },
  };
}
