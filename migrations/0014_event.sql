-- What happened, for those who look after it: nothing here is ever changed. An
-- event outlives what it is about, so it refers to nothing but its organization.
CREATE TABLE event (
	id              TEXT PRIMARY KEY,
	organization_id TEXT REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	at              BIGINT NOT NULL,
	actor_id        TEXT,
	account_id      TEXT,
	member_id       TEXT,
	collection_id   TEXT,
	group_id        TEXT,
	policy_id       TEXT,
	cipher_id       TEXT,
	send_id         TEXT,
	installation_id TEXT,
	system_user     INTEGER,
	device_type     INTEGER,
	address         TEXT
);
CREATE INDEX event_by_organization ON event (organization_id, at, id);
CREATE INDEX event_by_actor ON event (actor_id, at, id);
CREATE INDEX event_by_cipher ON event (cipher_id, at, id) WHERE cipher_id IS NOT NULL;
