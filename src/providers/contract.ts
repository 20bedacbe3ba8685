import type { ExternalIds } from "../domain/external-ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { ProviderId } from "../domain/providers.ts";
import type { Secret } from "../kernel/secret.ts";

// What the core asks of a media server. Providers translate and classify failures (AppError `unreachable`,
// `auth-expired`, `rate-limited`, `bad-answer`, `unsupported`, `not-found`); the core decides what follows.

/** Data, not code: pages and services ask these, never the provider's name. */
export type ProviderManifest = {
  id: ProviderId;
  label: string;
  /** By a code on the service's own page, or at the server itself, whose address the user types. */
  connect: "pin" | "address";
  capabilities: {
    /** The server keeps one dated row per play. */
    history: boolean;
    /** Reads may say "changed since". */
    incremental: boolean;
    webhooks: boolean;
    push: boolean;
    /** A mark that is set from outside keeps the date it is given. */
    pushDates: boolean;
    /** Views are dated by their beginning, not their end. */
    datesBeginning: boolean;
  };
  /** Where the user manages this app's access, for texts about signing in again; null: on the server itself. */
  accountUrl: string | null;
};

export type Account = {
  id: string;
  username: string;
  email: string | null;
  /** What nobody else goes by at that service, in small letters: user name, confirmed e-mail address. */
  names?: readonly string[];
};

export type ServerConnection = { url: string; kind: "local" | "remote" | "relay" | "typed" };

/** A server that an account may use. */
export type ServerChoice = {
  serverId: string;
  name: string;
  owned: boolean;
  /** The owner's name for a shared server. */
  ownerName: string | null;
  version: string | null;
  /** False when the service says that the server is not online. */
  online: boolean;
  /** Best first. */
  connections: ServerConnection[];
  /** Valid for this account on this server only. */
  token: Secret;
};

/** How one address answered. */
export type ProbeResult = ServerConnection & {
  ok: boolean;
  /** Milliseconds, for those that answered. */
  ms: number | null;
  /** One sentence for those that did not, null otherwise. */
  reason: string | null;
  insecureTls: boolean;
};

export type PinStart = { remoteId: string; code: Secret; authUrl: string; expiresAt: Instant };

export type PinState = { state: "waiting" } | { state: "expired" } | { state: "granted"; token: Secret };

/** Signing in by a code that the user approves on the service's own page. */
export type PinConnect = {
  /** An example of a server's address, for the field in which one may be typed. */
  example: string;
  /** `forwardUrl`: a page of ours that the service opens afterwards. */
  start(options: { forwardUrl: string | null }): Promise<PinStart>;
  /** A bad day of the service is thrown, not "expired": the caller goes on asking until the deadline. */
  check(pin: { remoteId: string; code: Secret }): Promise<PinState>;
};

/** Somebody's profile in a household that shares one account. */
export type HomeMember = {
  /** What switching asks for. */
  memberId: string;
  accountId: string;
  name: string;
  /** Looks after the household; only this account may switch to the others. */
  isAdmin: boolean;
  /** Has no sign-in of its own. */
  managed: boolean;
  /** Switching to it asks for its PIN. */
  protected: boolean;
};

/** A household of profiles behind one account. */
export type HomeApi = {
  /** Null when the account is in no household. Same failures as `account`. */
  members(token: Secret): Promise<HomeMember[] | null>;
  /**
   * The member's own token, from the token of the one who looks after the household. It is for reading the member's
   * servers once, not for keeping. Throws `invalid` for the field `pin`, `not-found` when the member has left.
   */
  switchTo(token: Secret, member: { memberId: string; pin: Secret | null }): Promise<Secret>;
};

/** What we call ourselves on the lists of devices that servers keep. */
export type AppIdentity = { product: string; version: string; deviceName: string };

/** A server that keeps its accounts itself, and who we are there. */
export type ServerPlace = {
  url: string;
  insecureTls: boolean;
  /** Ours for this one connection, for as long as it lasts: another sign-in under the same id would end the first. */
  deviceId: string;
};

/** Whose token it is, where only the server itself knows. */
export type AccountPlace = ServerPlace & {
  accountId: string;
  /** The token is a key of the server's, which acts for this account; it is not ours to take back. */
  byKey: boolean;
};

