CREATE TABLE device_trust (
	device_id             TEXT PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,
	encrypted_user_key    TEXT NOT NULL,
	encrypted_public_key  TEXT NOT NULL,
	encrypted_private_key TEXT NOT NULL
);

CREATE INDEX device_by_identifier ON device (identifier);

CREATE TABLE auth_request (
	id             TEXT PRIMARY KEY,
	account_id     TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	device_id      TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
	security_stamp TEXT NOT NULL,
	type           INTEGER NOT NULL,
	public_key     TEXT NOT NULL,
	code_hash      TEXT NOT NULL,
	address        TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	answered_at    BIGINT,
	approved       BOOLEAN NOT NULL,
	encrypted_key  TEXT,
	password_hash  TEXT,
	used_at        BIGINT
);
CREATE INDEX auth_request_by_account ON auth_request (account_id, created_at);
CREATE INDEX auth_request_by_device ON auth_request (device_id);
CREATE INDEX auth_request_by_created ON auth_request (created_at);
