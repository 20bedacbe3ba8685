import type { OpenApiDocument, OpenApiOperation } from "./deps.ts";

type Schema = {
  type?: string | string[];
  const?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  $ref?: string;
};

export type ReferenceLinks = { home: string; openapi: string; stylesheet: string };

/** A schema in one line: `{ id: string, year?: integer | null }`. */
function shape(schema: Schema | undefined, depth = 0): string {
  if (schema === undefined) return "";
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => shape(each, depth)).join(" | ");
  if (schema.type === "array") return `[${shape(schema.items, depth)}]`;
  if (schema.properties !== undefined) {
    const indent = "  ".repeat(depth + 1);
    const lines = Object.entries(schema.properties).map(([name, each]) => {
      const optional = schema.required?.includes(name) ? "" : "?";
      const note = each.description === undefined ? "" : `  // ${each.description}`;
      return `${indent}${name}${optional}: ${shape(each, depth + 1)}${note}`;
    });
    return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
  }
  return Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
}

function schemaOf(content: Record<string, { schema?: unknown }> | undefined): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema as Schema | undefined;
}

function Block({ title, schema }: { title: string; schema: Schema | undefined }): JSX.Element {
  if (schema === undefined) return <h4 safe>{title}</h4>;
  return (
    <>
      <h4 safe>{title}</h4>
      <pre>
        <code safe>{shape(schema)}</code>
      </pre>
    </>
  );
}

function anchor(method: string, path: string): string {
  return `${method}${path}`.replace(/[^a-z0-9]+/gi, "-").replace(/-+$/, "");
}

function Operation({ path, method, operation }: { path: string; method: string; operation: OpenApiOperation }) {
  const parameters = operation.parameters ?? [];
  const body = schemaOf(operation.requestBody?.content);
  return (
    <article id={anchor(method, path)}>
      <h3>
        <code safe>{`${method.toUpperCase()} ${path}`}</code>
      </h3>
      <p safe>{operation.summary ?? ""}</p>
      {operation.description === undefined ? "" : <p safe>{operation.description}</p>}
      {operation.security?.length === 0 ? <p>Needs no sign-in.</p> : ""}
      {parameters.length === 0 ? (
        ""
      ) : (
        <ul>
          {parameters.map(({ name, in: place, required, schema }) => (
            <li>
              <code safe>{name}</code>{" "}
              <span
                safe
              >{`(${place}${required ? "" : ", optional"}) ${(schema as Schema | undefined)?.description ?? ""}`}</span>
            </li>
          ))}
        </ul>
      )}
      {body === undefined ? "" : <Block title="Body" schema={body} />}
      {Object.entries(operation.responses)
        .filter(([status]) => status.startsWith("2"))
        .map(([status, { description, content }]) => (
          <Block title={`${status} ${description}`} schema={schemaOf(content)} />
        ))}
    </article>
  );
}

type Listed = { path: string; method: string; operation: OpenApiOperation };

function operationsOf(document: OpenApiDocument, tag: string): Listed[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => (operation.tags ?? []).includes(tag))
      .map(([method, operation]) => ({ path, method, operation })),
  );
}

/** The OpenAPI document to read in a browser, without scripts. */
export function renderReference(document: OpenApiDocument, links: ReferenceLinks): string {
  const sections = document.tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }));
  const markup: JSX.Element = (
    <>
      {"<!doctype html>"}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title safe>{document.info.title}</title>
          <link rel="stylesheet" href={links.stylesheet} />
        </head>
        <body class="reference">
          <main>
            <h1 safe>{document.info.title}</h1>
            <p safe>{`Version ${document.info.version}. ${document.info.description}`}</p>
            <p>
              Send an API token as <code>Authorization: Bearer …</code> or <code>X-Api-Key</code>; make one in the
              settings. <a href={links.openapi}>OpenAPI document</a> · <a href={links.home}>Back to Episode Tracker</a>
            </p>
            <nav aria-label="Contents">
              {sections.map(({ name, operations }) => (
                <>
                  <h2 safe>{name}</h2>
                  <ul>
                    {operations.map(({ path, method, operation }) => (
                      <li>
                        <a href={`#${anchor(method, path)}`}>
                          <code safe>{`${method.toUpperCase()} ${path}`}</code>
                        </a>{" "}
                        <span safe>{operation.summary ?? ""}</span>
                      </li>
                    ))}
                  </ul>
                </>
              ))}
            </nav>
            {sections.map(({ name, description, operations }) => (
              <section>
                <h2 safe>{name}</h2>
                <p safe>{description}</p>
                {operations.map((each) => (
                  <Operation {...each} />
                ))}
              </section>
            ))}
          </main>
        </body>
      </html>
    </>
  );
  return String(markup);
}
