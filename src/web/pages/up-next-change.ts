import { target } from "../../../views/dom.ts";
import { UpNextList } from "../../../views/pages/up-next.tsx";
import { CaughtUp } from "../../../views/parts/caught-up.tsx";
import { ToastWithUndo, type Undo } from "../../../views/parts/toast-with-undo.tsx";
import { UpNextCard } from "../../../views/parts/up-next-card.tsx";
import { PartUpdate } from "../../../views/ui/toast.tsx";
import { upNext, upNextOfShow } from "../../db/queries/up-next.ts";
import type { RouteDeps } from "../deps.ts";
import type { Visit } from "./answer.ts";
import { upNextModel } from "./models.ts";
import { caughtUpPart, upNextPage } from "./up-next.ts";

// Answers to what is marked on Up next.

/** The show's next card in place of the one that was watched; after the last one, when the show goes on. */
export function upNextChanged(
  deps: RouteDeps,
  reply: Visit,
  showId: string,
  text: string,
  undo: Omit<Undo, "part">,
): Response {
  const { ctx } = reply;
  const card = upNextCard(deps, reply, showId);
  if (card !== null) {
    const toast = ToastWithUndo({ ctx, text, undo: { ...undo, part: `up-next:${showId}` } });
    return reply.fragment([card, toast]);
  }
  const rest = isEmpty(deps, reply) ? upNextAgain(deps, reply) : caughtUpAgain(deps, reply);
  const toast = ToastWithUndo({ ctx, text, undo: { ...undo, part: "up-next" } });
  return reply.fragment([rest, toast], { headers: { "hx-reswap": "delete" } });
}

function upNextCard({ db }: RouteDeps, { ctx, userId }: Visit, showId: string): JSX.Element | null {
  const item = upNextOfShow(db, userId, Number(showId), ctx.now);
  return item === null ? null : UpNextCard({ ctx, next: upNextModel(ctx, item), arriving: true });
}

const isEmpty = ({ db }: RouteDeps, { ctx, userId }: Visit): boolean =>
  upNext(db, userId, { now: ctx.now, limit: 1 }).items.length === 0;

function caughtUpAgain(deps: RouteDeps, { ctx, userId }: Visit): JSX.Element {
  const children = CaughtUp({ ctx, caughtUp: caughtUpPart(deps, ctx, userId) });
  return PartUpdate({ target: target("caught-up"), children });
}

export function upNextAgain(deps: RouteDeps, { ctx, userId }: Visit): JSX.Element {
  const children = UpNextList({ ctx, page: upNextPage(deps, ctx, userId) });
  return PartUpdate({ target: target("up-next-list"), children });
}

/** The card as it was before; everything else stays where it is. */
export function upNextCardAgain(deps: RouteDeps, reply: Visit, showId: string): JSX.Element[] {
  const children = upNextCard(deps, reply, showId);
  if (children === null) return [];
  return [PartUpdate({ target: target("up-next", showId), swap: "outerHTML", children })];
}
