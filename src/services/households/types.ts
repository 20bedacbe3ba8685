import type { IntegrationView } from "../integrations/types.ts";

/** Somebody in a household, and how far they are with this tracker. */
export type MemberView = {
  memberId: string;
  accountId: string;
  name: string;
  /** Has no sign-in of its own at the media server's service. */
  managed: boolean;
  asksPin: boolean;
  state:
    | { is: "self" }
    | { is: "linked"; integrationId: number; userId: number; username: string; needsLink: boolean }
    /** By that user's own sign-in. */
    | { is: "connected"; username: string }
    | { is: "offered"; offerId: number; userId: number; username: string }
    | { is: "free" };
};

export type Household = { serverName: string; members: MemberView[] };

/** An existing user, or one that is made when the link works. A password left out is set later. */
export type LinkTarget = { userId: number } | { newUser: { username: string; password?: string } };

export type LinkInput = { memberId: string; pin?: string; target: LinkTarget };

export type OfferView = {
  id: string;
  memberName: string;
  asksPin: boolean;
  serverName: string;
  provider: string;
  /** Who offers it. */
  username: string;
  createdAt: number;
};

/** Every call that begins with `adminId` is for an admin of the tracker, about one of their own integrations. */
export type Households = {
  /** Throws `unsupported` when the integration's account looks after no household. */
  members(adminId: number, integrationId: string): Promise<Household>;
  /** Throws `invalid` for `pin`, `conflict` when that user has the server in another way, `too-many` when asked to wait. */
  link(adminId: number, integrationId: string, input: LinkInput): Promise<IntegrationView>;
  /** Lets a user link that member by themself. */
  offer(adminId: number, integrationId: string, input: { memberId: string; userId: number }): Promise<OfferView>;
  /** Throws `not-found` when there is none. */
  withdraw(adminId: number, integrationId: string, memberId: string): void;
  /** What is held ready for this user. */
  offers(userId: number): OfferView[];
  /** Throws `not-found` also for somebody else's. */
  accept(userId: number, offerId: string, pin: string | undefined): Promise<IntegrationView>;
  decline(userId: number, offerId: string): void;
  /** Links anew what was linked before and is refused by now. */
  renew(userId: number, integrationId: string, pin: string | undefined): Promise<IntegrationView>;
};
