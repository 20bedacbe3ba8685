import type { RequestContext } from "./context.ts";
import type { RouteDeps } from "./deps.ts";

type Needs = Pick<RouteDeps, "config" | "paths">;

/** The address under which the outside knows us, sub-path included, without a slash at the end. */
export function publicUrl({ config, paths }: Needs, context: RequestContext): string {
  const configured = config.publicUrl;
  if (configured === null) return `${context.origin}${paths.basePath}`;
  // People write PUBLIC_URL with the sub-path and without it.
  return configured.endsWith(paths.basePath) ? configured : `${configured}${paths.basePath}`;
}

/** Where a media server's sign-in page sends its window when it is done. */
export function pinReturnUrl(needs: Needs, context: RequestContext, provider: string): string {
  return `${publicUrl(needs, context)}${needs.paths.pinReturn(provider).slice(needs.paths.basePath.length)}`;
}
