-- The words of an admin to other admins, encrypted for their organization.
ALTER TABLE sponsorship ADD COLUMN notes TEXT;
-- When those who pay were told that the present paid time is the last sponsored one.
ALTER TABLE sponsorship ADD COLUMN told_at BIGINT;
CREATE INDEX sponsorship_by_sponsored ON sponsorship (sponsored_organization_id) WHERE sponsored_organization_id IS NOT NULL;

-- What became of sponsorships, and through whom: nothing here is ever changed. An
-- entry outlives what it is about, so it refers to nothing.
CREATE TABLE sponsorship_change (
	id              TEXT PRIMARY KEY,
	sponsorship_id  TEXT NOT NULL,
	organization_id TEXT,
	actor_id        TEXT,
	installation_id TEXT,
	what            TEXT NOT NULL,
	state           TEXT NOT NULL,
	code            TEXT,
	at              BIGINT NOT NULL
);
CREATE INDEX sponsorship_change_by_organization ON sponsorship_change (organization_id, id);
CREATE INDEX sponsorship_change_by_sponsorship ON sponsorship_change (sponsorship_id, id);

-- When a server last exchanged sponsorships of an organization with this cloud.
CREATE TABLE sponsorship_exchange (
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	birthplace      TEXT NOT NULL,
	at              BIGINT NOT NULL,
	PRIMARY KEY (organization_id, birthplace)
);
INSERT INTO sponsorship_exchange (organization_id, birthplace, at)
	SELECT organization_id, birthplace, max(synced_at) FROM sponsorship
	WHERE organization_id IS NOT NULL AND birthplace <> 'here' AND synced_at IS NOT NULL
	GROUP BY organization_id, birthplace;
