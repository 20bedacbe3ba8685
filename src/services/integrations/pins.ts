import { deletePin, grantPin, insertPin, type PinRow, pinById } from "../../db/repos/pins.ts";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { singleFlight } from "../../kernel/async.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/ids.ts";
import type { Account, AccountPlace, PinConnect, ServerChoice, SignedIn } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import type { Abandoned } from "./abandoned.ts";
import type { AddressSignIns } from "./address-sign-ins.ts";
import { accountPlace, readAccount, readPlace } from "./place.ts";
import type { PinCheck, PinView, ServerOption } from "./types.ts";

/** A sign-in that has begun. */
export type OwnPin = PinRow & { provider: ProviderId };

export type GrantedPin = SignedIn & { provider: ProviderId; place: AccountPlace | undefined };

function serverOption(choice: ServerChoice): ServerOption {
  return {
    machineIdentifier: choice.serverId,
    name: choice.name,
    owned: choice.owned,
    ownerName: choice.ownerName,
    online: choice.online,
    connections: choice.connections.map(({ url, kind }) => ({
      uri: url,
      local: kind === "local",
      relay: kind === "relay",
    })),
  };
}

/**
 * Signing in, from its beginning to connecting: by a code on a service's own page, or at a server whose address was typed.
 * Codes and tokens stay here, sealed; the browser knows an id of ours.
 */
export function createPins(
  { db, clock, vault, providers }: Deps,
  { addresses, abandoned }: { addresses: AddressSignIns; abandoned: Abandoned },
) {
  const joined = singleFlight<string, SignedIn | "waiting" | "expired">();

  function flowOf(provider: ProviderId): PinConnect {
    const { pin, manifest } = providers.get(provider);
    if (pin !== undefined) return pin;
    const message = `${manifest.label} signs in at the address of the server. Begin with auth/password.`;
    throw new AppError("invalid", message, { fields: [{ path: "provider", message }] });
  }

  async function start(userId: number, provider: ProviderId, options: { forwardUrl: string | null }): Promise<PinView> {
    void abandoned.clearAway();
    const started = await flowOf(provider).start(options);
    const pinId = randomToken(16);
    const sealedCode = await vault.seal(started.code, { integration: `pin:${pinId}`, field: "code" });
    insertPin(db, {
      id: pinId,
      userId,
      provider,
      remoteId: started.remoteId,
      sealedCode,
      authUrl: started.authUrl,
      expiresAt: started.expiresAt,
      createdAt: clock.now(),
    });
    return { pinId, code: started.code.reveal(), authUrl: started.authUrl, expiresAt: started.expiresAt };
  }

  function own(userId: number, pinId: string): OwnPin {
    const row = pinById(db, pinId);
    if (row === undefined || row.userId !== userId || !isProviderId(row.provider)) {
      throw new AppError("not-found", "This sign-in is not known here. Start again with Connect.");
    }
    return { ...row, provider: row.provider };
  }

  async function known({ id, sealedToken, account }: OwnPin): Promise<SignedIn | null> {
    if (sealedToken === null || account === null) return null;
    const token = await vault.open(sealedToken, { integration: `pin:${id}`, field: "token" });
    return { token, account: readAccount(account) };
  }

  async function askService(row: OwnPin): Promise<SignedIn | "waiting" | "expired"> {
    const code = await vault.open(row.sealedCode, { integration: `pin:${row.id}`, field: "code" });
    const answer = await flowOf(row.provider).check({ remoteId: row.remoteId, code });
    if (answer.state !== "granted") return answer.state;
    const { token } = answer;
    const account = await providers.get(row.provider).account.account(token);
    const sealedToken = await vault.seal(token, { integration: `pin:${row.id}`, field: "token" });
    grantPin(db, row.id, { sealedToken, account: JSON.stringify(account) });
    return { token, account };
  }

  async function askServer(row: OwnPin): Promise<SignedIn | "waiting" | "expired"> {
    const place = readPlace(row);
    if (place === null) return askService(row);
    const answer = await addresses.ask(row, place);
    if (answer.state !== "granted") return answer.state;
    await addresses.grant(row.id, answer);
    return { token: answer.token, account: answer.account };
  }

  /** Asks once; calls that arrive meanwhile share the answer: a code that is exchanged twice is worth nothing the second time. */
  function settle({ id, userId }: OwnPin): Promise<SignedIn | "waiting" | "expired"> {
    return joined(id, async () => {
      const row = own(userId, id);
      // Our own deadline also covers answers that never say "expired".
      const isOver = clock.now() >= row.expiresAt;
      if (isOver && row.place !== null) return "expired";
      const signedIn = await known(row);
      if (signedIn !== null) return signedIn;
      if (isOver) return "expired";
      try {
        return await askServer(row);
      } catch (error) {
        if (hasCode(error, "unreachable", "rate-limited", "bad-answer")) return "waiting";
        throw error;
      }
    });
  }

  const placeOf = (row: OwnPin, account: Account): AccountPlace | undefined => {
    // Read anew: choosing an account may have changed it.
    const place = readPlace(own(row.userId, row.id));
    return place === null ? undefined : accountPlace(place, account.id);
  };

  async function check(userId: number, pinId: string): Promise<PinCheck> {
    const row = own(userId, pinId);
    const signedIn = await settle(row);
    if (signedIn === "waiting" || signedIn === "expired") return { authorized: false, expired: signedIn === "expired" };
    const { token, account } = signedIn;
    const servers = await providers.get(row.provider).account.servers(token, placeOf(row, account));
    return { authorized: true, account, servers: servers.map(serverOption) };
  }

  /** The token behind an approved sign-in. Throws `invalid` while it is not approved. */
  async function grant(userId: number, pinId: string): Promise<GrantedPin> {
    const row = own(userId, pinId);
    const signedIn = await settle(row);
    if (signedIn === "waiting" || signedIn === "expired") {
      const message =
        signedIn === "expired" ? "The sign-in has expired. Start again." : "The sign-in has not been approved yet.";
      const path = row.place === null ? "pinId" : "requestId";
      throw new AppError("invalid", message, { fields: [{ path, message }] });
    }
    return { provider: row.provider, ...signedIn, place: placeOf(row, signedIn.account) };
  }

  /** Nothing to take back of a code that nobody has approved: it runs out by itself. */
  async function giveUp(userId: number, pinId: string): Promise<void> {
    await abandoned.signOut(deletePin(db, own(userId, pinId).id));
  }

  return { start, check, grant, own, giveUp };
}
