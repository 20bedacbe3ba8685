import { Elysia, t } from "elysia";
import { z } from "zod";
import { AddressDocument } from "../../../views/pages/integrations.tsx";
import {
  AddressDialog,
  type AddressField,
  type AddressModel,
  AddressPanel,
} from "../../../views/parts/address-panel.tsx";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { AppError, isAppError } from "../../kernel/errors.ts";
import { secret } from "../../kernel/secret.ts";
import type { AddressConnect } from "../../providers/contract.ts";
import type { AddressInput } from "../../services/integrations/types.ts";
import { adminOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { redirect } from "../respond.ts";
import { type Visit, visit } from "./answer.ts";

const text = (most: number) => z.string().max(most, `This may be at most ${most} characters long.`);

const whereForm = z.object({
  serverUrl: text(2000).trim().default(""),
  insecureTls: z.literal("true").optional(),
  username: text(200).default(""),
  integration: z.string().max(20).optional(),
});
const passwordForm = whereForm.extend({ password: text(1000).default("") });
const keyForm = whereForm.extend({ apiKey: text(1000).trim().default("") });

type Where = z.infer<typeof whereForm>;

/** What a search in vain tells about each address it tried. */
const attemptsSchema = z.array(z.object({ uri: z.string(), reason: z.string() }));

const FIELDS: readonly string[] = ["serverUrl", "username", "password", "apiKey"] satisfies AddressField[];
const isField = (path: string): path is AddressField => FIELDS.includes(path);

const Provider = { params: t.Object({ provider: t.String() }), detail: { hide: true } };

function addressOf({ providers }: Pick<RouteDeps, "providers">, provider: ProviderId): AddressConnect {
  const { address } = providers.get(provider);
  if (address === undefined) throw new AppError("not-found", "There is no such sign-in here.");
  return address;
}

const inputOf = ({ serverUrl, insecureTls }: Where): AddressInput => ({
  serverUrl,
  insecureTls: insecureTls === "true",
});

function emptyModel(deps: RouteDeps, provider: ProviderId, where: Where): AddressModel {
  return {
    provider,
    providerName: deps.providers.get(provider).manifest.label,
    example: addressOf(deps, provider).example,
    serverUrl: where.serverUrl,
    insecureTls: where.insecureTls === "true",
    offersInsecure: false,
    username: where.username,
    problem: null,
    tried: [],
    found: null,
  };
}

/** The first step. Of a server that is connected already, what is known stands there. */
function firstStep(deps: RouteDeps, userId: number, provider: ProviderId, where: Where): AddressModel {
  const empty = emptyModel(deps, provider, where);
  if (where.integration === undefined) return empty;
  const { serverUrl, username, insecureTls } = deps.integrations.get(userId, where.integration);
  return { ...empty, serverUrl, username, insecureTls };
}

/** What has gone wrong, said where it belongs. */
function withProblem(model: AddressModel, error: AppError): AddressModel {
  const read = attemptsSchema.safeParse(error.extra?.["attempts"]);
  const tried = read.success ? read.data : [];
  const [first] = error.fields;
  const field = first !== undefined && isField(first.path) ? first.path : null;
  // Each address says its own reason below; the sentence need not repeat them.
  const sentence = tried.length > 0 ? `No ${model.providerName} server answers there.` : error.message;
  const message = field === null ? sentence : (first?.message ?? sentence);
  const problem = { text: [message, error.hint ?? ""].join(" ").trim(), field };
  const said = [error.message, ...tried.map(({ reason }) => reason)].join(" ");
  return { ...model, problem, tried, offersInsecure: /certificate/.test(said) };
}

export function openAddress(deps: RouteDeps, request: Request, reply: Visit, provider: ProviderId): Response {
  const where = readForm(request, whereForm);
  const { ctx, userId } = reply;
  const address = firstStep(deps, userId, provider, where);
  if (reply.part) return reply.fragment(AddressDialog({ ctx, address }));
  const { integration, serverUrl } = where;
  return reply.go(
    deps.paths.serverAddress(provider, { integration, serverUrl: serverUrl === "" ? undefined : serverUrl }),
  );
}

/** Signing in at a server whose address the user types: the address first, then who they are there. */
export function createAddressPages(deps: RouteDeps) {
  const { integrations, paths } = deps;

  function providerOf(name: string): ProviderId {
    if (!isProviderId(name)) throw new AppError("not-found", "There is no such media server here.");
    addressOf(deps, name);
    return name;
  }

  function show(reply: Visit, address: AddressModel, status = 200): Response {
    const { ctx } = reply;
    return reply.part
      ? reply.fragment(AddressPanel({ ctx, address }))
      : reply.page(AddressDocument({ ctx, address }), status);
  }

  /** The second step, or the first again where no such server answers. */
  async function secondStep(request: Request, provider: ProviderId, where: Where): Promise<AddressModel> {
    const empty = emptyModel(deps, provider, where);
    try {
      const { url, insecureTls, identity, code } = await integrations.findServer(provider, inputOf(where));
      const { guide } = addressOf(deps, provider);
      const found = {
        name: identity.name,
        version: identity.version,
        codeName: code ? (guide.code?.name ?? null) : null,
        keyHint: userOf(request).role === "admin" ? guide.key : null,
      };
      return { ...empty, serverUrl: url, insecureTls, found };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return withProblem(empty, error);
    }
  }

  /** A sign-in that has begun goes on under its own address; what was refused is said in the step it belongs to. */
  async function begin(
    request: Request,
    name: string,
    where: Where,
    sign: (userId: number, provider: ProviderId) => Promise<string>,
  ): Promise<Response> {
    const reply = visit(deps, request);
    const provider = providerOf(name);
    try {
      const requestId = await sign(reply.userId, provider);
      // For htmx too: it follows, and gets the panel.
      return redirect(paths.pin(provider, requestId));
    } catch (error) {
      if (!isAppError(error)) throw error;
      const model = await secondStep(request, provider, where);
      const status = error.code === "too-many" ? 429 : 422;
      return show(reply, model.found === null ? model : withProblem(model, error), status);
    }
  }

  return new Elysia()
    .get(
      "/integrations/:provider/address",
      ({ request, params, query }) => {
        const reply = visit(deps, request);
        const { serverUrl = "", integration } = query;
        const where = { serverUrl, username: "", ...(integration === undefined ? {} : { integration }) };
        return show(reply, firstStep(deps, reply.userId, providerOf(params.provider), where));
      },
      {
        ...Provider,
        query: t.Object({
          serverUrl: t.Optional(t.String({ maxLength: 2000 })),
          integration: t.Optional(t.String({ maxLength: 20 })),
        }),
      },
    )
    .post(
      "/integrations/:provider/address",
      async ({ request, params }) => {
        const reply = visit(deps, request);
        const model = await secondStep(request, providerOf(params.provider), readForm(request, whereForm));
        return show(reply, model, model.found === null ? 422 : 200);
      },
      Provider,
    )
    .post(
      "/integrations/:provider/sign-in-codes",
      ({ request, params }) => {
        const where = readForm(request, whereForm);
        return begin(request, params.provider, where, async (userId, provider) => {
          return (await integrations.startCode(userId, provider, inputOf(where))).requestId;
        });
      },
      Provider,
    )
    .post(
      "/integrations/:provider/sign-in-passwords",
      ({ request, params }) => {
        const { password, ...where } = readForm(request, passwordForm);
        const who = { username: where.username, password: secret(password) };
        return begin(request, params.provider, where, (userId, provider) =>
          integrations.signInWithPassword(userId, provider, { ...inputOf(where), ...who }),
        );
      },
      Provider,
    )
    .post(
      "/integrations/:provider/sign-in-keys",
      ({ request, params }) => {
        adminOf(request);
        const { apiKey, ...where } = readForm(request, keyForm);
        return begin(request, params.provider, where, async (userId, provider) => {
          const input = { ...inputOf(where), apiKey: secret(apiKey) };
          return (await integrations.signInWithKey(userId, provider, input)).requestId;
        });
      },
      Provider,
    );
}
