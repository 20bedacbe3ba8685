import type { ViewContext } from "../../../views/context.ts";
import { type SettingsModel, SettingsPage, SettingsPart } from "../../../views/pages/settings/page.tsx";
import type { FormProblem } from "../../../views/parts/setting-form.tsx";
import { Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import { isAppError } from "../../kernel/errors.ts";
import type { User } from "../../services/accounts/types.ts";
import { contextOf, formOf, userOf } from "../context.ts";
import { clearedCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { redirect } from "../respond.ts";
import { type Visit, visit } from "./answer.ts";

export type TabContent = SettingsModel extends infer Model
  ? Model extends SettingsModel
    ? Omit<Model, "problem">
    : never
  : never;

/** What a tab shows, made after whatever was asked for has been done. */
export type MakeTab = (user: User, ctx: ViewContext, request: Request) => TabContent;

export type Frame = {
  page(request: Request): Response;
  /** What was done, and the tab as it is now. */
  saved(request: Request, text: string): Response;
  /** The tab in a state that a redirect could not carry. */
  shown(request: Request, content: TabContent, status: number, text?: string): Response;
  /** Runs the work of one form; what it finds wrong comes back beside the fields, anything else goes on as an error. */
  attempt(request: Request, form: string, work: () => Promise<Response> | Response): Promise<Response>;
};

/** Never sent back. */
const SECRET = new Set(["password", "current", "next"]);

function problemOf(request: Request, form: string, fields: readonly { path: string; message: string }[]): FormProblem {
  return {
    form,
    errors: Object.fromEntries(fields.map(({ path, message }) => [path, message])),
    input: Object.fromEntries([...formOf(request)].filter(([name]) => !SECRET.has(name))),
  };
}

/** One tab of the settings: as a page, as the part that a saved form is answered with, and with what was wrong. */
export function settingsFrame(deps: RouteDeps, path: string, make: MakeTab): Frame {
  /** The session's user is from before the change. */
  function now(request: Request): { reply: Visit; ctx: ViewContext; user: User } {
    const reply = visit(deps, request);
    const user = deps.accounts.get(userOf(request).id);
    const { dateFormat, theme } = user;
    const ctx = { ...reply.ctx, dateFormat, theme, timeZone: user.timeZone ?? deps.config.timeZone };
    return { reply, ctx, user };
  }

  function answer(
    request: Request,
    status: number,
    {
      content,
      problem = null,
      text,
    }: { content?: TabContent; problem?: FormProblem | null; text?: string | undefined },
  ): Response {
    const { reply, ctx, user } = now(request);
    const settings: SettingsModel = { ...(content ?? make(user, ctx, request)), problem };
    if (!reply.part) return reply.page(SettingsPage({ ctx, settings }), status);
    const toast = text === undefined ? [] : [ToastUpdate({ children: Toast({ ctx, text }) })];
    return reply.fragment([SettingsPart({ ctx, settings }), ...toast], { status });
  }

  return {
    page: (request) => answer(request, 200, {}),
    saved(request, text) {
      const { part, go } = visit(deps, request);
      return part ? answer(request, 200, { text }) : go(path, { tone: "success", text });
    },
    shown: (request, content, status, text) => answer(request, status, { content, text }),
    async attempt(request, form, work) {
      try {
        return await work();
      } catch (error) {
        if (!isAppError(error) || error.fields.length === 0) throw error;
        const problem = problemOf(request, form, error.fields);
        return answer(request, error.code === "conflict" ? 409 : 422, { problem });
      }
    },
  };
}

/** A page from anew with a word on it, also for htmx: what stands around the part has changed too. */
export function reload(deps: RouteDeps, request: Request, path: string, text: string): Response {
  const { part, ...reply } = visit(deps, request);
  const done = reply.go(path, { tone: "success", text });
  if (!part) return done;
  return reply.fragment("", {
    headers: { "hx-redirect": path, "set-cookie": done.headers.get("set-cookie") ?? "" },
  });
}

/** What was taken away may have been the reader's own way in: then there is only the sign-in page left. */
export function signedOutToo(deps: RouteDeps, request: Request): Response | null {
  const { accounts, paths } = deps;
  const { sessionToken, signedIn, https } = contextOf(request);
  if (signedIn?.via !== "session" || sessionToken === null || accounts.bySession(sessionToken) !== null) return null;
  const headers = { "set-cookie": clearedCookie({ basePath: paths.basePath, https }) };
  const reply = visit(deps, request);
  if (!reply.part) return redirect(paths.login(), { headers });
  return reply.fragment("", { headers: { ...headers, "hx-redirect": paths.login() } });
}

export function sessionHashOf(request: Request): string | null {
  const { signedIn } = contextOf(request);
  return signedIn?.via === "session" ? signedIn.sessionHash : null;
}
