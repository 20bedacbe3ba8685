import { Elysia, t } from "elysia";
import { toRowId } from "../../db/row-id.ts";
import { isProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { LinkTarget, MemberView } from "../../services/households/types.ts";
import type { IntegrationView } from "../../services/integrations/types.ts";
import { adminOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { startFirstSync } from "../first-sync.ts";
import { HomeOffer, Id, IdParams, Integration, NoContent, TextOrNull } from "./schemas.ts";
import { homeOfferJson, integrationJson } from "./shapes.ts";

const tags = ["Household"];
const Params = t.Object({ provider: t.String({ description: "A kind of server, such as plex" }) });
const MemberParams = t.Object({ ...Params.properties, memberId: t.String() });
const Which = t.Object({
  integration: t.Optional(t.String({ description: "Needed only when several servers are connected (else 409)" })),
});
const Pin = t.Optional(t.String({ maxLength: 50, description: "Of a profile that asks for one; it is kept nowhere" }));

const Member = t.Object({
  memberId: t.String(),
  accountId: t.String(),
  name: t.String(),
  managed: t.Boolean({ description: "Has no sign-in of its own" }),
  asksPin: t.Boolean(),
  state: t.String({ description: "self, linked, connected (by that user's own sign-in), offered or free" }),
  userId: TextOrNull,
  username: TextOrNull,
  needsLink: t.Boolean({ description: "Linked, but the server does not accept it any more" }),
});

const Linked = t.Object({ integration: Integration, syncId: TextOrNull });

function memberJson({ state, ...member }: MemberView) {
  return {
    ...member,
    state: state.is,
    userId: "userId" in state ? String(state.userId) : null,
    username: "username" in state ? state.username : null,
    needsLink: state.is === "linked" && state.needsLink,
  };
}

/** Profiles of a household behind one account, each linked to a user. */
export function createHouseholdRoutes(deps: RouteDeps) {
  const { households, integrations, providers, sync } = deps;

  function which(request: Request, provider: string, integration: string | undefined): string {
    if (!isProviderId(provider)) throw new AppError("not-found", "There is no such media server here.");
    return integrations.pick(userOf(request).id, providers.get(provider).manifest.id, integration).id;
  }

  function idOf(text: string): number {
    const id = toRowId(text);
    if (id === null) throw new AppError("not-found", "There is no such user.");
    return id;
  }

  function targetOf(body: { userId?: string; newUser?: { username: string; password?: string } }): LinkTarget {
    if (body.newUser !== undefined && body.userId === undefined) return { newUser: body.newUser };
    if (body.userId !== undefined && body.newUser === undefined) return { userId: idOf(body.userId) };
    const message = "Say either userId or newUser.";
    throw new AppError("invalid", message, { fields: [{ path: "userId", message }] });
  }

  const linked = (integration: IntegrationView) => ({
    integration: integrationJson(integration),
    syncId: startFirstSync(sync, integration),
  });

  return new Elysia()
    .get(
      "/api/integrations/:provider/household",
      async ({ request, params, query }) => {
        const { id } = adminOf(request);
        const { serverName, members } = await households.members(
          id,
          which(request, params.provider, query.integration),
        );
        return { serverName, items: members.map(memberJson), nextCursor: null };
      },
      {
        params: Params,
        query: Which,
        response: { 200: t.Object({ serverName: t.String(), items: t.Array(Member), nextCursor: t.Null() }) },
        detail: {
          summary: "The profiles of the household behind your account (admin)",
          description: "502 when this account looks after none, 404 for servers of a kind that knows none.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/household/links",
      async ({ request, params, query, body, set }) => {
        const { id } = adminOf(request);
        const integrationId = which(request, params.provider, query.integration);
        const { memberId, pin } = body;
        const input = { memberId, target: targetOf(body), ...(pin === undefined ? {} : { pin }) };
        const integration = await households.link(id, integrationId, input);
        set.status = 201;
        return linked(integration);
      },
      {
        params: Params,
        query: Which,
        body: t.Object({
          memberId: t.String({ maxLength: 200 }),
          pin: Pin,
          userId: t.Optional(t.String()),
          newUser: t.Optional(
            t.Object({
              username: t.String({ maxLength: 1000 }),
              password: t.Optional(t.String({ maxLength: 4000, description: "May be set later" })),
            }),
          ),
        }),
        response: { 201: Linked },
        detail: {
          summary: "Link a profile to a user (admin)",
          description:
            "Starts that user's first sync. 422 with the field `pin` when it is missing or wrong, 409 when the profile or the server belongs to somebody already, 429 with Retry-After.",
          tags,
        },
      },
    )
    .put(
      "/api/integrations/:provider/household/offers/:memberId",
      async ({ request, params, query, body }) => {
        const { id } = adminOf(request);
        const integrationId = which(request, params.provider, query.integration);
        const { memberId } = params;
        return homeOfferJson(await households.offer(id, integrationId, { memberId, userId: idOf(body.userId) }));
      },
      {
        params: MemberParams,
        query: Which,
        body: t.Object({ userId: Id }),
        response: { 200: HomeOffer },
        detail: { summary: "Let a user link a profile by themself (admin)", tags },
      },
    )
    .delete(
      "/api/integrations/:provider/household/offers/:memberId",
      ({ request, params, query, set }) => {
        const { id } = adminOf(request);
        households.withdraw(id, which(request, params.provider, query.integration), params.memberId);
        set.status = 204;
      },
      {
        params: MemberParams,
        query: Which,
        response: { 204: NoContent },
        detail: { summary: "Take an offer back (admin)", tags },
      },
    )
    .post(
      "/api/integrations/:provider/household/renewal",
      async ({ request, params, query, body }) => {
        const { id } = userOf(request);
        const integrationId = which(request, params.provider, query.integration);
        return linked(await households.renew(id, integrationId, body.pin));
      },
      {
        params: Params,
        query: Which,
        body: t.Object({ pin: Pin }),
        response: { 200: Linked },
        detail: {
          summary: "Link your own profile again",
          description: "For a server that was linked through a household and does not accept you any more.",
          tags,
        },
      },
    )
    .get(
      "/api/household-offers",
      ({ request }) => ({ items: households.offers(userOf(request).id).map(homeOfferJson), nextCursor: null }),
      {
        response: { 200: t.Object({ items: t.Array(HomeOffer), nextCursor: t.Null() }) },
        detail: { summary: "Profiles that are held ready for you", tags },
      },
    )
    .post(
      "/api/household-offers/:id/link",
      async ({ request, params, body, set }) => {
        const integration = await households.accept(userOf(request).id, params.id, body.pin);
        set.status = 201;
        return linked(integration);
      },
      {
        params: IdParams,
        body: t.Object({ pin: Pin }),
        response: { 201: Linked },
        detail: { summary: "Link a profile that is offered to you", description: "Starts the first sync.", tags },
      },
    )
    .delete(
      "/api/household-offers/:id",
      ({ request, params, set }) => {
        households.decline(userOf(request).id, params.id);
        set.status = 204;
      },
      { params: IdParams, response: { 204: NoContent }, detail: { summary: "Decline an offer", tags } },
    );
}
