CREATE TABLE account (
	id                   TEXT PRIMARY KEY,
	email                TEXT NOT NULL UNIQUE,
	email_verified       BOOLEAN NOT NULL,
	name                 TEXT NOT NULL,
	culture              TEXT NOT NULL,
	password_hash        TEXT,
	password_hint        TEXT,
	kdf_type             INTEGER NOT NULL,
	kdf_iterations       INTEGER NOT NULL,
	kdf_memory           INTEGER,
	kdf_parallelism      INTEGER,
	salt                 TEXT NOT NULL,
	encrypted_key        TEXT,
	public_key           TEXT,
	private_key          TEXT,
	key_id               TEXT,
	security_stamp       TEXT NOT NULL,
	sealed_api_key       TEXT NOT NULL,
	verify_devices       BOOLEAN NOT NULL,
	force_password_reset BOOLEAN NOT NULL DEFAULT FALSE,
	avatar_color         TEXT,
	created_at           BIGINT NOT NULL,
	revised_at           BIGINT NOT NULL,
	vault_revised_at     BIGINT NOT NULL,
	password_changed_at  BIGINT,
	kdf_changed_at       BIGINT,
	email_changed_at     BIGINT,
	key_rotated_at       BIGINT,
	api_key_rotated_at   BIGINT
);

CREATE TABLE account_domain (
	account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	own        TEXT NOT NULL,
	excluded   TEXT NOT NULL
);

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

CREATE TABLE auth_request (
	id             TEXT PRIMARY KEY,
	account_id     TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	device_id      TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
	security_stamp TEXT NOT NULL,
	type           INTEGER NOT NULL,
	public_key     TEXT NOT NULL,
	code_hash      TEXT NOT NULL,
	address        TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	answered_at    BIGINT,
	approved       BOOLEAN NOT NULL,
	encrypted_key  TEXT,
	password_hash  TEXT,
	used_at        BIGINT
);

CREATE INDEX auth_request_by_account ON auth_request (account_id, created_at);

CREATE INDEX auth_request_by_created ON auth_request (created_at);

CREATE INDEX auth_request_by_device ON auth_request (device_id);

CREATE TABLE billing_sync_connection (
	id                      TEXT PRIMARY KEY,
	organization_id         TEXT NOT NULL UNIQUE REFERENCES organization (id) ON DELETE CASCADE,
	enabled                 BOOLEAN NOT NULL,
	sealed_key              TEXT,
	cloud_organization_id   TEXT NOT NULL,
	cloud_organization_name TEXT,
	cloud_plan              TEXT,
	cloud_region            TEXT,
	dialect                 INTEGER NOT NULL DEFAULT 1,
	cloud_epoch             TEXT,
	sequence                BIGINT NOT NULL DEFAULT 0,
	minute                  INTEGER NOT NULL,
	next_run_at             BIGINT,
	leased_until            BIGINT,
	failures                INTEGER NOT NULL DEFAULT 0,
	succeeded_at            BIGINT,
	license_synced_at       BIGINT,
	created_at              BIGINT NOT NULL,
	revised_at              BIGINT NOT NULL
, failing_since BIGINT, told_at BIGINT, run_id TEXT, not_before BIGINT);

CREATE INDEX billing_sync_connection_by_next_run ON billing_sync_connection (next_run_at);

CREATE TABLE billing_sync_key (
	organization_id TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	sealed          TEXT NOT NULL,
	account_id      TEXT REFERENCES account (id) ON DELETE SET NULL,
	installation_id TEXT REFERENCES installation (id) ON DELETE SET NULL,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	revoked_at      BIGINT,
	synced_at       BIGINT
);

CREATE TABLE billing_sync_run (
	id               TEXT PRIMARY KEY,
	organization_id  TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	cause            TEXT NOT NULL,
	started_at       BIGINT NOT NULL,
	ended_at         BIGINT,
	code             TEXT,
	license_result   TEXT,
	license_code     TEXT,
	license_reason   TEXT,
	sponsorship_result TEXT,
	sponsorship_code TEXT,
	sponsorship_reason TEXT,
	sent             INTEGER NOT NULL DEFAULT 0,
	accepted         INTEGER NOT NULL DEFAULT 0,
	refused          INTEGER NOT NULL DEFAULT 0,
	removed          INTEGER NOT NULL DEFAULT 0
, next_run_at BIGINT);