export type FoundPlace = {
  url: string;
  insecureTls: boolean;
  identity: ServerIdentity;
  /** A code shown here can be approved there. */
  code: boolean;
};

export type SignedIn = { token: Secret; account: Account };

export type CodeState = { state: "waiting" } | { state: "expired" } | ({ state: "granted" } & SignedIn);

/** What the user is told while connecting, in the words of the server's own pages. */
export type AddressGuide = {
  /** What an approval by code is called there, where the code is entered, and what to do where it is switched off. */
  code: { name: string; where: string; off: string } | null;
  /** Where an admin of the server makes a key. */
  key: string;
};

/** Signing in at the server itself, whose address the user types. */
export type AddressConnect = {
  /** An example of an address, for the field in which it is typed. */
  example: string;
  guide: AddressGuide;
  /**
   * The server at an address as people type it: with or without scheme, port and path. Throws `invalid` for the field
   * `serverUrl` when it is no address or when another kind of server answers (which one is said), `unreachable` with
   * `extra.attempts` when nobody answers.
   */
  find(typed: { url: string; insecureTls: boolean }): Promise<FoundPlace>;
  /** Throws `invalid` for the field `password` when the server does not accept the two. */
  withPassword(place: ServerPlace, who: { username: string; password: Secret }): Promise<SignedIn>;
  /** Everybody a key of the server's may act for. Throws `invalid` for the field `apiKey`. */
  accountsOf(place: ServerPlace, key: Secret): Promise<Account[]>;
  /** Present where a code shown here can be approved on the server. */
  code?: {
    start(place: ServerPlace): Promise<{ secret: Secret; code: string; expiresAt: Instant }>;
    /** A bad day of the server is thrown, not "expired". */
    check(place: ServerPlace, secret: Secret): Promise<CodeState>;
  };
};

/** The account behind a token. `place` is given where `manifest.connect` is `address`, and nowhere else. */
export type AccountApi = {
  /** Throws `auth-expired` when the token is dead; any other failure says nothing about the token. */
  account(token: Secret, place?: AccountPlace): Promise<Account>;
  servers(token: Secret, place?: AccountPlace): Promise<ServerChoice[]>;
  /** Keeps the token in use; same failures as `account`. */
  ping(token: Secret, place?: AccountPlace): Promise<void>;
  signOut(token: Secret, place?: AccountPlace): Promise<void>;
  /**
   * Asks all addresses at the same time. Result in the order of preference; `ok` only where that very server
   * answered and accepted the token. An address typed in by the user is tried like the others.
   */
  probe(server: {
    serverId: string | null;
    connections: ServerConnection[];
    token: Secret;
    /** The user has switched the certificate check off for this server. */
    insecureTls?: boolean;
    place?: AccountPlace | undefined;
  }): Promise<ProbedServer>;
};

export type ProbedServer = {
  results: ProbeResult[];
  /** The best that works. */
  best: (ProbeResult & { identity: ServerIdentity }) | null;
};

export type ServerIdentity = { serverId: string; name: string; version: string | null };

export type Library = { key: string; title: string; type: "show" | "other" };

/** A show as the server has it. */
export type ShowItem = {
  itemId: string;
  /** Stable across re-adds where the server offers that; the key of a remembered match. */
  identity: string;
  libraryKey: string;
  title: string;
  originalTitle: string | null;
  year: number | null;
  /** The show's own ids, never an episode's. */
  ids: ExternalIds;
  /** Global id of the provider (plex://show/…), or null. */
  guid: string | null;
  overview: string | null;
  network: string | null;
  genres: string[];
  runtimeMin: number | null;
  /** `YYYY-MM-DD` */
  firstAired: string | null;
  /** Path of the poster on the server, without token. */
  posterPath: string | null;
};

