package kill_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/test/harness"
)

// book is the database of a server, read from the side.
type book struct {
	*db.DB
	name  string
	rules []rule
}

// rule counts what must not exist, at any moment.
type rule struct{ name, count string }

// everywhere holds on both servers, inCloud and atHome on one.
var (
	everywhere = []rule{
		{"an organization without a confirmed owner", `SELECT count(*) FROM organization o WHERE NOT EXISTS
			(SELECT 1 FROM member m WHERE m.organization_id = o.id AND m.type = 0 AND m.status = 2)`},
		{"an organization without its default key", `SELECT count(*) FROM organization o WHERE NOT EXISTS
			(SELECT 1 FROM organization_api_key k WHERE k.organization_id = o.id AND k.type = 0)`},
		{"an organization without a collection that its owner manages", `SELECT count(*) FROM organization o WHERE NOT EXISTS
			(SELECT 1 FROM collection c JOIN collection_member cm ON cm.collection_id = c.id AND cm.manage
			WHERE c.organization_id = o.id)`},
		{"a mail that waits without a job that sends it", `SELECT count(*) FROM mail m WHERE m.sealed IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'mail' AND j.args = m.batch)`},
	}
	inCloud = []rule{
		{"an organization without a subscription", `SELECT count(*) FROM organization o WHERE NOT EXISTS
			(SELECT 1 FROM subscription s WHERE s.organization_id = o.id)`},
		{"a bought organization without an invoice", `SELECT count(*) FROM subscription s WHERE s.status = 'active'
			AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.organization_id = s.organization_id)`},
		{"a redeemed sponsorship without a sponsored subscription", `SELECT count(*) FROM sponsorship p
			WHERE p.state IN ('active', 'ending') AND NOT EXISTS (SELECT 1 FROM subscription s
			WHERE s.organization_id = p.sponsored_organization_id AND s.sponsored)`},
		{"a sponsored subscription without a sponsorship", `SELECT count(*) FROM subscription s WHERE s.sponsored
			AND NOT EXISTS (SELECT 1 FROM sponsorship p WHERE p.sponsored_organization_id = s.organization_id
			AND p.state IN ('active', 'ending'))`},
		{"an accepted offer without its mail", `SELECT count(*) FROM sponsorship p WHERE p.state = 'offered'
			AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.recipient = p.offered_to AND m.template LIKE 'offer%')`},
	}
	atHome = []rule{
		{"an organization without a license", `SELECT count(*) FROM organization o WHERE NOT EXISTS
			(SELECT 1 FROM organization_license l WHERE l.organization_id = o.id)`},
	}
)

// open opens the database of a server that runs.
func open(t *testing.T, engine harness.Engine, s *harness.Server) *book {
	t.Helper()
	var d *db.DB
	var err error
	if engine == harness.PostgreSQL {
		d, err = db.OpenPostgres(s.Setting(harness.PostgresConnection))
	} else {
		d, err = db.OpenSQLite(filepath.Join(s.Data, "db", "coffre.db"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	b := &book{DB: d, name: s.Name, rules: append(slices.Clip(everywhere), atHome...)}
	if s.Setting(harness.SelfHosted) == "false" {
		b.rules = append(slices.Clip(everywhere), inCloud...)
	}
	return b
}

// check holds the rules against the database.
func (b *book) check(t *testing.T) {
	t.Helper()
	for _, r := range b.rules {
		n, err := db.Value[int](t.Context(), b.DB, r.count)
		if err != nil {
			t.Errorf("%s: %s: %v", b.name, r.name, err)
		}
		if n > 0 {
			t.Errorf("%s: there is %s (%d)", b.name, r.name, n)
		}
	}
}

// cloudRow is what the cloud keeps of a redeemed sponsorship.
type cloudRow struct {
	state      string
	validUntil int64
}

func (r *cloudRow) Columns() []any { return []any{&r.state, &r.validUntil} }

// readRow reads the sponsorship that a Families organization has.
func readRow(ctx context.Context, b *book, family id.ID) (cloudRow, error) {
	return db.One[cloudRow](ctx, b.DB, `SELECT state, valid_until FROM sponsorship WHERE sponsored_organization_id = $1`, family)
}
