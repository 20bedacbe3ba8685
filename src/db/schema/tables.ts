import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

// The shape of the tables for typed queries. `migrations/` is what creates them (STRICT, WITHOUT ROWID, CHECKs); a test compares the two.

export const settings = sqliteTable("settings", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
});

export const users = sqliteTable("users", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  username: text("username").notNull(),
  usernameKey: text("username_key").notNull(),
  passwordHash: text("password_hash").notNull(),
  role: text("role", { enum: ["admin", "member"] }).notNull(),
  timeZone: text("time_zone"),
  theme: text("theme", { enum: ["auto", "dark", "light"] })
    .notNull()
    .default("auto"),
  createdAt: integer("created_at").notNull(),
  dateFormat: text("date_format", { enum: ["auto", "dmy", "mdy", "ymd"] })
    .notNull()
    .default("auto"),
  titleLanguage: text("title_language"),
});

export const sessions = sqliteTable("sessions", {
  tokenHash: text("token_hash").primaryKey(),
  userId: integer("user_id").notNull(),
  createdAt: integer("created_at").notNull(),
  lastSeenAt: integer("last_seen_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  userAgent: text("user_agent").notNull().default(""),
  /** The account elsewhere that it was begun with; null: a password. */
  signInAccountId: integer("sign_in_account_id"),
});

/** Accounts at a media server's service that may sign in here. */
export const signInAccounts = sqliteTable("sign_in_accounts", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  provider: text("provider").notNull(),
  /** Null until the first sign-in of one that was allowed by name. */
  accountId: text("account_id"),
  accountName: text("account_name").notNull(),
  /** User name or e-mail address in small letters, until somebody who goes by it has signed in. */
  wantedName: text("wanted_name"),
  /** Null: the first sign-in makes a new user. */
  userId: integer("user_id"),
  /** Made by the user themself, who proved that the account is theirs. */
  chosenByUser: integer("chosen_by_user", { mode: "boolean" }).notNull().default(false),
  createdAt: integer("created_at").notNull(),
  lastUsedAt: integer("last_used_at"),
});

/** Sign-ins by code that nobody is signed in for yet: they belong to a browser. */
export const signInPins = sqliteTable("sign_in_pins", {
  id: text("id").primaryKey(),
  provider: text("provider").notNull(),
  browserHash: text("browser_hash").notNull(),
  address: text("address").notNull(),
  next: text("next"),
  remoteId: text("remote_id").notNull(),
  sealedCode: text("sealed_code").notNull(),
  authUrl: text("auth_url").notNull(),
  expiresAt: integer("expires_at").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const apiTokens = sqliteTable("api_tokens", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  name: text("name").notNull(),
  tokenHash: text("token_hash").notNull(),
  createdAt: integer("created_at").notNull(),
  lastUsedAt: integer("last_used_at"),
});

export const shows = sqliteTable("shows", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  title: text("title").notNull(),
  titleKey: text("title_key").notNull(),
  sortTitle: text("sort_title").notNull(),
  year: integer("year"),
  overview: text("overview"),
  status: text("status", { enum: ["running", "ended", "upcoming"] }),
  network: text("network"),
  genres: text("genres").notNull().default("[]"),
  runtimeMin: integer("runtime_min"),
  total: integer("total").notNull().default(0),
  aired: integer("aired").notNull().default(0),
  nextAirAt: integer("next_air_at"),
  posterUrl: text("poster_url"),
  posterIntegrationId: integer("poster_integration_id"),
  posterPath: text("poster_path"),
  posterVersion: integer("poster_version").notNull().default(0),
  enrichedFrom: text("enriched_from"),
  enrichedId: text("enriched_id"),
  enrichedAt: integer("enriched_at"),
  createdAt: integer("created_at").notNull(),
});

