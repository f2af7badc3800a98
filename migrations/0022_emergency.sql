CREATE TABLE emergency_access (
	id                 TEXT PRIMARY KEY,
	grantor_id         TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	grantee_id         TEXT REFERENCES account (id) ON DELETE CASCADE,
	email              TEXT,
	type               INTEGER NOT NULL,
	status             INTEGER NOT NULL,
	wait_days          INTEGER NOT NULL,
	encrypted_key      TEXT,
	recovery_began_at  BIGINT,
	reminded_at        BIGINT,
	created_at         BIGINT NOT NULL,
	revised_at         BIGINT NOT NULL,
	CHECK ((grantee_id IS NULL) <> (email IS NULL))
);
CREATE UNIQUE INDEX emergency_access_by_pair ON emergency_access (grantor_id, grantee_id);
CREATE UNIQUE INDEX emergency_access_by_invitation ON emergency_access (grantor_id, email);
CREATE INDEX emergency_access_by_grantee ON emergency_access (grantee_id);
CREATE INDEX emergency_access_by_status ON emergency_access (status, recovery_began_at);
