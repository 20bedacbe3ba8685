export type Role = "admin" | "member";
export type Theme = "auto" | "dark" | "light";
/** `auto`: as the browser's language has it. */
export type DateFormat = "auto" | "dmy" | "mdy" | "ymd";

export type User = {
  id: number;
  username: string;
  role: Role;
  /** Null: the installation's. */
  timeZone: string | null;
  theme: Theme;
  dateFormat: DateFormat;
  /** One of `TITLE_LANGUAGES`; null: as the sources name things. */
  titleLanguage: string | null;
  createdAt: number;
};

export type Credentials = { username: string; password: string };

/** Where a request comes from. */
export type Visitor = { address: string; userAgent: string };

/** `token` goes to the browser once; only its hash is stored. */
export type NewSession = { user: User; token: string; expiresAt: number };

export type SignedIn =
  | {
      user: User;
      via: "session";
      sessionHash: string;
      /** Set when this look-up prolonged the session: the browser's cookie should follow. */
      prolongedUntil: number | null;
    }
  | { user: User; via: "token" };

export type ApiTokenView = { id: string; name: string; createdAt: number; lastUsedAt: number | null };

export type SessionView = {
  /** Derived from the session, and no use for signing in. */
  id: string;
  userAgent: string;
  createdAt: number;
  lastSeenAt: number;
  current: boolean;
};

export type ProfileInput = {
  username?: string;
  timeZone?: string | null;
  theme?: Theme;
  dateFormat?: DateFormat;
  titleLanguage?: string | null;
};
export type CalendarFeedView = { id: string; name: string; createdAt: number; lastFetchedAt: number | null };

export type FoundCalendarFeed = { feedId: number; user: User };

export type Accounts = {
  /** False until the first account is made. */
  hasUsers(): boolean;
  /** The first account, an admin. Throws `conflict` once there is one. */
  setup(input: Credentials, visitor: Visitor): Promise<NewSession>;
  /** An account for whoever asks; throws `forbidden` unless SIGNUP is open. */
  signUp(input: Credentials, visitor: Visitor): Promise<NewSession>;
  /** Throws `unauthorized`, and `too-many` with `retryAfterMs` after repeated failures. */
  login(input: Credentials, visitor: Visitor): Promise<NewSession>;
  /** Lets somebody in whom a service outside has vouched for. */
  enter(userId: number, visitor: Visitor, signInAccountId: number): NewSession;
  logout(sessionToken: string): void;
  bySession(sessionToken: string): SignedIn | null;
  byApiToken(token: string): SignedIn | null;
  createApiToken(userId: number, name: string): { id: string; name: string; token: string; createdAt: number };
  listApiTokens(userId: number): ApiTokenView[];
  /** Throws `not-found` also for somebody else's. */
  deleteApiToken(userId: number, tokenId: string): void;
  /** Where the user is signed in, last seen first. `current` is the session that asks. */
  listSessions(userId: number, currentHash: string | null): SessionView[];
  /** Throws `not-found` also for somebody else's. */
  endSession(userId: number, sessionId: string): void;
  endOtherSessions(userId: number, currentHash: string | null): void;
  /** A secret address of the user's calendar. */
  createCalendarFeed(userId: number, name: string): { id: string; name: string; token: string; createdAt: number };
  listCalendarFeeds(userId: number): CalendarFeedView[];
  /** Throws `not-found` also for somebody else's. */
  deleteCalendarFeed(userId: number, feedId: string): void;
  byCalendarFeed(token: string): FoundCalendarFeed | null;
  createUser(input: Credentials & { role?: Role }): Promise<User>;
  /** A member who signs in elsewhere. Should the name be taken, they get one that is not. */
  createWithoutPassword(username: string): User;
  /** Whether one has been set: without it there must be another way in. */
  hasPassword(userId: number): boolean;
  list(): User[];
  get(userId: number): User;
  byName(username: string): User | null;
  /** For the command line and admins: sets a password and ends all of the user's sessions. */
  resetPassword(userId: number, password: string): Promise<void>;
  /** Ends the user's other sessions. `current` means nothing while there is none. */
  changePassword(userId: number, change: { current: string; next: string }, keepSession: string | null): Promise<void>;
  updateProfile(userId: number, change: ProfileInput): User;
  /** Throws `conflict` when it would leave no admin. */
  changeRole(userId: number, role: Role): User;
  /** Throws `invalid` for the field at `path` unless it is the user's own. */
  confirmPassword(userId: number, password: string, path: string): Promise<void>;
  /** Throws `conflict` when this user is the only admin. */
  refuseLastAdmin(userId: number): void;
  /** With everything that belongs to the user. Throws `conflict` for the last admin. */
  deleteUser(userId: number): void;
  /** Removes what has expired. */
  prune(): void;
};
