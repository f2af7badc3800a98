CREATE TABLE two_step_provider (
	account_id  TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	type        INTEGER NOT NULL,
	sealed_data TEXT NOT NULL,
	last_step   BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (account_id, type)
);

CREATE TABLE two_step_recovery (
	account_id  TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	sealed_code TEXT NOT NULL,
	created_at  BIGINT NOT NULL
);

CREATE TABLE two_step_pending (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	purpose    TEXT NOT NULL,
	content    TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, purpose)
);
