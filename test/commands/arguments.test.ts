import { describe, expect, test } from "bun:test";
import { closest, readArguments, UsageError } from "../../src/commands/arguments.ts";

const options = [
  { name: "user", value: "NAME", help: "" },
  { name: "full", help: "" },
];
const positionals = [
  { name: "FILE", help: "the backup" },
  { name: "MORE", optional: true, help: "" },
] as const;

describe("readArguments", () => {
  test("takes a value after a space or an equals sign, and switches without one", () => {
    const read = readArguments(["--user", "anna", "a.db", "--full"], options, positionals);
    expect(read.options.get("user")).toBe("anna");
    expect(read.switches.has("full")).toBe(true);
    expect(read.positionals).toEqual(["a.db"]);
    expect(readArguments(["--user=a=b", "x"], options, positionals).options.get("user")).toBe("a=b");
  });

  test("takes everything after -- as it is", () => {
    expect(readArguments(["--", "--user"], options, positionals).positionals).toEqual(["--user"]);
  });

  test.each([
    [["--usr", "anna", "x"], "Unknown option --usr. Did you mean --user?"],
    [["-u", "x"], "Unknown option --u."],
    [["x", "--user"], "--user needs a value: --user NAME"],
    [["x", "--user="], "--user needs a value: --user NAME"],
    [["x", "--full=yes"], "--full takes no value."],
    [[], "FILE is missing: the backup."],
    [["a", "b", "c"], '"c" is one word too many.'],
  ])("refuses %p", (words, message) => {
    expect(() => readArguments(words, options, positionals)).toThrow(new UsageError(message));
  });
});

describe("closest", () => {
  test.each([
    ["serv", "serve"],
    ["helthcheck", "healthcheck"],
    ["doc", "doctor"],
    ["restroe", "restore"],
  ])("finds what %s was meant to be", (word, meant) => {
    expect(closest(word, ["serve", "healthcheck", "doctor", "restore", "sync"])).toBe(meant);
  });

  test("offers nothing for a word unlike all others", () => {
    expect(closest("xylophone", ["serve", "sync"])).toBeNull();
  });
});