/** An episode as the server has it, with the state of the token's user. A file with several episodes is several items. */
export type EpisodeItem = {
  /** That of a file's further episodes is made of the first one's: see `domain/item-part.ts`. */
  itemId: string;
  libraryKey: string;
  showItemId: string | null;
  /** Known also when the show's row is not. */
  showTitle: string | null;
  season: number | null;
  number: number | null;
  title: string | null;
  /** `YYYY-MM-DD`, in the zone of the country of origin. */
  airedOn: string | null;
  durationMs: number | null;
  ids: ExternalIds;
  /** Global id (hex part of plex://episode/…), or null. */
  guid: string | null;
  viewCount: number;
  /** Milliseconds; 0 when absent. */
  viewOffsetMs: number;
  lastViewedAt: Instant | null;
  /**
   * Not marked at present (`viewCount` 0) although the account has begun to watch it: servers that take the mark away when
   * somebody watches again. Says nothing about earlier views; nobody has unmarked it.
   */
  begunAnew?: boolean;
};

/** One row of the server's play history. */
export type HistoryItem = {
  /** Stable id of the row. */
  key: string;
  at: Instant | null;
  /** Null when the item has been deleted from the server. */
  itemId: string | null;
  showItemId: string | null;
  libraryKey: string | null;
  showTitle: string | null;
  title: string | null;
  season: number | null;
  number: number | null;
  airedOn: string | null;
};

/** `received` counts rows of the answer, skipped ones included; `total` is what the server says there are. */
export type Page<Item> = { items: Item[]; received: number; offset: number; total: number | null; skipped: number };

/**
 * Pages of a listing. A failure is thrown. The iteration returns `complete`: every row the server announced arrived,
 * and nothing moved while it was read. Only a complete reading may lead to removals.
 */
export type Listing<Item> = AsyncGenerator<Page<Item>, { complete: boolean }, void>;

export type HistoryAccess = "all" | "own" | "refused";

/** What a server tells by itself. A hint in every case: what is stored is read from the server again. */
export type ServerNews =
  /** The connection is open; comes first, and as a sign of life. */
  | { kind: "alive" }
  /** Somebody, who need not be this account, is playing something; repeated every few seconds. */
  | { kind: "playing"; sessionId: string; itemId: string; offsetMs: number | null; state: PlayState | "stopped" }
  /**
   * Something about these items has changed, a mark perhaps. `each`: whatever has changed is named by itself, so that one
   * which turns out to be no episode says nothing about episodes.
   */
  | { kind: "items"; itemIds: string[]; each?: boolean }
  /** More has changed than can be said item by item. */
  | { kind: "library" };

export type PlayState = "playing" | "paused";

/** What is being played right now. */
export type PlaySession = {
  sessionId: string;
  itemId: string;
  /** By the account of this connection. */
  own: boolean;
  /** Null for films and other things. */
  episode: EpisodeItem | null;
  offsetMs: number;
  state: PlayState;
  /** What the player is called, when the server says so. */
  player: string | null;
};

export type NewsFeed = {
  /** Until the server ends the connection, which need not be a failure, or the signal does. */
  listen(signal: AbortSignal): AsyncGenerator<ServerNews, void, void>;
  /** Throws `unsupported` for an account that may not know: then it hears of nobody but itself. */
  sessions(signal?: AbortSignal): Promise<PlaySession[]>;
};

/** A connection to one server with one account's token. */
export type MediaServer = {
  identify(signal?: AbortSignal): Promise<ServerIdentity>;
  /** Libraries of every kind; callers read those of type `show`. */
  libraries(signal?: AbortSignal): Promise<Library[]>;
  shows(library: Library, signal?: AbortSignal): Listing<ShowItem>;
  /** All episodes, or those viewed after `viewedSince` (which cannot show removals). */
  episodes(library: Library, options: { viewedSince?: Instant }, signal?: AbortSignal): Listing<EpisodeItem>;
  /** How many episodes count as watched, in one small request; null when the server does not say. */
  watchedCount(library: Library, signal?: AbortSignal): Promise<number | null>;
  /**
   * The account's own play history, newest first, all of it or from `since` on.
   * When the server refuses it to this account, throws `unsupported`: that says nothing about the token.
   */
  history(options: { since?: Instant }, signal?: AbortSignal): Listing<HistoryItem>;
  /** Single items by id, in one request for up to 100; ids the server does not know are absent. */
  showsById(itemIds: readonly string[], signal?: AbortSignal): Promise<ShowItem[]>;
  episodesById(itemIds: readonly string[], signal?: AbortSignal): Promise<EpisodeItem[]>;
  /**
   * The account's own rating of a show, 1 to 10, and when it was given, as far as the server says. Null when it has none,
   * or the server does not show it to this account.
   */
  showRating?(itemId: string, signal?: AbortSignal): Promise<{ rating: number; at: Instant | null } | null>;
  /**
   * Sets the mark of one episode for the token's user, or takes it away; never of a whole season or show. Present when
   * `capabilities.push`. Servers that cannot date a mark (`capabilities.pushDates`) take the moment instead of `at`.
   * To be asked only where it changes something: a further mark counts as a further viewing. Throws `not-found` when the
   * item is gone.
   */
  setWatched?(itemId: string, watched: boolean, when: { at: Instant | null }, signal?: AbortSignal): Promise<void>;
  /** Image bytes (jpeg, png or webp). */
  artwork(path: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }>;
  /** Absent where a server tells nothing by itself. */
  news?: NewsFeed;
  /** Why it does not, one sentence, where the user can do something about it. */
  noNews?: string;
  /** Requests made through this object. */
  requests(): number;
};

