import { connectedAccounts, signInGlance, signInGlances } from "../../db/queries/sign-ins.ts";
import { allIntegrations } from "../../db/repos/integrations.ts";
import {
  deleteSessionsThrough,
  deleteSignInAccount,
  deleteSignInPin,
  deleteSignInPinsBefore,
  insertSignInAccount,
  insertSignInPin,
  type SignInAccountRow,
  type SignInPinRow,
  signInAccountById,
  signInAccountNamed,
  signInAccountOf,
  signInPinById,
  updateSignInAccount,
} from "../../db/repos/sign-ins.ts";
import { toRowId } from "../../db/row-id.ts";
import { tx } from "../../db/tx.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { isProviderId, type ProviderId } from "../../domain/providers.ts";
import { singleFlight, withDeadline } from "../../kernel/async.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import { equalInConstantTime, randomToken, sha256Hex } from "../../kernel/ids.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Account, PinConnect } from "../../providers/contract.ts";
import { createLoginLimit } from "../accounts/login-limit.ts";
import type { Accounts, NewSession, Visitor } from "../accounts/types.ts";
import type { Deps } from "../context.ts";
import type { AllowInput, SignInAccountView, SignInCheck, SignIns, SignInWay } from "./types.ts";
import { isWayOn, turnWay } from "./ways.ts";

const wantedMax = 200;
/** Giving a token back must not keep anybody waiting. */
const farewellMs = 3_000;

type SignInDeps = Pick<Deps, "db" | "clock" | "log" | "vault" | "providers"> & {
  accounts: Accounts;
  /** Throws `conflict` when credentials cannot be sealed. */
  requireKey(): void;
};

