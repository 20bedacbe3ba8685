import type { BrowseFilter } from "../src/domain/browse.ts";

type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

export type ShowsQuery = {
  list?: string | undefined;
  query?: string | undefined;
  sort?: string | undefined;
  order?: string | undefined;
  network?: readonly string[] | undefined;
  genre?: readonly string[] | undefined;
  status?: string | undefined;
  progress?: string | undefined;
  rated?: string | undefined;
  view?: string | undefined;
  /** "1": with boxes to choose several; "all": every one of them chosen. */
  select?: string | undefined;
  cursor?: string | undefined;
  /** How many rows stand on the page already. */
  shown?: number | undefined;
};
/** What is searched for, or what a list is narrowed by. */
export type SearchQuery = {
  query?: string | undefined;
  source?: string | undefined;
  /** Shows the list also where nothing else says so. */
  browse?: string | undefined;
  page?: number | undefined;
} & Partial<Record<BrowseFilter, string | undefined>>;
export type UpNextQuery = { section?: string | undefined; cursor?: string | undefined };
/** Which season is unfolded, and where in a long one. */
export type ShowQuery = { season?: number | undefined; part?: number | undefined };
export type HistoryQuery = {
  from?: string | undefined;
  to?: string | undefined;
  show?: string | undefined;
  /** A server's integration, `manual` or `import`. */
  source?: string | undefined;
  /** `only`: plays without a date. */
  undated?: string | undefined;
  cursor?: string | undefined;
  /** The day that the page before ended in. */
  day?: string | undefined;
  /** How many plays the pages before had. */
  seen?: string | undefined;
  /** How far down a list goes that is read anew. */
  until?: string | undefined;
};

export type CalendarQuery = { view?: string | undefined; from?: string | undefined; list?: string | undefined };
export type StatsQuery = { by?: string | undefined; year?: number | undefined; top?: string | undefined };

/** `/tracker`, `tracker` and `/tracker/` are the same sub-path; empty or `/` is none. */
export function normalizeBasePath(basePath: string): string {
  const trimmed = basePath.trim().replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "" : `/${trimmed}`;
}

