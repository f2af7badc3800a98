-- One row for each sponsorship on each side; an ended row stays as a skeleton.
-- The wish belongs to the side on which the row was born, the outcome to the
-- cloud, and the rest to the side that holds the row.
CREATE TABLE sponsorship (
	id                        TEXT PRIMARY KEY,
	organization_id           TEXT REFERENCES organization (id) ON DELETE SET NULL,
	birthplace                TEXT NOT NULL,
	origin_id                 TEXT NOT NULL,
	member_id                 TEXT NOT NULL,

	revision                  BIGINT NOT NULL,
	type                      INTEGER NOT NULL,
	offered_to                TEXT,
	friendly_name             TEXT,
	language                  TEXT NOT NULL,
	admin_initiated           BOOLEAN NOT NULL,
	offer                     INTEGER NOT NULL,
	revoked                   BOOLEAN NOT NULL,

	state                     TEXT NOT NULL,
	code                      TEXT,
	sequence                  BIGINT NOT NULL,
	sponsored_organization_id TEXT REFERENCES organization (id) ON DELETE SET NULL,
	redeemed_by               TEXT REFERENCES account (id) ON DELETE SET NULL,
	valid_until               BIGINT,
	offered_at                BIGINT,
	ended_at                  BIGINT,

	sent_revision             BIGINT NOT NULL,
	acknowledged_revision     BIGINT NOT NULL,
	synced_at                 BIGINT,
	mails                     INTEGER NOT NULL,
	mails_since               BIGINT,
	created_at                BIGINT NOT NULL,
	revised_at                BIGINT NOT NULL
);
CREATE UNIQUE INDEX sponsorship_by_origin ON sponsorship (origin_id, birthplace, organization_id);
CREATE UNIQUE INDEX sponsorship_own ON sponsorship (member_id, birthplace, organization_id)
	WHERE ended_at IS NULL AND NOT admin_initiated;
CREATE UNIQUE INDEX sponsorship_sponsored ON sponsorship (sponsored_organization_id)
	WHERE ended_at IS NULL AND sponsored_organization_id IS NOT NULL;
CREATE INDEX sponsorship_by_member ON sponsorship (member_id);
CREATE INDEX sponsorship_by_sequence ON sponsorship (organization_id, sequence);
CREATE INDEX sponsorship_by_valid_until ON sponsorship (valid_until) WHERE ended_at IS NULL AND valid_until IS NOT NULL;
CREATE INDEX sponsorship_by_ended ON sponsorship (ended_at) WHERE ended_at IS NOT NULL;

-- The cloud's count of outcome changes of one organization.
CREATE TABLE sponsorship_sequence (
	organization_id TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	value           BIGINT NOT NULL
);