export const externalIds = sqliteTable(
  "external_ids",
  {
    kind: text("kind").notNull(),
    value: text("value").notNull(),
    showId: integer("show_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.value] })],
);

export const seasons = sqliteTable(
  "seasons",
  {
    showId: integer("show_id").notNull(),
    number: integer("number").notNull(),
    title: text("title"),
  },
  (table) => [primaryKey({ columns: [table.showId, table.number] })],
);

export const episodes = sqliteTable("episodes", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  showId: integer("show_id").notNull(),
  season: integer("season").notNull(),
  number: integer("number"),
  numberAbs: integer("number_abs"),
  title: text("title"),
  airedAt: integer("aired_at"),
  airedExact: integer("aired_exact", { mode: "boolean" }).notNull().default(false),
  runtimeMin: integer("runtime_min"),
  onServer: integer("on_server", { mode: "boolean" }).notNull().default(false),
  inCatalogue: integer("in_catalogue", { mode: "boolean" }).notNull().default(false),
  tmdb: text("tmdb"),
  tvdb: text("tvdb"),
  imdb: text("imdb"),
  trakt: text("trakt"),
  tvmaze: text("tvmaze"),
  plex: text("plex"),
});

export const integrations = sqliteTable("integrations", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  provider: text("provider").notNull(),
  serverId: text("server_id").notNull(),
  serverName: text("server_name").notNull(),
  serverVersion: text("server_version"),
  serverUrl: text("server_url").notNull(),
  connectionKind: text("connection_kind", { enum: ["local", "remote", "relay", "typed"] })
    .notNull()
    .default("remote"),
  insecureTls: integer("insecure_tls", { mode: "boolean" }).notNull().default(false),
  owned: integer("owned", { mode: "boolean" }).notNull().default(true),
  accountId: text("account_id").notNull(),
  accountName: text("account_name").notNull(),
  accountEmail: text("account_email"),
  sealedServerToken: text("sealed_server_token"),
  sealedAccountToken: text("sealed_account_token"),
  enabled: integer("enabled", { mode: "boolean" }).notNull().default(true),
  autoSync: integer("auto_sync", { mode: "boolean" }).notNull().default(true),
  schedule: text("schedule").notNull(),
  unmarks: text("unmarks", { enum: ["ignore", "follow"] })
    .notNull()
    .default("ignore"),
  addShows: text("add_shows", { enum: ["watched", "all"] })
    .notNull()
    .default("watched"),
  nextSyncAt: integer("next_sync_at"),
  lastSyncAt: integer("last_sync_at"),
  lastFullAt: integer("last_full_at"),
  watermarkAt: integer("watermark_at"),
  needsFull: integer("needs_full", { mode: "boolean" }).notNull().default(true),
  historyNote: text("history_note"),
  status: text("status", { enum: ["ok", "unreachable", "needs-login"] })
    .notNull()
    .default("ok"),
  statusMessage: text("status_message"),
  firstFailureAt: integer("first_failure_at"),
  lastFailureAt: integer("last_failure_at"),
  failureLevel: integer("failure_level").notNull().default(0),
  retryAt: integer("retry_at"),
  pingedAt: integer("pinged_at"),
  disconnectedAt: integer("disconnected_at"),
  preferences: text("preferences").notNull().default("{}"),
  webhookHash: text("webhook_hash"),
  sealedWebhookSecret: text("sealed_webhook_secret"),
  webhookRegisteredUrl: text("webhook_registered_url"),
  twoWay: integer("two_way", { mode: "boolean" }).notNull().default(false),
  twoWaySince: integer("two_way_since"),
  /** How each address answered when the server was last looked for, as JSON. */
  tried: text("tried").notNull().default("{}"),
  /** When the user put the banner about the present trouble away. */
  dismissedAt: integer("dismissed_at"),
  /** Linked through this account's household: it has no sign-in of its own, and its addresses are looked up there. */
  homeAdminIntegrationId: integer("home_admin_integration_id"),
  /** What the household calls the member; set for linked ones also when that household is gone. */
  homeMemberId: text("home_member_id"),
  /** Who we are on a server that keeps its accounts itself. */
  deviceId: text("device_id"),
  /** The token is a key of the server's, acting for the account. */
  byKey: integer("by_key", { mode: "boolean" }).notNull().default(false),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const integrationLibraries = sqliteTable(
  "integration_libraries",
  {
    integrationId: integer("integration_id").notNull(),
    key: text("key").notNull(),
    title: text("title").notNull(),
    type: text("type").notNull(),
    enabled: integer("enabled", { mode: "boolean" }).notNull().default(true),
    watchedCount: integer("watched_count"),
    countReliable: integer("count_reliable", { mode: "boolean" }).notNull().default(false),
    numbering: text("numbering", { enum: ["auto", "aired", "absolute"] })
      .notNull()
      .default("auto"),
  },
  (table) => [primaryKey({ columns: [table.integrationId, table.key] })],
);

export const libraryEntries = sqliteTable(
  "library_entries",
  {
    userId: integer("user_id").notNull(),
    showId: integer("show_id").notNull(),
    list: text("list", { enum: ["watching", "later", "ended", "archived"] }).notNull(),
    listChosen: integer("list_chosen", { mode: "boolean" }).notNull().default(false),
    rating: integer("rating"),
    addedAt: integer("added_at").notNull(),
    addedBySync: integer("added_by_sync"),
    watched: integer("watched").notNull().default(0),
    lastWatchedAt: integer("last_watched_at"),
    nextEpisodeId: integer("next_episode_id"),
    notes: text("notes"),
    addedByImport: integer("added_by_import"),
    /** When the user has last said it, here or on a server; null when that is not known. */
    ratedAt: integer("rated_at"),
  },
  (table) => [primaryKey({ columns: [table.userId, table.showId] })],
);

export const plays = sqliteTable("plays", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  episodeId: integer("episode_id").notNull(),
  watchedAt: integer("watched_at"),
  certainty: text("certainty", { enum: ["played", "marked", "unknown"] }).notNull(),
  source: text("source").notNull(),
  integrationId: integer("integration_id"),
  evidence: text("evidence").notNull(),
  syncLogId: integer("sync_log_id"),
  createdAt: integer("created_at").notNull(),
  /** What the source says of the time, where the user has corrected it. */
  editedFrom: text("edited_from"),
  importId: integer("import_id"),
});

export const suppressions = sqliteTable("suppressions", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  episodeId: integer("episode_id").notNull(),
  integrationId: integer("integration_id"),
  evidence: text("evidence"),
  watchedAt: integer("watched_at"),
  until: integer("until").notNull(),
  reason: text("reason", { enum: ["user", "undo"] }).notNull(),
  syncLogId: integer("sync_log_id"),
});

