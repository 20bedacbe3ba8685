import { type ApiDocument, type DocumentedRoute, type Shape, words } from "./mediabrowser-documents.ts";

/** Holds requests and answers against a document. Everything that does not fit is one sentence; none = all fits. */

export type Exchange = {
  method: string;
  /** Below the server's base. */
  path: string;
  query: readonly (readonly [name: string, value: string])[];
  status: number;
  /** Media type without parameters. */
  type: string;
  body: string;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);

const plain: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  // Jellyfin writes them without dashes, wherever its document says uuid.
  uuid: (value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value),
  date: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(value),
  int: isWhole,
  double: (value) => typeof value === "number",
  flag: (value) => typeof value === "boolean",
  map: (value) => isRecord(value) && Object.values(value).every((each) => typeof each === "string"),
  object: isRecord,
};

const byName = (shape: Shape): Map<string, string> =>
  new Map(Object.entries(shape).flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind] as const)));

/** What is wrong with a value that ought to be of this kind. `at` = where it stands, begins every sentence. */
export function misfits(document: ApiDocument, kind: string, value: unknown, at: string): string[] {
  if (kind.endsWith("?")) return value === null ? [] : misfits(document, kind.slice(0, -1), value, at);
  if (kind.startsWith("list ")) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((each, index) => misfits(document, kind.slice("list ".length), each, `${at}[${index}]`));
  }
  const fits = plain[kind];
  if (fits !== undefined) return fits(value) ? [] : [`${at} is no ${kind}: ${JSON.stringify(value)}`];
  const shape = document.shapes[kind];
  if (shape === undefined) throw new Error(`The document has no ${kind}`);
  return isRecord(value) ? misfitsOfShape(document, byName(shape), value, at) : [`${at} is no ${kind}`];
}

function misfitsOfShape(
  document: ApiDocument,
  fields: ReadonlyMap<string, string>,
  value: Record<string, unknown>,
  at: string,
): string[] {
  const missing = [...fields].filter(([name, kind]) => !kind.endsWith("?") && value[name] === undefined);
  return [
    ...missing.map(([name]) => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const kind = fields.get(name);
      return kind === undefined ? [`${at}.${name} is not known`] : misfits(document, kind, each, `${at}.${name}`);
    }),
  ];
}

/** `{Id}` stands for one part of a path; names of paths and parameters are compared without regard to case. */
export function routeOf({ routes }: ApiDocument, { method, path }: Pick<Exchange, "method" | "path">) {
  const fitting = routes.filter((route) => route.method === method && patternOf(route).test(path));
  return fitting.find((route) => !route.path.endsWith("}")) ?? fitting[0] ?? null;
}

const patternOf = ({ path }: DocumentedRoute): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`, "i");

export const nameOf = ({ method, path }: Pick<Exchange, "method" | "path">): string => `${method} ${path}`;

/** Parameters, and words of them, that the document does not know or wants otherwise: "GET /Items Limit=five". */
export function strangeParameters(route: DocumentedRoute, query: Exchange["query"]): string[] {
  const known = byName(route.query ?? {});
  const kinds = new Map([...known].map(([name, kind]) => [name.toLowerCase(), kind]));
  return query.flatMap(([name, value]) => {
    const kind = kinds.get(name.toLowerCase());
    if (kind === undefined) return [`${nameOf(route)} ${name}`];
    return strangeWords(kind, value).map((word) => `${nameOf(route)} ${name}=${word}`);
  });
}

const inAddress: Readonly<Record<string, RegExp>> = {
  text: /^.+$/,
  uuid: /^[0-9a-f]{32}$/,
  date: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/,
  digits: /^\d{14}$/,
  int: /^\d+$/,
  flag: /^(true|false)$/,
};

function strangeWords(kind: string, value: string): string[] {
  if (kind.startsWith("words ")) {
    const known = words[kind.slice("words ".length)]?.split(" ") ?? [];
    return value.split(",").filter((word) => !known.includes(word));
  }
  const each = kind.startsWith("list ") ? value.split(",") : [value];
  const pattern = inAddress[kind.replace("list ", "")];
  if (pattern === undefined) throw new Error(`Parameters of the kind ${kind} are not understood`);
  return each.filter((one) => !pattern.test(one));
}

/** What is wrong with an answer that is no refusal. */
export function misfitsOfAnswer(document: ApiDocument, route: DocumentedRoute, exchange: Exchange): string[] {
  const at = nameOf(route);
  const { status, type, body } = exchange;
  switch (route.answer) {
    case "none":
      return status === 204 && body === "" ? [] : [`${at} answers ${status} with ${body.length} characters`];
    case "picture":
      return status === 200 && type.startsWith("image/") ? [] : [`${at} answers ${status} ${type}`];
    default:
      if (status !== 200 || type !== "application/json") return [`${at} answers ${status} ${type}`];
      return misfits(document, route.answer, JSON.parse(body), at);
  }
}
