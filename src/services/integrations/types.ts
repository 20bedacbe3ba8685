import type { Numbering, Preferences, PreferencesInput } from "../../domain/preferences.ts";
import type { ProviderId } from "../../domain/providers.ts";
import type { Secret } from "../../kernel/secret.ts";
import type {
  Account,
  FoundPlace,
  HomeApi,
  MediaServer,
  ProbedServer,
  ProbeResult,
  ServerChoice,
} from "../../providers/contract.ts";

export type IntegrationStatus = "ok" | "unreachable" | "needs-login";

export type TriedView = {
  at: number;
  /** `reason`: why not, one sentence; null for one that answered. */
  addresses: { url: string; kind: IntegrationView["connectionKind"]; reason: string | null }[];
};

/** What is wrong with a server, beyond the one sentence. */
export type HealthView = {
  since: number;
  /** Failures in a row. */
  failures: number;
  lastFailure: number;
  /** When it is asked again by itself; null: not before the user does something. */
  nextTry: number | null;
  tried: TriedView | null;
  /** It needs the user: a sign-in, or it has lasted too long to pass by itself. */
  needsYou: boolean;
  /** The user has seen it and put the banner away. */
  dismissed: boolean;
};

/** An integration as the API and the pages show it; never a token in any form. Instants in epoch milliseconds. */
export type IntegrationView = {
  id: string;
  provider: ProviderId;
  serverUrl: string;
  serverName: string;
  serverVersion: string | null;
  connectionKind: "local" | "remote" | "relay" | "typed";
  owned: boolean;
  machineIdentifier: string;
  accountId: string;
  username: string;
  email: string | null;
  /** Linked through somebody's household; there is no sign-in of its own to renew. */
  throughHome: boolean;
  /** Connected with a key of the server's, which acts for the account. */
  byKey: boolean;
  lastSync: number | null;
  enabled: boolean;
  autoSync: boolean;
  schedule: string;
  nextSync: number | null;
  status: IntegrationStatus;
  /** One sentence when `status` is not `ok`: since when, what was tried, what to do. */
  statusMessage: string | null;
  /** Null while all is well. */
  health: HealthView | null;
  unmarks: "ignore" | "follow";
  addShows: "watched" | "all";
  preferences: Preferences;
  /** Marks made here go to the server too … */
  twoWay: boolean;
  /** … since then; null while the user has not said yes to what it would change at first. */
  twoWaySince: number | null;
  /** Why this account's history is not read, when the server refuses it. */
  historyNote: string | null;
  insecureTls: boolean;
  createdAt: number;
  updatedAt: number;
};

export type LibraryView = { key: string; title: string; type: string; enabled: boolean; numbering: Numbering };

/** A server that has been asked and answered. */
export type FoundServer = { choice: ServerChoice; best: NonNullable<ProbedServer["best"]> };

/** The account of an integration as the one that may look after a household. */
export type HomeAdmin = {
  integrationId: number;
  provider: ProviderId;
  serverId: string;
  serverName: string;
  accountId: string;
  home: HomeApi;
  /** Throws `auth-expired` when a login is needed. */
  token(): Promise<Secret>;
};

/** A household's member, switched to; the token is for this once. */
export type HomeProfile = { memberId: string; account: Account; token: Secret };

/** Ready to be kept for a user. */
export type HomeLink = FoundServer & { adminIntegrationId: number; memberId: string; account: Account };

export type ServerOption = {
  machineIdentifier: string;
  name: string;
  owned: boolean;
  ownerName: string | null;
  online: boolean;
  connections: { uri: string; local: boolean; relay: boolean }[];
};

export type PinView = { pinId: string; code: string; authUrl: string; expiresAt: number };

export type PinCheck =
  | { authorized: false; expired: boolean }
  | { authorized: true; account: Account; servers: ServerOption[] };

/** A server that keeps its accounts itself, as the user types its address. */
export type AddressInput = { serverUrl: string; insecureTls?: boolean };

export type CodeView = { requestId: string; code: string; expiresAt: number };

/** A key that has been accepted, and everybody it may act for. */
export type KeyAccounts = { requestId: string; accounts: Account[] };

/** A sign-in under way. */
export type SignInView = {
  provider: ProviderId;
  authUrl: string;
  expiresAt: number;
  /** Null where it goes by the page of a service. `code` is empty unless it goes by code. */
  at: {
    serverName: string;
    insecureTls: boolean;
    way: "password" | "code" | "key";
    code: string;
    granted: boolean;
  } | null;
};

export type ConnectInput = { pinId: string; machineIdentifier?: string; serverUrl?: string; insecureTls?: boolean };

export type SettingsInput = {
  autoSync?: boolean;
  schedule?: string;
  enabled?: boolean;
  /** Keys of the libraries to read; the others are switched off. */
  libraries?: string[];
  unmarks?: "ignore" | "follow";
  addShows?: "watched" | "all";
  preferences?: PreferencesInput;
  /** By the key of the library; those left out stay as they are. */
  numbering?: Record<string, Numbering>;
  twoWay?: boolean;
  insecureTls?: boolean;
};

