import type { ConnectedAccount, SignInGlance } from "../../db/queries/sign-ins.ts";
import type { ProviderId } from "../../domain/providers.ts";
import type { NewSession, Visitor } from "../accounts/types.ts";

/** A service whose accounts may be let in. */
export type SignInWay = { provider: ProviderId; label: string; on: boolean };

export type SignInStart = { pinId: string; code: string; authUrl: string; expiresAt: number };

export type SignInCheck =
  | { state: "waiting" | "expired" }
  /** `next` is what the visitor asked for: to be checked before it is followed. */
  | { state: "in"; session: NewSession; next: string | null };

/** By the account itself, or by a name that the first who goes by it binds. */
export type AllowInput = {
  provider: ProviderId;
  account: { id: string; name: string } | { wanted: string };
  /** Null: the first sign-in makes a new user. */
  userId: number | null;
};

export type SignInAccountView = Omit<SignInGlance, "id"> & { id: string };

export type SignIns = {
  ways(): SignInWay[];
  /** Switching off signs out whoever came in this way; returns who they are. */
  turn(provider: ProviderId, on: boolean): number[];
  /** `browser` is the secret that ties the attempt to where it began. Throws `forbidden` when switched off, `too-many`. */
  start(
    provider: ProviderId,
    options: { browser: string; visitor: Visitor; next: string | null; forwardUrl: string | null },
  ): Promise<SignInStart>;
  /** Throws `not-found` for an unknown one or another browser's. */
  pin(browser: string | null, pinId: string): { provider: ProviderId; authUrl: string; expiresAt: number };
  /** Throws `forbidden` with a plain sentence for an account that may not. A bad day of the service counts as "not yet". */
  check(browser: string | null, pinId: string, visitor: Visitor): Promise<SignInCheck>;
  giveUp(browser: string | null, pinId: string): void;

  /** For admins. */
  list(): SignInAccountView[];
  candidates(): ConnectedAccount[];
  /** Throws `conflict` for one that is on the list, and for a user who looks after the tracker: that is their own choice. */
  allow(input: AllowInput): SignInAccountView;
  /** Ends what was begun with it; returns whose it was. Throws `not-found`. */
  remove(id: string): number | null;

  /** A user's own. */
  mine(userId: number): SignInAccountView[];
  ownCandidates(userId: number): ConnectedAccount[];
  /** With an account that the user has connected: having signed in with it is the proof. Throws `not-found`, `conflict`. */
  connectOwn(userId: number, provider: ProviderId, accountId: string): SignInAccountView;
  /** Throws `not-found` also for somebody else's, `conflict` when nothing would be left to sign in with. */
  removeOwn(userId: number, id: string): void;
};
