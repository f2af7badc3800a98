CREATE TABLE installation (
	id         TEXT PRIMARY KEY,
	email      TEXT NOT NULL,
	key_hash   TEXT NOT NULL,
	enabled    BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	active_at  BIGINT
);

-- Which organization's licenses an installation downloaded.
CREATE TABLE organization_installation (
	installation_id TEXT NOT NULL REFERENCES installation (id) ON DELETE CASCADE,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	PRIMARY KEY (installation_id, organization_id)
);

-- Cloud: the secret of an organization, and the installation that may use it.
CREATE TABLE billing_sync_key (
	organization_id TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	sealed          TEXT NOT NULL,
	account_id      TEXT REFERENCES account (id) ON DELETE SET NULL,
	installation_id TEXT REFERENCES installation (id) ON DELETE SET NULL,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	revoked_at      BIGINT,
	synced_at       BIGINT
);

-- Self-hosted: the way to the cloud. The key is NULL once the connection is
-- deleted, so that the schedule and the history outlive it.
CREATE TABLE billing_sync_connection (
	id                      TEXT PRIMARY KEY,
	organization_id         TEXT NOT NULL UNIQUE REFERENCES organization (id) ON DELETE CASCADE,
	enabled                 BOOLEAN NOT NULL,
	sealed_key              TEXT,
	cloud_organization_id   TEXT NOT NULL,
	cloud_organization_name TEXT,
	cloud_plan              TEXT,
	cloud_region            TEXT,
	dialect                 INTEGER NOT NULL DEFAULT 1,
	cloud_epoch             TEXT,
	sequence                BIGINT NOT NULL DEFAULT 0,
	minute                  INTEGER NOT NULL,
	next_run_at             BIGINT,
	leased_until            BIGINT,
	failures                INTEGER NOT NULL DEFAULT 0,
	succeeded_at            BIGINT,
	license_synced_at       BIGINT,
	created_at              BIGINT NOT NULL,
	revised_at              BIGINT NOT NULL
);
CREATE INDEX billing_sync_connection_by_next_run ON billing_sync_connection (next_run_at);

-- The reasons are the fault of a part as JSON, key and arguments, so that each
-- reader is told in his language.
CREATE TABLE billing_sync_run (
	id               TEXT PRIMARY KEY,
	organization_id  TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	cause            TEXT NOT NULL,
	started_at       BIGINT NOT NULL,
	ended_at         BIGINT,
	code             TEXT,
	license_result   TEXT,
	license_code     TEXT,
	license_reason   TEXT,
	sponsorship_result TEXT,
	sponsorship_code TEXT,
	sponsorship_reason TEXT,
	sent             INTEGER NOT NULL DEFAULT 0,
	accepted         INTEGER NOT NULL DEFAULT 0,
	refused          INTEGER NOT NULL DEFAULT 0,
	removed          INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX billing_sync_run_by_organization ON billing_sync_run (organization_id, started_at);
