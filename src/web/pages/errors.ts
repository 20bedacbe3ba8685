import { ErrorPage, ErrorToast } from "../../../views/pages/error.tsx";
import { createPaths } from "../../../views/paths.ts";
import { type Assets, createAssets } from "../assets.ts";
import type { WebDeps } from "../deps.ts";
import type { Problem } from "../errors.ts";
import { bareContext, wantsPart } from "./context.ts";

/** Every refusal of a page: a page of its own, or for htmx a toast that leaves the page as it is. Asks no database. */
export function createErrorRenderer({ config, clock }: Pick<WebDeps, "config" | "clock">) {
  const paths = createPaths(config.basePath);
  let assets: Assets | undefined;
  const assetUrl = (name: string) => {
    assets ??= createAssets(paths);
    return assets.url(name);
  };
  return ({ status, title, detail, hint }: Problem, request: Request): string => {
    const ctx = bareContext({ config, clock, paths, assetUrl }, request);
    const error = { status, title, detail, hint };
    return String(wantsPart(request) ? ErrorToast({ ctx, error }) : ErrorPage({ ctx, error }));
  };
}
