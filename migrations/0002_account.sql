CREATE TABLE account (
	id                   TEXT PRIMARY KEY,
	email                TEXT NOT NULL UNIQUE,
	email_verified       BOOLEAN NOT NULL,
	name                 TEXT NOT NULL,
	culture              TEXT NOT NULL,
	password_hash        TEXT,
	password_hint        TEXT,
	kdf_type             INTEGER NOT NULL,
	kdf_iterations       INTEGER NOT NULL,
	kdf_memory           INTEGER,
	kdf_parallelism      INTEGER,
	salt                 TEXT NOT NULL,
	encrypted_key        TEXT,
	public_key           TEXT,
	private_key          TEXT,
	key_id               TEXT,
	security_stamp       TEXT NOT NULL,
	sealed_api_key       TEXT NOT NULL,
	verify_devices       BOOLEAN NOT NULL,
	force_password_reset BOOLEAN NOT NULL DEFAULT FALSE,
	avatar_color         TEXT,
	created_at           BIGINT NOT NULL,
	revised_at           BIGINT NOT NULL,
	vault_revised_at     BIGINT NOT NULL,
	password_changed_at  BIGINT,
	kdf_changed_at       BIGINT,
	email_changed_at     BIGINT,
	key_rotated_at       BIGINT,
	api_key_rotated_at   BIGINT
);

CREATE TABLE one_time_code (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	purpose    TEXT NOT NULL,
	mac        TEXT NOT NULL,
	guesses    INTEGER NOT NULL,
	issued_at  BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, purpose)
);

CREATE TABLE device (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	identifier TEXT NOT NULL,
	type       INTEGER NOT NULL,
	name       TEXT NOT NULL,
	push_token TEXT,
	created_at BIGINT NOT NULL,
	active_at  BIGINT NOT NULL,
	UNIQUE (account_id, identifier)
);

CREATE TABLE refresh_token (
	hash           TEXT PRIMARY KEY,
	account_id     TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	device_id      TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
	client_id      TEXT NOT NULL,
	security_stamp TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	expires_at     BIGINT NOT NULL
);
CREATE INDEX refresh_token_by_account ON refresh_token (account_id);
CREATE INDEX refresh_token_by_device ON refresh_token (device_id);
CREATE INDEX refresh_token_by_expires ON refresh_token (expires_at);
