-- A file that somebody encrypted. Its content lies in the blob store under object,
-- once it has arrived.
CREATE TABLE blob (
	id              TEXT PRIMARY KEY,
	account_id      TEXT REFERENCES account (id) ON DELETE CASCADE,
	organization_id TEXT REFERENCES organization (id) ON DELETE CASCADE,
	size            BIGINT NOT NULL,
	object          TEXT UNIQUE,
	created_at      BIGINT NOT NULL,
	uploaded_at     BIGINT,
	CHECK ((account_id IS NULL) <> (organization_id IS NULL)),
	CHECK ((object IS NULL) = (uploaded_at IS NULL))
);
CREATE INDEX blob_by_account ON blob (account_id);
CREATE INDEX blob_by_organization ON blob (organization_id);
CREATE INDEX blob_waiting ON blob (created_at) WHERE uploaded_at IS NULL;

CREATE TABLE send (
	id            TEXT PRIMARY KEY,
	account_id    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	type          INTEGER NOT NULL,
	auth_type     INTEGER NOT NULL,
	name          TEXT NOT NULL,
	notes         TEXT,
	key           TEXT NOT NULL,
	text          TEXT,
	text_hidden   BOOLEAN NOT NULL,
	blob_id       TEXT UNIQUE REFERENCES blob (id) ON DELETE CASCADE,
	file_name     TEXT,
	password_hash TEXT,
	emails        TEXT,
	max_accesses  INTEGER,
	accesses      INTEGER NOT NULL,
	disabled      BOOLEAN NOT NULL,
	hide_email    BOOLEAN NOT NULL,
	expires_at    BIGINT,
	delete_at     BIGINT NOT NULL,
	created_at    BIGINT NOT NULL,
	revised_at    BIGINT NOT NULL
);
CREATE INDEX send_by_account ON send (account_id);
CREATE INDEX send_by_delete_at ON send (delete_at);

-- A code that was mailed to an address for which a Send is.
CREATE TABLE send_code (
	send_id   TEXT NOT NULL REFERENCES send (id) ON DELETE CASCADE,
	email     TEXT NOT NULL,
	mac       TEXT NOT NULL,
	guesses   INTEGER NOT NULL,
	issued_at BIGINT NOT NULL,
	PRIMARY KEY (send_id, email)
);

-- Domains of one owner, as a person says: a list of lists.
CREATE TABLE account_domain (
	account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	own        TEXT NOT NULL,
	excluded   TEXT NOT NULL
);
