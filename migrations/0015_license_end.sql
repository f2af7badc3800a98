-- When something is to be done about a license next, a reminder or its end, and
-- how many reminders are behind it. NULL is never.
ALTER TABLE organization_license ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organization_license ADD COLUMN next_at BIGINT;
UPDATE organization_license SET next_at = 0 WHERE expires_at IS NOT NULL;
CREATE INDEX organization_license_by_next ON organization_license (next_at);
