CREATE TABLE organization_license (
	organization_id       TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	cloud_organization_id TEXT NOT NULL,
	license_key           TEXT NOT NULL,
	document              TEXT NOT NULL,
	issued_at             BIGINT NOT NULL,
	expires_at            BIGINT,
	updated_at            BIGINT NOT NULL
);

-- Self-hosted: the premium license of a person. Ended says that the person's
-- clients were told of its end.
CREATE TABLE account_license (
	account_id  TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	license_key TEXT NOT NULL UNIQUE,
	email       TEXT NOT NULL,
	document    TEXT NOT NULL,
	issued_at   BIGINT NOT NULL,
	expires_at  BIGINT,
	ended       BOOLEAN NOT NULL,
	updated_at  BIGINT NOT NULL
);
