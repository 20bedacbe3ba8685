import type { RequestContext } from "./context.ts";
import type { RouteDeps } from "./deps.ts";
import { publicUrl } from "./public-url.ts";

export type FeedOptions = { watching: boolean; unwatched: boolean };

/** Where a calendar program finds the feed: as a web address, and as one that opens such a program. */
export function feedLinks(
  deps: Pick<RouteDeps, "config" | "paths">,
  context: RequestContext,
  token: string,
  { watching, unwatched }: FeedOptions,
): { url: string; webcalUrl: string } {
  const query = { list: watching ? "watching" : undefined, unwatched: unwatched ? "1" : undefined };
  const path = deps.paths.calendarFile(token, query).slice(deps.paths.basePath.length);
  const url = `${publicUrl(deps, context)}${path}`;
  return { url, webcalUrl: url.replace(/^https?:/, "webcal:") };
}
