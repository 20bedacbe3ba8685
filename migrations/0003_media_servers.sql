-- Servers that keep their accounts themselves: signing in at an address, with a device id of ours for each connection.
ALTER TABLE integrations ADD COLUMN device_id TEXT;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN by_key INTEGER NOT NULL DEFAULT 0 CHECK (by_key IN (0, 1));
--> statement-breakpoint
ALTER TABLE pins ADD COLUMN place TEXT;
--> statement-breakpoint
-- Marks that keep the date they are given; files with several episodes, which have one mark for all of them.
ALTER TABLE pushed_marks ADD COLUMN dated_at INTEGER;
--> statement-breakpoint
CREATE TABLE push_log_next (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  integration_id INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
  episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
  wanted TEXT NOT NULL CHECK (wanted IN ('watched', 'unwatched')),
  outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'already', 'newer', 'gone', 'refused', 'given-up', 'part')),
  at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO push_log_next SELECT id, integration_id, episode_id, wanted, outcome, at FROM push_log;
--> statement-breakpoint
DROP TABLE push_log;
--> statement-breakpoint
ALTER TABLE push_log_next RENAME TO push_log;
--> statement-breakpoint
CREATE INDEX push_log_by_integration ON push_log (integration_id, id);
--> statement-breakpoint
CREATE INDEX push_log_by_episode ON push_log (episode_id);
