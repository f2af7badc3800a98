-- When the first run failed since the last that went through, and when the owners
-- were told that none has gone through for a day.
ALTER TABLE billing_sync_connection ADD COLUMN failing_since BIGINT;
ALTER TABLE billing_sync_connection ADD COLUMN told_at BIGINT;