CREATE INDEX billing_sync_run_by_organization ON billing_sync_run (organization_id, started_at);

CREATE TABLE blob (
	id              TEXT PRIMARY KEY,
	account_id      TEXT REFERENCES account (id) ON DELETE CASCADE,
	organization_id TEXT REFERENCES organization (id) ON DELETE CASCADE,
	size            BIGINT NOT NULL,
	object          TEXT UNIQUE,
	created_at      BIGINT NOT NULL,
	uploaded_at     BIGINT,
	CHECK ((account_id IS NULL) <> (organization_id IS NULL)),
	CHECK ((object IS NULL) = (uploaded_at IS NULL))
);

CREATE INDEX blob_by_account ON blob (account_id);

CREATE INDEX blob_by_organization ON blob (organization_id);

CREATE INDEX blob_waiting ON blob (created_at) WHERE uploaded_at IS NULL;

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

CREATE INDEX cipher_by_deletion ON cipher (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX cipher_by_organization ON cipher (organization_id) WHERE organization_id IS NOT NULL;

CREATE TABLE cipher_collection (
	cipher_id     TEXT NOT NULL REFERENCES cipher (id) ON DELETE CASCADE,
	collection_id TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
	PRIMARY KEY (cipher_id, collection_id)
);

CREATE INDEX cipher_collection_by_collection ON cipher_collection (collection_id, cipher_id);

CREATE TABLE cipher_person (
	account_id  TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	cipher_id   TEXT NOT NULL REFERENCES cipher (id) ON DELETE CASCADE,
	folder_id   TEXT REFERENCES folder (id) ON DELETE SET NULL,
	favorite    BOOLEAN NOT NULL DEFAULT FALSE,
	archived_at BIGINT,
	PRIMARY KEY (cipher_id, account_id)
);

CREATE INDEX cipher_person_by_account ON cipher_person (account_id, folder_id, favorite, archived_at, cipher_id);

CREATE INDEX cipher_person_by_folder ON cipher_person (folder_id) WHERE folder_id IS NOT NULL;

CREATE TABLE collection (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	name            TEXT NOT NULL,
	external_id     TEXT,
	type            INTEGER NOT NULL,
	former_email    TEXT,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL
);

CREATE INDEX collection_by_organization ON collection (organization_id);

CREATE TABLE collection_group (
	collection_id  TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
	group_id       TEXT NOT NULL REFERENCES organization_group (id) ON DELETE CASCADE,
	read_only      BOOLEAN NOT NULL,
	hide_passwords BOOLEAN NOT NULL,
	manage         BOOLEAN NOT NULL,
	PRIMARY KEY (collection_id, group_id)
);

CREATE INDEX collection_group_by_group ON collection_group (group_id);

CREATE TABLE collection_member (
	collection_id  TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
	member_id      TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
	read_only      BOOLEAN NOT NULL,
	hide_passwords BOOLEAN NOT NULL,
	manage         BOOLEAN NOT NULL,
	PRIMARY KEY (collection_id, member_id)
);

CREATE INDEX collection_member_by_member ON collection_member (member_id);

CREATE TABLE device (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	identifier TEXT NOT NULL,
	type       INTEGER NOT NULL,
	name       TEXT NOT NULL,
	push_token TEXT,
	created_at BIGINT NOT NULL,
	active_at  BIGINT NOT NULL,
	UNIQUE (account_id, identifier)
);

CREATE INDEX device_by_identifier ON device (identifier);

CREATE TABLE device_trust (
	device_id             TEXT PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,
	encrypted_user_key    TEXT NOT NULL,
	encrypted_public_key  TEXT NOT NULL,
	encrypted_private_key TEXT NOT NULL
);

CREATE TABLE emergency_access (
	id                 TEXT PRIMARY KEY,
	grantor_id         TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	grantee_id         TEXT REFERENCES account (id) ON DELETE CASCADE,
	email              TEXT,
	type               INTEGER NOT NULL,
	status             INTEGER NOT NULL,
	wait_days          INTEGER NOT NULL,
	encrypted_key      TEXT,
	recovery_began_at  BIGINT,
	reminded_at        BIGINT,
	created_at         BIGINT NOT NULL,
	revised_at         BIGINT NOT NULL,
	CHECK ((grantee_id IS NULL) <> (email IS NULL))
);

CREATE INDEX emergency_access_by_grantee ON emergency_access (grantee_id);

CREATE UNIQUE INDEX emergency_access_by_invitation ON emergency_access (grantor_id, email);

CREATE UNIQUE INDEX emergency_access_by_pair ON emergency_access (grantor_id, grantee_id);

CREATE INDEX emergency_access_by_status ON emergency_access (status, recovery_began_at);

CREATE TABLE event (
	id              TEXT PRIMARY KEY,
	organization_id TEXT REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	at              BIGINT NOT NULL,
	actor_id        TEXT,
	account_id      TEXT,
	member_id       TEXT,
	collection_id   TEXT,
	group_id        TEXT,
	policy_id       TEXT,
	cipher_id       TEXT,
	send_id         TEXT,
	installation_id TEXT,
	system_user     INTEGER,
	device_type     INTEGER,
	address         TEXT
);

CREATE INDEX event_by_account ON event (actor_id, at, id) WHERE organization_id IS NULL;

CREATE INDEX event_by_cipher ON event (cipher_id, organization_id, at, id) WHERE cipher_id IS NOT NULL;

CREATE INDEX event_by_member ON event (organization_id, actor_id, at, id) WHERE organization_id IS NOT NULL;

CREATE INDEX event_by_organization ON event (organization_id, at, id);

CREATE INDEX event_by_send ON event (send_id, organization_id, at, id) WHERE send_id IS NOT NULL;

CREATE TABLE folder (
	id         TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	revised_at BIGINT NOT NULL
);

CREATE INDEX folder_by_account ON folder (account_id);

CREATE TABLE group_member (
	group_id  TEXT NOT NULL REFERENCES organization_group (id) ON DELETE CASCADE,
	member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
	PRIMARY KEY (group_id, member_id)
);

CREATE INDEX group_member_by_member ON group_member (member_id);

CREATE TABLE installation (
	id         TEXT PRIMARY KEY,
	email      TEXT NOT NULL,
	key_hash   TEXT NOT NULL,
	enabled    BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	active_at  BIGINT
, key_made_at BIGINT NOT NULL DEFAULT 0);

CREATE INDEX installation_by_email ON installation (email);

CREATE TABLE installation_refusal (
	installation_id TEXT NOT NULL REFERENCES installation (id) ON DELETE CASCADE,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	created_at      BIGINT NOT NULL,
	PRIMARY KEY (organization_id, installation_id)
);

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

CREATE INDEX invoice_by_account ON invoice (account_id);

CREATE INDEX invoice_by_next_at ON invoice (next_at);

CREATE INDEX invoice_by_organization ON invoice (organization_id);

CREATE INDEX invoice_by_subscription ON invoice (subscription_id);

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

CREATE TABLE invoice_sequence (
	year  INTEGER PRIMARY KEY,
	value BIGINT NOT NULL
);

CREATE TABLE job (
	id           TEXT PRIMARY KEY,
	kind         TEXT NOT NULL,
	args         TEXT NOT NULL,
	run_at       BIGINT NOT NULL,
	due_at       BIGINT NOT NULL,
	leased_until BIGINT NOT NULL DEFAULT 0,
	attempts     INTEGER NOT NULL DEFAULT 0,
	error        TEXT, ran_at BIGINT,
	UNIQUE (kind, run_at, args)
);

CREATE INDEX job_by_due ON job (kind, due_at);

CREATE TABLE ledger_entry (
	transaction_id TEXT NOT NULL REFERENCES ledger_transaction (id),
	account        TEXT NOT NULL,
	cents          BIGINT NOT NULL,
	PRIMARY KEY (transaction_id, account)
);

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

CREATE TABLE mail (
	id         TEXT PRIMARY KEY,
	once       TEXT NOT NULL UNIQUE,
	batch      TEXT NOT NULL,
	message_id TEXT NOT NULL,
	recipient  TEXT NOT NULL,
	template   TEXT NOT NULL,
	language   TEXT NOT NULL,
	sealed     TEXT,
	created_at BIGINT NOT NULL,
	sent_at    BIGINT
);

CREATE INDEX mail_by_batch ON mail (batch) WHERE sealed IS NOT NULL;

CREATE INDEX mail_by_unsent ON mail (id) WHERE sent_at IS NULL;

CREATE TABLE member (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	account_id      TEXT REFERENCES account (id) ON DELETE CASCADE,
	email           TEXT,
	status          INTEGER NOT NULL,
	type            INTEGER NOT NULL,
	encrypted_key   TEXT,
	permissions     TEXT NOT NULL,
	external_id     TEXT,
	-- The user key, encrypted for the organization, with which an account is recovered.
	reset_password_key TEXT,
	-- Set while revoked: the reason, in the numbers of the protocol.
	revocation_reason  INTEGER,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	UNIQUE (organization_id, account_id),
	UNIQUE (organization_id, email)
);

CREATE INDEX member_by_account ON member (account_id);

CREATE TABLE one_time_code (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	purpose    TEXT NOT NULL,
	mac        TEXT NOT NULL,
	guesses    INTEGER NOT NULL,
	issued_at  BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, purpose)
);

