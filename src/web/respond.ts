/** Every HTML and JSON answer that is not a plain object from a handler is made here, with an explicit type. */

const html = { "content-type": "text/html; charset=utf-8" };

export type Answer = { status?: number; headers?: Record<string, string> };

function withDefaults(defaults: Record<string, string>, { status = 200, headers = {} }: Answer): ResponseInit {
  return { status, headers: { ...defaults, ...headers } };
}

/** A whole document. */
export function page(markup: string, answer: Answer = {}): Response {
  return new Response(markup, withDefaults({ ...html, vary: "HX-Request" }, answer));
}

/** Parts of a page, for htmx. */
export function fragment(markup: string, answer: Answer = {}): Response {
  return new Response(markup, withDefaults({ ...html, vary: "HX-Request" }, answer));
}

/** After a form post: see other. `path` is one of ours. */
export function redirect(path: string, answer: Answer = {}): Response {
  return new Response(null, withDefaults({ location: path }, { status: 303, ...answer }));
}

export function json(value: unknown, answer: Answer = {}): Response {
  const type = { "content-type": "application/json;charset=utf-8" };
  return new Response(JSON.stringify(value), withDefaults(type, answer));
}
