package installation

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps installations, and the licenses that were downloaded for them.
type Store interface {
	// Tx runs fn in a transaction, or in the one that ctx carries.
	Tx(ctx context.Context, fn func(context.Context) error) error

	Insert(ctx context.Context, i Installation) error
	// Get returns one, or fault.Gone.
	Get(ctx context.Context, installationID id.ID) (Installation, error)
	// List returns those that an address registered, which may be "", and
	// those of the ids, the newest first.
	List(ctx context.Context, email string, ids []id.ID) ([]Installation, error)
	// Search returns those whose address contains a text or whose id it is,
	// the newest first, a part at a time.
	Search(ctx context.Context, text string, offset, limit int) ([]Installation, error)
	// SetKey replaces the key of an installation.
	SetKey(ctx context.Context, installationID id.ID, hash string, now time.Time) error
	// SetEnabled lets an installation act or not, and reports whether that is
	// a change.
	SetEnabled(ctx context.Context, installationID id.ID, enabled bool) (bool, error)
	// Active records that an installation asked for a token.
	Active(ctx context.Context, installationID id.ID, now time.Time) error
	// Downloaded records that a license for an installation left.
	Downloaded(ctx context.Context, organizationID, installationID id.ID, now time.Time) error
	// Downloads lists the installations that may act and that an organization has
	// licenses for.
	Downloads(ctx context.Context, organizationID id.ID) ([]id.ID, error)
	// Ties returns what installations have to do with organizations, the last
	// downloads first.
	Ties(ctx context.Context, organizationIDs []id.ID) ([]Tie, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ *db.DB }

const columns = `id, email, key_hash, enabled, created_at, active_at, key_made_at`

type row struct{ Installation }

func (r *row) Columns() []any {
	return []any{&r.ID, &r.Email, &r.KeyHash, &r.Enabled, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.ActiveAt), (*db.Time)(&r.KeyMadeAt)}
}

func (s sqlStore) Insert(ctx context.Context, i Installation) error {
	_, err := s.Exec(ctx, `INSERT INTO installation (`+columns+`) VALUES `+db.Rows(1, 7),
		i.ID, i.Email, i.KeyHash, i.Enabled, db.Time(i.CreatedAt), db.Time(i.ActiveAt), db.Time(i.KeyMadeAt))
	return err
}

func (s sqlStore) Get(ctx context.Context, installationID id.ID) (Installation, error) {
	r, err := db.One[row](ctx, s.DB, `SELECT `+columns+` FROM installation WHERE id = $1`, installationID)
	return r.Installation, err
}

func (s sqlStore) Active(ctx context.Context, installationID id.ID, now time.Time) error {
	_, err := s.Exec(ctx, `UPDATE installation SET active_at = $2 WHERE id = $1`, installationID, db.Time(now))
	return err
}

func (s sqlStore) Downloaded(ctx context.Context, organizationID, installationID id.ID, now time.Time) error {
	_, err := s.Exec(ctx, `INSERT INTO organization_installation (installation_id, organization_id, created_at, revised_at)
		VALUES ($1, $2, $3, $3) ON CONFLICT (installation_id, organization_id) DO UPDATE SET revised_at = excluded.revised_at`,
		installationID, organizationID, db.Time(now))
	return err
}

func (s sqlStore) Downloads(ctx context.Context, organizationID id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.DB, `SELECT d.installation_id FROM organization_installation d
		JOIN installation i ON i.id = d.installation_id AND i.enabled
		WHERE d.organization_id = $1 ORDER BY d.created_at, d.installation_id`, organizationID)
}

func (s sqlStore) List(ctx context.Context, email string, ids []id.ID) ([]Installation, error) {
	which, args := `email = $1`, []any{email}
	if len(ids) > 0 {
		which += ` OR id IN (` + db.Placeholders(2, len(ids)) + `)`
		for _, installationID := range ids {
			args = append(args, installationID)
		}
	}
	return s.list(ctx, which+` ORDER BY created_at DESC, id`, args...)
}

func (s sqlStore) Search(ctx context.Context, text string, offset, limit int) ([]Installation, error) {
	return s.list(ctx, `email LIKE $1 ESCAPE '!' OR id = $2 ORDER BY created_at DESC, id LIMIT $3 OFFSET $4`,
		db.Containing(text), text, limit, offset)
}

// list returns those of which a condition holds, in the order that follows it.
func (s sqlStore) list(ctx context.Context, where string, args ...any) ([]Installation, error) {
	rows, err := db.All[row](ctx, s.DB, `SELECT `+columns+` FROM installation WHERE `+where, args...)
	list := make([]Installation, len(rows))
	for i, r := range rows {
		list[i] = r.Installation
	}
	return list, err
}

func (s sqlStore) SetKey(ctx context.Context, installationID id.ID, hash string, now time.Time) error {
	n, err := s.Exec(ctx, `UPDATE installation SET key_hash = $2, key_made_at = $3 WHERE id = $1`, installationID, hash, db.Time(now))
	if err == nil && n == 0 {
		err = fault.Gone
	}
	return err
}

func (s sqlStore) SetEnabled(ctx context.Context, installationID id.ID, enabled bool) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE installation SET enabled = $2 WHERE id = $1 AND enabled <> $2`, installationID, enabled)
	return n == 1, err
}

type tieRow struct {
	Tie
	bound int
}

func (r *tieRow) Columns() []any {
	return []any{&r.OrganizationID, &r.InstallationID, (*db.Time)(&r.DownloadedAt), &r.bound, (*db.Time)(&r.RefusedAt)}
}

func (s sqlStore) Ties(ctx context.Context, organizationIDs []id.ID) ([]Tie, error) {
	if len(organizationIDs) == 0 {
		return nil, nil
	}
	args := make([]any, len(organizationIDs))
	for i, organizationID := range organizationIDs {
		args[i] = organizationID
	}
	in := ` IN (` + db.Placeholders(1, len(args)) + `)`
	rows, err := db.All[tieRow](ctx, s.DB, `SELECT organization_id, installation_id, max(downloaded_at), max(bound), max(refused_at) FROM (
			SELECT organization_id, installation_id, revised_at AS downloaded_at, 0 AS bound, CAST(NULL AS BIGINT) AS refused_at
			FROM organization_installation WHERE organization_id`+in+`
			UNION ALL SELECT organization_id, installation_id, NULL, 1, NULL
			FROM billing_sync_key WHERE installation_id IS NOT NULL AND organization_id`+in+`
			UNION ALL SELECT organization_id, installation_id, NULL, 0, created_at
			FROM installation_refusal WHERE organization_id`+in+`
		) tie GROUP BY organization_id, installation_id ORDER BY coalesce(max(downloaded_at), 0) DESC, organization_id, installation_id`, args...)
	ties := make([]Tie, len(rows))
	for i, r := range rows {
		ties[i] = r.Tie
		ties[i].Bound = r.bound == 1
	}
	return ties, err
}
