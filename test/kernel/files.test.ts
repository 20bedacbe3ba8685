import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { delimiterOf, readCell, readCsv, writeCell, writeRow } from "../../src/kernel/csv.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { isZip, readZip } from "../../src/kernel/zip.ts";
import { makeZip } from "../support/zip.ts";

const cells = (text: string, delimiter?: string) => [...readCsv(text, delimiter)].map((row) => row.cells);

describe("CSV", () => {
  test.each<[string, string, string[][]]>([
    [
      "lines of any end",
      "a,b\r\n1,2\n3,4\r5,6",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
      ],
    ],
    ["quoted commas, quotes and line breaks", '"a,b","say ""hi""","x\ny"\n1', [["a,b", 'say "hi"', "x\ny"], ["1"]]],
    ["a mark at the begin and blank lines", "\ufeffa\n\n  \nb", [["a"], ["b"]]],
    [
      "empty cells at the end",
      "a,,\n,",
      [
        ["a", "", ""],
        ["", ""],
      ],
    ],
    ["quotes inside an unquoted cell", 'the "best" one,2', [['the "best" one', "2"]]],
  ])("has %s", (_, text, expected) => {
    expect(cells(text)).toEqual(expected);
  });

  test("tells where a row begins, however many lines it has", () => {
    expect([...readCsv('a\n"x\ny\nz"\nb')].map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  test("an open quote spoils its own row only", () => {
    const rows = [...readCsv('a,"open\nb,2\nc,3')];
    expect(rows.map(({ cells: row, open }) => [row[0], open])).toEqual([
      ["a", true],
      ["b", false],
      ["c", false],
    ]);
  });

  test("knows what splits the first line", () => {
    expect([delimiterOf("a,b"), delimiterOf("a;b;c,d\n1,2,3,4"), delimiterOf("a\tb"), delimiterOf("a")]).toEqual([
      ",",
      ";",
      "\t",
      ",",
    ]);
  });

  test("every text comes back as it was, and none begins like a formula", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("=1+1", "'=1", "''@x", "-2", "\t=", "+49", "\r\n", '"', "a;b", " x "),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (values) => {
        const [row] = cells(writeRow(values));
        expect(row?.map(readCell)).toEqual(values);
        for (const cell of row ?? []) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
    expect([writeCell(null), writeCell(7)]).toEqual(["", "7"]);
  });
});

const limits = { entries: 3, totalBytes: 1_000 };
const texts = (bytes: Uint8Array) =>
  readZip(bytes, limits).map((entry) => [entry.name, new TextDecoder().decode(entry.read())]);

function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("a zip file", () => {
  test("gives its files, packed or not, without its folders", () => {
    const bytes = makeZip([
      { name: "a/", content: "", stored: true },
      { name: "a/b.json", content: '{"x":1}' },
      { name: "ü.csv", content: "1", stored: true },
    ]);
    expect(isZip(bytes)).toBe(true);
    expect(texts(bytes)).toEqual([
      ["a/b.json", '{"x":1}'],
      ["ü.csv", "1"],
    ]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["is cut off", makeZip([{ name: "a", content: "x".repeat(50) }]).subarray(0, 40), /no list of its files/],
    ["has too many files", makeZip(["a", "b", "c", "d"].map((name) => ({ name, content: "" }))), /more than 3 files/],
    ["would unpack to too much", makeZip([{ name: "a", content: "0".repeat(2_000) }]), /more than/],
    ["is locked", makeZip([{ name: "a", content: "x", locked: true }]), /password/],
  ])("that %s is refused before anything is unpacked", (_, bytes, words) => {
    const error = refusal(() => readZip(bytes, limits));
    expect([error.code, error.fields[0]?.path]).toEqual(["invalid", "file"]);
    expect(error.detail).toMatch(words);
  });

  test("that announces less than it holds is not unpacked any further", () => {
    const bytes = makeZip([{ name: "bomb", content: "0".repeat(100_000), announcedSize: 10 }]);
    expect(refusal(() => texts(bytes)).detail).toMatch(/"bomb" in it is damaged/);
  });

  test("with a changed byte is said to be damaged, not read as something else", () => {
    const bytes = makeZip([{ name: "a", content: "watched", stored: true }]);
    bytes[32] = 0x58;
    expect(refusal(() => texts(bytes)).detail).toMatch(/damaged/);
  });

  test("of random bytes never does worse than being refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        const bytes = new Uint8Array([0x50, 0x4b, 3, 4, ...rest]);
        expect(refusal(() => texts(bytes)).code).toBe("invalid");
      }),
    );
  });
});
