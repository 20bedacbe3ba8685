import { basename } from "node:path";
import { Elysia, t } from "elysia";
import { z } from "zod";
import type { DataModel } from "../../../views/pages/settings/data.tsx";
import { AppError } from "../../kernel/errors.ts";
import { closeAccount } from "../../services/accounts/farewell.ts";
import { cleanUsername } from "../../services/accounts/rules.ts";
import type { User } from "../../services/accounts/types.ts";
import { adminOf, contextOf, userOf } from "../context.ts";
import { clearedCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { download } from "../download.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { settingsFrame } from "./settings-frame.ts";

const leaveForm = z.object({ confirm: z.string().max(1000), password: z.string().max(4000) });

const hidden = { detail: { hide: true } };
/** The page shows so many copies; the folder has all. */
const LISTED = 10;

/** Typed by hand before something goes for good. */
export function checkTypedName(typed: string, username: string): void {
  if (cleanUsername(typed) === username) return;
  const message = `Type ${username} exactly as it is written.`;
  throw new AppError("invalid", message, { fields: [{ path: "confirm", message }] });
}

/** Backups, export, the data folder, and leaving. */
export function createDataSettings(deps: RouteDeps) {
  const { accounts, config, hub, maintenance, paths } = deps;

  function house(): DataModel["house"] {
    const backups = maintenance.backups();
    const { databaseSize, rows } = maintenance.diagnostics();
    return {
      backups: backups.slice(0, LISTED),
      moreBackups: Math.max(0, backups.length - LISTED),
      dataDir: config.dataDir,
      databaseBytes: databaseSize,
      shows: rows["shows"] ?? 0,
      episodes: rows["episodes"] ?? 0,
      plays: rows["plays"] ?? 0,
    };
  }

  const data = ({ username, role }: User): DataModel => ({
    username,
    lastAdmin: role === "admin" && accounts.list().filter((each) => each.role === "admin").length === 1,
    house: role === "admin" ? house() : null,
  });
  const frame = settingsFrame(deps, paths.settingsData(), (user) => ({ tab: "data", data: data(user) }));

  async function leave(request: Request): Promise<Response> {
    const { id, username } = userOf(request);
    const { confirm, password } = readForm(request, leaveForm);
    checkTypedName(confirm, username);
    await accounts.confirmPassword(id, password, "password");
    await closeAccount(deps, id);
    hub.closeOwner(String(id));
    const { part, ...reply } = visit(deps, request);
    const scope = { basePath: paths.basePath, https: contextOf(request).https };
    const bye = reply.go(paths.login(), { tone: "success", text: `The account of ${username} is deleted.` });
    bye.headers.append("set-cookie", clearedCookie(scope));
    if (!part) return bye;
    const answer = reply.fragment("", { headers: { "hx-redirect": paths.login() } });
    for (const cookie of bye.headers.getSetCookie()) answer.headers.append("set-cookie", cookie);
    return answer;
  }

  return new Elysia()
    .get("/settings/data", ({ request }) => frame.page(request), hidden)
    .post(
      "/settings/backups",
      ({ request }) => {
        adminOf(request);
        return frame.saved(request, `Backed up to ${basename(maintenance.backup().file)}.`);
      },
      hidden,
    )
    .get(
      "/settings/backups/:name",
      ({ request, params }) => {
        adminOf(request);
        return download(maintenance.backupPath(params.name), params.name);
      },
      { params: t.Object({ name: t.String({ maxLength: 200 }) }), ...hidden },
    )
    .delete("/settings/account", ({ request }) => frame.attempt(request, "leave", () => leave(request)), hidden);
}