function withQuery(path: string, query: Query): string {
  const asked = Object.entries(query);
  if (asked.length === 0) return path;
  const params = new URLSearchParams();
  for (const [name, value] of asked) {
    if (typeof value === "object" && value !== null) for (const each of value) params.append(name, each);
    else if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Nearly every part of an address is an id of digits, which stays as it is. */
const seg = (value: string | number): string => {
  const text = String(value);
  return /^\w+$/.test(text) ? text : encodeURIComponent(text);
};

/** Every address of the product. Forms, redirects and tests use these; nobody writes a URL by hand. */
export function createPaths(basePath: string) {
  const base = normalizeBasePath(basePath);
  const at = (path: string): string => `${base}${path}`;
  const show = (showId: string, query: ShowQuery = {}): string => withQuery(at(`/shows/${seg(showId)}`), query);
  const season = (showId: string, number: number): string => `${show(showId)}/seasons/${seg(number)}`;
  const episode = (episodeId: string): string => at(`/episodes/${seg(episodeId)}`);
  const integration = (integrationId: string): string => at(`/integrations/${seg(integrationId)}`);
  const sync = (syncId: string): string => at(`/syncs/${seg(syncId)}`);
  const pins = (provider: string): string => at(`/integrations/${seg(provider)}/pins`);
  const signInWith = (provider: string): string => at(`/login/${seg(provider)}`);
  const household = (integrationId: string): string => `${integration(integrationId)}/household`;

  return {
    basePath: base,

    // Pages
    home: (query: UpNextQuery = {}) => withQuery(at("/"), query),
    /** GET: what is being watched right now, as a part of that page. */
    nowWatching: () => at("/now-watching"),
    /** POST `{list}` takes a show off the list "watching". */
    upNextShow: (showId: string) => at(`/up-next/${seg(showId)}`),
    /** GET: what can be done with it from its card, as long as that episode is the next. */
    upNextMenu: (showId: string, episodeId: string) =>
      withQuery(at(`/up-next/${seg(showId)}/menu`), { episode: episodeId }),
    shows: (query: ShowsQuery = {}) => withQuery(at("/shows"), query),
    show,
    /** POST `{ids, do}` changes many at once. */
    showsBulk: () => at("/shows/bulk"),
    calendar: (query: CalendarQuery = {}) => withQuery(at("/calendar"), query),
    /** POST `{name, watching?, unwatched?}` makes a secret address. */
    calendarFeeds: () => at("/calendar/feeds"),
    /** DELETE takes it back. */
    calendarFeed: (feedId: string) => at(`/calendar/feeds/${seg(feedId)}`),
    /** The calendar itself, for programs that know its secret. */
    calendarFile: (token: string, query: { list?: string | undefined; unwatched?: string | undefined } = {}) =>
      withQuery(at(`/calendar/feeds/${seg(token)}.ics`), query),
    history: (query: HistoryQuery = {}) => withQuery(at("/history"), query),
    stats: (query: StatsQuery = {}) => withQuery(at("/stats"), query),
    /** POST `{token, part}` takes a mark back. */
    undo: () => at("/undo"),
    search: (query: string | SearchQuery = {}) =>
      withQuery(at("/search"), typeof query === "string" ? { query } : query),
    integrations: () => at("/integrations"),
    sync,
    settings: () => at("/settings"),
    login: (next?: string) => withQuery(at("/login"), { next }),
    /** The same page for those who have no account yet, where that is open to all. */
    signUp: () => at("/login?account=new"),
    /** POST `{next?}` begins to sign in with an account at that service. */
    signInWith,
    /** GET: where it stands (page, or part for htmx). DELETE gives up. */
    signInWithPin: (provider: string, pinId: string) => `${signInWith(provider)}/${seg(pinId)}`,
    setup: () => at("/setup"),
    logout: () => at("/logout"),

    // Integrations. Forms post here; a form that means PUT or DELETE carries `_method`.
    /** POST opens a PIN. */
    pins,
    /** GET: where it stands (page, or part for htmx). DELETE gives up. */
    pin: (provider: string, pinId: string) => `${pins(provider)}/${seg(pinId)}`,
    /** POST `{machineIdentifier, serverUrl?}` connects the chosen server. */
    pinConnection: (provider: string, pinId: string) => `${pins(provider)}/${seg(pinId)}/connection`,
    /** POST `{accountId}`: for whom a key acts. */
    pinAccount: (provider: string, pinId: string) => `${pins(provider)}/${seg(pinId)}/account`,
    /** GET: where the address of a server is typed. POST `{serverUrl}` looks for the server there. */
    serverAddress: (
      provider: string,
      query: { integration?: string | undefined; serverUrl?: string | undefined } = {},
    ) => withQuery(at(`/integrations/${seg(provider)}/address`), query),
    /** POST `{serverUrl}` opens a code. */
    signInCodes: (provider: string) => at(`/integrations/${seg(provider)}/sign-in-codes`),
    /** POST `{serverUrl, username, password}` signs in. */
    signInPasswords: (provider: string) => at(`/integrations/${seg(provider)}/sign-in-passwords`),
    /** POST `{serverUrl, apiKey}`, for admins. */
    signInKeys: (provider: string) => at(`/integrations/${seg(provider)}/sign-in-keys`),
    /** Where the service's own page sends the popup back to. */
    pinReturn: (provider: string) => at(`/integrations/${seg(provider)}/return`),
    /** DELETE disconnects. */
    integration,
    /** GET: the card alone, to refresh it. */
    integrationCard: (integrationId: string) => `${integration(integrationId)}/card`,
    /** GET: whether its news is heard live, and what plays there, as a part of the card. */
    integrationLive: (integrationId: string) => `${integration(integrationId)}/live`,
    /** GET and POST: schedule, automatic sync, libraries, what to do with unmarks. */
    integrationSettings: (integrationId: string) => `${integration(integrationId)}/settings`,
    /** GET: what goes to the server, and what waits. POST `{twoWay}` switches it on or off. */
    twoWay: (integrationId: string, cursor?: string) => withQuery(`${integration(integrationId)}/two-way`, { cursor }),
    /** POST `{fingerprint, marks?, unmarks?}` agrees to what would change at first. */
    twoWayConfirm: (integrationId: string) => `${integration(integrationId)}/two-way/confirm`,
    /** POST sends what was held back. */
    twoWayApproval: (integrationId: string) => `${integration(integrationId)}/two-way/approve`,
    /** DELETE gives up on everything, or on one episode. */
    twoWayPushes: (integrationId: string) => `${integration(integrationId)}/two-way/pushes`,
    twoWayPush: (integrationId: string, episodeId: string) =>
      `${integration(integrationId)}/two-way/pushes/${seg(episodeId)}`,
    /** POST starts a run that changes nothing, as if the settings of the form had been saved. */
    integrationSettingsPreview: (integrationId: string) => `${integration(integrationId)}/settings/preview`,
    /** POST puts the banner about its trouble away. */
    integrationDismissal: (integrationId: string) => `${integration(integrationId)}/dismissal`,
    /** POST starts a sync. */
    integrationSyncs: (integrationId: string) => `${integration(integrationId)}/syncs`,
    /** POST starts a run that changes nothing. */
    integrationPreviews: (integrationId: string) => `${integration(integrationId)}/previews`,
    /** GET: address, set-up and deliveries. POST makes a new address. */
    webhook: (integrationId: string) => `${integration(integrationId)}/webhook`,
    /** GET: the list alone, to refresh it. */
    webhookDeliveries: (integrationId: string) => `${integration(integrationId)}/webhook/deliveries`,
    /** GET: that part alone, after asking the service. PUT registers, DELETE takes out. */
    webhookRegistration: (integrationId: string) => `${integration(integrationId)}/webhook/registration`,

    /** GET: the profiles behind that account. POST `{memberId, do, user, username?, password?, pin?}` links or offers one. */
    household,
    /** DELETE takes an offer back. */
    householdOffer: (integrationId: string, memberId: string) => `${household(integrationId)}/offers/${seg(memberId)}`,
    /** POST `{pin?}` links the reader's own profile anew. */
    householdRenewal: (integrationId: string) => `${household(integrationId)}/renewal`,
    /** POST `{pin?}` links a profile that is offered to the reader. DELETE declines. */
    profileOffer: (offerId: string) => at(`/household-offers/${seg(offerId)}`),

    // Syncs. DELETE on `sync(id)` cancels a running one.
    /** GET: the list under "Recent syncs", to refresh it. */
    recentSyncs: () => at("/syncs/recent"),
    /** GET: the sync light alone, for `place` "sidebar" or "bar". */
    syncLight: (place: string) => withQuery(at("/syncs/light"), { place }),
    /** GET: what happened to one show in that run. */
    syncShow: (syncId: string, item: string) => withQuery(`${sync(syncId)}/shows`, { item }),
    syncMore: (syncId: string, cursor: string) => withQuery(sync(syncId), { cursor }),
    syncProgress: (syncId: string) => `${sync(syncId)}/progress`,
    syncUndo: (syncId: string) => `${sync(syncId)}/undo`,
    syncApproval: (syncId: string) => `${sync(syncId)}/approve`,

    /** GET: the episodes of one season, to unfold it. */
    season: (showId: string, number: number, part?: number) => withQuery(season(showId, number), { part }),

    // Marks. PUT marks, DELETE unmarks. With `at` and `watchedAt` a form says when it was.
    /** GET: what can be done with it, as a dialog or a page. */
    episode,
    /** PUT marks everything up to here. */
    episodeWatchedUpTo: (episodeId: string) => `${episode(episodeId)}/watched-up-to`,
    episodeWatched: (episodeId: string) => `${episode(episodeId)}/watched`,
    /** POST adds one more viewing. */
    episodePlays: (episodeId: string) => `${episode(episodeId)}/plays`,
    /** GET: all that can be done with it (page, or dialog for htmx). DELETE removes it. */
    play: (playId: string) => at(`/plays/${seg(playId)}`),
    /** POST `{at, as}`: when it was. */
    playTime: (playId: string) => at(`/plays/${seg(playId)}/time`),
    seasonWatched: (showId: string, seasonNumber: number) => `${season(showId, seasonNumber)}/watched`,
    showWatched: (showId: string) => `${show(showId)}/watched`,
    /** POST: one more viewing of each episode that is out. */
    seasonPlays: (showId: string, seasonNumber: number) => `${season(showId, seasonNumber)}/plays`,
    showPlays: (showId: string) => `${show(showId)}/plays`,
    /** GET: the ways to mark it, as a dialog or a page. */
    seasonMarks: (showId: string, seasonNumber: number) => `${season(showId, seasonNumber)}/marks`,
    showMarks: (showId: string) => `${show(showId)}/marks`,
    /** GET: the chooser. PUT `{source, id}`: the choice. */
    showMatch: (showId: string, query?: string) => withQuery(`${show(showId)}/match`, { query }),
    /** GET: what can be done with it from the library. */
    showMenu: (showId: string) => `${show(showId)}/menu`,
    /** POST `{list?, rating?}` from the library. */
    showCard: (showId: string) => `${show(showId)}/card`,
    /** GET: with which other show of the library, then what that would do. POST `{into}` does it. */
    showMerge: (showId: string, query: { query?: string | undefined; into?: string | undefined } = {}) =>
      withQuery(`${show(showId)}/merge`, query),
    /** POST `{list?, rating?, notes?}`. */
    showEntry: (showId: string) => `${show(showId)}/entry`,

    // Settings. Each of the pages is a tab of the first; a form posts to what it changes.
    /** DELETE `{confirm, password}`: the reader's own account. */
    settingsAccount: () => at("/settings/account"),
    settingsSources: () => at("/settings/sources"),
    settingsData: () => at("/settings/data"),
    /** POST `{username}`. */
    profile: () => at("/settings/profile"),
    /** GET: how many titles are there in the chosen language. */
    titlesProgress: () => at("/settings/titles"),
    /** POST asks whether address and key work. */
    sourceTest: (source: string) => at(`/settings/sources/${seg(source)}/test`),
    /** GET: the page. POST `{url, name?}` adds a place. */
    settingsNotifications: () => at("/settings/notifications"),
    /** POST `{enabled}`. DELETE removes it. */
    notification: (targetId: string) => at(`/settings/notifications/${seg(targetId)}`),
    /** POST sends a message there now. */
    notificationTest: (targetId: string) => at(`/settings/notifications/${seg(targetId)}/test`),
    /** POST looks up everything again. */
    enrichment: () => at("/settings/enrichment"),
    appearance: () => at("/settings/appearance"),
    preferences: () => at("/settings/preferences"),
    password: () => at("/settings/password"),
    apiTokens: () => at("/settings/tokens"),
    apiToken: (tokenId: string) => at(`/settings/tokens/${seg(tokenId)}`),
    /** GET: the page. POST `{username, password}` adds somebody. */
    users: () => at("/settings/users"),
    /** POST `{role}`. DELETE `{confirm}`, with everything that belongs to the user. */
    settingsUser: (userId: string) => at(`/settings/users/${seg(userId)}`),
    userPassword: (userId: string) => at(`/settings/users/${seg(userId)}/password`),
    /** POST `{provider, accountId}`: an account that signs the reader in. */
    ownSignIns: () => at("/settings/sign-ins"),
    /** DELETE: no longer. */
    ownSignIn: (signInId: string) => at(`/settings/sign-ins/${seg(signInId)}`),
    /** POST `{provider, accountId?, name?, user}`: an account that may sign in. */
    signInAccounts: () => at("/settings/sign-in-accounts"),
    signInAccount: (signInId: string) => at(`/settings/sign-in-accounts/${seg(signInId)}`),
    /** POST `{on?}` switches signing in with a service on or off. */
    signInWay: (provider: string) => at(`/settings/sign-in-ways/${seg(provider)}`),
    /** DELETE ends the other sessions. */
    sessions: () => at("/settings/sessions"),
    /** DELETE ends that one. */
    session: (sessionId: string) => at(`/settings/sessions/${seg(sessionId)}`),
    /** GET: upload and earlier imports. POST a file (multipart). */
    imports: (cursor?: string) => withQuery(at("/settings/import"), { cursor }),
    /** GET: the preview, or what came of it. DELETE discards. */
    import: (importId: string, query: { kind?: string; cursor?: string } = {}) =>
      withQuery(at(`/settings/import/${seg(importId)}`), query),
    /** POST: columns, and which show is meant. */
    importOptions: (importId: string) => at(`/settings/import/${seg(importId)}/options`),
    importApply: (importId: string) => at(`/settings/import/${seg(importId)}/apply`),
    importUndo: (importId: string) => at(`/settings/import/${seg(importId)}/undo`),
    /** POST writes one now. */
    backups: () => at("/settings/backups"),
    /** GET: the file. */
    backup: (name: string) => at(`/settings/backups/${seg(name)}`),

    // Live news, images, files
    events: () => at("/events"),
    poster: (showId: string, version?: string | number) =>
      withQuery(at(`/images/shows/${seg(showId)}/poster`), { v: version }),
    still: (episodeId: string, version?: string | number) =>
      withQuery(at(`/images/episodes/${seg(episodeId)}/still`), { v: version }),
    /** A poster that a search has found. */
    candidatePoster: (key: string) => at(`/images/candidates/${seg(key)}`),
    /** For installing on a phone's home screen. */
    manifest: () => at("/manifest.webmanifest"),
    worker: () => at("/sw.js"),
    offline: () => at("/offline"),
    statics: () => at("/static/"),
    asset: (hash: string, name: string) => at(`/static/${seg(hash)}/${seg(name)}`),

    // JSON API, as far as pages link to it
    api: {
      docs: () => at("/api/docs"),
      openapi: () => at("/api/openapi.json"),
      health: () => at("/api/health"),
      export: (format: "json" | "csv") => withQuery(at("/api/export"), { format }),
      import: (importId: string) => at(`/api/imports/${seg(importId)}`),
      sync: (syncId: string) => at(`/api/syncs/${seg(syncId)}`),
      syncEvents: (syncId: string) => at(`/api/syncs/${seg(syncId)}/events`),
    },
  };
}

export type Paths = ReturnType<typeof createPaths>;
