-- When a job was last tried. One that is done again and again keeps its row.
ALTER TABLE job ADD COLUMN ran_at BIGINT;

-- The operator looks at letters that have not left; of those that have there are many.
CREATE INDEX mail_by_unsent ON mail (id) WHERE sent_at IS NULL;

-- Links that open the operator page, each once. One without an address was printed
-- where the server runs.
CREATE TABLE operator_link (
	hash       TEXT PRIMARY KEY,
	email      TEXT,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE INDEX operator_link_by_expires ON operator_link (expires_at);

-- Who is on the operator page. The end moves with every call.
CREATE TABLE operator_session (
	hash       TEXT PRIMARY KEY,
	email      TEXT,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE INDEX operator_session_by_expires ON operator_session (expires_at);
