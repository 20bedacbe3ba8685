import { escapeHtml } from "@kitajs/html";
import type { Paths } from "../../views/paths.ts";
import type { Problem } from "./errors.ts";

/** The error page of a server without views. */
export function plainErrorPage(problem: Problem, paths: Paths): string {
  const hint = problem.hint === undefined ? "" : `<p>${escapeHtml(problem.hint)}</p>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(problem.title)}</title></head><body><main>`,
    `<h1>${escapeHtml(problem.title)}</h1><p>${escapeHtml(problem.detail)}</p>${hint}`,
    `<p><a href="${escapeHtml(paths.home())}">Back to the start page</a></p></main></body></html>`,
  ].join("");
}
