CREATE TABLE throttle (
	key     TEXT PRIMARY KEY,
	tries   INTEGER NOT NULL,
	ends_at BIGINT NOT NULL
);
CREATE INDEX throttle_by_ends_at ON throttle (ends_at);
