CREATE TABLE organization (
	id                  TEXT PRIMARY KEY,
	name                TEXT NOT NULL,
	business_name       TEXT,
	billing_email       TEXT NOT NULL,
	plan                TEXT NOT NULL,
	plan_type           INTEGER NOT NULL,
	seats               INTEGER,
	max_collections     INTEGER,
	max_storage_gb      INTEGER,
	max_autoscale_seats INTEGER,
	features            TEXT NOT NULL,
	settings            TEXT NOT NULL,
	enabled             BOOLEAN NOT NULL,
	-- What the terms say; enabled is false all the same while the operator has
	-- suspended the organization.
	granted             BOOLEAN NOT NULL DEFAULT TRUE,
	suspended           BOOLEAN NOT NULL DEFAULT FALSE,
	-- What it stands on: 0 a subscription, 1 a license, 2 nothing but this server.
	basis               INTEGER NOT NULL DEFAULT 0,
	status              INTEGER NOT NULL,
	license_key         TEXT NOT NULL UNIQUE,
	public_key          TEXT,
	private_key         TEXT,
	expires_at          BIGINT,
	created_at          BIGINT NOT NULL,
	revised_at          BIGINT NOT NULL
);

CREATE TABLE member (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	account_id      TEXT REFERENCES account (id) ON DELETE CASCADE,
	email           TEXT,
	status          INTEGER NOT NULL,
	type            INTEGER NOT NULL,
	encrypted_key   TEXT,
	permissions     TEXT NOT NULL,
	external_id     TEXT,
	-- The user key, encrypted for the organization, with which an account is recovered.
	reset_password_key TEXT,
	-- Set while revoked: the reason, in the numbers of the protocol.
	revocation_reason  INTEGER,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	UNIQUE (organization_id, account_id),
	UNIQUE (organization_id, email)
);
CREATE INDEX member_by_account ON member (account_id);

CREATE TABLE collection (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	name            TEXT NOT NULL,
	external_id     TEXT,
	type            INTEGER NOT NULL,
	former_email    TEXT,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL
);
CREATE INDEX collection_by_organization ON collection (organization_id);

CREATE TABLE collection_member (
	collection_id  TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
	member_id      TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
	read_only      BOOLEAN NOT NULL,
	hide_passwords BOOLEAN NOT NULL,
	manage         BOOLEAN NOT NULL,
	PRIMARY KEY (collection_id, member_id)
);
CREATE INDEX collection_member_by_member ON collection_member (member_id);

CREATE TABLE organization_group (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	name            TEXT NOT NULL,
	external_id     TEXT,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL
);
CREATE INDEX organization_group_by_organization ON organization_group (organization_id);

CREATE TABLE group_member (
	group_id  TEXT NOT NULL REFERENCES organization_group (id) ON DELETE CASCADE,
	member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
	PRIMARY KEY (group_id, member_id)
);
CREATE INDEX group_member_by_member ON group_member (member_id);

CREATE TABLE collection_group (
	collection_id  TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
	group_id       TEXT NOT NULL REFERENCES organization_group (id) ON DELETE CASCADE,
	read_only      BOOLEAN NOT NULL,
	hide_passwords BOOLEAN NOT NULL,
	manage         BOOLEAN NOT NULL,
	PRIMARY KEY (collection_id, group_id)
);
CREATE INDEX collection_group_by_group ON collection_group (group_id);

CREATE TABLE organization_api_key (
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	sealed          TEXT NOT NULL,
	revised_at      BIGINT NOT NULL,
	PRIMARY KEY (organization_id, type)
);

CREATE TABLE policy (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	enabled         BOOLEAN NOT NULL,
	data            TEXT,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	UNIQUE (organization_id, type)
);
