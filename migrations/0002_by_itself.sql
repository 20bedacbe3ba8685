ALTER TABLE integrations ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN webhook_hash TEXT;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN sealed_webhook_secret TEXT;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN webhook_registered_url TEXT;
--> statement-breakpoint
CREATE UNIQUE INDEX integrations_by_webhook ON integrations (webhook_hash) WHERE webhook_hash IS NOT NULL;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN two_way INTEGER NOT NULL DEFAULT 0 CHECK (two_way IN (0, 1));
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN two_way_since INTEGER;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN tried TEXT NOT NULL DEFAULT '{}';
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN dismissed_at INTEGER;
--> statement-breakpoint
ALTER TABLE integration_libraries ADD COLUMN numbering TEXT NOT NULL DEFAULT 'auto' CHECK (numbering IN ('auto', 'aired', 'absolute'));
--> statement-breakpoint
CREATE TABLE notification_targets (
  id TEXT PRIMARY KEY NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  sealed_url TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  last_sent_at INTEGER,
  problem TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX notification_targets_by_user ON notification_targets (user_id);
--> statement-breakpoint
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target_id TEXT NOT NULL REFERENCES notification_targets (id) ON DELETE CASCADE,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('needs-login', 'failing', 'recovered')),
  outage_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  sent_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX notifications_once ON notifications (target_id, integration_id, outage_at, kind);
--> statement-breakpoint
CREATE INDEX notifications_by_integration ON notifications (integration_id, id);
--> statement-breakpoint
CREATE INDEX notifications_by_turn ON notifications (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
--> statement-breakpoint
CREATE TABLE webhook_seen (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  fingerprint TEXT NOT NULL,
  event TEXT NOT NULL,
  title TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'used', 'ignored', 'failed')),
  reason TEXT,
  sync_log_id INTEGER REFERENCES sync_logs (id) ON DELETE SET NULL,
  received_at INTEGER NOT NULL,
  settled_at INTEGER,
  news TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX webhook_seen_by_integration ON webhook_seen (integration_id, id);
--> statement-breakpoint
CREATE INDEX webhook_seen_by_fingerprint ON webhook_seen (integration_id, fingerprint);
--> statement-breakpoint
CREATE INDEX webhook_seen_waiting ON webhook_seen (integration_id, next_attempt_at) WHERE outcome = 'waiting';
--> statement-breakpoint
ALTER TABLE library_entries ADD COLUMN rated_at INTEGER;
--> statement-breakpoint
CREATE TABLE push_queue (
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  wanted TEXT NOT NULL CHECK (wanted IN ('watched', 'unwatched')),
  watched_at INTEGER,
  wished_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'ready', 'held', 'void')),
  instead_of TEXT CHECK (instead_of IN ('watched', 'unwatched')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  sent_at INTEGER,
  last_error TEXT,
  PRIMARY KEY (integration_id, episode_id)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX push_queue_by_turn ON push_queue (next_attempt_at);
--> statement-breakpoint
CREATE TABLE pushed_marks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  pushed_at INTEGER NOT NULL,
  view_count INTEGER NOT NULL,
  last_viewed_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX pushed_marks_by_item ON pushed_marks (integration_id, item_id, pushed_at);
--> statement-breakpoint
CREATE INDEX pushed_marks_by_episode ON pushed_marks (episode_id);
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN home_admin_integration_id INTEGER REFERENCES integrations (id) ON DELETE SET NULL;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN home_member_id TEXT;
--> statement-breakpoint
CREATE INDEX integrations_by_account ON integrations (provider, account_id);
--> statement-breakpoint
CREATE TABLE home_offers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  member_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  member_name TEXT NOT NULL,
  asks_pin INTEGER NOT NULL CHECK (asks_pin IN (0, 1)),
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  UNIQUE (integration_id, member_id)
) STRICT;
--> statement-breakpoint
CREATE INDEX home_offers_by_user ON home_offers (user_id);
--> statement-breakpoint
CREATE TABLE sign_in_accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  account_id TEXT,
  account_name TEXT NOT NULL,
  wanted_name TEXT,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  chosen_by_user INTEGER NOT NULL DEFAULT 0 CHECK (chosen_by_user IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  CHECK ((account_id IS NULL) <> (wanted_name IS NULL))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX sign_in_accounts_by_account ON sign_in_accounts (provider, account_id) WHERE account_id IS NOT NULL;
--> statement-breakpoint
CREATE UNIQUE INDEX sign_in_accounts_by_name ON sign_in_accounts (provider, wanted_name) WHERE wanted_name IS NOT NULL;
--> statement-breakpoint
CREATE INDEX sign_in_accounts_by_user ON sign_in_accounts (user_id);
--> statement-breakpoint
ALTER TABLE sessions ADD COLUMN sign_in_account_id INTEGER REFERENCES sign_in_accounts (id) ON DELETE CASCADE;
--> statement-breakpoint
CREATE INDEX sessions_by_sign_in_account ON sessions (sign_in_account_id) WHERE sign_in_account_id IS NOT NULL;
--> statement-breakpoint
CREATE TABLE sign_in_pins (
  id TEXT PRIMARY KEY NOT NULL,
  provider TEXT NOT NULL,
  browser_hash TEXT NOT NULL,
  address TEXT NOT NULL,
  next TEXT,
  remote_id TEXT NOT NULL,
  sealed_code TEXT NOT NULL,
  auth_url TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE push_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  wanted TEXT NOT NULL CHECK (wanted IN ('watched', 'unwatched')),
  outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'already', 'newer', 'gone', 'refused', 'given-up')),
  at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX push_log_by_integration ON push_log (integration_id, id);
--> statement-breakpoint
CREATE INDEX push_log_by_episode ON push_log (episode_id);
--> statement-breakpoint
CREATE INDEX push_queue_by_episode ON push_queue (episode_id);
--> statement-breakpoint
ALTER TABLE item_links ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