export type MediaServerOptions = {
  /** The server's name, begins every message about a failure. */
  name: string;
  url: string;
  token: Secret;
  account: Account;
  owned: boolean;
  relay: boolean;
  insecureTls: boolean;
  /** See `AccountPlace`; null where `manifest.connect` is `pin`. */
  deviceId: string | null;
  byKey: boolean;
};

/** What a delivery is good for. Only a hint: the server is asked before anything is stored. */
export type WebhookNews =
  /** The account has watched it to its end. `viewCount`: what the server counts by now, when the delivery says so. */
  | { kind: "watched"; itemId: string; viewCount: number | null }
  /** An episode has come to the server. */
  | { kind: "added"; itemId: string }
  /** The account's mark of it has been changed by hand, in one direction or the other. */
  | { kind: "changed"; itemId: string }
  /** The account has rated a show. */
  | { kind: "rated"; itemId: string };

/** One delivery to a webhook address of ours. */
export type WebhookDelivery = {
  /** In the server's own word. */
  event: string;
  /** What it is about, for people; null when that is nobody's business here. */
  title: string | null;
  /** The same for two deliveries of the same news. */
  fingerprint: string;
} & ({ news: WebhookNews } | { news: null; reason: string; isTest?: boolean });

/** Whose address a delivery came to. */
export type WebhookListener = { serverId: string; owned: boolean; account: Account };

/** The list of addresses that an account keeps at the service itself. */
export type WebhookRegistry = {
  /** Throws `unsupported` when this account may have none. */
  list(token: Secret): Promise<string[]>;
  /** Puts `add` in and takes out what `isOurs` knows as a former address of ours; all others stay. */
  change(token: Secret, change: { add: string | null; isOurs: (url: string) => boolean }): Promise<void>;
};

/** How the user sets it up by hand, in the words of the service's own pages. */
export type WebhookGuide = {
  /** What it brings and what it needs. */
  intro: string;
  /** What the steps are about. */
  title: string;
  /** Where the service has its list. */
  page: { url: string; label: string };
  steps: readonly string[];
  /** Other ways to have it sent. `template`: to be pasted. */
  others: readonly { title: string; intro: string; steps: readonly string[]; template: string | null }[];
};

export type Webhooks = {
  /**
   * Never throws: what cannot be used says why. Null for what comes every few seconds and is not worth a word. `body`: JSON
   * as data; fields of a form by their names; text that is neither as it came.
   */
  read(body: unknown, listener: WebhookListener): WebhookDelivery | null;
  guide: WebhookGuide;
  registry?: WebhookRegistry;
};

export type Provider = {
  manifest: ProviderManifest;
  /** What keeps the accounts, where that is not the server itself. */
  service?: { name: string; url: string };
  account: AccountApi;
  /** Present when `manifest.capabilities.webhooks`. */
  webhooks?: Webhooks;
  /** Present when `manifest.connect` is `pin`. */
  pin?: PinConnect;
  /** Present when `manifest.connect` is `address`. */
  address?: AddressConnect;
  /** Present where one account may stand for a household. */
  home?: HomeApi;
  open(options: MediaServerOptions): MediaServer;
};