export const matches = sqliteTable(
  "matches",
  {
    integrationId: integer("integration_id").notNull(),
    serverShow: text("server_show").notNull(),
    itemId: text("item_id").notNull(),
    showId: integer("show_id").notNull(),
    method: text("method").notNull(),
    confidence: real("confidence").notNull(),
    chosenByUser: integer("chosen_by_user", { mode: "boolean" }).notNull().default(false),
    title: text("title").notNull(),
    year: integer("year"),
    ids: text("ids").notNull().default("{}"),
    evidence: text("evidence").notNull().default("{}"),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.integrationId, table.serverShow] })],
);

export const itemLinks = sqliteTable(
  "item_links",
  {
    integrationId: integer("integration_id").notNull(),
    itemId: text("item_id").notNull(),
    libraryKey: text("library_key").notNull(),
    serverShow: text("server_show").notNull(),
    episodeId: integer("episode_id"),
    viewCount: integer("view_count").notNull().default(0),
    lastViewedAt: integer("last_viewed_at"),
    state: text("state").notNull(),
    /** When the server showed it so. */
    seenAt: integer("seen_at").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.integrationId, table.itemId] })],
);

export const syncLogs = sqliteTable("sync_logs", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  integrationId: integer("integration_id").notNull(),
  userId: integer("user_id").notNull(),
  provider: text("provider").notNull(),
  trigger: text("trigger", { enum: ["manual", "schedule", "webhook", "stream", "start-up"] }).notNull(),
  mode: text("mode", { enum: ["full", "incremental", "preview"] }).notNull(),
  status: text("status", {
    enum: ["running", "success", "partial", "error", "cancelled", "interrupted", "held", "undone"],
  }).notNull(),
  showsSynced: integer("shows_synced").notNull().default(0),
  episodesSynced: integer("episodes_synced").notNull().default(0),
  watchesAdded: integer("watches_added").notNull().default(0),
  watchesRemoved: integer("watches_removed").notNull().default(0),
  showsDoubtful: integer("shows_doubtful").notNull().default(0),
  errors: text("errors").notNull().default("[]"),
  notes: text("notes").notNull().default("[]"),
  held: text("held"),
  requests: integer("requests").notNull().default(0),
  durationMs: integer("duration_ms").notNull().default(0),
  startedAt: integer("started_at").notNull(),
  finishedAt: integer("finished_at"),
  undoneAt: integer("undone_at"),
});

export const syncLogItems = sqliteTable(
  "sync_log_items",
  {
    syncLogId: integer("sync_log_id").notNull(),
    serverShow: text("server_show").notNull(),
    showId: integer("show_id"),
    title: text("title").notNull(),
    year: integer("year"),
    method: text("method").notNull(),
    confidence: real("confidence").notNull(),
    outcome: text("outcome", { enum: ["added", "unchanged", "removed", "doubtful", "failed"] }).notNull(),
    episodes: integer("episodes").notNull().default(0),
    added: integer("added").notNull().default(0),
    removed: integer("removed").notNull().default(0),
    notes: text("notes").notNull().default("[]"),
    plan: text("plan").notNull().default("[]"),
  },
  (table) => [primaryKey({ columns: [table.syncLogId, table.serverShow] })],
);

