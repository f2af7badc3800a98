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
-- One for each way in which a log is read, and none that an event has no part in. The
-- first has every event: SQLite takes one with a condition for small, and would read
-- all of an organization's log for what happened to one item.
CREATE INDEX event_by_organization ON event (organization_id, at, id);
CREATE INDEX event_by_member ON event (organization_id, actor_id, at, id) WHERE organization_id IS NOT NULL;
CREATE INDEX event_by_account ON event (actor_id, at, id) WHERE organization_id IS NULL;
CREATE INDEX event_by_cipher ON event (cipher_id, organization_id, at, id) WHERE cipher_id IS NOT NULL;
CREATE INDEX event_by_send ON event (send_id, organization_id, at, id) WHERE send_id IS NOT NULL;
