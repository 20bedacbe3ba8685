import { toOpenAPISchema } from "@elysiajs/openapi";
import { OptionalKind } from "@sinclair/typebox";
import type { AnyElysia } from "elysia";
import { PRODUCT, VERSION } from "../version.ts";
import type { OpenApiDocument, OpenApiOperation } from "./deps.ts";
import { isApi, isPublic } from "./guard.ts";

const tags = [
  { name: "Server", description: "Whether the server works" },
  { name: "Account", description: "Signing in, and your own account" },
  { name: "Users", description: "Accounts of the household, for admins" },
  { name: "API tokens", description: "Tokens for scripts" },
  { name: "Backups", description: "Copies of the database, for admins" },
  { name: "Integrations", description: "Your media servers" },
  { name: "Household", description: "Profiles of a household behind one account, each linked to a user" },
  { name: "Two-way sync", description: "Marks made here on their way to the media servers" },
  { name: "Syncs", description: "Runs that read what was watched" },
  { name: "Metadata sources", description: "Who tells titles, dates and posters" },
  { name: "Shows", description: "Your library" },
  { name: "Episodes", description: "Marks and plays" },
  { name: "Calendar", description: "What comes out when, also for calendar programs" },
  { name: "Import and export", description: "Everything of yours, out and back in" },
];

const problem = {
  type: "object",
  description: "RFC 9457. Some problems carry more members, such as the id of the sync that is running.",
  required: ["type", "title", "status", "detail", "instance"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    hint: { type: "string", description: "What the user can do" },
    errors: {
      type: "array",
      description: "What is wrong with the input, by field",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

const securitySchemes = {
  session: { type: "apiKey", in: "cookie", name: "et_session", description: "Set by signing in" },
  bearer: { type: "http", scheme: "bearer", description: "An API token" },
  apiKey: { type: "apiKey", in: "header", name: "X-Api-Key", description: "An API token" },
};

const signIn = [{ bearer: [] }, { apiKey: [] }, { session: [] }];

function problemAnswer(description: string) {
  return { description, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
}

const statusWords: Record<string, string> = {
  "200": "Done",
  "201": "Made",
  "202": "Started",
  "204": "Done",
};

/** What the generator leaves as a mere number, in words; an answer without a body has no content. */
function described(responses: OpenApiOperation["responses"]): OpenApiOperation["responses"] {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { description, content }]) => {
      const words = /^Response for status/.test(description) ? (statusWords[status] ?? description) : description;
      return [
        status,
        status === "204" || content === undefined ? { description: words } : { description: words, content },
      ];
    }),
  );
}

type RequestBody = OpenApiOperation["requestBody"];

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Numbers in the address are text that is read as a number; readers of the document need not know. */
function isTextForm(schema: unknown): boolean {
  return isObject(schema) && schema["type"] === "string" && ["integer", "numeric"].includes(String(schema["format"]));
}

function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (!isObject(value)) return value;
  const { anyOf, ...rest } = value;
  const clean = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, tidy(each)]));
  if (!Array.isArray(anyOf)) return clean;
  const kept = anyOf.filter((each) => !isTextForm(each)).map(tidy);
  const [only] = kept;
  return kept.length === 1 && isObject(only) ? { ...only, ...clean } : { ...clean, anyOf: kept };
}

/** The generator gives up on bodies once a server has a parser of its own. */
function bodies(app: AnyElysia): Map<string, RequestBody> {
  const found = new Map<string, RequestBody>();
  for (const { method, path, hooks } of app.routes) {
    const schema: unknown = hooks.body;
    const byHand: RequestBody = hooks.detail?.requestBody;
    // A body that its route reads itself is described there.
    if (byHand !== undefined) found.set(`${method.toLowerCase()} ${path.replace(/:([^/]+)/g, "{$1}")}`, byHand);
    if (!isObject(schema)) continue;
    const required = !(OptionalKind in schema);
    const content = { "application/json": { schema: tidy(JSON.parse(JSON.stringify(schema))) } };
    found.set(`${method.toLowerCase()} ${path.replace(/:([^/]+)/g, "{$1}")}`, { required, content });
  }
  return found;
}

function complete(path: string, method: string, given: OpenApiOperation, body: RequestBody): OpenApiOperation {
  const { requestBody: _unusable, ...operation } = given;
  const open = isPublic(path);
  const takesInput = body !== undefined || (operation.parameters ?? []).length > 0;
  const problems = {
    ...(open ? {} : { "401": problemAnswer("Not signed in") }),
    ...(method === "get" ? {} : { "403": problemAnswer("Not allowed, or started by another website") }),
    ...(path.includes("{") ? { "404": problemAnswer("Not found, or not yours") } : {}),
    ...(takesInput ? { "422": problemAnswer("Invalid input") } : {}),
    default: problemAnswer("Any other problem"),
  };
  return {
    ...operation,
    security: open ? [] : signIn,
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...described(operation.responses ?? {}), ...problems },
  };
}

/** Generated from the routes' own schemas, so that it cannot say anything else than what is checked. */
export function openApiDocument(app: AnyElysia, basePath: string): OpenApiDocument {
  const generated = toOpenAPISchema(app, { staticFile: false }, undefined, undefined, "3.1.0");
  const paths: OpenApiDocument["paths"] = {};
  const bodyOf = bodies(app);
  for (const [full, methods] of Object.entries(generated.paths ?? {})) {
    const path = full.slice(basePath.length);
    if (!isApi(path)) continue;
    const operations = Object.entries(tidy(methods) as Record<string, OpenApiOperation>);
    const completed = operations.map(([method, each]) => [
      method,
      complete(path, method, each, bodyOf.get(`${method} ${full}`)),
    ]);
    paths[path] = Object.fromEntries(completed);
  }
  const used = new Set(Object.values(paths).flatMap((each) => Object.values(each).flatMap((one) => one.tags ?? [])));
  const unnamed = [...used].filter((name) => !tags.some((tag) => tag.name === name));
  return {
    openapi: "3.1.0",
    info: {
      title: `${PRODUCT} API`,
      version: VERSION,
      description: "Ids are opaque strings. Times are ISO 8601 in UTC. Errors are problem documents (RFC 9457).",
    },
    servers: [{ url: basePath === "" ? "/" : basePath }],
    tags: [...tags.filter(({ name }) => used.has(name)), ...unnamed.map((name) => ({ name, description: name }))],
    paths,
    components: { schemas: { Problem: problem }, securitySchemes },
    security: signIn,
  };
}
