-- A file of an item. The client encrypts it under a key of its own, which files of very
-- old clients lack. Next is the file as it is to be once the item is an organization's.
CREATE TABLE attachment (
	id           TEXT PRIMARY KEY,
	cipher_id    TEXT NOT NULL REFERENCES cipher (id) ON DELETE CASCADE,
	blob_id      TEXT NOT NULL UNIQUE REFERENCES blob (id) ON DELETE CASCADE,
	file_name    TEXT NOT NULL,
	key          TEXT,
	next_blob_id TEXT UNIQUE REFERENCES blob (id) ON DELETE SET NULL,
	next_name    TEXT,
	next_key     TEXT
);
CREATE INDEX attachment_by_cipher ON attachment (cipher_id);
