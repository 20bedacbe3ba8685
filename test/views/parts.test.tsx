import { describe, expect, test } from "bun:test";
import { Layout } from "../../views/layout.tsx";
import { IntegrationCard } from "../../views/parts/integration-card.tsx";
import { PinPanel } from "../../views/parts/pin-dialog.tsx";
import { SyncProgress } from "../../views/parts/sync-progress.tsx";
import { RecentSyncs } from "../../views/parts/sync-row.tsx";
import { HOSTILE, parse, viewContext } from "./support/context.ts";
import { integration, PINS, runningSync, SAMPLES } from "./support/samples.tsx";

type Doc = ReturnType<typeof parse>;
type El = NonNullable<ReturnType<Doc["querySelector"]>>;

function nameOf(doc: Doc, element: El): string {
  const label = element.getAttribute("aria-label");
  if (label) return label.trim();
  const labelledBy = element.getAttribute("aria-labelledby");
  if (labelledBy) return (doc.getElementById(labelledBy)?.textContent ?? "").trim();
  if (element.matches("input, select, textarea")) {
    return (doc.querySelector(`label[for="${element.id}"]`)?.textContent ?? "").trim();
  }
  return (
    (element.textContent ?? "").trim() || (element.querySelector("[aria-label]")?.getAttribute("aria-label") ?? "")
  );
}

describe.each(Object.entries(SAMPLES))("%s", (_name, render) => {
  const ctx = viewContext();
  const page = (): Doc =>
    parse(
      <Layout ctx={ctx} title={HOSTILE} nav="library">
        {render(ctx)}
      </Layout>,
    );

  test("keeps hostile words as text", () => {
    const doc = page();
    for (const img of doc.querySelectorAll("img")) expect(img.getAttribute("src")).toStartWith("/");
    const all = [...doc.querySelectorAll("*")];
    const names = all.flatMap((element) => element.getAttributeNames());
    expect(names.filter((name) => name.startsWith("on") || name === "style")).toEqual([]);
    const targets = all.flatMap((element) => [
      element.getAttribute("href") ?? "",
      element.getAttribute("action") ?? "",
    ]);
    expect(targets.filter((target) => /^\s*(javascript|data):/i.test(target))).toEqual([]);
    expect(doc.querySelectorAll("script:not([src])")).toHaveLength(0);
    expect(doc.querySelector("title")?.textContent).toBe(`${HOSTILE} · Episode Tracker`);
  });

  test("uses every id once and points only at ids that exist", () => {
    const doc = page();
    const ids = [...doc.querySelectorAll("[id]")].map((element) => element.id);
    expect(ids.length).toBe(new Set(ids).size);
    for (const reference of ["for", "aria-labelledby", "aria-describedby", "popovertarget"]) {
      for (const element of doc.querySelectorAll(`[${reference}]`)) {
        for (const id of (element.getAttribute(reference) ?? "").split(" ")) expect(ids).toContain(id);
      }
    }
  });

  test("names every control", () => {
    const doc = page();
    const controls = doc.querySelectorAll("button, a[href], summary, select, input:not([type=hidden]), dialog, nav");
    const nameless = [...controls].filter((control) => nameOf(doc, control) === "").map((control) => control.outerHTML);
    expect(nameless).toEqual([]);
  });

  test("sends every form to a path of ours and hides the method in it", () => {
    for (const form of page().querySelectorAll("form:not([method=dialog])")) {
      expect(form.getAttribute("action")).toStartWith("/tracker/");
      expect(form.getAttribute("method")).toMatch(/^(get|post)$/);
      const live = form.getAttribute("hx-post");
      if (live !== null) expect(form.getAttribute("action")).toBe(live);
    }
  });
});

const TRIGGERS = "[hx-trigger*=every], [hx-get]";

describe("asking again", () => {
  const ctx = viewContext();

  test("a running sync asks for itself, into itself", () => {
    const part = parse(<SyncProgress ctx={ctx} sync={runningSync()} />).querySelector(".sync-progress");
    expect(part?.getAttribute("hx-get")).toBe("/tracker/syncs/y9/progress");
    expect(part?.getAttribute("hx-trigger")).toBe("every 1s");
    expect(part?.getAttribute("hx-target")).toBe(`#${part?.id}`);
  });

  test.each(["success", "partial", "error", "cancelled", "interrupted", "held", "undone"] as const)(
    "a sync that is %s asks no more and keeps its id",
    (status) => {
      const doc = parse(<SyncProgress ctx={ctx} sync={runningSync({ status })} />);
      expect(doc.querySelectorAll(TRIGGERS)).toHaveLength(0);
      expect(doc.querySelector(".sync-progress")?.id).toBe("sync-progress--y9");
    },
  );

  test.each(PINS.map((pin) => [pin.state, pin] as const))("a PIN that is %s asks only while waiting", (state, pin) => {
    const doc = parse(<PinPanel ctx={ctx} pin={pin} />);
    const isOpen = state === "waiting" || state === "code";
    expect(doc.querySelectorAll("[hx-trigger]")).toHaveLength(isOpen ? 1 : 0);
    expect(doc.querySelectorAll("[data-popup-close]")).toHaveLength(isOpen ? 0 : 1);
  });

  test("an address that is not http(s) is never offered for sign-in", () => {
    const waiting = {
      provider: "plex",
      providerName: "Plex",
      pinId: "a",
      state: "waiting",
      code: "x",
      expiresAt: ctx.now,
    } as const;
    const doc = parse(<PinPanel ctx={ctx} pin={{ ...waiting, authUrl: "javascript:alert(1)" }} />);
    expect(doc.querySelectorAll("[data-auth-url]")).toHaveLength(0);
  });
});

describe("the Integrations page's words", () => {
  const ctx = viewContext();
  const buttons = (doc: Doc): string[] => [...doc.querySelectorAll("button")].map((button) => nameOf(doc, button));

  test("a connected integration offers Sync Now and Disconnect by exactly these names", () => {
    const names = buttons(parse(<IntegrationCard ctx={ctx} integration={integration()} />));
    expect(names).toContain("Sync Now");
    expect(names).toContain("Disconnect");
  });

  test("when it is asked next is said once, also while a server is away", () => {
    const nextTry = 1_700_000_000_000;
    const health = { since: nextTry, failures: 3, nextTry, tried: null };
    const saying = (over: Parameters<typeof integration>[0]) =>
      [...parse(<IntegrationCard ctx={ctx} integration={integration(over)} />).querySelectorAll("p")]
        .map(({ textContent }) => textContent ?? "")
        .filter((text) => /\bNext\b/.test(text));
    expect(saying({})).toHaveLength(1);
    expect(saying({ state: "unreachable", health })).toEqual([
      expect.stringMatching(/3 tries without success. Next try /),
    ]);
    expect(saying({ state: "needs-login", health: { ...health, nextTry: null } })).toEqual([]);
  });

  test("Sync Now rests while a sync runs", () => {
    const doc = parse(<IntegrationCard ctx={ctx} integration={integration({ running: runningSync() })} />);
    const button = [...doc.querySelectorAll("button")].find((each) => nameOf(doc, each) === "Sync Now");
    expect(button?.hasAttribute("disabled")).toBe(true);
  });

  test("what is not connected offers Connect Plex", () => {
    expect(buttons(parse(SAMPLES["connect card"]!(ctx)))).toContain("Connect Plex");
  });

  test("the list of runs is headed Recent syncs, also when empty", () => {
    const doc = parse(<RecentSyncs ctx={ctx} recent={{ syncs: [], live: [] }} />);
    expect(doc.querySelector("h2")?.textContent).toBe("Recent syncs");
  });
});
