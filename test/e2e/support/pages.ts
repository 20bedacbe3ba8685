/** What the address of a page is made from. */
export type Things = {
  showId: string;
  episodeId: string;
  playId: string;
  integrationId: string;
  /** A sign-in at a Jellyfin that waits for its code to be typed in there. */
  pinId: string;
  syncId: string;
  importId: string;
};

export type PageOfTheProduct = {
  name: string;
  path: (things: Things) => string;
  /**
   * "nobody": only there before the first account. "anybody": only there without a sign-in. "filled": needs a library.
   * Left out: any signed-in user.
   */
  for?: "nobody" | "anybody" | "filled";
  /** Above 399 where the page itself is a refusal. */
  status?: number;
};

/** Every page of the product; a new page is one line here, and the sweep looks at it in all its forms. */
export const PAGES: readonly PageOfTheProduct[] = [
  { name: "up next", path: () => "/" },
  { name: "library", path: () => "/shows" },
  { name: "library by title", path: () => "/shows?sort=title&list=watching" },
  { name: "library, nothing found", path: () => "/shows?query=no%20such%20show" },
  { name: "show", path: ({ showId }) => `/shows/${showId}`, for: "filled" },
  { name: "library as a list", path: () => "/shows?view=list" },
  { name: "library, choosing", path: () => "/shows?select=1", for: "filled" },
  { name: "ways to mark a show", path: ({ showId }) => `/shows/${showId}/marks`, for: "filled" },
  { name: "ways to mark a season", path: ({ showId }) => `/shows/${showId}/seasons/1/marks`, for: "filled" },
  { name: "ways to mark an episode", path: ({ episodeId }) => `/episodes/${episodeId}`, for: "filled" },
  { name: "time of a play", path: ({ playId }) => `/plays/${playId}`, for: "filled" },
  { name: "merge", path: ({ showId }) => `/shows/${showId}/merge`, for: "filled" },
  { name: "match", path: ({ showId }) => `/shows/${showId}/match`, for: "filled" },
  { name: "calendar", path: () => "/calendar" },
  { name: "calendar by week", path: () => "/calendar?view=week" },
  { name: "calendar by month", path: () => "/calendar?view=month" },
  { name: "history", path: () => "/history" },
  { name: "history of a show", path: ({ showId }) => `/history?show=${showId}`, for: "filled" },
  { name: "statistics", path: () => "/stats" },
  { name: "statistics by week", path: () => "/stats?by=week&top=plays" },
  { name: "search", path: () => "/search" },
  { name: "search, found", path: () => "/search?query=the" },
  { name: "browse", path: () => "/search?browse=1" },
  { name: "integrations", path: () => "/integrations" },
  { name: "address of a server", path: () => "/integrations/jellyfin/address" },
  { name: "code of a sign-in", path: ({ pinId }) => `/integrations/jellyfin/pins/${pinId}`, for: "filled" },
  { name: "back from signing in", path: () => "/integrations/plex/return" },
  {
    name: "integration settings",
    path: ({ integrationId }) => `/integrations/${integrationId}/settings`,
    for: "filled",
  },
  {
    name: "webhook",
    path: ({ integrationId }) => `/integrations/${integrationId}/webhook`,
    for: "filled",
  },
  { name: "household", path: ({ integrationId }) => `/integrations/${integrationId}/household`, for: "filled" },
  { name: "two-way sync", path: ({ integrationId }) => `/integrations/${integrationId}/two-way`, for: "filled" },
  { name: "sync", path: ({ syncId }) => `/syncs/${syncId}`, for: "filled" },
  { name: "settings", path: () => "/settings" },
  { name: "settings, sign-in", path: () => "/settings/account" },
  { name: "settings, metadata", path: () => "/settings/sources" },
  { name: "settings, notifications", path: () => "/settings/notifications" },
  { name: "settings, data", path: () => "/settings/data" },
  { name: "settings, people", path: () => "/settings/users" },
  { name: "import", path: () => "/settings/import" },
  { name: "one import", path: ({ importId }) => `/settings/import/${importId}`, for: "filled" },
  { name: "offline", path: () => "/offline" },
  { name: "not found", path: () => "/no-such-page", status: 404 },
  { name: "no such show", path: () => "/shows/999999", status: 404 },
  { name: "set up", path: () => "/setup", for: "nobody" },
  { name: "login", path: () => "/login", for: "anybody" },
  { name: "sign-in of another browser", path: () => "/login/plex/unknown", for: "anybody", status: 404 },
];
