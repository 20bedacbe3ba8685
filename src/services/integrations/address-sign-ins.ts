import { type IntegrationRow, integrationByServer } from "../../db/repos/integrations.ts";
import { grantPin, insertPin, type PinRow } from "../../db/repos/pins.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import type { ProviderId } from "../../domain/providers.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import { randomToken, randomUuid } from "../../kernel/ids.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { Account, AddressConnect, CodeState, FoundPlace, SignedIn } from "../../providers/contract.ts";
import { createLoginLimit } from "../accounts/login-limit.ts";
import type { Deps } from "../context.ts";
import type { Abandoned } from "./abandoned.ts";
import { readPlace, type SignInPlace, writePlace } from "./place.ts";
import type { AddressInput, CodeView, KeyAccounts } from "./types.ts";

/** From the sign-in to choosing to connect. */
export const GRANT_MS = HOUR_MS;

/** What stands in the column of the code where there is none to approve. */
const nothing = secret("");

type Way = SignInPlace["way"];

const invalid = (path: string, message: string): AppError =>
  new AppError("invalid", message, { fields: [{ path, message }] });

/** Signing in at a server that keeps its accounts itself. A password is handed over and forgotten; the token stays, sealed. */
export function createAddressSignIns({ db, clock, vault, providers }: Deps, abandoned: Abandoned) {
  // Through us nobody shall get further with guessing than at our own door.
  const guesses = createLoginLimit(clock);

  function flowOf(provider: ProviderId): AddressConnect {
    const { address, manifest } = providers.get(provider);
    if (address !== undefined) return address;
    throw invalid("serverUrl", `${manifest.label} does not sign in at an address. Begin with auth/pin.`);
  }

  async function find(provider: ProviderId, { serverUrl, insecureTls = false }: AddressInput): Promise<FoundPlace> {
    return flowOf(provider).find({ url: serverUrl, insecureTls });
  }

  /** The same account keeps its name on the server's list of devices; under it, no other account may sign in. */
  function deviceFor(
    userId: number,
    provider: ProviderId,
    serverId: string,
    isSame: (known: IntegrationRow) => boolean,
  ): string {
    const known = integrationByServer(db, userId, provider, serverId);
    return known === undefined || known.deviceId === null || !isSame(known) ? randomUuid() : known.deviceId;
  }

  function placeAt(found: FoundPlace, deviceId: string, way: Way): SignInPlace {
    const { url, insecureTls, identity } = found;
    return { url, insecureTls, deviceId, serverId: identity.serverId, serverName: identity.name, way };
  }

  /** `shown`: the code that the user sees; what it is asked about with is sealed. */
  async function remember(
    userId: number,
    provider: ProviderId,
    place: SignInPlace,
    { shown, code, expiresAt }: { shown: string; code: Secret; expiresAt: number },
  ): Promise<string> {
    void abandoned.clearAway();
    const id = randomToken(16);
    insertPin(db, {
      id,
      userId,
      provider,
      remoteId: shown,
      sealedCode: await vault.seal(code, { integration: `pin:${id}`, field: "code" }),
      authUrl: place.url,
      expiresAt,
      place: writePlace(place),
      createdAt: clock.now(),
    });
    return id;
  }

  async function grant(id: string, { token, account }: SignedIn, place?: SignInPlace): Promise<void> {
    const sealedToken = await vault.seal(token, { integration: `pin:${id}`, field: "token" });
    grantPin(db, id, {
      sealedToken,
      account: JSON.stringify(account),
      expiresAt: clock.now() + GRANT_MS,
      ...(place === undefined ? {} : { place: writePlace(place) }),
    });
  }

  async function withPassword(
    userId: number,
    provider: ProviderId,
    { username, password, ...at }: AddressInput & { username: string; password: Secret },
  ): Promise<string> {
    const found = await find(provider, at);
    const name = username.trim().toLowerCase();
    const isSame = ({ accountName }: IntegrationRow) => accountName.toLowerCase() === name;
    const deviceId = deviceFor(userId, provider, found.identity.serverId, isSame);
    const place = placeAt(found, deviceId, "password");
    const guess = guesses.attempt(`${userId} ${found.identity.serverId} ${name}`);
    const signedIn = await flowOf(provider)
      .withPassword(place, { username: username.trim(), password })
      .catch((error: unknown) => {
        // A server that has said nothing of the password has refused none.
        if (!hasCode(error, "invalid")) guess.untried();
        throw error;
      });
    guess.succeeded();
    const none = { shown: "", code: nothing, expiresAt: clock.now() + GRANT_MS };
    const id = await remember(userId, provider, place, none);
    await grant(id, signedIn);
    return id;
  }

  async function startCode(userId: number, provider: ProviderId, at: AddressInput): Promise<CodeView> {
    const flow = flowOf(provider);
    const found = await find(provider, at);
    if (flow.code === undefined || flow.guide.code === null) {
      const { label } = providers.get(provider).manifest;
      throw invalid("serverUrl", `${label} does not sign in with a code. Use a user name and password.`);
    }
    const { name, off } = flow.guide.code;
    if (!found.code) {
      throw invalid(
        "serverUrl",
        `${name} is switched off on ${found.identity.name}. ${off} Or use a user name and password.`,
      );
    }
    // Who will approve it is not known yet: a sign-in that works is not ended for it.
    const isSpent = ({ status, disconnectedAt }: IntegrationRow) => status === "needs-login" || disconnectedAt !== null;
    const place = placeAt(found, deviceFor(userId, provider, found.identity.serverId, isSpent), "code");
    const { code, secret: asked, expiresAt } = await flow.code.start(place);
    return {
      requestId: await remember(userId, provider, place, { shown: code, code: asked, expiresAt }),
      code,
      expiresAt,
    };
  }

  async function withKey(
    userId: number,
    provider: ProviderId,
    { apiKey, ...at }: AddressInput & { apiKey: Secret },
  ): Promise<KeyAccounts> {
    const found = await find(provider, at);
    const place = placeAt(found, randomUuid(), "key");
    const accounts = await flowOf(provider).accountsOf(place, apiKey);
    const kept = { shown: "", code: apiKey, expiresAt: clock.now() + GRANT_MS };
    return { requestId: await remember(userId, provider, place, kept), accounts };
  }

  async function keyOf(row: PinRow): Promise<{ place: SignInPlace; key: Secret }> {
    const place = readPlace(row);
    if (place === null || place.way !== "key") throw new AppError("conflict", "This sign-in is not with a key.");
    return { place, key: await vault.open(row.sealedCode, { integration: `pin:${row.id}`, field: "code" }) };
  }

  async function accountsOf(row: PinRow & { provider: ProviderId }): Promise<Account[]> {
    const { place, key } = await keyOf(row);
    return flowOf(row.provider).accountsOf(place, key);
  }

  /** The key acts for this account from now on. */
  async function choose(row: PinRow & { provider: ProviderId }, accountId: string): Promise<void> {
    const { place, key } = await keyOf(row);
    const account = (await accountsOf(row)).find(({ id }) => id === accountId);
    if (account === undefined) throw invalid("accountId", `There is no such user on ${place.serverName}.`);
    const isSame = (known: IntegrationRow) => known.accountId === accountId;
    const deviceId = deviceFor(row.userId, row.provider, place.serverId, isSame);
    await grant(row.id, { token: key, account }, { ...place, deviceId });
  }

  /** Asks the server about a code. */
  async function ask(row: PinRow & { provider: ProviderId }, place: SignInPlace): Promise<CodeState> {
    const { code } = flowOf(row.provider);
    if (place.way !== "code" || code === undefined) return { state: "waiting" };
    return code.check(place, await vault.open(row.sealedCode, { integration: `pin:${row.id}`, field: "code" }));
  }

  return { find, withPassword, startCode, withKey, accountsOf, choose, ask, grant };
}

export type AddressSignIns = ReturnType<typeof createAddressSignIns>;
