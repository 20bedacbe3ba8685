import type { Banner, Flash, SyncLight, ViewContext } from "../../../views/context.ts";
import type { Paths } from "../../../views/paths.ts";
import type { Config } from "../../config.ts";
import { type ServerGlance, serverGlances } from "../../db/queries/page-context.ts";
import { outageOf } from "../../domain/outage.ts";
import { providerLabel } from "../../domain/providers.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { User } from "../../services/accounts/types.ts";
import type { SyncProgress } from "../../services/context.ts";
import { VERSION } from "../../version.ts";
import { findContext } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { redirect } from "../respond.ts";
import { flashCookie, readFlash, spentFlashCookie } from "./flash.ts";
import { localeOf } from "./locale.ts";

type BareDeps = { config: Config; clock: Clock; paths: Paths; assetUrl: (name: string) => string };

/** What a view knows without asking the database: enough for sign-in, set-up and errors. */
export function bareContext({ config, clock, paths, assetUrl }: BareDeps, request: Request): ViewContext {
  const user = findContext(request)?.signedIn?.user ?? null;
  return {
    paths,
    user: user === null ? null : { id: String(user.id), username: user.username, role: user.role },
    now: clock.now(),
    timeZone: user?.timeZone ?? config.timeZone,
    locale: localeOf(request.headers.get("accept-language")),
    dateFormat: user?.dateFormat ?? "auto",
    theme: user?.theme ?? "auto",
    version: VERSION,
    assets: assetUrl,
    syncLight: { state: "unknown", href: paths.integrations() },
    banners: [],
  };
}

/** True when htmx asks for a part; false for pages, also those that it fetches whole to go back in history. */
export function wantsPart(request: Request): boolean {
  const { headers } = request;
  if (headers.get("hx-request") !== "true") return false;
  return headers.get("hx-request-type") !== "full" && headers.get("hx-history-restore-request") !== "true";
}

/** Everything a view knows besides its own model. One statement, and one more while a sync runs. */
export function viewContext(deps: RouteDeps, request: Request): ViewContext {
  const bare = bareContext(deps, request);
  const user = findContext(request)?.signedIn?.user;
  if (user === undefined) return withFlash(bare, request);
  // Read before anything the page shows: what happens meanwhile is news to it.
  const news = deps.news.at(user.id);
  const servers = serverGlances(deps.db, user.id);
  const context = {
    ...bare,
    news,
    syncLight: lightOf(deps, user, servers),
    banners: bannersOf(deps.paths, servers, bare.now),
  };
  return withFlash(context, request);
}

function withFlash(context: ViewContext, request: Request): ViewContext {
  const flash = wantsPart(request) ? undefined : readFlash(request);
  return flash === undefined ? context : { ...context, flash };
}

function lightOf({ sync, paths, clock }: RouteDeps, user: User, servers: readonly ServerGlance[]): SyncLight {
  for (const { integrationId } of servers) {
    const syncId = sync.running(integrationId);
    if (syncId === null) continue;
    const { progress } = sync.get(user.id, syncId);
    const percent = progress === null ? undefined : percentOf(progress);
    return { state: "running", href: paths.sync(syncId), ...(percent === undefined ? {} : { percent }) };
  }
  const held = servers.find(({ heldSyncId }) => heldSyncId !== null)?.heldSyncId;
  if (held) return { state: "attention", href: paths.sync(held) };
  const now = clock.now();
  if (servers.some((server) => outageOf(server, now) !== null)) {
    return { state: "attention", href: paths.integrations() };
  }
  const isWaiting = servers.some(({ enabled, status }) => enabled && status !== "ok");
  return { state: servers.length === 0 ? "off" : isWaiting ? "waiting" : "quiet", href: paths.integrations() };
}

export function percentOf({ done, total }: Pick<SyncProgress, "done" | "total">): number | undefined {
  return total <= 0 ? undefined : Math.min(100, (100 * done) / total);
}

const OUTAGE_WORDS = {
  "needs-login": { text: "needs a new sign-in. Nothing is synced until then.", label: "Sign in again" },
  failing: { text: "has not been synced for a while: it does not answer.", label: "See what was tried" },
} as const;

function bannersOf(paths: Paths, servers: readonly ServerGlance[], now: number): Banner[] {
  return servers.flatMap((server): Banner[] => {
    const name = `${providerLabel(server.provider)} (${server.serverName})`;
    const outage = outageOf(server, now);
    if (outage !== null) {
      if (server.dismissedAt !== null) return [];
      const { text, label } = OUTAGE_WORDS[outage];
      const action = { label, href: paths.integrations() };
      const dismiss = { path: paths.integrationDismissal(String(server.integrationId)), about: name };
      return [{ tone: "attention", text: `${name} ${text}`, action, dismiss }];
    }
    if (server.heldSyncId !== null) {
      const action = { label: "Have a look", href: paths.sync(server.heldSyncId) };
      return [{ tone: "attention", text: `A sync of ${name} waits for your word before it removes marks.`, action }];
    }
    return [];
  });
}

/** A whole page. What a redirect wanted said is said by now. */
export function documentHeaders({ paths }: RouteDeps, request: Request, context: ViewContext): Record<string, string> {
  return context.flash === undefined ? {} : { "set-cookie": spentFlashCookie(request, paths.basePath) };
}

/** After a form post without script: the next page, and what has happened. */
export function redirectWith({ paths }: RouteDeps, request: Request, path: string, flash: Flash): Response {
  return redirect(path, { headers: { "set-cookie": flashCookie(flash, request, paths.basePath) } });
}
