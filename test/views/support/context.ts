import { Window } from "happy-dom";
import type { ViewContext } from "../../../views/context.ts";
import { createPaths } from "../../../views/paths.ts";

export const NOW = Date.UTC(2025, 2, 14, 20, 26);
export const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

export function viewContext(over: Partial<ViewContext> = {}): ViewContext {
  return {
    paths: createPaths("/tracker"),
    user: { id: "u1", username: HOSTILE, role: "admin" },
    now: NOW,
    timeZone: "Europe/Vienna",
    locale: "en-GB",
    dateFormat: "auto",
    theme: "dark",
    version: "0.0.0",
    assets: (name) => `/tracker/static/abc/${name}`,
    syncLight: { state: "running", percent: 68.4, href: "/tracker/integrations" },
    banners: [{ tone: "attention", text: HOSTILE, action: { label: HOSTILE, href: "javascript:alert(1)" } }],
    ...over,
  };
}

/** A window of its own per call: happy-dom's globals would replace Bun's. */
export function parse(html: JSX.Element): InstanceType<typeof Window>["document"] {
  const { document } = new Window();
  document.write(String(html));
  return document;
}
