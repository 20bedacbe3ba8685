import { Elysia, t } from "elysia";
import { ErrorToast } from "../../../views/pages/error.tsx";
import {
  type IntegrationSettingsModel,
  IntegrationSettingsPage,
  OWN_SCHEDULE,
} from "../../../views/pages/integration-settings.tsx";
import { IntegrationCard } from "../../../views/parts/integration-card.tsx";
import { providerLabel } from "../../domain/providers.ts";
import { presetOf, SCHEDULE_PRESETS } from "../../domain/schedule.ts";
import { isAppError, toAppError } from "../../kernel/errors.ts";
import type { IntegrationView, SettingsInput } from "../../services/integrations/types.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { type Visit, visit } from "./answer.ts";
import { cardModel } from "./integration-model.ts";

const Which = { params: t.Object({ provider: t.String() }), detail: { hide: true } };

export function createIntegrationSettingsPage(deps: RouteDeps) {
  const { integrations, paths } = deps;

  async function librariesOf(
    userId: number,
    id: string,
  ): Promise<Pick<IntegrationSettingsModel, "libraries" | "librariesProblem">> {
    try {
      return { libraries: await integrations.libraries(userId, id) };
    } catch (error) {
      return { libraries: null, librariesProblem: toAppError(error).message };
    }
  }

  /** `typed` is what a refused form held: it is shown again instead of what is stored. */
  async function model(
    { ctx, userId }: Visit,
    view: IntegrationView,
    typed: SettingsInput = {},
    errors: Record<string, string> = {},
  ) {
    const schedule = typed.schedule ?? view.schedule;
    const preset = presetOf(schedule);
    const libraries = await librariesOf(userId, view.id);
    const settings: IntegrationSettingsModel = {
      id: view.id,
      serverName: view.serverName,
      providerName: providerLabel(view.provider),
      enabled: typed.enabled ?? view.enabled,
      autoSync: typed.autoSync ?? view.autoSync,
      schedule: preset?.cron ?? OWN_SCHEDULE,
      schedules: SCHEDULE_PRESETS.map(({ cron, label }) => ({ value: cron, label })),
      ownSchedule: preset === undefined ? schedule : "",
      timeZone: ctx.timeZone,
      nextSyncAt: view.nextSync,
      ...libraries,
      unmarks: typed.unmarks ?? view.unmarks,
      addShows: typed.addShows ?? view.addShows,
      twoWay: view.twoWaySince !== null,
      historyNote: view.historyNote,
      hasWebhook: deps.providers.get(view.provider).manifest.capabilities.webhooks,
      errors,
    };
    return settings;
  }

  function save(request: Request, id: string): Response | Promise<Response> {
    const reply = visit(deps, request);
    const form = formOf(request);
    const input = form.get("kind") === "schedule" ? scheduleInput(form) : wholeInput(form);
    try {
      integrations.update(reply.userId, id, input);
    } catch (error) {
      if (!isAppError(error) || error.code !== "invalid") throw error;
      const errors = Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
      return again(reply, id, input, errors, error.message);
    }
    if (!reply.part) return reply.go(paths.integrations(), { tone: "success", text: "The settings are saved." });
    return reply.fragment(cardOf(reply, id));
  }

  async function again(
    reply: Visit,
    id: string,
    input: SettingsInput,
    errors: Record<string, string>,
    message: string,
  ): Promise<Response> {
    const { ctx, userId } = reply;
    if (reply.part) {
      const error = { status: 422, title: "Invalid input", detail: Object.values(errors)[0] ?? message };
      return reply.fragment([cardOf(reply, id), ErrorToast({ ctx, error })], { status: 422 });
    }
    const settings = await model(reply, integrations.get(userId, id), input, errors);
    return reply.page(IntegrationSettingsPage({ ctx, settings }), 422);
  }

  const cardOf = ({ ctx, userId }: Visit, id: string) =>
    IntegrationCard({ ctx, integration: cardModel(deps, ctx, userId, integrations.get(userId, id)) });

  return new Elysia()
    .get(
      "/integrations/:provider/settings",
      async ({ request, params }) => {
        const reply = visit(deps, request);
        const settings = await model(reply, integrations.get(reply.userId, params.provider));
        return reply.page(IntegrationSettingsPage({ ctx: reply.ctx, settings }));
      },
      Which,
    )
    .post("/integrations/:provider/settings", ({ request, params }) => save(request, params.provider), Which);
}

/** A box that is not ticked is not sent. */
const ticked = (form: URLSearchParams, name: string): boolean => form.get(name) === "true";

function scheduleInput(form: URLSearchParams): SettingsInput {
  const schedule = form.get("schedule");
  return { autoSync: ticked(form, "autoSync"), ...(schedule === null ? {} : { schedule }) };
}

function wholeInput(form: URLSearchParams): SettingsInput {
  const chosen = form.get("schedule");
  const schedule = chosen === OWN_SCHEDULE ? (form.get("ownSchedule") ?? "").trim() : chosen;
  return {
    autoSync: ticked(form, "autoSync"),
    enabled: ticked(form, "enabled"),
    ...(schedule === null ? {} : { schedule }),
    // Without the list on the page, no box at all means nothing was asked.
    ...(ticked(form, "knowsLibraries") ? { libraries: form.getAll("libraries") } : {}),
    ...(form.has("unmarks") ? { unmarks: form.get("unmarks") === "follow" ? "follow" : "ignore" } : {}),
    ...(form.has("addShows") ? { addShows: form.get("addShows") === "all" ? "all" : "watched" } : {}),
  };
}
