ALTER TABLE users ADD COLUMN date_format TEXT NOT NULL DEFAULT 'auto' CHECK (date_format IN ('auto', 'dmy', 'mdy', 'ymd'));
--> statement-breakpoint
ALTER TABLE users ADD COLUMN title_language TEXT;
--> statement-breakpoint
CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  format TEXT NOT NULL,
  file_name TEXT NOT NULL,
  options TEXT NOT NULL DEFAULT '{}',
  status TEXT NOT NULL CHECK (status IN ('preview', 'running', 'done', 'failed', 'undone')),
  summary TEXT NOT NULL DEFAULT '{}',
  undo TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  undone_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX imports_by_user ON imports (user_id, created_at);
--> statement-breakpoint
CREATE TABLE import_items (
  import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('show', 'not-understood', 'left-out')),
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  year INTEGER,
  show_id INTEGER REFERENCES shows (id) ON DELETE SET NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('matched', 'created', 'doubtful', 'skipped', 'none')),
  plays INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  already_there INTEGER NOT NULL DEFAULT 0,
  suppressed INTEGER NOT NULL DEFAULT 0,
  note TEXT,
  candidates TEXT NOT NULL DEFAULT '[]',
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
  undo TEXT,
  PRIMARY KEY (import_id, position)
) STRICT;
--> statement-breakpoint
CREATE INDEX import_items_by_show ON import_items (show_id) WHERE show_id IS NOT NULL;
--> statement-breakpoint
ALTER TABLE library_entries ADD COLUMN notes TEXT;
--> statement-breakpoint
ALTER TABLE library_entries ADD COLUMN added_by_import INTEGER REFERENCES imports (id) ON DELETE SET NULL;
--> statement-breakpoint
ALTER TABLE plays ADD COLUMN edited_from TEXT;
--> statement-breakpoint
ALTER TABLE plays ADD COLUMN import_id INTEGER REFERENCES imports (id) ON DELETE SET NULL;
--> statement-breakpoint
CREATE INDEX plays_by_import ON plays (import_id) WHERE import_id IS NOT NULL;
--> statement-breakpoint
DROP INDEX plays_by_time;
--> statement-breakpoint
CREATE INDEX plays_by_time ON plays (user_id, watched_at, id, integration_id);
--> statement-breakpoint
ALTER TABLE sync_removals ADD COLUMN edited_from TEXT;
--> statement-breakpoint
ALTER TABLE sync_removals ADD COLUMN play_id INTEGER;
--> statement-breakpoint
CREATE TABLE calendar_feeds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id);
--> statement-breakpoint
CREATE TABLE show_titles (
  show_id INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  title TEXT,
  title_key TEXT,
  sort_title TEXT,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (show_id, language)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE episode_titles (
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (episode_id, language)
) STRICT, WITHOUT ROWID;