/** Signing in with an account at a media server's service. Its token is read once, for who it is, and given back. */
export function createSignIns({ db, clock, log, vault, providers, accounts, requireKey }: SignInDeps): SignIns {
  const limit = createLoginLimit(clock);
  const joined = singleFlight<string, SignInCheck>();

  function flowOf(provider: ProviderId): PinConnect {
    const { pin, manifest } = providers.get(provider);
    if (pin === undefined) throw new AppError("not-found", `There is no signing in with ${manifest.label}.`);
    return pin;
  }

  const labelOf = (provider: ProviderId) => providers.get(provider).manifest.label;
  const isOn = (provider: ProviderId) => isWayOn(db, provider);

  function requireOn(provider: ProviderId): void {
    if (isOn(provider)) return;
    throw new AppError("forbidden", `Signing in with ${labelOf(provider)} is switched off here.`, {
      hint: "Use your name and password, or ask the admin.",
    });
  }

  function ways(): SignInWay[] {
    return providers
      .all()
      .filter(({ manifest }) => manifest.connect === "pin")
      .map(({ manifest }) => ({ provider: manifest.id, label: manifest.label, on: isOn(manifest.id) }));
  }

  async function start(provider: ProviderId, { browser, visitor, next, forwardUrl }: Parameters<SignIns["start"]>[1]) {
    const flow = flowOf(provider);
    requireOn(provider);
    requireKey();
    const attempt = limit.attempt(visitor.address);
    const now = clock.now();
    deleteSignInPinsBefore(db, now - HOUR_MS);
    const started = await flow.start({ forwardUrl }).catch((error: unknown) => {
      attempt.untried();
      throw error;
    });
    const pinId = randomToken(16);
    insertSignInPin(db, {
      id: pinId,
      provider,
      browserHash: sha256Hex(browser),
      address: visitor.address,
      next,
      remoteId: started.remoteId,
      sealedCode: await vault.seal(started.code, { integration: `sign-in:${pinId}`, field: "code" }),
      authUrl: started.authUrl,
      expiresAt: started.expiresAt,
      createdAt: now,
    });
    return { pinId, code: started.code.reveal(), authUrl: started.authUrl, expiresAt: started.expiresAt };
  }

  function own(browser: string | null, pinId: string): SignInPinRow & { provider: ProviderId } {
    const row = signInPinById(db, pinId);
    const mine = row !== undefined && browser !== null && equalInConstantTime(row.browserHash, sha256Hex(browser));
    if (!mine || !isProviderId(row.provider)) {
      throw new AppError("not-found", "This sign-in is not known in this browser. Start again.");
    }
    return { ...row, provider: row.provider };
  }

  /** Who has approved the code. A bad day of the service is "not yet": the visitor's page goes on asking. */
  async function approved(
    row: SignInPinRow & { provider: ProviderId },
  ): Promise<{ token: Secret; account: Account } | "waiting" | "expired"> {
    if (clock.now() >= row.expiresAt) return "expired";
    const code = await vault.open(row.sealedCode, { integration: `sign-in:${row.id}`, field: "code" });
    try {
      const answer = await flowOf(row.provider).check({ remoteId: row.remoteId, code });
      if (answer.state !== "granted") return answer.state;
      return { token: answer.token, account: await providers.get(row.provider).account.account(answer.token) };
    } catch (error) {
      if (hasCode(error, "unreachable", "rate-limited", "bad-answer")) return "waiting";
      throw error;
    }
  }

  /** An account whose server is connected has its sign-in in use, and the service may not tell one token from another. */
  async function giveBack(provider: ProviderId, account: Account, token: Secret): Promise<void> {
    const used = allIntegrations(db).some((each) => each.provider === provider && each.accountId === account.id);
    if (used) return;
    try {
      await withDeadline(providers.get(provider).account.signOut(token), farewellMs, "The sign-out was not confirmed.");
    } catch (error) {
      log.debug("sign-in.farewell", { provider, reason: error });
    }
  }

  function check(browser: string | null, pinId: string, visitor: Visitor): Promise<SignInCheck> {
    const row = own(browser, pinId);
    requireOn(row.provider);
    return joined(pinId, async () => {
      const found = await approved(row);
      if (found === "waiting" || found === "expired") return { state: found };
      // Good for one sign-in, or one refusal.
      deleteSignInPin(db, pinId);
      await giveBack(row.provider, found.account, found.token);
      const session = letIn(row.provider, found.account, visitor);
      limit.forgive(row.address);
      return { state: "in", session, next: row.next };
    });
  }

  function letIn(provider: ProviderId, account: Account, visitor: Visitor): NewSession {
    // Nothing is waited for in here: an account that is taken off the list meanwhile is not let in.
    requireOn(provider);
    return tx(db, () => {
      const row = signInAccountOf(db, provider, account.id) ?? boundByName(provider, account);
      if (row === undefined) throw notAllowed(provider, account.username);
      const user = row.userId === null ? accounts.createWithoutPassword(account.username) : accounts.get(row.userId);
      if (user.role === "admin" && !row.chosenByUser) {
        throw new AppError(
          "forbidden",
          `${user.username} looks after this tracker, and has not chosen to sign in this way.`,
          {
            hint: `Sign in with the password once, then connect ${labelOf(provider)} for signing in under Settings, Sign-in.`,
          },
        );
      }
      const change = { accountName: account.username, userId: user.id, lastUsedAt: clock.now() };
      updateSignInAccount(db, row.id, change);
      log.info("sign-in.entered", { user: user.id, provider });
      return accounts.enter(user.id, visitor, row.id);
    });
  }

  function boundByName(provider: ProviderId, { id, names = [] }: Account): SignInAccountRow | undefined {
    const row = signInAccountNamed(db, provider, names);
    if (row === undefined) return undefined;
    updateSignInAccount(db, row.id, { accountId: id, wantedName: null });
    return row;
  }

  function notAllowed(provider: ProviderId, name: string): AppError {
    log.warn("sign-in.refused", { provider });
    return new AppError("forbidden", `The ${labelOf(provider)} account ${name} may not sign in here.`, {
      hint: "Ask the admin of this tracker to allow it.",
    });
  }

  function view(id: number): SignInAccountView {
    const found = signInGlance(db, id);
    if (found === null) throw unknown();
    return { ...found, id: String(id) };
  }

  const unknown = () => new AppError("not-found", "There is no such sign-in.");

  function rowOf(id: string): SignInAccountRow {
    const rowId = toRowId(id);
    const row = rowId === null ? undefined : signInAccountById(db, rowId);
    if (row === undefined) throw unknown();
    return row;
  }

  function add(row: Parameters<typeof insertSignInAccount>[1], path: string): SignInAccountView {
    const made = insertSignInAccount(db, row);
    if (made === null) {
      const message = `${row.accountName} is on the list already.`;
      throw new AppError("conflict", message, { fields: [{ path, message }] });
    }
    return view(made.id);
  }

  function allow({ provider, account, userId }: AllowInput): SignInAccountView {
    flowOf(provider);
    if (userId !== null) refuseAdmin(provider, userId);
    const common = { provider, userId, chosenByUser: false, createdAt: clock.now() };
    if ("id" in account) return add({ ...common, accountId: account.id, accountName: account.name }, "accountId");
    const wanted = account.wanted.trim();
    if (wanted === "" || wanted.length > wantedMax) {
      const message =
        wanted === "" ? "Enter a user name or an e-mail address." : `Use at most ${wantedMax} characters.`;
      throw new AppError("invalid", message, { fields: [{ path: "name", message }] });
    }
    return add({ ...common, wantedName: wanted.toLowerCase(), accountName: wanted }, "name");
  }

  function refuseAdmin(provider: ProviderId, userId: number): void {
    const { role, username } = accounts.get(userId);
    if (role !== "admin") return;
    const message = `${username} looks after this tracker. Only they can connect ${labelOf(provider)} for signing in, under Settings, Sign-in.`;
    throw new AppError("conflict", message, { fields: [{ path: "userId", message }] });
  }

  function connectOwn(userId: number, provider: ProviderId, accountId: string): SignInAccountView {
    requireOn(provider);
    const found = allIntegrations(db).find(
      (each) =>
        each.userId === userId &&
        each.provider === provider &&
        each.accountId === accountId &&
        each.homeMemberId === null,
    );
    if (found === undefined) {
      throw new AppError("not-found", `You have not connected this ${labelOf(provider)} account.`);
    }
    const { accountName } = found;
    const known = signInAccountOf(db, provider, accountId);
    if (known === undefined) {
      const createdAt = clock.now();
      return add({ provider, accountId, accountName, userId, chosenByUser: true, createdAt }, "accountId");
    }
    if (known.userId !== null && known.userId !== userId) {
      throw new AppError("conflict", `${accountName} signs in as somebody else here.`, {
        hint: "Ask the admin to take it off the list first.",
      });
    }
    updateSignInAccount(db, known.id, { userId, chosenByUser: true, accountName });
    return view(known.id);
  }

  return {
    ways,
    turn(provider, on) {
      flowOf(provider);
      return tx(db, () => {
        turnWay(db, provider, on);
        return on ? [] : deleteSessionsThrough(db, provider);
      });
    },
    start,
    pin: (browser, pinId) => own(browser, pinId),
    check,
    giveUp: (browser, pinId) => deleteSignInPin(db, own(browser, pinId).id),
    list: () => signInGlances(db, null).map(({ id, ...each }) => ({ ...each, id: String(id) })),
    candidates: () => connectedAccounts(db, null),
    allow,
    remove(id) {
      const row = rowOf(id);
      deleteSignInAccount(db, row.id);
      return row.userId;
    },
    mine: (userId) => signInGlances(db, userId).map(({ id, ...each }) => ({ ...each, id: String(id) })),
    ownCandidates: (userId) => connectedAccounts(db, userId),
    connectOwn,
    removeOwn(userId, id) {
      const row = rowOf(id);
      if (row.userId !== userId) throw unknown();
      // One that was allowed by its name alone may be anybody's, or nobody's.
      const others = signInGlances(db, userId).filter((each) => each.id !== row.id && each.accountId !== null);
      if (!accounts.hasPassword(userId) && others.length === 0) {
        throw new AppError("conflict", "Without it there would be no way for you to sign in.", {
          hint: "Set a password first.",
        });
      }
      deleteSignInAccount(db, row.id);
    },
  };
}
