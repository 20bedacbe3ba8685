import { type Credentials, Refused } from "./mediabrowser-auth.ts";
import { isEmby, type MediaServerState } from "./mediabrowser-state.ts";
import type { Call } from "./simulator.ts";

/** As much of the web client as a demo and a browser test need: where a person types in a code of Quick Connect. */

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function page(state: MediaServerState, said: string): Response {
  const people = state.users.map(({ name }) => `<option>${escaped(name)}</option>`).join("");
  const form = isEmby(state)
    ? ""
    : `<h2>Quick Connect</h2><form method="post"><label>Signed in as <select name="user">${people}</select></label>
<label>Code <input name="code" inputmode="numeric" autocomplete="off"></label> <button>Authorize</button></form>`;
  return new Response(
    `<!doctype html><html lang="en"><head><title>${escaped(state.name)}</title></head>
<body><h1>${escaped(state.name)}</h1><p role="status">${escaped(said)}</p>${form}</body></html>`,
    { headers: { "content-type": "text/html; charset=utf-8" } },
  );
}

export async function webClient(state: MediaServerState, credentials: Credentials, call: Call): Promise<Response> {
  if (call.method !== "POST" || isEmby(state)) return page(state, "");
  const { code = "", user: name } = await call.body();
  const user = state.users.find((candidate) => candidate.name === name);
  if (user === undefined) return page(state, "Unknown user");
  try {
    credentials.approve(code.trim(), user);
    return page(state, "Quick Connect code authorized");
  } catch (error) {
    if (error instanceof Refused) return page(state, "Unknown Quick Connect code");
    throw error;
  }
}
