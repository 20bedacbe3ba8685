import { Elysia, t } from "elysia";
import { probeDatabase } from "../../db/repos/settings.ts";
import { VERSION } from "../../version.ts";
import type { RouteDeps } from "../deps.ts";

export function createHealthRoutes({ db }: RouteDeps) {
  return new Elysia().get(
    "/api/health",
    () => {
      probeDatabase(db);
      return { status: "ok" as const, version: VERSION };
    },
    {
      response: { 200: t.Object({ status: t.Literal("ok"), version: t.String() }) },
      detail: {
        summary: "Whether the server works",
        description: "503 when the database cannot be read and written. Needs no sign-in.",
        tags: ["Server"],
        security: [],
      },
    },
  );
}
