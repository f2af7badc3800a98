-- The run that holds the lease of a connection.
ALTER TABLE billing_sync_connection ADD COLUMN run_id TEXT;
