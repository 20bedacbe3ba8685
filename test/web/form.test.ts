import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { z } from "zod";
import { readForm } from "../../src/web/form.ts";
import { json } from "../../src/web/respond.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import type { Client } from "../support/http.ts";

const settings = z.object({
  schedule: z.string().min(1, "Choose how often."),
  libraries: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
});

let app: TestApp;
let ana: Client;
beforeAll(async () => {
  app = createTestApp({
    services: {
      pageRoutes: [() => new Elysia().post("/settings", ({ request }) => json(readForm(request, settings)))],
    },
  });
  ana = await app.signIn();
});
afterAll(() => app.close());

describe("a form", () => {
  test("is read by its schema; a name that comes several times is a list", async () => {
    const body = new URLSearchParams([
      ["schedule", "0 * * * *"],
      ["libraries", "1"],
      ["libraries", "2"],
      ["more", "x"],
    ]);
    const answer = await ana.request("/settings", { method: "POST", body });
    expect(answer.json).toEqual({ schedule: "0 * * * *", libraries: ["1", "2"] });
    expect((await ana.form("/settings", { schedule: "x", libraries: "1" })).json.libraries).toEqual(["1"]);
  });

  test("that is wrong is a 422 in the schema's words", async () => {
    const answer = await ana.form("/settings", { schedule: "" });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([422, "text/html; charset=utf-8"]);
  });

  test("that is too large, or sent without being signed in, is not read", async () => {
    expect((await ana.form("/settings", { schedule: "x".repeat(1024 * 1024) })).status).toBe(413);
    expect((await app.client().form("/settings", { schedule: "x" })).status).toBe(303);
  });
});
