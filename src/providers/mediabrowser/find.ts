import { AppError, isAppError } from "../../kernel/errors.ts";
import { asJson } from "../../kernel/http.ts";
import type { AddressConnect, FoundPlace, ProbeResult, ServerIdentity } from "../contract.ts";
import { explain } from "../probe-reasons.ts";
import { serverPath, typedAddresses } from "./addresses.ts";
import { createMediaBrowserClient } from "./client.ts";
import type { MediaBrowserDeps } from "./config.ts";
import type { Kind } from "./dialect.ts";
import { flagSchema, type PublicInfo, publicInfoSchema } from "./schemas.ts";

/** In messages about one address; sentences about it are built from the cause instead. */
export const probeName = "The server";

type Tried = {
  result: ProbeResult;
  info: PublicInfo | null;
  /** Where the answer leads. */
  leadsTo: string | null;
  certificate: boolean;
};

export function createFind(deps: MediaBrowserDeps): AddressConnect["find"] {
  return async ({ url, insecureTls }) => {
    const typed = typedAddresses(url);
    if (typed.length === 0) {
      throw invalidAddress(`This is not an address. An example of one is ${deps.dialect.example}.`);
    }
    const first = await askAll(deps, withPrefixes(deps, typed), insecureTls);
    const answers = first.some(isHome(deps)) ? first : [...first, ...(await askFurther(deps, first, insecureTls))];
    const found = answers.find(isHome(deps));
    if (found !== undefined) return placeOf(deps, found);
    const other = answers.map(({ info }) => otherKind(deps, info)).find((kind) => kind !== null);
    if (other !== undefined) {
      const { label } = deps.dialect.kind;
      throw invalidAddress(`This is ${withArticle(other.label)} server, not ${label}. Connect it as ${other.label}.`);
    }
    throw unanswered(answers);
  };
}

const withPrefixes = ({ dialect }: MediaBrowserDeps, urls: readonly string[]): string[] => {
  const known = (url: string) => dialect.prefixes.some((prefix) => prefix !== "" && url.endsWith(prefix));
  return [...new Set(urls.flatMap((url) => (known(url) ? [url] : dialect.prefixes.map((each) => `${url}${each}`))))];
};

const askAll = (deps: MediaBrowserDeps, urls: readonly string[], insecureTls: boolean): Promise<Tried[]> =>
  Promise.all(urls.map((url) => askWho(deps, url, insecureTls)));

/** A server or a proxy that leads to another path, or to https, has said where the server is. */
function askFurther(deps: MediaBrowserDeps, tried: readonly Tried[], insecureTls: boolean): Promise<Tried[]> {
  const asked = new Set(tried.map(({ result }) => result.url));
  const further = new Set(tried.flatMap(({ leadsTo }) => (leadsTo === null || asked.has(leadsTo) ? [] : [leadsTo])));
  return askAll(deps, [...further], insecureTls);
}

/** Who answers at an address. Verified addresses stay verified; the check is left out only where it is what fails. */
export async function askWho(deps: MediaBrowserDeps, url: string, insecureTls: boolean): Promise<Tried> {
  const first = await askOnce(deps, url, false);
  return insecureTls && first.certificate ? askOnce(deps, url, true) : first;
}

async function askOnce(deps: MediaBrowserDeps, url: string, insecureTls: boolean): Promise<Tried> {
  const connection = { url, kind: "typed" as const, insecureTls };
  const started = deps.clock.ticks();
  try {
    const info = await publicInfo(deps, { url, insecureTls }, deps.timeouts.identityMs);
    const ms = Math.round(deps.clock.ticks() - started);
    return { result: { ...connection, ok: true, ms, reason: null }, info, leadsTo: null, certificate: false };
  } catch (error) {
    const { reason, certificate } = explain(error, deps.dialect.kind.label);
    const result = { ...connection, ok: false, ms: null, reason };
    return { result, info: null, leadsTo: placeBehind(url, error), certificate };
  }
}

function publicInfo(
  deps: MediaBrowserDeps,
  { url, insecureTls }: { url: string; insecureTls: boolean },
  timeoutMs: number,
): Promise<PublicInfo> {
  const client = createMediaBrowserClient(deps, { name: probeName, url, token: null, insecureTls, deviceId: "search" });
  return client.ask("/System/Info/Public", { read: asJson(probeName, publicInfoSchema), timeoutMs, tries: 1 });
}

function placeBehind(url: string, error: unknown): string | null {
  const location = isAppError(error) ? error.extra?.["location"] : undefined;
  if (typeof location !== "string" || !URL.canParse(location, `${url}/`)) return null;
  const to = new URL(location, `${url}/`);
  const isWeb = to.protocol === "http:" || to.protocol === "https:";
  // Anybody's portal may lead anywhere; a server leads to itself.
  return isWeb && to.hostname === new URL(url).hostname ? `${to.origin}${serverPath(to.pathname)}` : null;
}

const isHome =
  ({ dialect, kinds }: MediaBrowserDeps) =>
  ({ info }: Tried): boolean => {
    if (info === null) return false;
    // A server that nobody knows may still be what the user says it is.
    return dialect.kind.claims(info) || !kinds.some((kind) => kind.claims(info));
  };

function otherKind({ dialect, kinds }: MediaBrowserDeps, info: PublicInfo | null): Kind | null {
  if (info === null || dialect.kind.claims(info)) return null;
  return kinds.find((kind) => kind.claims(info)) ?? null;
}

async function placeOf(deps: MediaBrowserDeps, { result, info }: Tried): Promise<FoundPlace> {
  if (info === null) throw new AppError("internal", "A server was found that has not answered.");
  const { url, insecureTls } = result;
  const identity = identityOf(deps, info);
  return {
    url,
    insecureTls,
    identity,
    code: deps.dialect.guide.code !== null && (await offersCodes(deps, url, insecureTls)),
  };
}

export function identityOf({ dialect }: MediaBrowserDeps, info: PublicInfo): ServerIdentity {
  const name = info.ServerName?.trim();
  return { serverId: info.Id, name: name ? name : `${dialect.kind.label} server`, version: info.Version ?? null };
}

/** Another way to sign in is always there, so a server that does not say has none. */
async function offersCodes(deps: MediaBrowserDeps, url: string, insecureTls: boolean): Promise<boolean> {
  const client = createMediaBrowserClient(deps, { name: probeName, url, token: null, insecureTls, deviceId: "search" });
  const read = asJson(probeName, flagSchema);
  try {
    return await client.ask("/QuickConnect/Enabled", { read, timeoutMs: deps.timeouts.identityMs, tries: 1 });
  } catch (error) {
    if (!isAppError(error)) throw error;
    return false;
  }
}

function invalidAddress(message: string): AppError {
  return new AppError("invalid", message, { fields: [{ path: "serverUrl", message }] });
}

function unanswered(answers: readonly Tried[]): AppError {
  const results = answers.map(({ result }) => result);
  const reasons = results.map(({ url, reason }) => `${url}: ${reason ?? "no answer"}`).join(" ");
  return new AppError("unreachable", `No server could be reached there. ${reasons}`, {
    hint: "Is the server switched on? If it runs in another network or container, type the address that works from there, with port and path.",
    extra: { attempts: results.map(({ url, kind, reason }) => ({ uri: url, kind, reason: reason ?? "no answer" })) },
  });
}

const withArticle = (label: string): string => `${/^[aeiou]/i.test(label) ? "an" : "a"} ${label}`;
