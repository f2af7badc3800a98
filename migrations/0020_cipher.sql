-- An item is one person's or one organization's. Data is the JSON object of all that
-- clients encrypt, as it is answered: listing items is reading texts.
CREATE TABLE cipher (
	id              TEXT PRIMARY KEY,
	account_id      TEXT REFERENCES account (id) ON DELETE CASCADE,
	organization_id TEXT REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	data            TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	deleted_at      BIGINT,
	CHECK ((account_id IS NULL) <> (organization_id IS NULL))
);
CREATE INDEX cipher_by_account ON cipher (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX cipher_by_organization ON cipher (organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX cipher_by_deletion ON cipher (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE cipher_collection (
	cipher_id     TEXT NOT NULL REFERENCES cipher (id) ON DELETE CASCADE,
	collection_id TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
	PRIMARY KEY (cipher_id, collection_id)
);
CREATE INDEX cipher_collection_by_collection ON cipher_collection (collection_id, cipher_id);

-- What one person did with an item, whoever's it is: nobody else sees it.
CREATE TABLE cipher_person (
	account_id  TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	cipher_id   TEXT NOT NULL REFERENCES cipher (id) ON DELETE CASCADE,
	folder_id   TEXT REFERENCES folder (id) ON DELETE SET NULL,
	favorite    BOOLEAN NOT NULL DEFAULT FALSE,
	archived_at BIGINT,
	PRIMARY KEY (cipher_id, account_id)
);
CREATE INDEX cipher_person_by_account ON cipher_person (account_id);
CREATE INDEX cipher_person_by_folder ON cipher_person (folder_id) WHERE folder_id IS NOT NULL;
