import { z } from "zod";
import { deletePinsBefore, grantPin, insertPin, type PinRow, pinById } from "../../db/repos/pins.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { singleFlight } from "../../kernel/async.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/ids.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Account, PinConnect, ServerChoice } from "../../providers/contract.ts";
import type { Deps } from "../context.ts";
import type { PinCheck, PinView, ServerOption } from "./types.ts";

const accountSchema = z.object({ id: z.string(), username: z.string(), email: z.string().nullable() });

export type GrantedPin = { provider: ProviderId; token: Secret; account: Account };

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

/** Signing in by a code. The code and the token stay here, sealed; the browser knows an id of ours. */
export function createPins({ db, clock, vault, providers }: Deps) {
  const joined = singleFlight<string, PinCheck>();

  function flowOf(provider: ProviderId): PinConnect {
    const { pin, manifest } = providers.get(provider);
    if (pin === undefined) throw new AppError("unsupported", `${manifest.label} does not sign in with a code.`);
    return pin;
  }

  async function start(userId: number, provider: ProviderId, options: { forwardUrl: string | null }): Promise<PinView> {
    const now = clock.now();
    deletePinsBefore(db, now - HOUR_MS);
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
      createdAt: now,
    });
    return { pinId, code: started.code.reveal(), authUrl: started.authUrl, expiresAt: started.expiresAt };
  }

  function own(userId: number, pinId: string): PinRow & { provider: ProviderId } {
    const row = pinById(db, pinId);
    if (row === undefined || row.userId !== userId || !isProviderId(row.provider)) {
      throw new AppError("not-found", "This sign-in is not known here. Start again with Connect.");
    }
    return { ...row, provider: row.provider };
  }

  async function poll(row: PinRow & { provider: ProviderId }): Promise<Secret | "waiting" | "expired"> {
    if (row.sealedToken !== null) return vault.open(row.sealedToken, { integration: `pin:${row.id}`, field: "token" });
    // Our own deadline also covers answers that never say "expired".
    if (clock.now() >= row.expiresAt) return "expired";
    const code = await vault.open(row.sealedCode, { integration: `pin:${row.id}`, field: "code" });
    try {
      const answer = await flowOf(row.provider).check({ remoteId: row.remoteId, code });
      return answer.state === "granted" ? answer.token : answer.state;
    } catch (error) {
      if (hasCode(error, "unreachable", "rate-limited", "bad-answer")) return "waiting";
      throw error;
    }
  }

  async function granted(row: PinRow & { provider: ProviderId }, token: Secret): Promise<Account> {
    if (row.account !== null) return accountSchema.parse(JSON.parse(row.account));
    const account = await providers.get(row.provider).account.account(token);
    const sealed = await vault.seal(token, { integration: `pin:${row.id}`, field: "token" });
    grantPin(db, row.id, sealed, JSON.stringify(account));
    return account;
  }

  /** Asks the service once; calls that arrive meanwhile share the answer. */
  function check(userId: number, pinId: string): Promise<PinCheck> {
    const row = own(userId, pinId);
    return joined(pinId, async () => {
      const token = await poll(row);
      if (token === "waiting" || token === "expired") return { authorized: false, expired: token === "expired" };
      const account = await granted(row, token);
      const servers = await providers.get(row.provider).account.servers(token);
      return { authorized: true, account, servers: servers.map(serverOption) };
    });
  }

  /** The token behind an approved code. Throws `invalid` while it is not approved. */
  async function grant(userId: number, pinId: string): Promise<GrantedPin> {
    const row = own(userId, pinId);
    const token = await poll(row);
    if (token === "waiting" || token === "expired") {
      const message =
        token === "expired" ? "The sign-in has expired. Start again." : "The sign-in has not been approved yet.";
      throw new AppError("invalid", message, { fields: [{ path: "pinId", message }] });
    }
    return { provider: row.provider, token, account: await granted(row, token) };
  }

  return { start, check, grant, own };
}
