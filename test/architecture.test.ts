import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dir, "..");

type Import = { specifier: string; typeOnly: boolean };
type Source = { path: string; code: string; imports: Import[] };

/** Comments may name what code must not use. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[\s;{}(,])\/\/.*$/gm, "$1");
}

// A pattern and not a transpiler: transpilers drop type imports before anyone can count them.
const statement = /\b(?:import|export)\s+(type\s+)?(?:[\w*{},\s$]+?\s+from\s+)?"([^"]+)"/g;
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g;

function importsOf(code: string): Import[] {
  const all: Import[] = [];
  for (const [text, type, specifier = ""] of code.matchAll(statement)) {
    const names = /\{([^}]*)\}/
      .exec(text)?.[1]
      ?.split(",")
      .filter((name) => name.trim() !== "");
    const onlyTypes = names !== undefined && names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
    all.push({ specifier, typeOnly: type !== undefined || onlyTypes });
  }
  for (const [, specifier = ""] of code.matchAll(dynamic)) all.push({ specifier, typeOnly: false });
  return all;
}

function readSources(...folders: string[]): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(name) || name.endsWith(".d.ts")) continue;
      const path = join(folder, name);
      const code = withoutComments(readFileSync(join(root, path), "utf8"));
      sources.set(path, { path, code, imports: importsOf(code) });
    }
  }
  return sources;
}

const sources = readSources("src", "views");

const isRelative = (specifier: string): boolean => specifier.startsWith(".");
const targetOf = (from: string, specifier: string): string => relative(root, join(root, dirname(from), specifier));

/** Floors from the ground up; folders of one floor never import each other. */
const floors: readonly (readonly [RegExp, number, string])[] = [
  [/^src\/version\.ts$/, 0, "version"],
  [/^src\/kernel\//, 1, "kernel"],
  [/^src\/domain\//, 2, "domain"],
  [/^src\/config\.ts$/, 3, "config"],
  [/^src\/(?:providers|metadata)\/contract\.ts$/, 4, "contracts"],
  [/^src\/providers\//, 5, "providers"],
  [/^src\/metadata\//, 5, "metadata"],
  [/^src\/db\//, 5, "db"],
  [/^src\/vault\//, 5, "vault"],
  [/^src\/services\//, 6, "services"],
  [/^src\/jobs\//, 7, "jobs"],
  [/^views\//, 7, "views"],
  [/^src\/web\//, 8, "web"],
  [/^src\/app\.ts$/, 9, "app"],
  [/^src\/commands\//, 10, "commands"],
  [/^src\/main\.ts$/, 11, "main"],
];

function floorOf(path: string): { level: number; name: string } | null {
  const found = floors.find(([pattern]) => pattern.test(path));
  return found ? { level: found[1], name: found[2] } : null;
}

/** `src/providers/plex/client.ts` → `src/providers/plex`. */
function adapterOf(path: string): string | null {
  return /^src\/(?:providers|metadata)\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;
}

function mayImport(from: string, to: string, typeOnly: boolean): boolean {
  const [here, there] = [floorOf(from), floorOf(to)];
  if (here === null || there === null) return false;
  const [ours, theirs] = [adapterOf(from), adapterOf(to)];
  if (ours !== null && theirs !== null && ours !== theirs && !theirs.endsWith("/mediabrowser")) return false;
  if (here.name === there.name) return true;
  // Views show what queries and services have read: they know its shape, never the code behind it.
  if (here.name === "views") return there.level <= 2 || there.name === "version" || (typeOnly && there.level <= 6);
  return there.level < here.level;
}

describe("floors", () => {
  test("every source file belongs to a floor", () => {
    expect([...sources.keys()].filter((path) => floorOf(path) === null)).toEqual([]);
  });

  test("imports point downward and never to a neighbour", () => {
    const wrong: string[] = [];
    for (const { path, imports } of sources.values()) {
      for (const { specifier, typeOnly } of imports) {
        if (!isRelative(specifier)) continue;
        const to = targetOf(path, specifier);
        if (sources.has(to) && !mayImport(path, to, typeOnly)) wrong.push(`${path} -> ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("relative imports name an existing file with its extension", () => {
    const wrong: string[] = [];
    for (const { path, imports } of sources.values()) {
      for (const { specifier } of imports) {
        if (isRelative(specifier) && !existsSync(join(root, targetOf(path, specifier))))
          wrong.push(`${path}: ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("no modules import each other in a circle", () => {
    const circles: string[] = [];
    const state = new Map<string, "open" | "done">();
    const visit = (path: string, trail: readonly string[]) => {
      if (state.get(path) === "done") return;
      if (state.get(path) === "open") {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
        return;
      }
      state.set(path, "open");
      for (const { specifier, typeOnly } of sources.get(path)?.imports ?? []) {
        if (isRelative(specifier) && !typeOnly) visit(targetOf(path, specifier), [...trail, path]);
      }
      state.set(path, "done");
    };
    for (const path of sources.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });

  test("everything in src and views is reachable from the entry point", () => {
    const reached = new Set<string>();
    const queue = ["src/main.ts"];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (reached.has(path) || !sources.has(path)) continue;
      reached.add(path);
      for (const { specifier } of sources.get(path)?.imports ?? []) {
        if (isRelative(specifier)) queue.push(targetOf(path, specifier));
      }
    }
    expect([...sources.keys()].filter((path) => !reached.has(path))).toEqual([]);
  });

  test("no file only passes on what others export", () => {
    const barrels = [...sources.values()].filter(({ code }) => {
      const rest = code.replace(/export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+"[^"]+";?/g, "");
      return code.trim() !== "" && rest.trim() === "";
    });
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });
});

/** What may stand in which place only. */
const owned: readonly (readonly [string, RegExp, RegExp])[] = [
  ["the web framework", /from "(?:elysia|@elysiajs\/[^"]*)"/, /^(?:src\/web\/|views\/)/],
  ["the database", /from "(?:drizzle-orm[^"]*|bun:sqlite)"/, /^src\/db\//],
  ["encryption of credentials", /from "jose"/, /^src\/vault\//],
  ["schedules", /from "croner"/, /^src\/jobs\//],
  ["XML parsing", /from "fast-xml-parser"/, /^src\/kernel\/xml\.ts$/],
  ["fetch", /(?<![\w.])fetch\s*\(|\b(?:globalThis|Bun)\.fetch\b|(?<![\w.])=\s*fetch\b/, /^src\/kernel\/http\.ts$/],
  ["the time", /\bDate\.now\(|\bnew Date\(\s*\)/, /^src\/kernel\/clock\.ts$/],
  ["the environment", /\bprocess\.env\b|\bBun\.env\b|\bimport\.meta\.env\b/, /^src\/config\.ts$/],
  ["chance", /\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\bgetRandomValues\b/, /^src\/kernel\/ids\.ts$/],
  [
    "the provider's name as a condition",
    /(?:provider\w*|\.id)\s*[=!]==\s*"(?:plex|jellyfin|emby)"|case "(?:plex|jellyfin|emby)":/i,
    /^src\/providers\//,
  ],
  // Where servers of all kinds may carry Plex's global ids, and in the one list of all names.
  [
    "a kind of server's name",
    /["'`](?:plex|jellyfin|emby)["'`]/i,
    /^src\/(?:providers\/|domain\/(?:providers|guid)\.ts|db\/(?:schema\/tables|repos\/episodes)\.ts)/,
  ],
  ["unfinished work", /\b(?:TODO|FIXME|XXX)\b/, /^$/],
  ["an empty catch", /catch(?:\s*\([^)]*\))?\s*\{\s*\}/, /^$/],
];

describe("each tool has one home", () => {
  for (const [name, pattern, home] of owned) {
    test(`${name} stays in its place`, () => {
      const strays = [...sources.values()].filter(({ path, code }) => !home.test(path) && pattern.test(code));
      expect(strays.map(({ path }) => path)).toEqual([]);
    });
  }

  test("comments leave no work behind either", () => {
    const strays = [...sources.keys()].filter((path) =>
      /\b(?:TODO|FIXME)\b/.test(readFileSync(join(root, path), "utf8")),
    );
    expect(strays).toEqual([]);
  });

  test("no script, style or handler is written into markup", () => {
    const inline = /<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+="/;
    const strays = [...sources.values()].filter(({ path, code }) => path.startsWith("views/") && inline.test(code));
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  test("text from outside never bypasses escaping by its name", () => {
    // The markup checker trusts destructured names that begin with "safe".
    const strays = [...sources.values()].filter(
      ({ path, code }) => path.startsWith("views/") && /\{[^}]*\bsafe[A-Z]\w*[^}]*\}\s*[:=)]/.test(code),
    );
    expect(strays.map(({ path }) => path)).toEqual([]);
  });
});

describe("the scan itself", () => {
  test("tells the global fetch from a method or another word that holds its name", () => {
    const pattern = owned.find(([name]) => name === "fetch")?.[1] ?? /^$/;
    expect(["await fetch(url)", "globalThis.fetch(url)", "transport = fetch"].every((code) => pattern.test(code))).toBe(
      true,
    );
    expect(["origin.fetch()", "prefetch(url)"].some((code) => pattern.test(code))).toBe(false);
  });

  test("sees type imports, mixed imports, side effects, re-exports and dynamic imports", () => {
    const code = `import type { A } from "./a.ts";
import { type B, c } from "./b.ts";
import { type D } from "./d.ts";
import "./e.ts";
export { f } from "./f.ts";
const g = await import("./g.ts");`;
    expect(importsOf(code)).toEqual([
      { specifier: "./a.ts", typeOnly: true },
      { specifier: "./b.ts", typeOnly: false },
      { specifier: "./d.ts", typeOnly: true },
      { specifier: "./e.ts", typeOnly: false },
      { specifier: "./f.ts", typeOnly: false },
      { specifier: "./g.ts", typeOnly: false },
    ]);
  });

  test("knows upward and sideways imports for what they are", () => {
    expect(mayImport("src/kernel/http.ts", "src/domain/title.ts", false)).toBe(false);
    expect(mayImport("src/db/open.ts", "src/vault/vault.ts", true)).toBe(false);
    expect(mayImport("src/providers/plex/client.ts", "src/providers/emby/client.ts", false)).toBe(false);
    expect(mayImport("views/layout.tsx", "src/db/queries/show-page.ts", false)).toBe(false);
    expect(mayImport("views/layout.tsx", "src/db/queries/show-page.ts", true)).toBe(true);
    expect(mayImport("src/web/api/shows.ts", "views/paths.ts", false)).toBe(true);
  });
});
