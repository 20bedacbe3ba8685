import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import type { OpenApiDocument, OpenApiOperation } from "../../src/web/deps.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import type { Client } from "../support/http.ts";

let app: TestApp;
let ana: Client;
let document: OpenApiDocument;
beforeAll(async () => {
  app = createTestApp();
  ana = await app.signIn();
  document = (await ana.get("/api/openapi.json")).json;
});
afterAll(() => app.close());

function operations(): [string, OpenApiOperation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]): [string, OpenApiOperation] => [
      `${method.toUpperCase()} ${path}`,
      each,
    ]),
  );
}

describe("the OpenAPI document", () => {
  test("describes every route of the API and nothing else", () => {
    const hidden = ["/api/docs"];
    const served = app.web.app.routes
      .filter(({ path }) => path.startsWith("/api/") && !hidden.includes(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual([...new Set(served)].sort());
    expect(document.openapi).toBe("3.1.0");
  });

  test("has a summary, a tag, a good answer and who may call, for each", () => {
    const names = new Set(document.tags.map(({ name }) => name));
    for (const [name, operation] of operations()) {
      expect([name, operation.summary ?? ""]).not.toEqual([name, ""]);
      expect([name, (operation.tags ?? []).every((tag) => names.has(tag)), operation.tags?.length]).toEqual([
        name,
        true,
        1,
      ]);
      const good = Object.keys(operation.responses).filter((status) => status.startsWith("2"));
      // Adding a show answers 201, or 200 when it is there already.
      expect([name, good.length]).toEqual([name, name === "POST /api/shows" ? 2 : 1]);
      expect([name, "default" in operation.responses]).toEqual([name, true]);
      const open = operation.security?.length === 0;
      expect([name, "401" in operation.responses]).toEqual([name, !open]);
    }
  });

  test("declares every parameter of a path, and bodies with their fields", () => {
    // A file comes as a form, everything else as JSON.
    const bodyOf = (name: string) => (name === "POST /api/import" ? "multipart/form-data" : "application/json");
    for (const [name, operation] of operations()) {
      for (const [, parameter] of name.matchAll(/\{(\w+)\}/g)) {
        const declared = (operation.parameters ?? []).find((each) => each.name === parameter);
        expect([name, declared?.in, declared?.required]).toEqual([name, "path", true]);
      }
      if (operation.requestBody === undefined) continue;
      const types = Object.entries(operation.requestBody.content);
      expect([name, types.map(([type]) => type)]).toEqual([name, [bodyOf(name)]]);
      expect(types[0]?.[1].schema).toHaveProperty("properties");
    }
    const bodies = Object.fromEntries(operations());
    expect(bodies["POST /api/auth/login"]?.requestBody?.required).toBe(true);
    expect(bodies["POST /api/integrations/{provider}/sync"]?.requestBody?.required).toBe(false);
  });

  test("resolves all its references and shows no trace of how numbers are read", () => {
    const text = JSON.stringify(document);
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(document.components["schemas"] as object)).toContain(name);
    }
    expect(text).not.toContain('"format":"integer"');
    const list = operations().find(([name]) => name === "GET /api/integrations/{provider}/sync")?.[1];
    expect(list?.parameters?.find(({ name }) => name === "limit")?.schema).toEqual({
      type: "integer",
      minimum: 1,
      maximum: 100,
    });
  });

  test("can be read as a page, without scripts or anything from elsewhere", async () => {
    const answer = await ana.get("/api/docs");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = new Window().document;
    page.write(answer.text);
    expect(page.querySelectorAll("script, [style], style, img").length).toBe(0);
    expect(page.querySelectorAll("article").length).toBe(operations().length);
    for (const link of page.querySelectorAll("a[href^='#']")) {
      expect(page.getElementById((link.getAttribute("href") ?? "").slice(1))).not.toBeNull();
    }
    for (const link of page.querySelectorAll("a, link")) expect(link.getAttribute("href")).toMatch(/^[#/]/);
  });
});
