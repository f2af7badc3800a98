CREATE TABLE server_state (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE server_key (
	id         TEXT PRIMARY KEY,
	purpose    TEXT NOT NULL,
	sealed     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	retired_at BIGINT
);
CREATE UNIQUE INDEX server_key_current ON server_key (purpose) WHERE retired_at IS NULL;

CREATE TABLE job (
	id           TEXT PRIMARY KEY,
	kind         TEXT NOT NULL,
	args         TEXT NOT NULL,
	run_at       BIGINT NOT NULL,
	due_at       BIGINT NOT NULL,
	leased_until BIGINT NOT NULL DEFAULT 0,
	attempts     INTEGER NOT NULL DEFAULT 0,
	error        TEXT,
	UNIQUE (kind, run_at, args)
);
CREATE INDEX job_by_due ON job (kind, due_at);

CREATE TABLE mail (
	id         TEXT PRIMARY KEY,
	once       TEXT NOT NULL UNIQUE,
	batch      TEXT NOT NULL,
	message_id TEXT NOT NULL,
	recipient  TEXT NOT NULL,
	template   TEXT NOT NULL,
	language   TEXT NOT NULL,
	sealed     TEXT,
	created_at BIGINT NOT NULL,
	sent_at    BIGINT
);
CREATE INDEX mail_by_batch ON mail (batch) WHERE sealed IS NOT NULL;
