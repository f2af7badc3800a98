CREATE TABLE passkey (
	id                    TEXT PRIMARY KEY,
	account_id            TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name                  TEXT NOT NULL,
	credential_id         TEXT NOT NULL UNIQUE,
	public_key            TEXT NOT NULL,
	counter               BIGINT NOT NULL,
	transports            TEXT NOT NULL,
	backup_eligible       BOOLEAN NOT NULL,
	supports_prf          BOOLEAN NOT NULL,
	encrypted_user_key    TEXT,
	encrypted_public_key  TEXT,
	encrypted_private_key TEXT,
	created_at            BIGINT NOT NULL,
	used_at               BIGINT
);
CREATE INDEX passkey_by_account ON passkey (account_id);

CREATE TABLE passkey_answer (
	challenge_hash TEXT PRIMARY KEY,
	expires_at     BIGINT NOT NULL
);
CREATE INDEX passkey_answer_by_expires ON passkey_answer (expires_at);
