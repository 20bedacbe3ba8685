CREATE TABLE settings (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
  time_zone TEXT,
  theme TEXT NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'dark', 'light')),
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  user_agent TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX sessions_by_user ON sessions (user_id);
--> statement-breakpoint
CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);
--> statement-breakpoint
CREATE TABLE shows (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,
  sort_title TEXT NOT NULL,
  year INTEGER,
  overview TEXT,
  status TEXT CHECK (status IN ('running', 'ended', 'upcoming')),
  network TEXT,
  genres TEXT NOT NULL DEFAULT '[]',
  runtime_min INTEGER,
  total INTEGER NOT NULL DEFAULT 0,
  aired INTEGER NOT NULL DEFAULT 0,
  next_air_at INTEGER,
  poster_url TEXT,
  poster_integration_id INTEGER REFERENCES integrations (id) ON DELETE SET NULL,
  poster_path TEXT,
  poster_version INTEGER NOT NULL DEFAULT 0,
  enriched_from TEXT,
  enriched_id TEXT,
  enriched_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX shows_by_title ON shows (title_key, year);
--> statement-breakpoint
CREATE INDEX shows_by_next_air ON shows (next_air_at) WHERE next_air_at IS NOT NULL;
--> statement-breakpoint
CREATE TABLE external_ids (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  show_id INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX external_ids_by_show ON external_ids (show_id);
--> statement-breakpoint
CREATE TABLE seasons (
  show_id INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  title TEXT,
  PRIMARY KEY (show_id, number)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE episodes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  show_id INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  season INTEGER NOT NULL,
  number INTEGER,
  number_abs INTEGER,
  title TEXT,
  aired_at INTEGER,
  aired_exact INTEGER NOT NULL DEFAULT 0 CHECK (aired_exact IN (0, 1)),
  runtime_min INTEGER,
  on_server INTEGER NOT NULL DEFAULT 0 CHECK (on_server IN (0, 1)),
  in_catalogue INTEGER NOT NULL DEFAULT 0 CHECK (in_catalogue IN (0, 1)),
  tmdb TEXT,
  tvdb TEXT,
  imdb TEXT,
  trakt TEXT,
  tvmaze TEXT,
  plex TEXT
) STRICT;
--> statement-breakpoint
CREATE INDEX episodes_by_number ON episodes (show_id, season, number);
--> statement-breakpoint
CREATE UNIQUE INDEX episodes_in_catalogue ON episodes (show_id, season, number) WHERE in_catalogue = 1;
--> statement-breakpoint
CREATE INDEX episodes_by_air ON episodes (aired_at) WHERE aired_at IS NOT NULL AND in_catalogue = 1;
--> statement-breakpoint
CREATE TABLE integrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  server_id TEXT NOT NULL,
  server_name TEXT NOT NULL,
  server_version TEXT,
  server_url TEXT NOT NULL,
  connection_kind TEXT NOT NULL DEFAULT 'remote' CHECK (connection_kind IN ('local', 'remote', 'relay', 'typed')),
  insecure_tls INTEGER NOT NULL DEFAULT 0 CHECK (insecure_tls IN (0, 1)),
  owned INTEGER NOT NULL DEFAULT 1 CHECK (owned IN (0, 1)),
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  account_email TEXT,
  sealed_server_token TEXT,
  sealed_account_token TEXT,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  auto_sync INTEGER NOT NULL DEFAULT 1 CHECK (auto_sync IN (0, 1)),
  schedule TEXT NOT NULL,
  unmarks TEXT NOT NULL DEFAULT 'ignore' CHECK (unmarks IN ('ignore', 'follow')),
  add_shows TEXT NOT NULL DEFAULT 'watched' CHECK (add_shows IN ('watched', 'all')),
  next_sync_at INTEGER,
  last_sync_at INTEGER,
  last_full_at INTEGER,
  watermark_at INTEGER,
  needs_full INTEGER NOT NULL DEFAULT 1 CHECK (needs_full IN (0, 1)),
  history_note TEXT,
  status TEXT NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'unreachable', 'needs-login')),
  status_message TEXT,
  first_failure_at INTEGER,
  last_failure_at INTEGER,
  failure_level INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER,
  pinged_at INTEGER,
  disconnected_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (user_id, provider, server_id)
) STRICT;
--> statement-breakpoint
CREATE TABLE integration_libraries (
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  watched_count INTEGER,
  count_reliable INTEGER NOT NULL DEFAULT 0 CHECK (count_reliable IN (0, 1)),
  PRIMARY KEY (integration_id, key)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE library_entries (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  show_id INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  list TEXT NOT NULL CHECK (list IN ('watching', 'later', 'ended', 'archived')),
  list_chosen INTEGER NOT NULL DEFAULT 0 CHECK (list_chosen IN (0, 1)),
  rating INTEGER CHECK (rating BETWEEN 1 AND 10),
  added_at INTEGER NOT NULL,
  added_by_sync INTEGER REFERENCES sync_logs (id) ON DELETE SET NULL,
  watched INTEGER NOT NULL DEFAULT 0,
  last_watched_at INTEGER,
  next_episode_id INTEGER REFERENCES episodes (id) ON DELETE SET NULL,
  PRIMARY KEY (user_id, show_id)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX library_entries_by_show ON library_entries (show_id);
--> statement-breakpoint
CREATE INDEX library_entries_by_next ON library_entries (next_episode_id) WHERE next_episode_id IS NOT NULL;
--> statement-breakpoint
CREATE TABLE plays (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  watched_at INTEGER,
  certainty TEXT NOT NULL CHECK (certainty IN ('played', 'marked', 'unknown')),
  source TEXT NOT NULL,
  integration_id INTEGER REFERENCES integrations (id) ON DELETE SET NULL,
  evidence TEXT NOT NULL,
  sync_log_id INTEGER REFERENCES sync_logs (id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX plays_by_episode ON plays (episode_id, user_id, evidence, integration_id);
--> statement-breakpoint
CREATE INDEX plays_by_time ON plays (user_id, watched_at);
--> statement-breakpoint
CREATE INDEX plays_by_sync ON plays (sync_log_id) WHERE sync_log_id IS NOT NULL;
--> statement-breakpoint
CREATE TABLE suppressions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  integration_id INTEGER REFERENCES integrations (id) ON DELETE CASCADE,
  evidence TEXT,
  watched_at INTEGER,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('user', 'undo')),
  sync_log_id INTEGER REFERENCES sync_logs (id) ON DELETE SET NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX suppressions_by_episode ON suppressions (episode_id, user_id);
--> statement-breakpoint
CREATE TABLE matches (
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  server_show TEXT NOT NULL,
  item_id TEXT NOT NULL,
  show_id INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  method TEXT NOT NULL,
  confidence REAL NOT NULL,
  chosen_by_user INTEGER NOT NULL DEFAULT 0 CHECK (chosen_by_user IN (0, 1)),
  title TEXT NOT NULL,
  year INTEGER,
  ids TEXT NOT NULL DEFAULT '{}',
  evidence TEXT NOT NULL DEFAULT '{}',
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (integration_id, server_show)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX matches_by_show ON matches (show_id);
--> statement-breakpoint
CREATE TABLE item_links (
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL,
  library_key TEXT NOT NULL,
  server_show TEXT NOT NULL,
  episode_id INTEGER REFERENCES episodes (id) ON DELETE SET NULL,
  view_count INTEGER NOT NULL DEFAULT 0,
  last_viewed_at INTEGER,
  state TEXT NOT NULL,
  PRIMARY KEY (integration_id, item_id)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX item_links_by_episode ON item_links (episode_id);
--> statement-breakpoint
CREATE TABLE sync_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'schedule', 'webhook', 'stream', 'start-up')),
  mode TEXT NOT NULL CHECK (mode IN ('full', 'incremental', 'preview')),
  status TEXT NOT NULL CHECK (status IN ('running', 'success', 'partial', 'error', 'cancelled', 'interrupted', 'held', 'undone')),
  shows_synced INTEGER NOT NULL DEFAULT 0,
  episodes_synced INTEGER NOT NULL DEFAULT 0,
  watches_added INTEGER NOT NULL DEFAULT 0,
  watches_removed INTEGER NOT NULL DEFAULT 0,
  shows_doubtful INTEGER NOT NULL DEFAULT 0,
  errors TEXT NOT NULL DEFAULT '[]',
  notes TEXT NOT NULL DEFAULT '[]',
  held TEXT,
  requests INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  undone_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX sync_logs_by_integration ON sync_logs (integration_id, started_at);
--> statement-breakpoint
CREATE INDEX sync_logs_by_user ON sync_logs (user_id, started_at);
--> statement-breakpoint
CREATE TABLE sync_log_items (
  sync_log_id INTEGER NOT NULL REFERENCES sync_logs (id) ON DELETE CASCADE,
  server_show TEXT NOT NULL,
  show_id INTEGER REFERENCES shows (id) ON DELETE SET NULL,
  title TEXT NOT NULL,
  year INTEGER,
  method TEXT NOT NULL,
  confidence REAL NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('added', 'unchanged', 'removed', 'doubtful', 'failed')),
  episodes INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  notes TEXT NOT NULL DEFAULT '[]',
  plan TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (sync_log_id, server_show)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE sync_removals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sync_log_id INTEGER NOT NULL REFERENCES sync_logs (id) ON DELETE CASCADE,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  watched_at INTEGER,
  certainty TEXT NOT NULL,
  source TEXT NOT NULL,
  integration_id INTEGER REFERENCES integrations (id) ON DELETE SET NULL,
  evidence TEXT NOT NULL,
  origin_sync_log_id INTEGER REFERENCES sync_logs (id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX sync_removals_by_sync ON sync_removals (sync_log_id);
--> statement-breakpoint
CREATE TABLE enrichment_queue (
  show_id INTEGER PRIMARY KEY NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
  priority INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  updated_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX enrichment_queue_by_turn ON enrichment_queue (state, next_attempt_at);
--> statement-breakpoint
CREATE TABLE pins (
  id TEXT PRIMARY KEY NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  sealed_code TEXT NOT NULL,
  auth_url TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  sealed_token TEXT,
  account TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE artwork (
  show_id INTEGER PRIMARY KEY NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  file TEXT,
  content_type TEXT,
  source TEXT NOT NULL,
  fetched_at INTEGER,
  failed_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
