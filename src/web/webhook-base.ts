import type { RequestContext } from "./context.ts";
import type { RouteDeps } from "./deps.ts";
import { publicUrl } from "./public-url.ts";

/** The address under which the outside reaches our webhooks, without provider and secret. */
export function webhookBase(deps: Pick<RouteDeps, "config" | "paths">, context: RequestContext): string {
  return `${publicUrl(deps, context)}/api/webhooks`;
}
