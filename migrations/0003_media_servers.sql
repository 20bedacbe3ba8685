-- Servers that keep their accounts themselves: signing in at an address, with a device id of ours for each connection.
ALTER TABLE integrations ADD COLUMN device_id TEXT;
--> statement-breakpoint
ALTER TABLE integrations ADD COLUMN by_key INTEGER NOT NULL DEFAULT 0 CHECK (by_key IN (0, 1));
--> statement-breakpoint
ALTER TABLE pins ADD COLUMN place TEXT;
