import { describe, expect, test } from "bun:test";
import { isAppError } from "../../src/kernel/errors.ts";
import { parseXml } from "../../src/kernel/xml.ts";

describe("XML", () => {
  test("attributes are text, whatever they look like", () => {
    expect(parseXml('<MediaContainer size="02" owned="1" ok="true" none=""/>')).toEqual({
      MediaContainer: [{ size: "02", owned: "1", ok: "true", none: "" }],
    });
  });

  test("one child is a list like several are", () => {
    expect(parseXml('<Devices><Device name="A"/></Devices>')).toEqual({ Devices: [{ Device: [{ name: "A" }] }] });
    expect(parseXml('<Devices><Device name="A"/>\n<Device name="B"/></Devices>')).toEqual({
      Devices: [{ Device: [{ name: "A" }, { name: "B" }] }],
    });
  });

  test("the declaration is no element", () => {
    expect(parseXml('<?xml version="1.0" encoding="UTF-8"?>\n<pin><id>7</id></pin>')).toEqual({ pin: [{ id: ["7"] }] });
  });

  test("entities become the characters they stand for", () => {
    expect(parseXml('<a t="Tom &amp; J&#246;rg &lt;3 &quot;x&quot; &#x1F4FA;"/>')).toEqual({
      a: [{ t: 'Tom & Jörg <3 "x" 📺' }],
    });
  });

  test("entities of its own do not multiply", () => {
    const rows = Array.from({ length: 12 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "ha">${rows}]><a>&e12;</a>`;
    let size = 0;
    try {
      size = JSON.stringify(parseXml(bomb)).length;
    } catch (error) {
      expect(isAppError(error)).toBe(true);
    }
    expect(size).toBeLessThan(10_000);
  });

  test.each([
    ["nothing", ""],
    ["blanks", "  \n"],
    ["plain text", "hello"],
    ["JSON", '{"a":1}'],
    ["an element that is not closed", "<a>"],
    ["elements that cross", "<a><b></a></b>"],
    ["an attribute given twice", '<a x="1" x="2"/>'],
    ["an answer that breaks off", '<MediaContainer size="2"><Directory tit'],
  ])("%s is refused", (_, text) => {
    expect(() => parseXml(text)).toThrow(expect.objectContaining({ code: "bad-answer" }));
  });

  test.each([
    ["a page", "<!DOCTYPE html><html><body>Log in</body></html>"],
    ["a page in capitals", "\n<HTML><BODY></BODY></HTML>"],
    ["a well-formed page behind a declaration", '<?xml version="1.0"?><!DOCTYPE html><html><body/></html>'],
    ["a page behind a comment", "<!-- portal --><html><p>Log in</p></html>"],
  ])("%s is refused", (_, text) => {
    expect(() => parseXml(text)).toThrow(expect.objectContaining({ code: "bad-answer" }));
  });

  test.each([
    "<a><__proto__ polluted='1'/></a>",
    "<a __proto__='x'/>",
    "<constructor><prototype polluted='1'/></constructor>",
  ])("%s leaves every other object alone", (text) => {
    try {
      parseXml(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "bad-answer" });
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