export const syncRemovals = sqliteTable("sync_removals", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  syncLogId: integer("sync_log_id").notNull(),
  episodeId: integer("episode_id").notNull(),
  watchedAt: integer("watched_at"),
  certainty: text("certainty").notNull(),
  source: text("source").notNull(),
  integrationId: integer("integration_id"),
  evidence: text("evidence").notNull(),
  originSyncLogId: integer("origin_sync_log_id"),
  createdAt: integer("created_at").notNull(),
  editedFrom: text("edited_from"),
  /** Which play it was; one that was only changed is still there. */
  playId: integer("play_id"),
});

export const enrichmentQueue = sqliteTable("enrichment_queue", {
  showId: integer("show_id").primaryKey(),
  state: text("state", { enum: ["pending", "done", "failed"] })
    .notNull()
    .default("pending"),
  priority: integer("priority").notNull().default(0),
  attempts: integer("attempts").notNull().default(0),
  nextAttemptAt: integer("next_attempt_at").notNull().default(0),
  lastError: text("last_error"),
  updatedAt: integer("updated_at").notNull(),
});

export const pins = sqliteTable("pins", {
  id: text("id").primaryKey(),
  userId: integer("user_id").notNull(),
  provider: text("provider").notNull(),
  remoteId: text("remote_id").notNull(),
  sealedCode: text("sealed_code").notNull(),
  authUrl: text("auth_url").notNull(),
  expiresAt: integer("expires_at").notNull(),
  sealedToken: text("sealed_token"),
  account: text("account"),
  /** The server at which it is, as JSON; null where accounts live apart from servers. */
  place: text("place"),
  createdAt: integer("created_at").notNull(),
});

/** Profiles of a household that a user may link by themself. */
export const homeOffers = sqliteTable("home_offers", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  integrationId: integer("integration_id").notNull(),
  memberId: text("member_id").notNull(),
  accountId: text("account_id").notNull(),
  memberName: text("member_name").notNull(),
  asksPin: integer("asks_pin", { mode: "boolean" }).notNull(),
  userId: integer("user_id").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const artwork = sqliteTable("artwork", {
  showId: integer("show_id").primaryKey(),
  file: text("file"),
  contentType: text("content_type"),
  source: text("source").notNull(),
  fetchedAt: integer("fetched_at"),
  failedAt: integer("failed_at"),
  attempts: integer("attempts").notNull().default(0),
});

export const imports = sqliteTable("imports", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  format: text("format").notNull(),
  fileName: text("file_name").notNull(),
  options: text("options").notNull().default("{}"),
  status: text("status", { enum: ["preview", "running", "done", "failed", "undone"] }).notNull(),
  summary: text("summary").notNull().default("{}"),
  undo: text("undo"),
  createdAt: integer("created_at").notNull(),
  finishedAt: integer("finished_at"),
  undoneAt: integer("undone_at"),
});

export const importItems = sqliteTable(
  "import_items",
  {
    importId: integer("import_id").notNull(),
    position: integer("position").notNull(),
    kind: text("kind", { enum: ["show", "not-understood", "left-out"] }).notNull(),
    /** A show's name within the file, or where in the file something stands. */
    key: text("key").notNull(),
    title: text("title").notNull(),
    year: integer("year"),
    showId: integer("show_id"),
    outcome: text("outcome", { enum: ["matched", "created", "doubtful", "skipped", "none"] }).notNull(),
    plays: integer("plays").notNull().default(0),
    added: integer("added").notNull().default(0),
    alreadyThere: integer("already_there").notNull().default(0),
    suppressed: integer("suppressed").notNull().default(0),
    note: text("note"),
    candidates: text("candidates").notNull().default("[]"),
    done: integer("done", { mode: "boolean" }).notNull().default(false),
    undo: text("undo"),
  },
  (table) => [primaryKey({ columns: [table.importId, table.position] })],
);

export const calendarFeeds = sqliteTable("calendar_feeds", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  name: text("name").notNull(),
  tokenHash: text("token_hash").notNull(),
  createdAt: integer("created_at").notNull(),
  lastUsedAt: integer("last_used_at"),
});

