import { Elysia, t } from "elysia";
import type { RouteDeps } from "../deps.ts";
import { IsoOrNull, isoOrNull } from "./schemas.ts";

export function createEnrichmentRoutes({ enrichmentStatus }: RouteDeps) {
  return new Elysia().get(
    "/api/enrichment",
    () => {
      const { pending, done, failed, waitingUntil } = enrichmentStatus();
      return { pending, done, failed, waitingUntil: isoOrNull(waitingUntil) };
    },
    {
      response: {
        200: t.Object({ pending: t.Integer(), done: t.Integer(), failed: t.Integer(), waitingUntil: IsoOrNull }),
      },
      detail: { summary: "How far the metadata sources have been asked about your shows", tags: ["Syncs"] },
    },
  );
}
