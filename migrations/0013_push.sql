-- Cloud: the phones that other servers asked the relay to reach. Their identifiers
-- are texts of those servers and mean something only together with the installation.
CREATE TABLE push_registration (
	installation_id TEXT NOT NULL REFERENCES installation (id) ON DELETE CASCADE,
	device_id       TEXT NOT NULL,
	account_id      TEXT NOT NULL,
	identifier      TEXT NOT NULL,
	type            INTEGER NOT NULL,
	push_token      TEXT NOT NULL,
	revised_at      BIGINT NOT NULL,
	PRIMARY KEY (installation_id, device_id)
);
CREATE INDEX push_registration_by_account ON push_registration (installation_id, account_id);

CREATE TABLE push_organization (
	installation_id TEXT NOT NULL,
	device_id       TEXT NOT NULL,
	organization_id TEXT NOT NULL,
	PRIMARY KEY (installation_id, organization_id, device_id),
	FOREIGN KEY (installation_id, device_id) REFERENCES push_registration (installation_id, device_id) ON DELETE CASCADE
);
CREATE INDEX push_organization_by_device ON push_organization (installation_id, device_id);
