import { Elysia, t } from "elysia";
import { z } from "zod";
import {
  type HouseholdMemberModel,
  type HouseholdModel,
  HouseholdPage,
  NEW_USER,
} from "../../../views/pages/household.tsx";
import { IntegrationsPage } from "../../../views/pages/integrations.tsx";
import type { FormProblem } from "../../../views/parts/setting-form.tsx";
import { toRowId } from "../../db/row-id.ts";
import { providerLabel } from "../../domain/providers.ts";
import { type AppError, isAppError } from "../../kernel/errors.ts";
import type { User } from "../../services/accounts/types.ts";
import type { LinkTarget, MemberView } from "../../services/households/types.ts";
import type { IntegrationView } from "../../services/integrations/types.ts";
import { adminOf, formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { startFirstSync } from "../first-sync.ts";
import { readForm } from "../form.ts";
import { type Visit, visit } from "./answer.ts";
import { integrationsModel } from "./integration-model.ts";

const linkForm = z.object({
  memberId: z.string().max(200),
  do: z.enum(["link", "offer"]).default("link"),
  user: z.string().max(30),
  username: z.string().max(1000).optional(),
  password: z.string().max(4000).optional(),
  pin: z.string().max(50).optional(),
});
const pinForm = z.object({ pin: z.string().max(50).optional() });

type LinkForm = z.infer<typeof linkForm>;

const Which = { params: t.Object({ provider: t.String() }), detail: { hide: true } };
const Member = { params: t.Object({ provider: t.String(), memberId: t.String() }), detail: { hide: true } };
const Offer = { params: t.Object({ id: t.String() }), detail: { hide: true } };

/** Never sent back. */
const SECRET = new Set(["pin", "password"]);

const sentence = ({ message, hint = "" }: AppError): string => [message, hint].join(" ").trim();

const typedIn = (request: Request) => Object.fromEntries([...formOf(request)].filter(([name]) => !SECRET.has(name)));

/** What was wrong, at the fields of one member's form or above them. */
function problemOf(request: Request, form: string, error: AppError): FormProblem {
  const fields = Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
  return {
    form,
    errors: error.fields.length > 0 ? fields : { form: sentence(error) },
    input: typedIn(request),
  };
}

const statusOf = ({ code }: AppError): number =>
  code === "conflict" ? 409 : code === "too-many" ? 429 : code === "invalid" ? 422 : 502;

/** Errors of the visitor's doing or of the service come back with the page; what is not there stays an error. */
const comesBack = (error: unknown): error is AppError =>
  isAppError(error) && !["not-found", "forbidden", "unauthorized", "internal", "database"].includes(error.code);

export function createHouseholdPages(deps: RouteDeps) {
  const { accounts, households, integrations, paths, signIns, sync } = deps;

  function memberModel(member: MemberView, users: readonly User[], letIn: ReadonlySet<string>): HouseholdMemberModel {
    const { memberId, accountId, name, managed, asksPin, state } = member;
    const taken = "userId" in state ? state.userId : null;
    const same = users.find((user) => user.username.toLowerCase() === name.toLowerCase() && user.role !== "admin");
    const chosen = taken ?? same?.id ?? null;
    const mayEnter = !managed && state.is !== "self" && state.is !== "connected" && letIn.has(accountId);
    const asAdmin = users.some(({ id, role }) => id === taken && role === "admin");
    return {
      memberId,
      name,
      managed,
      asksPin,
      state: state.is,
      username: "username" in state ? state.username : null,
      needsLink: state.is === "linked" && state.needsLink,
      user: chosen === null ? NEW_USER : String(chosen),
      signInAs: mayEnter && !asAdmin ? { accountId, userId: taken === null ? "" : String(taken) } : null,
    };
  }

  async function membersOf(
    adminId: number,
    view: IntegrationView,
  ): Promise<Pick<HouseholdModel, "members" | "unread">> {
    try {
      const { members } = await households.members(adminId, view.id);
      const users = accounts.list();
      const mine = signIns.list().filter(({ provider }) => provider === view.provider);
      const known = new Set(mine.map(({ accountId }) => accountId));
      const isOn = signIns.ways().some(({ provider, on }) => provider === view.provider && on);
      const free = isOn ? members.map(({ accountId }) => accountId).filter((each) => !known.has(each)) : [];
      return { members: members.map((member) => memberModel(member, users, new Set(free))), unread: null };
    } catch (error) {
      if (!comesBack(error)) throw error;
      return { members: [], unread: { message: error.message, hint: error.hint ?? null } };
    }
  }

  async function show(
    reply: Visit,
    view: IntegrationView,
    problem: FormProblem | null,
    status = 200,
  ): Promise<Response> {
    const { ctx, userId } = reply;
    const household: HouseholdModel = {
      integrationId: view.id,
      provider: view.provider,
      providerName: providerLabel(view.provider),
      serverName: view.serverName,
      users: accounts.list().map(({ id, username }) => ({ value: String(id), label: username })),
      problem,
      ...(await membersOf(userId, view)),
    };
    return reply.page(HouseholdPage({ ctx, household }), status);
  }

  function targetOf({ user, username = "", password = "" }: LinkForm): LinkTarget {
    if (user === NEW_USER) return { newUser: { username, ...(password === "" ? {} : { password }) } };
    return { userId: toRowId(user) ?? 0 };
  }

  async function done(adminId: number, integrationId: string, form: LinkForm): Promise<string> {
    const { memberId, pin } = form;
    const target = targetOf(form);
    if (form.do === "offer" && "userId" in target) {
      const offer = await households.offer(adminId, integrationId, { memberId, userId: target.userId });
      return `${offer.memberName} is offered to ${accounts.get(target.userId).username}.`;
    }
    const linked = await households.link(adminId, integrationId, {
      memberId,
      target,
      ...(pin === undefined ? {} : { pin }),
    });
    const running = startFirstSync(sync, linked) !== null;
    return `${linked.username} is linked.${running ? " The first sync is running." : ""}`;
  }

  async function change(request: Request, integrationId: string): Promise<Response> {
    const admin = adminOf(request);
    const form = readForm(request, linkForm);
    const reply = visit(deps, request);
    const view = integrations.get(admin.id, integrationId);
    if (form.do === "offer" && form.user === NEW_USER) {
      const errors = { user: "Choose somebody who has a user here. A new user is linked, not offered." };
      return show(reply, view, { form: form.memberId, errors, input: typedIn(request) }, 422);
    }
    try {
      const text = await done(admin.id, integrationId, form);
      return reply.go(paths.household(integrationId), { tone: "success", text });
    } catch (error) {
      if (!comesBack(error)) throw error;
      return show(reply, view, problemOf(request, form.memberId, error), statusOf(error));
    }
  }

  /** The user's own doing, with a PIN perhaps; what is wrong comes back with their Integrations page. */
  async function connectOwn(
    request: Request,
    work: (userId: number, pin: string | undefined) => Promise<IntegrationView>,
    refused: (reply: Visit, error: AppError) => Response,
  ): Promise<Response> {
    const { pin } = readForm(request, pinForm);
    const reply = visit(deps, request);
    try {
      const linked = await work(reply.userId, pin);
      startFirstSync(sync, linked);
      const text = `${linked.serverName} is connected as ${linked.username}.`;
      return reply.go(paths.integrations(), { tone: "success", text });
    } catch (error) {
      if (!comesBack(error)) throw error;
      return refused(reply, error);
    }
  }

  return new Elysia()
    .get(
      "/integrations/:provider/household",
      ({ request, params }) => {
        const { id } = adminOf(request);
        return show(visit(deps, request), integrations.get(id, params.provider), null);
      },
      Which,
    )
    .post("/integrations/:provider/household", ({ request, params }) => change(request, params.provider), Which)
    .delete(
      "/integrations/:provider/household/offers/:memberId",
      ({ request, params }) => {
        const { id } = adminOf(request);
        households.withdraw(id, params.provider, params.memberId);
        const text = "The offer is taken back.";
        return visit(deps, request).go(paths.household(params.provider), { tone: "success", text });
      },
      Member,
    )
    .post(
      "/integrations/:provider/household/renewal",
      ({ request, params }) =>
        connectOwn(
          request,
          (userId, pin) => households.renew(userId, params.provider, pin),
          (reply, error) => reply.go(paths.integrations(), { tone: "error", text: sentence(error) }),
        ),
      Which,
    )
    .post(
      "/household-offers/:id",
      ({ request, params }) =>
        connectOwn(
          request,
          (userId, pin) => households.accept(userId, params.id, pin),
          (reply, error) => {
            const page = integrationsModel(deps, reply.ctx, reply.userId, { id: params.id, problem: sentence(error) });
            return reply.page(IntegrationsPage({ ctx: reply.ctx, page }), statusOf(error));
          },
        ),
      Offer,
    )
    .delete(
      "/household-offers/:id",
      ({ request, params }) => {
        const reply = visit(deps, request);
        households.decline(reply.userId, params.id);
        return reply.go(paths.integrations());
      },
      Offer,
    );
}
