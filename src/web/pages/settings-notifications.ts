import { Elysia, t } from "elysia";
import { z } from "zod";
import { NotificationRow, type NotificationTargetModel } from "../../../views/pages/settings/notifications.tsx";
import { TARGET_LABELS } from "../../domain/notification-target.ts";
import { AppError } from "../../kernel/errors.ts";
import type { TargetView } from "../../services/notifications/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { settingsFrame } from "./settings-frame.ts";

const addForm = z.object({ url: z.string().max(10_000), name: z.string().max(1000).optional() });
const switchForm = z.object({ enabled: z.enum(["true", "false"]) });

const hidden = { detail: { hide: true } };
const One = { params: t.Object({ id: t.String() }), ...hidden };

const targetModel = ({ id, name, kind, host, enabled, lastSentAt, problem }: TargetView): NotificationTargetModel => ({
  id,
  name,
  service: TARGET_LABELS[kind],
  host,
  enabled,
  lastSentAt,
  problem,
});

/** Where the reader is told of trouble with the servers. */
export function createNotificationSettings(deps: RouteDeps) {
  const { notifications, paths } = deps;
  const frame = settingsFrame(deps, paths.settingsNotifications(), (user) => ({
    tab: "notifications",
    notifications: { targets: notifications.list(user.id).map(targetModel) },
  }));

  async function test(request: Request, targetId: string): Promise<Response> {
    const result = await notifications.test(userOf(request).id, targetId);
    const { ctx, part, userId, ...reply } = visit(deps, request);
    if (!part) {
      const text = [result.message, result.hint ?? ""].join(" ").trimEnd();
      return reply.go(paths.settingsNotifications(), { tone: result.ok ? "success" : "error", text });
    }
    const place = notifications.list(userId).find(({ id }) => id === targetId);
    if (place === undefined) throw new AppError("not-found", "There is no such place for notifications.");
    return reply.fragment(NotificationRow({ ctx, place: targetModel(place), result }));
  }

  return new Elysia()
    .get("/settings/notifications", ({ request }) => frame.page(request), hidden)
    .post(
      "/settings/notifications",
      ({ request }) =>
        frame.attempt(request, "add", async () => {
          const { name } = await notifications.add(userOf(request).id, readForm(request, addForm));
          return frame.saved(request, `${name} is added. Send a test to see that it works.`);
        }),
      hidden,
    )
    .post(
      "/settings/notifications/:id",
      async ({ request, params }) => {
        const enabled = readForm(request, switchForm).enabled === "true";
        const { name } = await notifications.change(userOf(request).id, params.id, { enabled });
        return frame.saved(request, enabled ? `${name} is told again.` : `${name} is told nothing for now.`);
      },
      One,
    )
    .delete(
      "/settings/notifications/:id",
      ({ request, params }) => {
        notifications.remove(userOf(request).id, params.id);
        return frame.saved(request, "The place is removed.");
      },
      One,
    )
    .post("/settings/notifications/:id/test", ({ request, params }) => test(request, params.id), One);
}
