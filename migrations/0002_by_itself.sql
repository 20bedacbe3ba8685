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
ALTER TABLE integration_libraries ADD COLUMN numbering TEXT NOT NULL DEFAULT 'auto' CHECK (numbering IN ('auto', 'aired', 'absolute'));
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
  settled_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX webhook_seen_by_integration ON webhook_seen (integration_id, id);
--> statement-breakpoint
CREATE INDEX webhook_seen_by_fingerprint ON webhook_seen (integration_id, fingerprint);
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
