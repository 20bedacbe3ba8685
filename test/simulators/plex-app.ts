import type { PlexTvSimulator } from "./plex-tv.ts";
import {
  type Call,
  htmlError,
  json,
  type ListenOptions,
  listen,
  type RunningSimulator,
  type SimulatorDeps,
} from "./simulator.ts";
import type { World } from "./world.ts";

/**
 * app.plex.tv/auth: reads clientID, code, product and forwardUrl from the fragment (`#?…` or `#!?…`), lets the person
 * choose an account and approve, then goes to forwardUrl or says that the window may be closed.
 */

export type PlexAppOptions = ListenOptions & {
  /** The real page cuts the tie to its opener; with it, `popup.closed` tells nothing. Default true. */
  crossOriginOpenerPolicy?: boolean;
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Plex (simulated)</title>
<style>
  :root { color-scheme: dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; min-height: 100dvh; display: grid; place-items: center; color: #eee;
    background: radial-gradient(60rem 40rem at 70% 0, #4a3a10, transparent), linear-gradient(160deg, #23262b, #131518); }
  main { width: min(26rem, calc(100vw - 2rem)); box-sizing: border-box; padding: 2rem; border-radius: 12px;
    background: #1c1f23ee; box-shadow: 0 20px 60px #0008; }
  h1 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .5rem; }
  p { color: #b7bcc4; margin: .5rem 0; }
  .simulated { font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; color: #e5a00d; margin: 0 0 1rem; }
  fieldset { border: 0; padding: 0; margin: 1.2rem 0; display: grid; gap: .5rem; }
  legend { padding: 0; margin-bottom: .4rem; color: #b7bcc4; font-size: .9rem; }
  label { display: flex; gap: .8rem; align-items: center; min-height: 48px; padding: 0 .9rem; border-radius: 8px; background: #2a2e34; cursor: pointer; }
  label:has(:checked) { outline: 2px solid #e5a00d; }
  label span { color: #9aa1ab; font-size: .85rem; margin-left: auto; }
  input { accent-color: #e5a00d; }
  button { width: 100%; min-height: 48px; border: 0; border-radius: 8px; background: #e5a00d; color: #1a1300; font: inherit; font-weight: 650; cursor: pointer; }
  button:focus-visible, label:focus-within { outline: 2px solid #fff; outline-offset: 2px; }
  [hidden] { display: none; }
</style>
</head>
<body>
<main>
  <p class="simulated">Simulated Plex</p>
  <form id="ask">
    <h1>Allow <span id="product">this app</span> to use your account?</h1>
    <p>It will see your servers and what you have watched.</p>
    <fieldset><legend>Account</legend><div id="accounts" style="display:grid;gap:.5rem"></div></fieldset>
    <button type="submit">Sign In</button>
    <p id="problem" role="alert" hidden></p>
  </form>
  <div id="done" role="status" hidden>
    <h1>You are signed in</h1>
    <p>You may close this window now.</p>
  </div>
</main>
<script>
  const parameters = new URLSearchParams(location.hash.replace(/^#!?\\??/, ""));
  const product = parameters.get("context[device][product]");
  if (product) document.getElementById("product").textContent = product;
  const problem = (text) => { const line = document.getElementById("problem"); line.textContent = text; line.hidden = false; };
  fetch("/accounts").then((answer) => answer.json()).then((accounts) => {
    const list = document.getElementById("accounts");
    accounts.forEach((account, position) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio"; input.name = "account"; input.value = account.username; input.checked = position === 0;
      const mail = document.createElement("span");
      mail.textContent = account.email;
      label.append(input, account.title, mail);
      list.append(label);
    });
  });
  document.getElementById("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = new FormData(event.target).get("account");
    const answer = await fetch("/auth/approve", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code: parameters.get("code"), clientID: parameters.get("clientID"), account: chosen }),
    });
    if (!answer.ok) return problem("This sign-in has expired. Please go back and try again.");
    const forward = parameters.get("forwardUrl");
    if (forward) { location.assign(forward); return; }
    document.getElementById("ask").hidden = true;
    document.getElementById("done").hidden = false;
  });
</script>
</body>
</html>`;

export function startPlexApp(
  world: World,
  plexTv: PlexTvSimulator,
  deps: SimulatorDeps,
  options: PlexAppOptions = {},
): RunningSimulator {
  const handle = async (call: Call): Promise<Response> => {
    if (call.method === "GET" && (call.path === "/auth" || call.path === "/auth/")) {
      const headers = new Headers({ "content-type": "text/html; charset=utf-8" });
      if (options.crossOriginOpenerPolicy !== false) headers.set("cross-origin-opener-policy", "same-origin");
      return new Response(page, { headers });
    }
    if (call.method === "GET" && call.path === "/accounts") {
      // Managed members of a Home have no sign-in of their own.
      const managed = new Set(
        world.accounts.flatMap(({ home }) => home.filter((entry) => entry.managed).map(({ member }) => member)),
      );
      const people = world.accounts.filter((account) => !managed.has(account));
      return json(people.map(({ username, title, email }) => ({ username, title, email })));
    }
    if (call.method === "POST" && call.path === "/auth/approve") {
      const body = await call.body();
      const pin = plexTv.pinByCode(body["code"] ?? "");
      const account = world.accounts.find((candidate) => candidate.username === body["account"]);
      const fresh =
        pin !== null && pin.expiresAt > deps.now() && pin.clientIdentifier === body["clientID"] && pin.strong;
      if (!fresh || account === undefined) return json({ error: "unknown or expired" }, { status: 404 });
      plexTv.approve(pin.code, account);
      return json({ ok: true });
    }
    return htmlError(404, "Not Found");
  };
  return listen("plex-app", null, deps, handle, options);
}
