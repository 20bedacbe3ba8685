import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const css = readFileSync(join(root, "static/app.css"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

const code = ["views", "src/web", "static"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((at) => join(folder, at)),
  )
  .filter((path) => /\.(?:tsx?|js)$/.test(path))
  .map((path) => readFileSync(join(root, path), "utf8"))
  .join("\n");

const matches = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map(([, found = ""]) => found));

const words = matches(code, /([\w-]+)/g);
/** Beginnings of classes whose ends are chosen at run time: `tone-${tone}`. */
const beginnings = matches(code, /([a-z][a-z-]*-)\$\{/g);

function isUsed(name: string): boolean {
  // What htmx sets by itself.
  if (words.has(name) || name === "htmx-request") return true;
  return [...beginnings].some((start) => name.startsWith(start) && words.has(name.slice(start.length)));
}

test("every class in the stylesheet is one that a page can have", () => {
  const classes = matches(css, /\.([a-z][\w-]*)/g);
  expect(classes.size).toBeGreaterThan(300);
  expect([...classes].filter((name) => !isUsed(name))).toEqual([]);
});

test("every token is defined and used", () => {
  const defined = matches(css, /(--[a-z][\w-]*)\s*:/g);
  const used = matches(css, /var\((--[a-z][\w-]*)/g);
  expect([...defined].sort()).toEqual([...used].sort());
});

test("every animation that is named is described, and the other way round", () => {
  const described = matches(css, /@keyframes ([\w-]+)/g);
  const named = matches(css, /animation: ([a-z][\w-]*)/g);
  named.delete("none");
  expect([...named].sort()).toEqual([...described].sort());
});
