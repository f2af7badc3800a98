CREATE TABLE subscription (
	organization_id  TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	plan_type        INTEGER NOT NULL,
	seats            INTEGER NOT NULL,
	extra_storage_gb INTEGER NOT NULL,
	status           TEXT NOT NULL,
	sponsored        BOOLEAN NOT NULL,
	trial_start_at   BIGINT,
	trial_end_at     BIGINT,
	period_start_at  BIGINT NOT NULL,
	period_end_at    BIGINT NOT NULL,
	canceled_at      BIGINT,
	credit_cents     BIGINT NOT NULL,
	address          TEXT NOT NULL,
	created_at       BIGINT NOT NULL,
	revised_at       BIGINT NOT NULL
);

CREATE TABLE invoice (
	id              TEXT PRIMARY KEY,
	organization_id TEXT REFERENCES organization (id) ON DELETE SET NULL,
	number          TEXT NOT NULL UNIQUE,
	recipient       TEXT NOT NULL,
	issued_at       BIGINT NOT NULL,
	due_at          BIGINT NOT NULL,
	total_cents     BIGINT NOT NULL,
	paid_at         BIGINT
);
CREATE INDEX invoice_by_organization ON invoice (organization_id);

CREATE TABLE invoice_line (
	invoice_id   TEXT NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
	position     INTEGER NOT NULL,
	name         TEXT NOT NULL,
	quantity     INTEGER NOT NULL,
	unit_cents   BIGINT NOT NULL,
	amount_cents BIGINT NOT NULL,
	PRIMARY KEY (invoice_id, position)
);

-- The last number given to an invoice in each year: there are no gaps.
CREATE TABLE invoice_sequence (
	year  INTEGER PRIMARY KEY,
	value BIGINT NOT NULL
);
