import { id, target } from "../../../views/dom.ts";
import { HistorySection } from "../../../views/pages/history.tsx";
import { PlaySheetDone } from "../../../views/parts/play-sheet.tsx";
import { ToastWithUndo } from "../../../views/parts/toast-with-undo.tsx";
import { PartUpdate } from "../../../views/ui/toast.tsx";
import type { RouteDeps } from "../deps.ts";
import type { Visit } from "./answer.ts";
import type { Asked } from "./history-filter.ts";
import { FAR, historyList } from "./history-list.ts";

// Answers to what is changed on the history page: the same list again, as far down as the reader has come.

const NAMES = ["from", "to", "show", "source", "undated", "cursor"] as const;

/** What the history page asks for that htmx stands on; null when it stands on another. */
function askedOn({ paths }: RouteDeps, currentUrl: string): Asked | null {
  if (!URL.canParse(currentUrl)) return null;
  const { pathname, searchParams } = new URL(currentUrl);
  if (pathname !== paths.history()) return null;
  return Object.fromEntries(NAMES.map((name) => [name, searchParams.get(name) ?? undefined]));
}

export const isOnHistory = (deps: RouteDeps, { part, currentUrl }: Visit): boolean =>
  part && askedOn(deps, currentUrl) !== null;

/** The list anew; null when it has grown too long for that, and the page is to be loaded instead. */
export function historyAgain(deps: RouteDeps, { ctx, userId, currentUrl }: Visit, until: string): JSX.Element | null {
  if (until === FAR) return null;
  const list = historyList(deps, ctx, userId, { ...askedOn(deps, currentUrl), until });
  return PartUpdate({ target: target("history"), children: HistorySection({ ctx, list }) });
}

/** Ends the dialog in which a play was changed, and shows the list as it is now. */
export function historyChanged(
  deps: RouteDeps,
  reply: Visit,
  change: { text: string; token: string; until: string },
): Response {
  const { text, token, until } = change;
  const undo = { token, back: deps.paths.history() };
  const list = historyAgain(deps, reply, until);
  if (list === null) return reloaded(reply, reply.go(undo.back, { tone: "success", text, undo }));
  const include = `${target("history-reach")} input`;
  const toast = ToastWithUndo({ ctx: reply.ctx, text, undo: { ...undo, part: id("history"), include } });
  return reply.fragment([PlaySheetDone(), list, toast]);
}

/** htmx loads the page that it stands on; the words are in the cookie. */
export function reloaded(reply: Visit, words: Response): Response {
  return reply.fragment("", { headers: { "hx-refresh": "true", "set-cookie": words.headers.get("set-cookie") ?? "" } });
}
