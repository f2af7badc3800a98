CREATE TABLE organization_license (
	organization_id       TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	cloud_organization_id TEXT NOT NULL,
	license_key           TEXT NOT NULL,
	document              TEXT NOT NULL,
	issued_at             BIGINT NOT NULL,
	expires_at            BIGINT,
	updated_at            BIGINT NOT NULL
);
