import { AppError } from "../../kernel/errors.ts";
import { type HttpAnswer, jsonValue } from "../../kernel/http.ts";
import { parseXml } from "../../kernel/xml.ts";
import { isRecord } from "../loose.ts";

// Plex speaks XML by default, JSON on request; old servers and some proxies ignore the request. Here XML takes the shape
// of the JSON answer, values staying text, so that one set of readers serves both.

/** The body as data, by its content type. Web pages and broken bodies are `bad-answer`. */
export function bodyValue(name: string, answer: HttpAnswer): unknown {
  const isXml = answer.type.endsWith("/xml") || answer.type.endsWith("+xml");
  return isXml ? jsonShape(readXml(name, answer)) : jsonValue(name, answer);
}

function readXml(name: string, answer: HttpAnswer): Record<string, unknown> {
  try {
    return parseXml(answer.text());
  } catch (cause) {
    throw new AppError("bad-answer", `${name} sent an answer that breaks off or is not readable XML.`, { cause });
  }
}

/** `{MediaContainer: […]}` as parsed becomes `{MediaContainer: {…}}`; plex.tv's own roots become bare values. */
export function jsonShape(document: Record<string, unknown>): unknown {
  const [name = "", found] = Object.entries(document)[0] ?? [];
  const root = elements(found)[0] ?? {};
  switch (name) {
    case "MediaContainer":
      return "Device" in root ? elements(root["Device"]).map(asResource) : { MediaContainer: asContainer(root) };
    case "resources":
      return elements(root["resource"]).map(asResource);
    case "errors":
      return { errors: elements(root["error"]) };
    default:
      return root;
  }
}

/** XML names rows by their kind; JSON puts whatever has a place in the library under `Metadata`. */
function asContainer(root: Record<string, unknown>): Record<string, unknown> {
  const directories = elements(root["Directory"]);
  const rows = [
    ...elements(root["Video"]),
    ...directories.filter((each) => "ratingKey" in each),
    ...elements(root["Track"]),
    ...elements(root["Photo"]),
  ];
  const others = directories.filter((each) => !("ratingKey" in each));
  return {
    ...root,
    ...(rows.length > 0 ? { Metadata: rows } : {}),
    Directory: others.length > 0 ? others : undefined,
  };
}

/** `<connections><connection …>` in version 2, `<Connection …>` in version 1. */
function asResource(element: Record<string, unknown>): Record<string, unknown> {
  const nested = elements(element["connections"]).flatMap((each) => elements(each["connection"]));
  return { ...element, connections: [...nested, ...elements(element["Connection"])] };
}

/** Empty and text-only elements arrive as strings and have nothing for us. */
function elements(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