CREATE TABLE operator_link (
	hash       TEXT PRIMARY KEY,
	email      TEXT,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE INDEX operator_link_by_expires ON operator_link (expires_at);

CREATE TABLE operator_session (
	hash       TEXT PRIMARY KEY,
	email      TEXT,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE INDEX operator_session_by_expires ON operator_session (expires_at);

CREATE TABLE organization (
	id                  TEXT PRIMARY KEY,
	name                TEXT NOT NULL,
	business_name       TEXT,
	billing_email       TEXT NOT NULL,
	plan                TEXT NOT NULL,
	plan_type           INTEGER NOT NULL,
	seats               INTEGER,
	max_collections     INTEGER,
	max_storage_gb      INTEGER,
	max_autoscale_seats INTEGER,
	features            TEXT NOT NULL,
	settings            TEXT NOT NULL,
	enabled             BOOLEAN NOT NULL,
	-- What the terms say; enabled is false all the same while the operator has
	-- suspended the organization.
	granted             BOOLEAN NOT NULL DEFAULT TRUE,
	suspended           BOOLEAN NOT NULL DEFAULT FALSE,
	-- What it stands on: 0 a subscription, 1 a license, 2 nothing but this server.
	basis               INTEGER NOT NULL DEFAULT 0,
	status              INTEGER NOT NULL,
	license_key         TEXT NOT NULL UNIQUE,
	public_key          TEXT,
	private_key         TEXT,
	expires_at          BIGINT,
	created_at          BIGINT NOT NULL,
	revised_at          BIGINT NOT NULL
);

CREATE TABLE organization_api_key (
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	sealed          TEXT NOT NULL,
	revised_at      BIGINT NOT NULL,
	PRIMARY KEY (organization_id, type)
);

CREATE TABLE organization_group (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	name            TEXT NOT NULL,
	external_id     TEXT,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL
);

CREATE INDEX organization_group_by_organization ON organization_group (organization_id);

CREATE TABLE organization_installation (
	installation_id TEXT NOT NULL REFERENCES installation (id) ON DELETE CASCADE,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	PRIMARY KEY (installation_id, organization_id)
);

CREATE INDEX organization_installation_by_organization ON organization_installation (organization_id, created_at);

CREATE TABLE organization_license (
	organization_id       TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	cloud_organization_id TEXT NOT NULL,
	license_key           TEXT NOT NULL,
	document              TEXT NOT NULL,
	issued_at             BIGINT NOT NULL,
	expires_at            BIGINT,
	updated_at            BIGINT NOT NULL
, reminders INTEGER NOT NULL DEFAULT 0, next_at BIGINT);

CREATE INDEX organization_license_by_next ON organization_license (next_at);

CREATE TABLE passkey (
	id                    TEXT PRIMARY KEY,
	account_id            TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name                  TEXT NOT NULL,
	credential_id         TEXT NOT NULL UNIQUE,
	public_key            TEXT NOT NULL,
	counter               BIGINT NOT NULL,
	transports            TEXT NOT NULL,
	backup_eligible       BOOLEAN NOT NULL,
	supports_prf          BOOLEAN NOT NULL,
	encrypted_user_key    TEXT,
	encrypted_public_key  TEXT,
	encrypted_private_key TEXT,
	created_at            BIGINT NOT NULL,
	used_at               BIGINT
);

CREATE INDEX passkey_by_account ON passkey (account_id);

CREATE TABLE passkey_answer (
	challenge_hash TEXT PRIMARY KEY,
	expires_at     BIGINT NOT NULL
);

CREATE INDEX passkey_answer_by_expires ON passkey_answer (expires_at);

CREATE TABLE policy (
	id              TEXT PRIMARY KEY,
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	type            INTEGER NOT NULL,
	enabled         BOOLEAN NOT NULL,
	data            TEXT,
	created_at      BIGINT NOT NULL,
	revised_at      BIGINT NOT NULL,
	UNIQUE (organization_id, type)
);

CREATE TABLE push_organization (
	installation_id TEXT NOT NULL,
	device_id       TEXT NOT NULL,
	organization_id TEXT NOT NULL,
	PRIMARY KEY (installation_id, organization_id, device_id),
	FOREIGN KEY (installation_id, device_id) REFERENCES push_registration (installation_id, device_id) ON DELETE CASCADE
);

CREATE INDEX push_organization_by_device ON push_organization (installation_id, device_id);

CREATE TABLE push_registration (
	installation_id TEXT NOT NULL REFERENCES installation (id) ON DELETE CASCADE,
	device_id       TEXT NOT NULL,
	account_id      TEXT NOT NULL,
	identifier      TEXT NOT NULL,
	type            INTEGER NOT NULL,
	push_token      TEXT NOT NULL,
	revised_at      BIGINT NOT NULL,
	PRIMARY KEY (installation_id, device_id)
);

CREATE INDEX push_registration_by_account ON push_registration (installation_id, account_id);

CREATE TABLE refresh_token (
	hash           TEXT PRIMARY KEY,
	account_id     TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	device_id      TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
	client_id      TEXT NOT NULL,
	security_stamp TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	expires_at     BIGINT NOT NULL
);

CREATE INDEX refresh_token_by_account ON refresh_token (account_id);

CREATE INDEX refresh_token_by_device ON refresh_token (device_id);

CREATE INDEX refresh_token_by_expires ON refresh_token (expires_at);

CREATE TABLE send (
	id            TEXT PRIMARY KEY,
	account_id    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	type          INTEGER NOT NULL,
	auth_type     INTEGER NOT NULL,
	name          TEXT NOT NULL,
	notes         TEXT,
	key           TEXT NOT NULL,
	text          TEXT,
	text_hidden   BOOLEAN NOT NULL,
	blob_id       TEXT UNIQUE REFERENCES blob (id) ON DELETE CASCADE,
	file_name     TEXT,
	password_hash TEXT,
	emails        TEXT,
	max_accesses  INTEGER,
	accesses      INTEGER NOT NULL,
	disabled      BOOLEAN NOT NULL,
	hide_email    BOOLEAN NOT NULL,
	expires_at    BIGINT,
	delete_at     BIGINT NOT NULL,
	created_at    BIGINT NOT NULL,
	revised_at    BIGINT NOT NULL
);

CREATE INDEX send_by_account ON send (account_id);

CREATE INDEX send_by_delete_at ON send (delete_at);

CREATE TABLE send_code (
	send_id   TEXT NOT NULL REFERENCES send (id) ON DELETE CASCADE,
	email     TEXT NOT NULL,
	mac       TEXT NOT NULL,
	guesses   INTEGER NOT NULL,
	issued_at BIGINT NOT NULL,
	PRIMARY KEY (send_id, email)
);

CREATE TABLE server_key (
	id         TEXT PRIMARY KEY,
	purpose    TEXT NOT NULL,
	sealed     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	retired_at BIGINT
);

CREATE UNIQUE INDEX server_key_current ON server_key (purpose) WHERE retired_at IS NULL;

CREATE TABLE server_state (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE sponsorship (
	id                        TEXT PRIMARY KEY,
	organization_id           TEXT REFERENCES organization (id) ON DELETE SET NULL,
	birthplace                TEXT NOT NULL,
	origin_id                 TEXT NOT NULL,
	member_id                 TEXT NOT NULL,

	revision                  BIGINT NOT NULL,
	type                      INTEGER NOT NULL,
	offered_to                TEXT,
	friendly_name             TEXT,
	language                  TEXT NOT NULL,
	admin_initiated           BOOLEAN NOT NULL,
	offer                     INTEGER NOT NULL,
	revoked                   BOOLEAN NOT NULL,

	state                     TEXT NOT NULL,
	code                      TEXT,
	sequence                  BIGINT NOT NULL,
	sponsored_organization_id TEXT REFERENCES organization (id) ON DELETE SET NULL,
	redeemed_by               TEXT REFERENCES account (id) ON DELETE SET NULL,
	valid_until               BIGINT,
	offered_at                BIGINT,
	ended_at                  BIGINT,

	sent_revision             BIGINT NOT NULL,
	acknowledged_revision     BIGINT NOT NULL,
	synced_at                 BIGINT,
	mails                     INTEGER NOT NULL,
	mails_since               BIGINT,
	created_at                BIGINT NOT NULL,
	revised_at                BIGINT NOT NULL
, notes TEXT, told_at BIGINT);

CREATE INDEX sponsorship_by_ended ON sponsorship (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX sponsorship_by_member ON sponsorship (member_id);

CREATE UNIQUE INDEX sponsorship_by_origin ON sponsorship (origin_id, birthplace, organization_id);

CREATE INDEX sponsorship_by_sequence ON sponsorship (organization_id, sequence);

CREATE INDEX sponsorship_by_sponsored ON sponsorship (sponsored_organization_id) WHERE sponsored_organization_id IS NOT NULL;

CREATE INDEX sponsorship_by_valid_until ON sponsorship (valid_until) WHERE ended_at IS NULL AND valid_until IS NOT NULL;

CREATE UNIQUE INDEX sponsorship_own ON sponsorship (member_id, birthplace, organization_id)
	WHERE ended_at IS NULL AND NOT admin_initiated;

CREATE UNIQUE INDEX sponsorship_sponsored ON sponsorship (sponsored_organization_id)
	WHERE ended_at IS NULL AND sponsored_organization_id IS NOT NULL;

CREATE TABLE sponsorship_change (
	id              TEXT PRIMARY KEY,
	sponsorship_id  TEXT NOT NULL,
	organization_id TEXT,
	actor_id        TEXT,
	installation_id TEXT,
	what            TEXT NOT NULL,
	state           TEXT NOT NULL,
	code            TEXT,
	at              BIGINT NOT NULL
);

CREATE INDEX sponsorship_change_by_organization ON sponsorship_change (organization_id, id);

CREATE INDEX sponsorship_change_by_sponsorship ON sponsorship_change (sponsorship_id, id);

CREATE TABLE sponsorship_exchange (
	organization_id TEXT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	birthplace      TEXT NOT NULL,
	at              BIGINT NOT NULL,
	PRIMARY KEY (organization_id, birthplace)
);

CREATE TABLE sponsorship_sequence (
	organization_id TEXT PRIMARY KEY REFERENCES organization (id) ON DELETE CASCADE,
	value           BIGINT NOT NULL
);

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

CREATE TABLE throttle (
	key     TEXT PRIMARY KEY,
	tries   INTEGER NOT NULL,
	ends_at BIGINT NOT NULL
);

CREATE INDEX throttle_by_ends_at ON throttle (ends_at);

CREATE TABLE two_step_pending (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	purpose    TEXT NOT NULL,
	content    TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, purpose)
);

CREATE TABLE two_step_provider (
	account_id  TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	type        INTEGER NOT NULL,
	sealed_data TEXT NOT NULL,
	last_step   BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (account_id, type)
);

CREATE TABLE two_step_recovery (
	account_id  TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	sealed_code TEXT NOT NULL,
	created_at  BIGINT NOT NULL
);