export const showTitles = sqliteTable(
  "show_titles",
  {
    showId: integer("show_id").notNull(),
    language: text("language").notNull(),
    /** Null: asked for, and the source has none. */
    title: text("title"),
    titleKey: text("title_key"),
    sortTitle: text("sort_title"),
    fetchedAt: integer("fetched_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.showId, table.language] })],
);

export const episodeTitles = sqliteTable(
  "episode_titles",
  {
    episodeId: integer("episode_id").notNull(),
    language: text("language").notNull(),
    title: text("title").notNull(),
  },
  (table) => [primaryKey({ columns: [table.episodeId, table.language] })],
);

/** Where a user is told of trouble. */
export const notificationTargets = sqliteTable("notification_targets", {
  id: text("id").primaryKey(),
  userId: integer("user_id").notNull(),
  name: text("name").notNull(),
  kind: text("kind").notNull(),
  /** All of the address that may be shown. */
  host: text("host").notNull(),
  sealedUrl: text("sealed_url").notNull(),
  enabled: integer("enabled", { mode: "boolean" }).notNull().default(true),
  lastSentAt: integer("last_sent_at"),
  /** Why the last message did not arrive; null once one has. */
  problem: text("problem"),
  createdAt: integer("created_at").notNull(),
});

/** What was, or is still to be, said once about an outage. */
export const notifications = sqliteTable("notifications", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  targetId: text("target_id").notNull(),
  integrationId: integer("integration_id").notNull(),
  kind: text("kind", { enum: ["needs-login", "failing", "recovered"] }).notNull(),
  /** When the outage began, which tells outages of one server apart. */
  outageAt: integer("outage_at").notNull(),
  attempts: integer("attempts").notNull().default(0),
  /** Null: sent, or given up. */
  nextAttemptAt: integer("next_attempt_at"),
  sentAt: integer("sent_at"),
  createdAt: integer("created_at").notNull(),
});

export const webhookSeen = sqliteTable("webhook_seen", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  integrationId: integer("integration_id").notNull(),
  /** Equal for two deliveries of the same news. */
  fingerprint: text("fingerprint").notNull(),
  /** In the server's words. */
  event: text("event").notNull(),
  title: text("title"),
  outcome: text("outcome", { enum: ["waiting", "used", "ignored", "failed"] }).notNull(),
  reason: text("reason"),
  syncLogId: integer("sync_log_id"),
  receivedAt: integer("received_at").notNull(),
  settledAt: integer("settled_at"),
  /** JSON of the provider's news; null when there is nothing to look after. */
  news: text("news"),
  attempts: integer("attempts").notNull().default(0),
  nextAttemptAt: integer("next_attempt_at"),
});

export const pushQueue = sqliteTable(
  "push_queue",
  {
    integrationId: integer("integration_id").notNull(),
    episodeId: integer("episode_id").notNull(),
    wanted: text("wanted", { enum: ["watched", "unwatched"] }).notNull(),
    watchedAt: integer("watched_at"),
    /** When the user made the change that the server is to follow. */
    wishedAt: integer("wished_at").notNull(),
    /** `new`: not looked at yet; `held`: waits for a press of the user; `void`: taken back before anything was sent. */
    state: text("state", { enum: ["new", "ready", "held", "void"] })
      .notNull()
      .default("new"),
    /** The wish that this one has replaced before anything was sent: what an undo returns to. */
    insteadOf: text("instead_of", { enum: ["watched", "unwatched"] }),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: integer("next_attempt_at").notNull(),
    /** When it was sent and may have arrived. */
    sentAt: integer("sent_at"),
    lastError: text("last_error"),
  },
  (table) => [primaryKey({ columns: [table.integrationId, table.episodeId] })],
);

/** What became of wishes, for the user to look at. */
export const pushLog = sqliteTable("push_log", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  integrationId: integer("integration_id").notNull(),
  episodeId: integer("episode_id").notNull(),
  wanted: text("wanted", { enum: ["watched", "unwatched"] }).notNull(),
  outcome: text("outcome", { enum: ["sent", "already", "newer", "gone", "refused", "given-up", "part"] }).notNull(),
  at: integer("at").notNull(),
});

/** What we have set on servers ourselves: seen there again, it is our own mark and no play. */
export const pushedMarks = sqliteTable("pushed_marks", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  integrationId: integer("integration_id").notNull(),
  itemId: text("item_id").notNull(),
  episodeId: integer("episode_id").notNull(),
  pushedAt: integer("pushed_at").notNull(),
  /** The views that the mark explains; 0 once the server has shown the item unwatched. */
  viewCount: integer("view_count").notNull(),
  /** The date that the mark was given, or found on the item; null where the server takes the moment. */
  datedAt: integer("dated_at"),
  /** The server's own date of the mark; null while it has not been seen. */
  lastViewedAt: integer("last_viewed_at"),
});
