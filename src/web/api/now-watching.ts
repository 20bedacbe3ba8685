import { Elysia, t } from "elysia";
import { type InLibrary, inLibrary } from "../../db/queries/now-watching.ts";
import { isProviderId, PROVIDER_CHOICE } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { NowWatching, StreamState } from "../../services/stream/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Id, Iso, IsoOrNull, iso, isoOrNull, TextOrNull } from "./schemas.ts";
import { NumberOrNull, ShowRef } from "./tracker-schemas.ts";
import { showRefJson } from "./tracker-shapes.ts";

const Item = t.Object({
  id: Id,
  integrationId: Id,
  serverName: t.String(),
  show: t.Union([ShowRef, t.Null()], { description: "Null: not in your library yet" }),
  episodeId: t.Union([Id, t.Null()], { description: "Null: no sync has brought it yet" }),
  showTitle: TextOrNull,
  season: NumberOrNull,
  number: NumberOrNull,
  title: TextOrNull,
  state: t.Union([t.Literal("playing"), t.Literal("paused")]),
  positionMs: t.Integer({ description: "Where the player has got to at `at`" }),
  durationMs: NumberOrNull,
  player: t.Union([t.String(), t.Null()], { description: "What the player is called, when the server says so" }),
  startedAt: Iso,
  at: Iso,
});

const State = t.Object({
  state: t.Union([t.Literal("off"), t.Literal("connecting"), t.Literal("live"), t.Literal("reconnecting")], {
    description: "off: not listened to (switched off, a login is needed, or the server tells nothing: `reason`)",
  }),
  since: t.Union([Iso, t.Null()], { description: "Since when it is live, or since when it is not" }),
  nextTryAt: IsoOrNull,
  reason: TextOrNull,
});

function itemJson(item: NowWatching, known: InLibrary | null, { paths, clock }: RouteDeps) {
  const { itemId, showItemId, ...rest } = item;
  return {
    ...rest,
    show: known === null ? null : showRefJson(known.show, paths),
    episodeId: known?.episode?.id ?? null,
    showTitle: known?.show.title ?? item.showTitle,
    title: known?.episode?.title ?? item.title,
    positionMs: Math.round(item.positionMs),
    startedAt: iso(item.startedAt),
    at: iso(clock.now()),
  };
}

function stateJson(state: StreamState) {
  return {
    state: state.state,
    since: "since" in state ? iso(state.since) : null,
    nextTryAt: isoOrNull("nextTryAt" in state ? state.nextTryAt : null),
    reason: ("reason" in state ? state.reason : null) ?? null,
  };
}

export function createNowWatchingRoutes(deps: RouteDeps) {
  const { db, stream, integrations, providers } = deps;
  return new Elysia()
    .get(
      "/api/now-watching",
      ({ request }) => {
        const { id } = userOf(request);
        const items = stream.nowWatching(id);
        const known = inLibrary(db, id, items);
        return { items: items.map((item, at) => itemJson(item, known[at] ?? null, deps)), nextCursor: null };
      },
      {
        response: { 200: t.Object({ items: t.Array(Item), nextCursor: t.Null() }) },
        detail: {
          summary: "What you are watching right now",
          description: "As your media servers tell it, a few seconds old at most. Nothing of it is stored.",
          tags: ["Shows"],
        },
      },
    )
    .get(
      "/api/integrations/:provider/stream",
      ({ request, params, query: { integration } }) => {
        if (!isProviderId(params.provider)) throw new AppError("not-found", "There is no such media server here.");
        const { id } = providers.get(params.provider).manifest;
        return stateJson(stream.state(Number(integrations.pick(userOf(request).id, id, integration).id)));
      },
      {
        params: t.Object({ provider: t.String({ description: PROVIDER_CHOICE }) }),
        query: t.Object({
          integration: t.Optional(
            t.String({ description: "Needed only when several servers are connected (else 409)" }),
          ),
        }),
        response: { 200: State },
        detail: { summary: "Whether the server's news is heard live", tags: ["Integrations"] },
      },
    );
}
