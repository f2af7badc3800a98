-- What an organization or a person pays for: one row for each, for ever.
CREATE TABLE subscription (
	id               TEXT PRIMARY KEY,
	organization_id  TEXT UNIQUE REFERENCES organization (id) ON DELETE CASCADE,
	account_id       TEXT UNIQUE REFERENCES account (id) ON DELETE CASCADE,
	plan_type        INTEGER NOT NULL,
	seats            INTEGER NOT NULL,
	extra_storage_gb INTEGER NOT NULL,
	status           TEXT NOT NULL,
	sponsored        BOOLEAN NOT NULL,
	given            BOOLEAN NOT NULL,
	trial_start_at   BIGINT,
	trial_end_at     BIGINT,
	period_start_at  BIGINT NOT NULL,
	period_end_at    BIGINT NOT NULL,
	anchor_day       INTEGER NOT NULL,
	cancel_at_end    BOOLEAN NOT NULL,
	canceled_at      BIGINT,
	reminders        INTEGER NOT NULL,
	credit_cents     BIGINT NOT NULL,
	address          TEXT NOT NULL,
	created_at       BIGINT NOT NULL,
	revised_at       BIGINT NOT NULL,
	-- When something is to be done about it; follows from the columns above.
	next_at          BIGINT
);
CREATE INDEX subscription_by_next_at ON subscription (next_at);

-- The subscription of an invoice, and of a transaction below, is named and not
-- referred to: the books stay as they are when it goes.
CREATE TABLE invoice (
	id              TEXT PRIMARY KEY,
	subscription_id TEXT NOT NULL,
	organization_id TEXT REFERENCES organization (id) ON DELETE SET NULL,
	account_id      TEXT REFERENCES account (id) ON DELETE SET NULL,
	number          TEXT NOT NULL UNIQUE,
	recipient       TEXT NOT NULL,
	issued_at       BIGINT NOT NULL,
	due_at          BIGINT NOT NULL,
	total_cents     BIGINT NOT NULL,
	open_cents      BIGINT NOT NULL,
	paid_at         BIGINT,
	written_off_at  BIGINT,
	reminders       INTEGER NOT NULL,
	postponed_at    BIGINT,
	-- When the next reminder is due; NULL when there is none.
	next_at         BIGINT
);
CREATE INDEX invoice_by_organization ON invoice (organization_id);
CREATE INDEX invoice_by_account ON invoice (account_id);
CREATE INDEX invoice_by_subscription ON invoice (subscription_id);
CREATE INDEX invoice_by_next_at ON invoice (next_at);

CREATE TABLE invoice_line (
	invoice_id   TEXT NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
	position     INTEGER NOT NULL,
	name         TEXT NOT NULL,
	quantity     INTEGER NOT NULL,
	unit_cents   BIGINT NOT NULL,
	amount_cents BIGINT NOT NULL,
	from_at      BIGINT,
	until_at     BIGINT,
	-- The seconds of a period that are charged, of all that it has; 0 of 0 is all.
	part         BIGINT NOT NULL,
	whole        BIGINT NOT NULL,
	PRIMARY KEY (invoice_id, position)
);

-- The last number given to an invoice in each year: there are no gaps.
CREATE TABLE invoice_sequence (
	year  INTEGER PRIMARY KEY,
	value BIGINT NOT NULL
);

-- What has happened to the accounts. Rows are never changed or removed.
CREATE TABLE ledger_transaction (
	id              TEXT PRIMARY KEY,
	subscription_id TEXT NOT NULL,
	invoice_id      TEXT,
	kind            TEXT NOT NULL,
	text            TEXT NOT NULL,
	reference       TEXT,
	at              BIGINT NOT NULL,
	UNIQUE (invoice_id, kind, reference)
);
CREATE INDEX ledger_transaction_by_subscription ON ledger_transaction (subscription_id);

-- Debit is positive, credit negative; those of a transaction add up to nothing.
CREATE TABLE ledger_entry (
	transaction_id TEXT NOT NULL REFERENCES ledger_transaction (id),
	account        TEXT NOT NULL,
	cents          BIGINT NOT NULL,
	PRIMARY KEY (transaction_id, account)
);
