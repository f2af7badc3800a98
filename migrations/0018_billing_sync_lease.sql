-- The run that holds the lease of a connection.
ALTER TABLE billing_sync_connection ADD COLUMN run_id TEXT;
-- Until when the cloud asked to be left alone, and when a run that failed was to be
-- tried again.
ALTER TABLE billing_sync_connection ADD COLUMN not_before BIGINT;
ALTER TABLE billing_sync_run ADD COLUMN next_run_at BIGINT;
