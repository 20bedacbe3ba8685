import { XMLParser } from "fast-xml-parser";
import { AppError } from "./errors.ts";

/** An XML element: attributes and child elements by name; children are always arrays, values always text. */
export type XmlElement = { [name: string]: string | XmlElement[] };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  parseTagValue: false,
  htmlEntities: true,
  processEntities: true,
  ignoreDeclaration: true,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
});

/**
 * Parses a whole document. Throws `bad-answer` for text that is not well-formed XML, HTML included.
 * Text-only elements arrive as arrays of strings, everything else as arrays of elements.
 */
export function parseXml(text: string): Record<string, unknown> {
  if (/^\s*<(!doctype html|html)/i.test(text)) throw new AppError("bad-answer", "The answer is a web page, not data.");
  try {
    const parsed: unknown = parser.parse(text, true);
    if (typeof parsed !== "object" || parsed === null || Object.keys(parsed).length === 0)
      throw new Error("empty document");
    if ("html" in parsed) throw new Error("a web page");
    return parsed as Record<string, unknown>;
  } catch (cause) {
    throw new AppError("bad-answer", "The answer is not readable XML.", { cause });
  }
}
