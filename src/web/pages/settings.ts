import { Elysia, t } from "elysia";
import { z } from "zod";
import { SettingsPage, type SettingsPageModel } from "../../../views/pages/settings.tsx";
import { Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import { liveSessions } from "../../db/queries/sessions.ts";
import { deleteSessionsOf } from "../../db/repos/sessions.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError, isAppError } from "../../kernel/errors.ts";
import { adminOf, contextOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { agentWords, timeZoneOptions } from "./settings-words.ts";

const themeForm = z.object({ theme: z.enum(["auto", "dark", "light"]) });
const zoneForm = z.object({ timeZone: z.string().max(100) });
const passwordForm = z.object({ current: z.string().max(4000), next: z.string().max(4000) });
const tokenForm = z.object({ name: z.string().max(1000) });
const userForm = z.object({ username: z.string().max(1000), password: z.string().max(4000) });

const hidden = { detail: { hide: true } };
const Id = { params: t.Object({ id: t.String() }), ...hidden };

type Extra = { newToken?: SettingsPageModel["newToken"]; errors?: Record<string, string> };

export function createSettingsPage(deps: RouteDeps) {
  const { accounts, config, db, maintenance, paths, sources } = deps;

  function model(request: Request, { newToken = null, errors = {} }: Extra = {}): SettingsPageModel {
    const user = userOf(request);
    const { signedIn } = contextOf(request);
    const here = signedIn?.via === "session" ? signedIn.sessionHash : null;
    const people = user.role === "admin" ? accounts.list() : [];
    return {
      theme: user.theme,
      timeZone: user.timeZone ?? "",
      timeZones: timeZoneOptions(config.timeZone, user.timeZone),
      sessions: liveSessions(db, user.id, deps.clock.now()).map(({ tokenHash, userAgent, lastSeenAt }) => ({
        agent: agentWords(userAgent),
        lastSeenAt,
        current: tokenHash === here,
      })),
      tokens: accounts.listApiTokens(user.id),
      newToken,
      admin:
        user.role === "admin"
          ? {
              users: people.map(({ id, username, role, createdAt }) => ({
                id: String(id),
                username,
                role,
                createdAt,
                self: id === user.id,
              })),
              dataDir: config.dataDir,
            }
          : null,
      sources: sources.map(({ label, attribution }) => ({ label, credit: attribution.text, url: attribution.url })),
      enrichment: deps.enrichmentStatus(),
      errors,
    };
  }

  /** The page again with what is wrong beside its field; anything else goes on as an error. */
  async function orAgain(request: Request, work: () => Promise<Response> | Response): Promise<Response> {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error) || error.fields.length === 0) throw error;
      const errors = Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
      const { ctx, ...reply } = visit(deps, request);
      return reply.page(
        SettingsPage({ ctx, settings: model(request, { errors }) }),
        error.code === "conflict" ? 409 : 422,
      );
    }
  }

  function saved(request: Request, text: string): Response {
    const { ctx, part, ...reply } = visit(deps, request);
    if (part) return reply.fragment(ToastUpdate({ children: Toast({ ctx, text }) }));
    return reply.go(paths.settings(), { tone: "success", text });
  }

  function removeUser(request: Request, userId: string): Response {
    const admin = adminOf(request);
    const id = toRowId(userId);
    if (id === null) throw new AppError("not-found", "There is no such user.");
    if (id === admin.id) throw new AppError("conflict", "You cannot delete the account you are signed in with.");
    const { username } = accounts.get(id);
    accounts.deleteUser(id);
    const { part, ...reply } = visit(deps, request);
    const done = reply.go(paths.settings(), { tone: "success", text: `The account of ${username} is deleted.` });
    if (!part) return done;
    return reply.fragment("", {
      headers: { "hx-redirect": paths.settings(), "set-cookie": done.headers.get("set-cookie") ?? "" },
    });
  }

  return new Elysia()
    .get(
      "/settings",
      ({ request }) => {
        const { ctx, ...reply } = visit(deps, request);
        return reply.page(SettingsPage({ ctx, settings: model(request) }));
      },
      hidden,
    )
    .post(
      "/settings/appearance",
      ({ request }) => {
        accounts.updateProfile(userOf(request).id, readForm(request, themeForm));
        return saved(request, "The appearance is saved.");
      },
      hidden,
    )
    .post(
      "/settings/preferences",
      ({ request }) =>
        orAgain(request, () => {
          const { timeZone } = readForm(request, zoneForm);
          accounts.updateProfile(userOf(request).id, { timeZone: timeZone === "" ? null : timeZone });
          return saved(request, "The time zone is saved.");
        }),
      hidden,
    )
    .post(
      "/settings/password",
      ({ request }) =>
        orAgain(request, async () => {
          const { signedIn } = contextOf(request);
          const keep = signedIn?.via === "session" ? signedIn.sessionHash : null;
          await accounts.changePassword(userOf(request).id, readForm(request, passwordForm), keep);
          return saved(request, "The password is changed. You are signed out everywhere else.");
        }),
      hidden,
    )
    .delete(
      "/settings/sessions",
      ({ request }) => {
        const { signedIn } = contextOf(request);
        deleteSessionsOf(db, userOf(request).id, signedIn?.via === "session" ? signedIn.sessionHash : null);
        return saved(request, "You are signed out everywhere else.");
      },
      hidden,
    )
    .post(
      "/settings/tokens",
      ({ request }) =>
        orAgain(request, () => {
          const { name, token } = accounts.createApiToken(userOf(request).id, readForm(request, tokenForm).name);
          const { ctx, ...reply } = visit(deps, request);
          // Shown in the answer itself: a redirect would have to keep the token somewhere.
          return reply.page(SettingsPage({ ctx, settings: model(request, { newToken: { name, token } }) }), 201);
        }),
      hidden,
    )
    .delete(
      "/settings/tokens/:id",
      ({ request, params }) => {
        accounts.deleteApiToken(userOf(request).id, params.id);
        return saved(request, "The token is deleted.");
      },
      Id,
    )
    .post(
      "/settings/users",
      ({ request }) =>
        orAgain(request, async () => {
          adminOf(request);
          const { username } = await accounts.createUser(readForm(request, userForm));
          return saved(request, `${username} can sign in now.`);
        }),
      hidden,
    )
    .delete("/settings/users/:id", ({ request, params }) => removeUser(request, params.id), Id)
    .post(
      "/settings/backups",
      ({ request }) => {
        adminOf(request);
        const { file } = maintenance.backup();
        return saved(request, `Backed up to ${file.split("/").at(-1) ?? file}.`);
      },
      hidden,
    );
}
