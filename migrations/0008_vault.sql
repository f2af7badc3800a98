CREATE TABLE folder (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	revised_at BIGINT NOT NULL
);
CREATE INDEX folder_by_account ON folder (account_id);
