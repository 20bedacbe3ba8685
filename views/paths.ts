type Query = Readonly<Record<string, string | number | null | undefined>>;

export type ShowsQuery = {
  list?: string | undefined;
  query?: string | undefined;
  sort?: string | undefined;
  cursor?: string | undefined;
};
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

/** `/tracker`, `tracker` and `/tracker/` are the same sub-path; empty or `/` is none. */
export function normalizeBasePath(basePath: string): string {
  const trimmed = basePath.trim().replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "" : `/${trimmed}`;
}

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

const seg = (value: string | number): string => encodeURIComponent(String(value));

/** Every address of the product. Forms, redirects and tests use these; nobody writes a URL by hand. */
export function createPaths(basePath: string) {
  const base = normalizeBasePath(basePath);
  const at = (path: string): string => `${base}${path}`;
  const show = (showId: string): string => at(`/shows/${seg(showId)}`);
  const episode = (episodeId: string): string => at(`/episodes/${seg(episodeId)}`);
  const integration = (integrationId: string): string => at(`/integrations/${seg(integrationId)}`);
  const sync = (syncId: string): string => at(`/syncs/${seg(syncId)}`);
  const pins = (provider: string): string => at(`/integrations/${seg(provider)}/pins`);

  return {
    basePath: base,

    // Pages
    home: (cursor?: string) => withQuery(at("/"), { cursor }),
    shows: (query: ShowsQuery = {}) => withQuery(at("/shows"), query),
    show,
    calendar: (query: { from?: string | undefined } = {}) => withQuery(at("/calendar"), query),
    history: (query: HistoryQuery = {}) => withQuery(at("/history"), query),
    stats: () => at("/stats"),
    /** POST `{token, part}` takes a mark back. */
    undo: () => at("/undo"),
    search: (query?: string) => withQuery(at("/search"), { query }),
    integrations: () => at("/integrations"),
    sync,
    settings: () => at("/settings"),
    login: (next?: string) => withQuery(at("/login"), { next }),
    /** The same page for those who have no account yet, where that is open to all. */
    signUp: () => at("/login?account=new"),
    setup: () => at("/setup"),
    logout: () => at("/logout"),

    // Integrations. Forms post here; a form that means PUT or DELETE carries `_method`.
    /** POST opens a PIN. */
    pins,
    /** GET: where it stands (page, or part for htmx). DELETE gives up. */
    pin: (provider: string, pinId: string) => `${pins(provider)}/${seg(pinId)}`,
    /** POST `{machineIdentifier, serverUrl?}` connects the chosen server. */
    pinConnection: (provider: string, pinId: string) => `${pins(provider)}/${seg(pinId)}/connection`,
    /** Where the service's own page sends the popup back to. */
    pinReturn: (provider: string) => at(`/integrations/${seg(provider)}/return`),
    /** DELETE disconnects. */
    integration,
    /** GET: the card alone, to refresh it. */
    integrationCard: (integrationId: string) => `${integration(integrationId)}/card`,
    /** GET and POST: schedule, automatic sync, libraries, what to do with unmarks. */
    integrationSettings: (integrationId: string) => `${integration(integrationId)}/settings`,
    /** POST starts a sync. */
    integrationSyncs: (integrationId: string) => `${integration(integrationId)}/syncs`,
    /** POST starts a run that changes nothing. */
    integrationPreviews: (integrationId: string) => `${integration(integrationId)}/previews`,

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

    // Marks. PUT marks, DELETE unmarks.
    episodeWatched: (episodeId: string) => `${episode(episodeId)}/watched`,
    /** POST adds one more viewing. */
    episodePlays: (episodeId: string) => `${episode(episodeId)}/plays`,
    /** GET: all that can be done with it (page, or dialog for htmx). DELETE removes it. */
    play: (playId: string) => at(`/plays/${seg(playId)}`),
    /** POST `{at, as}`: when it was. */
    playTime: (playId: string) => at(`/plays/${seg(playId)}/time`),
    seasonWatched: (showId: string, seasonNumber: number) => `${show(showId)}/seasons/${seg(seasonNumber)}/watched`,
    showWatched: (showId: string) => `${show(showId)}/watched`,
    /** GET: the chooser. PUT `{source, id}`: the choice. */
    showMatch: (showId: string, query?: string) => withQuery(`${show(showId)}/match`, { query }),
    /** POST `{list?, rating?}`. */
    showEntry: (showId: string) => `${show(showId)}/entry`,

    // Settings
    appearance: () => at("/settings/appearance"),
    preferences: () => at("/settings/preferences"),
    password: () => at("/settings/password"),
    apiTokens: () => at("/settings/tokens"),
    apiToken: (tokenId: string) => at(`/settings/tokens/${seg(tokenId)}`),
    users: () => at("/settings/users"),
    /** DELETE, with everything that belongs to the user. */
    settingsUser: (userId: string) => at(`/settings/users/${seg(userId)}`),
    /** DELETE ends the other sessions. */
    otherSessions: () => at("/settings/sessions"),
    /** POST writes one now. */
    backups: () => at("/settings/backups"),

    // Live news, images, files
    events: () => at("/events"),
    poster: (showId: string, version?: string | number) =>
      withQuery(at(`/images/shows/${seg(showId)}/poster`), { v: version }),
    still: (episodeId: string, version?: string | number) =>
      withQuery(at(`/images/episodes/${seg(episodeId)}/still`), { v: version }),
    asset: (hash: string, name: string) => at(`/static/${seg(hash)}/${seg(name)}`),

    // JSON API, as far as pages link to it
    api: {
      docs: () => at("/api/docs"),
      openapi: () => at("/api/openapi.json"),
      health: () => at("/api/health"),
      export: (format: "json" | "csv") => withQuery(at("/api/export"), { format }),
      sync: (syncId: string) => at(`/api/syncs/${seg(syncId)}`),
      syncEvents: (syncId: string) => at(`/api/syncs/${seg(syncId)}/events`),
    },
  };
}

export type Paths = ReturnType<typeof createPaths>;
