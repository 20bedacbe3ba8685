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
      pageRoutes: [
        () =>
          new Elysia()
            .post("/settings", ({ request }) => json(readForm(request, settings)))
            .post("/api/webhooks/:provider/:secret", async ({ request }) => {
              const type = request.headers.get("content-type") ?? "";
              const heard = type.startsWith("multipart/")
                ? (await request.formData()).get("payload")
                : await request.text();
              return json({ heard }, { status: 202 });
            }),
      ],
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

describe("a webhook", () => {
  const send = (body: string) =>
    fetch(`${app.url}/api/webhooks/plex/secret`, {
      method: "POST",
      headers: { "content-type": "text/plain", origin: "https://elsewhere.example" },
      body,
    });

  test("comes from anywhere, in any type, without a sign-in", async () => {
    expect((await send("{not json")).status).toBe(202);
  });

  test("is read by its route, a payload that looks like JSON too", async () => {
    const form = new FormData();
    form.set("payload", '{"event":"media.scrobble"}');
    const answer = await fetch(`${app.url}/api/webhooks/plex/secret`, { method: "POST", body: form });
    expect(await answer.json()).toEqual({ heard: '{"event":"media.scrobble"}' });
    expect(await (await send("{not json")).json()).toEqual({ heard: "{not json" });
  });

  test("may be larger than other requests, up to 5 MB", async () => {
    expect((await send("x".repeat(4 * 1024 * 1024))).status).toBe(202);
    expect((await send("x".repeat(5 * 1024 * 1024 + 1))).status).toBe(413);
  });
});
