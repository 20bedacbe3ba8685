import { Elysia, t } from "elysia";
import { ErrorToast } from "../../../views/pages/error.tsx";
import {
  type IntegrationSettingsModel,
  IntegrationSettingsPage,
  ONLY_KNOWN,
  OWN_SCHEDULE,
  SettingsPreview,
} from "../../../views/pages/integration-settings.tsx";
import { IntegrationCard } from "../../../views/parts/integration-card.tsx";
import { providerLabel } from "../../domain/providers.ts";
import { presetOf, SCHEDULE_PRESETS } from "../../domain/schedule.ts";
import { type AppError, hasCode, isAppError, toAppError } from "../../kernel/errors.ts";
import type { IntegrationView, SettingsInput } from "../../services/integrations/types.ts";
import type { DecidingSettings } from "../../services/sync/types.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { type Visit, visit } from "./answer.ts";
import { cardModel, progressModel } from "./integration-model.ts";
import { scheduleInput, wholeInput } from "./integration-settings-form.ts";

const Which = { params: t.Object({ provider: t.String() }), detail: { hide: true } };

export function createIntegrationSettingsPage(deps: RouteDeps) {
  const { integrations, paths, sync } = deps;

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
    const { libraries, librariesProblem } = await librariesOf(userId, view.id);
    const preferences = { ...view.preferences, ...typed.preferences };
    const { manifest } = deps.providers.get(view.provider);
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
      libraries:
        libraries?.map((library) => ({
          ...library,
          enabled: typed.libraries?.includes(library.key) ?? library.enabled,
          numbering: typed.numbering?.[library.key] ?? library.numbering,
        })) ?? null,
      librariesProblem,
      unmarks: typed.unmarks ?? view.unmarks,
      addShows: preferences.onlyKnownShows ? ONLY_KNOWN : (typed.addShows ?? view.addShows),
      preferences,
      preview: null,
      twoWay: view.twoWaySince !== null,
      historyNote: view.historyNote,
      place:
        manifest.connect === "address"
          ? {
              serverUrl: view.serverUrl,
              accountName: view.username,
              href: paths.serverAddress(view.provider, { integration: view.id }),
            }
          : null,
      keepsDates: manifest.capabilities.push && manifest.capabilities.pushDates,
      hasWebhook: manifest.capabilities.webhooks,
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
      return again(reply, id, input, errorsOf(error), error.message);
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

  /** As if the form had been saved; nothing is. */
  async function preview(request: Request, id: string): Promise<Response> {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const view = integrations.get(userId, id);
    const typed = wholeInput(formOf(request));
    try {
      const syncId = sync.start(Number(view.id), { trigger: "manual", mode: "preview", settings: decidingOf(typed) });
      const progress = progressModel(sync.get(userId, syncId));
      if (reply.part) return reply.fragment(SettingsPreview({ ctx, sync: progress }));
      const settings = { ...(await model(reply, view, typed)), preview: progress };
      return reply.page(IntegrationSettingsPage({ ctx, settings }));
    } catch (error) {
      if (!isAppError(error) || !hasCode(error, "invalid", "conflict")) throw error;
      return refusedPreview(reply, view, typed, error);
    }
  }

  async function refusedPreview(reply: Visit, view: IntegrationView, typed: SettingsInput, error: AppError) {
    const { ctx } = reply;
    const status = error.code === "invalid" ? 422 : 409;
    const detail = [error.message, error.hint ?? ""].join(" ").trimEnd();
    if (reply.part) return reply.fragment(ErrorToast({ ctx, error: { status, title: "Not now", detail } }), { status });
    if (status === 409) return reply.go(paths.integrationSettings(view.id), { tone: "attention", text: detail });
    return reply.page(
      IntegrationSettingsPage({ ctx, settings: await model(reply, view, typed, errorsOf(error)) }),
      status,
    );
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
    .post("/integrations/:provider/settings", ({ request, params }) => save(request, params.provider), Which)
    .post(
      "/integrations/:provider/settings/preview",
      ({ request, params }) => preview(request, params.provider),
      Which,
    );
}

const errorsOf = ({ fields }: AppError): Record<string, string> =>
  Object.fromEntries(fields.map(({ path, message }) => [path, message]));

/** Of what a form says, that which decides what a sync brings. */
function decidingOf(input: SettingsInput): DecidingSettings {
  const { libraries, numbering, unmarks, addShows, preferences } = input;
  return {
    ...(libraries === undefined ? {} : { libraries }),
    ...(numbering === undefined ? {} : { numbering }),
    ...(unmarks === undefined ? {} : { unmarks }),
    ...(addShows === undefined ? {} : { addShows }),
    ...(preferences === undefined ? {} : { preferences }),
  };
}