export type Integrations = {
  /** All of the user's connected integrations, oldest first. */
  list(userId: number, provider?: ProviderId): IntegrationView[];
  /**
   * The one meant: by id, or the only one of that provider. Throws `not-found` when there is none (or it is someone else's),
   * `conflict` when several and no id was given.
   */
  pick(userId: number, provider: ProviderId, integrationId?: string): IntegrationView;
  get(userId: number, integrationId: string): IntegrationView;
  startPin(userId: number, provider: ProviderId, options: { forwardUrl: string | null }): Promise<PinView>;
  /** Throws `not-found` for an unknown pin or somebody else's. A bad day of the service counts as "not yet". */
  checkPin(userId: number, pinId: string): Promise<PinCheck>;
  pin(userId: number, pinId: string): SignInView;
  /** The user does not want to connect after all: what was signed in for it is signed out, as far as the server answers. */
  giveUp(userId: number, pinId: string): Promise<void>;
  /** The same of all that the user has begun. */
  giveUpAll(userId: number): Promise<void>;
  /** Forgets sign-ins that ran out an hour ago; those that were granted and never connected are signed out. */
  clearAwaySignIns(): Promise<void>;
  /** The server at a typed address. Throws `invalid` for the field `serverUrl`, `unreachable` with `extra.attempts`. */
  findServer(provider: ProviderId, input: AddressInput): Promise<FoundPlace>;
  /**
   * The id of the sign-in, for `checkPin` and `connect`. The password is handed over and forgotten. Throws `too-many` after
   * repeated failures of the user with one name of a server.
   */
  signInWithPassword(
    userId: number,
    provider: ProviderId,
    input: AddressInput & { username: string; password: Secret },
  ): Promise<string>;
  /** Throws `invalid` for the field `serverUrl` where the server has no codes. */
  startCode(userId: number, provider: ProviderId, input: AddressInput): Promise<CodeView>;
  /** For admins only: a key acts for everybody. `chooseAccount` says for whom here. */
  signInWithKey(userId: number, provider: ProviderId, input: AddressInput & { apiKey: Secret }): Promise<KeyAccounts>;
  accountsOfKey(userId: number, requestId: string): Promise<Account[]>;
  /** Throws `invalid` for the field `accountId`. */
  chooseAccount(userId: number, requestId: string, accountId: string): Promise<void>;
  /** Tests first, stores afterwards. Throws `invalid`, or `unreachable` with `extra.attempts: ProbeResult[]`. */
  connect(
    userId: number,
    provider: ProviderId,
    input: ConnectInput,
  ): Promise<{ integration: IntegrationView; attempts: ProbeResult[] }>;
  /** Addresses of one server, all probed, for the chooser. Stores nothing. */
  probe(userId: number, input: ConnectInput): Promise<ProbeResult[]>;
  /** Throws `not-found` for somebody else's, `unsupported` where there are no households or this account is but a member. */
  homeAdmin(userId: number, integrationId: string): HomeAdmin;
  /** The household that one of the user's integrations was linked through, and as which member. Throws `conflict` without one. */
  homeOf(userId: number, integrationId: string): { admin: HomeAdmin; memberId: string };
  /** Tests the admin's server with the member's own token; nothing is stored. */
  findHomeServer(admin: HomeAdmin, profile: HomeProfile): Promise<HomeLink>;
  /** Throws `conflict` when the user has this server connected in another way. */
  checkHomeLink(userId: number, admin: HomeAdmin, accountId: string): void;
  keepHomeLink(userId: number, link: HomeLink): Promise<IntegrationView>;
  update(userId: number, integrationId: string, input: SettingsInput): IntegrationView;
  /** Puts the banner about the present trouble away, until it is another. */
  dismiss(userId: number, integrationId: string): void;
  /** The libraries as last seen; asks the server when none are known yet. */
  libraries(userId: number, integrationId: string): Promise<LibraryView[]>;
  /** Wipes the tokens and tells the provider; synced plays, links and matches stay. */
  disconnect(userId: number, integrationId: string): Promise<void>;
  /** Throws `conflict` when the stored sign-ins were sealed with another key. */
  requireKey(): void;
  /** Opens the server behind an integration. Throws `auth-expired` when a login is needed. */
  open(integrationId: number): Promise<MediaServer>;
  /** After an outside call: what it says about the integration's health. */
  succeeded(integrationId: number): void;
  failed(integrationId: number, error: unknown): void;
  /** Finds a better or new address after `unreachable`; true when the address changed. */
  rediscover(integrationId: number): Promise<boolean>;
  /** Keeps the tokens in use (once a day). */
  pingAll(): Promise<void>;
};
