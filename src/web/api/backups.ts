import { basename } from "node:path";
import { Elysia, t } from "elysia";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { download } from "../download.ts";
import { Iso, iso } from "./schemas.ts";

const tags = ["Backups"];

const Backup = t.Object({ name: t.String(), bytes: t.Integer(), createdAt: Iso });

export function createBackupRoutes({ clock, maintenance }: RouteDeps) {
  const list = () => maintenance.backups().map((kept) => ({ ...kept, createdAt: iso(kept.createdAt) }));

  return new Elysia()
    .get(
      "/api/backups",
      ({ request }) => {
        adminOf(request);
        return { items: list(), nextCursor: null };
      },
      {
        response: { 200: t.Object({ items: t.Array(Backup), nextCursor: t.Null() }) },
        detail: { summary: "The copies in DATA_DIR/backups, newest first (admin)", tags },
      },
    )
    .post(
      "/api/backups",
      ({ request, set }) => {
        adminOf(request);
        const { file, bytes } = maintenance.backup();
        set.status = 201;
        return { name: basename(file), bytes, createdAt: iso(clock.now()) };
      },
      {
        response: { 201: Backup },
        detail: { summary: "Back up now (admin)", description: "A consistent copy, also while a sync runs.", tags },
      },
    )
    .get(
      "/api/backups/:name",
      ({ request, params }) => {
        adminOf(request);
        return download(maintenance.backupPath(params.name), params.name);
      },
      {
        params: t.Object({ name: t.String({ maxLength: 200 }) }),
        detail: {
          summary: "Download a backup (admin)",
          description: "The whole database: it holds password hashes and the encrypted sign-ins of everybody.",
          tags,
          responses: {
            200: { description: "The file", content: { "application/octet-stream": { schema: { type: "string" } } } },
          },
        },
      },
    );
}
