import { usesOfAccounts, waitingOffers } from "../../db/queries/households.ts";
import { deleteOffer, offerById, offersOf, saveOffer } from "../../db/repos/home-offers.ts";
import { toRowId } from "../../db/row-id.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { singleFlight } from "../../kernel/async.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError, hasCode, isAppError } from "../../kernel/errors.ts";
import { type Secret, secret } from "../../kernel/secret.ts";
import type { HomeMember } from "../../providers/contract.ts";
import { createLoginLimit } from "../accounts/login-limit.ts";
import { checkCredentials, checkUsername } from "../accounts/rules.ts";
import type { Accounts } from "../accounts/types.ts";
import type { Deps } from "../context.ts";
import type { HomeAdmin, HomeLink, Integrations, IntegrationView } from "../integrations/types.ts";
import type { Households, LinkTarget, MemberView, OfferView } from "./types.ts";

/** The service behind a household asks for mercy when it is asked too often. */
const knownForMs = MINUTE_MS;
/** Where it asks us to wait and does not say how long. */
const usualWaitMs = MINUTE_MS;

type HouseholdDeps = Pick<Deps, "db" | "clock" | "log"> & { accounts: Accounts; integrations: Integrations };

/** Profiles of a household, each linked to a user of the tracker. PINs pass through and are kept nowhere. */
export function createHouseholds({ db, clock, log, accounts, integrations }: HouseholdDeps): Households {
  const known = new Map<string, { at: number; members: HomeMember[] }>();
  const asking = singleFlight<string, HomeMember[]>();
  const beingLinked = new Set<string>();
  const patient = createPatience(clock);
  const guesses = createLoginLimit(clock, "Too many wrong PINs.");

  async function everyone(admin: HomeAdmin): Promise<HomeMember[]> {
    const key = `${admin.integrationId} ${admin.accountId}`;
    const before = known.get(key);
    if (before !== undefined && before.at > clock.now() - knownForMs) return before.members;
    return asking(key, async () => {
      const members = (await patient(async () => admin.home.members(await admin.token()))) ?? [];
      const own = members.find(({ accountId }) => accountId === admin.accountId);
      if (own === undefined || !own.isAdmin) {
        throw new AppError("unsupported", `The account connected to ${admin.serverName} looks after no household.`, {
          hint: "Connect the account that does, or have everybody sign in with their own.",
        });
      }
      known.set(key, { at: clock.now(), members });
      return members;
    });
  }

  async function memberOf(admin: HomeAdmin, memberId: string): Promise<HomeMember> {
    const member = (await everyone(admin)).find((each) => each.memberId === memberId);
    if (member === undefined || member.isAdmin) {
      throw new AppError("not-found", "There is no such profile in this household.");
    }
    return member;
  }

  /** Switches to the member and finds the server; the token of the switch ends here. */
  async function tried(admin: HomeAdmin, member: HomeMember, pin: string | undefined): Promise<HomeLink> {
    const typed = pin?.trim() ?? "";
    const guess = typed === "" ? null : guesses.attempt(`${admin.integrationId} ${member.memberId}`);
    const token = await switched(admin, member.memberId, typed).catch((error: unknown) => {
      if (!hasCode(error, "invalid")) guess?.untried();
      throw error;
    });
    guess?.succeeded();
    const account = { id: member.accountId, username: member.name, email: null };
    return integrations.findHomeServer(admin, { memberId: member.memberId, account, token });
  }

  function switched(admin: HomeAdmin, memberId: string, pin: string): Promise<Secret> {
    return patient(async () =>
      admin.home.switchTo(await admin.token(), { memberId, pin: pin === "" ? null : secret(pin) }),
    );
  }

  /** One at a time for a profile: two at once would both find it free. `stands`: throws once there is no ground for it any more. */
  async function linkTo(
    admin: HomeAdmin,
    member: HomeMember,
    target: LinkTarget,
    pin: string | undefined,
    stands: () => void = () => undefined,
  ): Promise<IntegrationView> {
    const profile = `${admin.provider} ${member.accountId}`;
    if (beingLinked.has(profile)) throw new AppError("conflict", `${member.name} is being linked right now.`);
    beingLinked.add(profile);
    try {
      return await linkFree(admin, member, target, pin, stands);
    } finally {
      beingLinked.delete(profile);
    }
  }

  async function linkFree(
    admin: HomeAdmin,
    member: HomeMember,
    target: LinkTarget,
    pin: string | undefined,
    stands: () => void,
  ): Promise<IntegrationView> {
    const refuseTaken = () => {
      stands();
      if ("userId" in target) integrations.checkHomeLink(target.userId, admin, member.accountId);
      else checkNewUser(target.newUser);
      refuseSecondUser(admin, member, "userId" in target ? target.userId : null);
    };
    refuseTaken();
    const link = await tried(admin, member, pin);
    // Whoever is asked for a PIN takes their time; all of it may have changed.
    refuseTaken();
    const userId = "userId" in target ? target.userId : await newUser(target.newUser);
    const integration = await integrations.keepHomeLink(userId, link);
    deleteOffer(db, admin.integrationId, member.memberId);
    log.info("household.linked", { integration: integration.id, user: userId });
    return integration;
  }

  /** A profile's plays are one user's: linked to a second one, both would have them. */
  function refuseSecondUser(admin: HomeAdmin, member: HomeMember, userId: number | null): void {
    const uses = usesOfAccounts(db, admin.provider, [member.accountId]);
    const other = uses.find((use) => use.serverId === admin.serverId && use.userId !== userId);
    if (other === undefined) return;
    throw new AppError("conflict", `${member.name} is linked to ${other.username} already.`, {
      hint: `Disconnect ${other.serverName} there first: what was watched with one profile belongs to one user.`,
    });
  }

  function checkNewUser({ username, password = "" }: { username: string; password?: string }): void {
    if (password === "") checkUsername(username);
    else checkCredentials({ username, password });
    if (accounts.byName(username) === null) return;
    const message = "This username is taken.";
    throw new AppError("conflict", message, { fields: [{ path: "username", message }] });
  }

  async function newUser({ username, password = "" }: { username: string; password?: string }): Promise<number> {
    if (password === "") return accounts.createWithoutPassword(username).id;
    return (await accounts.createUser({ username, password })).id;
  }

  function offerOf(userId: number, offerId: string): OfferView & { memberId: string; adminId: number; from: string } {
    const id = toRowId(offerId);
    const row = id === null ? undefined : offerById(db, id);
    const shown = offers(userId).find((offer) => offer.id === offerId);
    const admin = shown === undefined ? null : accounts.byName(shown.username);
    if (row === undefined || shown === undefined || admin === null) {
      throw new AppError("not-found", "This profile is not offered to you any more.");
    }
    return { ...shown, memberId: row.memberId, adminId: admin.id, from: String(row.integrationId) };
  }

  function offers(userId: number): OfferView[] {
    return waitingOffers(db, userId).map(({ id, ...offer }) => ({ id: String(id), ...offer }));
  }

  function stateOf(
    admin: HomeAdmin,
    uses: ReturnType<typeof usesOfAccounts>,
    offered: ReturnType<typeof offersOf>,
    { accountId, memberId, isAdmin }: HomeMember,
  ): MemberView["state"] {
    if (isAdmin) return { is: "self" };
    const mine = uses.filter((use) => use.accountId === accountId && use.serverId === admin.serverId);
    const linked = mine.find((use) => use.linked);
    if (linked !== undefined) {
      const { integrationId, userId, username, status } = linked;
      return { is: "linked", integrationId, userId, username, needsLink: status === "needs-login" };
    }
    const own = mine[0];
    if (own !== undefined) return { is: "connected", username: own.username };
    const offer = offered.find((each) => each.memberId === memberId);
    if (offer === undefined) return { is: "free" };
    return { is: "offered", offerId: offer.id, userId: offer.userId, username: accounts.get(offer.userId).username };
  }

  return {
    async members(adminId, integrationId) {
      const admin = integrations.homeAdmin(adminId, integrationId);
      const members = await everyone(admin);
      const uses = usesOfAccounts(
        db,
        admin.provider,
        members.map(({ accountId }) => accountId),
      );
      const offered = offersOf(db, admin.integrationId);
      return {
        serverName: admin.serverName,
        members: members.map((member) => ({
          memberId: member.memberId,
          accountId: member.accountId,
          name: member.name,
          managed: member.managed,
          asksPin: member.protected,
          state: stateOf(admin, uses, offered, member),
        })),
      };
    },

    async link(adminId, integrationId, { memberId, pin, target }) {
      const admin = integrations.homeAdmin(adminId, integrationId);
      if ("userId" in target) accounts.get(target.userId);
      return linkTo(admin, await memberOf(admin, memberId), target, pin);
    },

    async offer(adminId, integrationId, { memberId, userId }) {
      const admin = integrations.homeAdmin(adminId, integrationId);
      const user = accounts.get(userId);
      const member = await memberOf(admin, memberId);
      integrations.checkHomeLink(userId, admin, member.accountId);
      refuseSecondUser(admin, member, userId);
      const row = saveOffer(db, {
        integrationId: admin.integrationId,
        memberId,
        accountId: member.accountId,
        memberName: member.name,
        asksPin: member.protected,
        userId: user.id,
        createdAt: clock.now(),
      });
      const { id, memberName, asksPin, createdAt } = row;
      const { username } = accounts.get(adminId);
      const { serverName, provider } = admin;
      return { id: String(id), memberName, asksPin, serverName, provider, username, createdAt };
    },

    withdraw(adminId, integrationId, memberId) {
      const { integrationId: id } = integrations.homeAdmin(adminId, integrationId);
      if (!deleteOffer(db, id, memberId)) throw new AppError("not-found", "There is no such offer.");
    },

    offers,

    async accept(userId, offerId, pin) {
      const { adminId, from, memberId } = offerOf(userId, offerId);
      const admin = integrations.homeAdmin(adminId, from);
      const stands = () => void offerOf(userId, offerId);
      return linkTo(admin, await memberOf(admin, memberId), { userId }, pin, stands);
    },

    decline(userId, offerId) {
      const { from, memberId } = offerOf(userId, offerId);
      deleteOffer(db, Number(from), memberId);
    },

    async renew(userId, integrationId, pin) {
      const { admin, memberId } = integrations.homeOf(userId, integrationId);
      return linkTo(admin, await memberOf(admin, memberId), { userId }, pin);
    },
  };
}

/** A wait that the service has asked for is said, and kept without asking it again. */
function createPatience(clock: Clock) {
  let until = 0;

  function refuse(): void {
    const retryAfterMs = until - clock.now();
    if (retryAfterMs <= 0) return;
    const minutes = Math.ceil(retryAfterMs / MINUTE_MS);
    throw new AppError("too-many", "The household's service asks us to wait.", {
      retryAfterMs,
      hint: `Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
    });
  }

  return async <Out>(ask: () => Promise<Out>): Promise<Out> => {
    refuse();
    try {
      return await ask();
    } catch (error) {
      if (!isAppError(error) || error.code !== "rate-limited") throw error;
      until = clock.now() + (error.retryAfterMs ?? usualWaitMs);
      refuse();
      throw error;
    }
  };
}
