import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

// Builds the executable. Without arguments for this machine, with --all for every supported one,
// with target names (linux-x64, linux-arm64-musl …) for those.

const root = join(import.meta.dir, "..");

const targets = {
  // Baseline builds need SSE4.2 only: many home servers have no AVX2.
  "linux-x64": "bun-linux-x64-baseline",
  "linux-x64-musl": "bun-linux-x64-baseline-musl",
  "linux-arm64": "bun-linux-arm64",
  "linux-arm64-musl": "bun-linux-arm64-musl",
} as const;

type TargetName = keyof typeof targets;

const isTarget = (name: string): name is TargetName => Object.hasOwn(targets, name);

async function build(target: TargetName, outfile: string): Promise<void> {
  // The finished file takes its name in one step: a running copy of the old one goes on undisturbed.
  const partial = `${outfile}.partial`;
  const result = await Bun.build({
    entrypoints: [join(root, "src/main.ts")],
    root,
    compile: {
      target: targets[target],
      outfile: partial,
      assets: ["static", "migrations"],
      // Whoever can put a file into the working directory must not be able to run code in the server.
      autoloadBunfig: false,
      autoloadDotenv: false,
    },
    // Elysia reads the text of handlers: shortened names would break them.
    minify: { whitespace: true, syntax: true, identifiers: false },
    bytecode: true,
    format: "esm",
    define: { "process.env.NODE_ENV": '"production"' },
    sourcemap: "none",
  });
  for (const message of result.logs) console.warn(String(message));
  if (!result.success) throw new Error(`Building ${target} failed.`);
  renameSync(partial, outfile);
  console.log(outfile);
}

function thisMachine(): TargetName {
  const name = `linux-${process.arch}`;
  // Only programs for musl have this loader.
  const musl = Bun.which("ldd") !== null && /musl/.test(Bun.spawnSync(["ldd", "--version"]).stderr.toString());
  const full = musl ? `${name}-musl` : name;
  if (process.platform !== "linux" || !isTarget(full))
    throw new Error(`${process.platform} ${process.arch} is not supported.`);
  return full;
}

const words = process.argv.slice(2);
// Assets are found from the working directory and keep their path below it.
process.chdir(root);
mkdirSync(join(root, "dist"), { recursive: true });
if (words.length === 0) {
  await build(thisMachine(), join(root, "dist/episode-tracker"));
} else {
  const names = words[0] === "--all" ? Object.keys(targets) : words;
  for (const name of names) {
    if (!isTarget(name)) throw new Error(`Unknown target ${name}: use ${Object.keys(targets).join(", ")} or --all.`);
    await build(name, join(root, `dist/episode-tracker-${name}`));
  }
}
for (const target of Object.keys(targets))
  rmSync(join(root, `dist/episode-tracker-${target}.partial`), { force: true });
