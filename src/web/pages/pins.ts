import { Elysia, t } from "elysia";
import { z } from "zod";
import { PinDocument } from "../../../views/pages/integrations.tsx";
import { PinDialog, type PinModel, PinPanel, type ServerChoiceModel } from "../../../views/parts/pin-dialog.tsx";
import { usesOfAccounts } from "../../db/queries/households.ts";
import { isProviderId, type ProviderId, providerLabel } from "../../domain/providers.ts";
import { singleFlight } from "../../kernel/async.ts";
import { AppError, hasCode, isAppError, toAppError } from "../../kernel/errors.ts";
import type { ConnectInput, PinCheck, ServerOption, SignInView } from "../../services/integrations/types.ts";
import { adminOf, contextOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { pinReturnUrl } from "../public-url.ts";
import { openAddress } from "./address-sign-ins.ts";
import { type Visit, visit } from "./answer.ts";

const choiceForm = z.object({
  machineIdentifier: z.string().max(200).optional(),
  serverUrl: z.string().max(2000).optional(),
});

/** What a failed `connect` tells about each address it tried. */
const attemptsSchema = z.array(
  z.object({ uri: z.string(), kind: z.enum(["local", "remote", "relay", "typed"]), reason: z.string() }),
);
type Attempts = z.infer<typeof attemptsSchema>;

const Provider = { params: t.Object({ provider: t.String() }), detail: { hide: true } };
const Pin = { params: t.Object({ provider: t.String(), pinId: t.String() }), detail: { hide: true } };

const accountForm = z.object({ accountId: z.string().max(200) });

const NO_SIGN_IN: Pick<SignInView, "authUrl" | "at"> = { authUrl: "", at: null };

type Granted = Extract<PinCheck, { authorized: true }>;

export function createPinPages(deps: RouteDeps) {
  const { db, integrations, providers, paths } = deps;
  /** A poll that arrives while the only server is being connected waits for that. */
  const connecting = singleFlight<string, PinModel>();

  function providerOf(name: string): ProviderId {
    if (!isProviderId(name)) throw new AppError("not-found", "There is no such media server here.");
    return providers.get(name).manifest.id;
  }

  /** Without a row of its own there is no server that the sign-in would be at. */
  function base(provider: ProviderId, pinId: string, { authUrl, at }: Pick<SignInView, "authUrl" | "at"> = NO_SIGN_IN) {
    const known = { provider, providerName: providerLabel(provider), pinId };
    if (at === null) return known;
    return {
      ...known,
      at: { serverUrl: authUrl, serverName: at.serverName, insecureTls: at.insecureTls, byCode: at.way === "code" },
    };
  }

  const exampleOf = (provider: ProviderId) => {
    const { address, pin } = providers.get(provider);
    return address?.example ?? pin?.example;
  };

  function failed(provider: ProviderId, pinId: string, thrown: unknown, view?: SignInView): PinModel {
    const { message, hint = "Try again in a few minutes." } = toAppError(thrown);
    return { ...base(provider, pinId, view), state: "failed", message, hint };
  }

  function choices(
    userId: number,
    { account, servers }: Granted,
    chosen: string | null,
    attempts: Attempts,
  ): ServerChoiceModel[] {
    const mine = integrations.list(userId).filter(({ accountId }) => accountId === account.id);
    const known = new Set(mine.map(({ machineIdentifier }) => machineIdentifier));
    return servers.map((server) => {
      const offered = server.connections.map(({ uri, local, relay }) => ({
        uri,
        kind: local ? ("local" as const) : relay ? ("relay" as const) : ("remote" as const),
        probe: null,
      }));
      const tried = attempts.map(({ uri, kind, reason }) => ({ uri, kind, probe: { ok: false as const, reason } }));
      return {
        machineIdentifier: server.machineIdentifier,
        name: server.name,
        owned: server.owned,
        connected: known.has(server.machineIdentifier),
        addresses: server.machineIdentifier === chosen && tried.length > 0 ? tried : offered,
      };
    });
  }

  function choose(
    userId: number,
    provider: ProviderId,
    pinId: string,
    check: Granted,
    error?: AppError,
    chosen: string | null = null,
  ): PinModel {
    const read = attemptsSchema.safeParse(error?.extra?.["attempts"]);
    const attempts = read.success ? read.data : [];
    // Each address says its own reason below; the sentence need not repeat them.
    const name = check.servers.find(({ machineIdentifier }) => machineIdentifier === chosen)?.name;
    const sentence =
      attempts.length > 0 && name !== undefined ? `${name} could not be reached from here.` : error?.message;
    const problem = sentence === undefined ? undefined : [sentence, error?.hint ?? ""].join(" ").trim();
    return {
      ...base(provider, pinId, integrations.pin(userId, pinId)),
      state: "choose",
      example: exampleOf(provider),
      accountName: check.account.username,
      servers: choices(userId, check, chosen, attempts),
      doubt: doubtOf(userId, provider, check),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** The browser may be signed in as somebody else of the family: said before anything of theirs is read. */
  function doubtOf(userId: number, provider: ProviderId, { account, servers }: Granted): string | undefined {
    const offered = new Set(servers.map(({ machineIdentifier }) => machineIdentifier));
    const other = integrations
      .list(userId, provider)
      .find((each) => offered.has(each.machineIdentifier) && each.accountId !== account.id);
    if (other !== undefined) {
      return `${other.serverName} is connected as ${other.username} so far. Connected as ${account.username}, it brings in what ${account.username} watches.`;
    }
    const theirs = usesOfAccounts(db, provider, [account.id]).find((use) => use.userId !== userId);
    if (theirs === undefined) return undefined;
    return `${theirs.username} has connected this ${providerLabel(provider)} account here already. Connected once more, its plays come into your history too.`;
  }

  async function connect(userId: number, provider: ProviderId, input: ConnectInput): Promise<PinModel> {
    const { integration } = await integrations.connect(userId, provider, input);
    const { id, serverName, username } = integration;
    const view = integrations.pin(userId, input.pinId);
    return {
      ...base(provider, input.pinId, view),
      state: "connected",
      serverName,
      accountName: username,
      integrationId: id,
    };
  }

  /** The only server needs no choosing; when it cannot be reached, another address can be typed. */
  function connectOnly(
    userId: number,
    provider: ProviderId,
    pinId: string,
    check: Granted,
    server: ServerOption,
  ): Promise<PinModel> {
    return connecting(pinId, async () => {
      const { machineIdentifier } = server;
      try {
        return await connect(userId, provider, { pinId, machineIdentifier });
      } catch (error) {
        if (!isAppError(error)) throw error;
        return choose(userId, provider, pinId, check, error, machineIdentifier);
      }
    });
  }

  async function stateOf(userId: number, provider: ProviderId, pinId: string): Promise<PinModel> {
    const view = integrations.pin(userId, pinId);
    if (view.provider !== provider) throw new AppError("not-found", "This sign-in belongs to another service.");
    if (view.at?.way === "key" && !view.at.granted) return accountsFor(userId, provider, pinId, view);
    let check: PinCheck;
    try {
      check = await integrations.checkPin(userId, pinId);
    } catch (error) {
      return failed(provider, pinId, error, view);
    }
    if (!check.authorized) {
      return check.expired ? { ...base(provider, pinId, view), state: "expired" } : waiting(provider, pinId, view);
    }
    const [only] = check.servers;
    const isClear = check.servers.length === 1 && doubtOf(userId, provider, check) === undefined;
    if (only === undefined || !isClear) return choose(userId, provider, pinId, check);
    return connectOnly(userId, provider, pinId, check, only);
  }

  function waiting(provider: ProviderId, pinId: string, view: SignInView): PinModel {
    const { authUrl, expiresAt, at } = view;
    if (at === null) return { ...base(provider, pinId), state: "waiting", authUrl, expiresAt };
    const { name: codeName = "", where = "" } = providers.get(provider).address?.guide.code ?? {};
    return { ...base(provider, pinId, view), state: "code", code: at.code, codeName, where, expiresAt };
  }

  async function accountsFor(
    userId: number,
    provider: ProviderId,
    pinId: string,
    view: SignInView,
    problem?: string,
  ): Promise<PinModel> {
    try {
      const accounts = await integrations.accountsOfKey(userId, pinId);
      const said = problem === undefined ? {} : { problem };
      return { ...base(provider, pinId, view), state: "accounts", accounts, ...said };
    } catch (error) {
      return failed(provider, pinId, error, view);
    }
  }

  async function chooseAccount(request: Request, name: string, pinId: string): Promise<Response> {
    const { id: userId } = adminOf(request);
    const { accountId } = readForm(request, accountForm);
    const reply = visit(deps, request);
    const provider = providerOf(name);
    try {
      await integrations.chooseAccount(userId, pinId, accountId);
    } catch (error) {
      if (!hasCode(error, "invalid")) throw error;
      const view = integrations.pin(userId, pinId);
      return show(reply, await accountsFor(userId, provider, pinId, view, toAppError(error).message), 422);
    }
    if (!reply.part) return reply.go(paths.pin(provider, pinId));
    return show(reply, await stateOf(userId, provider, pinId));
  }

  async function giveUp(request: Request, pinId: string): Promise<Response> {
    const { part, userId, ...reply } = visit(deps, request);
    try {
      await integrations.giveUp(userId, pinId);
    } catch (error) {
      // One that has run out is given up already.
      if (!hasCode(error, "not-found")) throw error;
    }
    return part ? reply.fragment("") : reply.go(paths.integrations());
  }

  function show(reply: Visit, pin: PinModel, status = 200): Response {
    const { ctx } = reply;
    return reply.part ? reply.fragment(PinPanel({ ctx, pin })) : reply.page(PinDocument({ ctx, pin }), status);
  }

  async function open(request: Request, name: string): Promise<Response> {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const provider = providerOf(name);
    if (providers.get(provider).manifest.connect === "address") return openAddress(deps, request, reply, provider);
    try {
      const forwardUrl = pinReturnUrl(deps, contextOf(request), provider);
      const started = await integrations.startPin(userId, provider, { forwardUrl });
      const { pinId, authUrl, expiresAt } = started;
      if (!reply.part) return reply.go(paths.pin(provider, pinId));
      return reply.fragment(
        PinDialog({ ctx, pin: { ...base(provider, pinId), state: "waiting", authUrl, expiresAt } }),
      );
    } catch (error) {
      const pin = failed(provider, "none", error);
      return reply.part ? reply.fragment(PinDialog({ ctx, pin })) : reply.page(PinDocument({ ctx, pin }), 502);
    }
  }

  async function connectChosen(request: Request, name: string, pinId: string): Promise<Response> {
    const { machineIdentifier, serverUrl } = readForm(request, choiceForm);
    const reply = visit(deps, request);
    const provider = providerOf(name);
    const input: ConnectInput = {
      pinId,
      ...(machineIdentifier ? { machineIdentifier } : {}),
      ...(serverUrl ? { serverUrl } : {}),
    };
    try {
      return show(reply, await connect(reply.userId, provider, input));
    } catch (error) {
      if (!isAppError(error)) throw error;
      const check = await integrations.checkPin(reply.userId, pinId);
      const view = integrations.pin(reply.userId, pinId);
      if (!check.authorized) return show(reply, { ...base(provider, pinId, view), state: "expired" }, 422);
      return show(reply, choose(reply.userId, provider, pinId, check, error, machineIdentifier ?? null), 422);
    }
  }

  return new Elysia()
    .post("/integrations/:provider/pins", ({ request, params }) => open(request, params.provider), Provider)
    .get(
      "/integrations/:provider/pins/:pinId",
      async ({ request, params }) => {
        const reply = visit(deps, request);
        return show(reply, await stateOf(reply.userId, providerOf(params.provider), params.pinId));
      },
      Pin,
    )
    .delete("/integrations/:provider/pins/:pinId", ({ request, params }) => giveUp(request, params.pinId), Pin)
    .post(
      "/integrations/:provider/pins/:pinId/account",
      ({ request, params }) => chooseAccount(request, params.provider, params.pinId),
      Pin,
    )
    .post(
      "/integrations/:provider/pins/:pinId/connection",
      ({ request, params }) => connectChosen(request, params.provider, params.pinId),
      Pin,
    );
}
