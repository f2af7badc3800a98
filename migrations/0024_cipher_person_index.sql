-- A sync reads what somebody did with items from the index alone, in the order in which
-- it is put together.
DROP INDEX cipher_person_by_account;
CREATE INDEX cipher_person_by_account ON cipher_person (account_id, folder_id, favorite, archived_at, cipher_id);
