-- When something is to be done about a license next, a reminder or its end, and
-- how many reminders are behind it. NULL is never.
ALTER TABLE organization_license ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organization_license ADD COLUMN next_at BIGINT;
UPDATE organization_license SET next_at = 0 WHERE expires_at IS NOT NULL;
CREATE INDEX organization_license_by_next ON organization_license (next_at);

-- When the present key of an installation was made: tokens from before are void.
ALTER TABLE installation ADD COLUMN key_made_at BIGINT NOT NULL DEFAULT 0;
UPDATE installation SET key_made_at = created_at;
CREATE INDEX installation_by_email ON installation (email);

-- Which installations came with the billing sync key of an organization that is
-- bound to another: its owners may allow them.
CREATE TABLE installation_refusal (
	installation_id TEXT NOT NULL REFERENCES installation (id) ON DELETE CASCADE,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	created_at      BIGINT NOT NULL,
	PRIMARY KEY (organization_id, installation_id)
);
CREATE INDEX organization_installation_by_organization ON organization_installation (organization_id, created_at);
