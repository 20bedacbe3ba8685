import { Elysia, t } from "elysia";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IsoOrNull, isoOrNull } from "./schemas.ts";

const Status = t.Object({ pending: t.Integer(), done: t.Integer(), failed: t.Integer(), waitingUntil: IsoOrNull });

const tags = ["Syncs"];

export function createEnrichmentRoutes({ enrichment, enrichmentStatus }: RouteDeps) {
  const status = () => {
    const { pending, done, failed, waitingUntil } = enrichmentStatus();
    return { pending, done, failed, waitingUntil: isoOrNull(waitingUntil) };
  };

  return new Elysia()
    .get("/api/enrichment", status, {
      response: { 200: Status },
      detail: { summary: "How far the metadata sources have been asked about your shows", tags },
    })
    .post(
      "/api/enrichment",
      ({ request, set }) => {
        adminOf(request);
        enrichment.lookUpAgain();
        set.status = 202;
        return status();
      },
      {
        response: { 202: Status },
        detail: {
          summary: "Look up everything again (admin)",
          description: "Queues every show of every library, whatever its age. No mark changes.",
          tags,
        },
      },
    );
}
