package doctor

import (
	"context"
	"net/url"
	"os"
	"strings"
	"time"

	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/license"
	"coffre/internal/seal"
)

// stored looks at the database and at what it holds.
func (d Doctor) stored(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, 3*d.Patience)
	defer cancel()
	f := Finding{Check: Database, Subject: d.databaseName()}
	if !exists(d.Config.Database) {
		return []Finding{f.ok(fine("doctor.noDatabase"))}
	}
	opened, err := d.open(ctx)
	if err != nil {
		return []Finding{f.fault(wrong("doctor.databaseClosed", "database-unreachable").With("reason", reason(err)))}
	}
	defer opened.Close()
	findings := []Finding{f.ok(fine("doctor.databaseAnswers").With("engine", opened.Engine()))}
	schema, current := d.schema(ctx, opened)
	findings = append(findings, schema)
	if !current {
		return findings // its tables may be others
	}
	findings = append(findings, d.keys(ctx, opened)...)
	if d.Config.SelfHosted {
		findings = append(findings, d.licenses(ctx, opened)...)
	}
	return findings
}

// open opens the database for reading and writing, and asks it something.
func (d Doctor) open(ctx context.Context) (*db.DB, error) {
	if d.Config.Database.Provider != config.PostgreSQL {
		file, err := os.OpenFile(d.Config.Database.SQLite, os.O_RDWR, 0)
		if err != nil {
			return nil, err
		}
		file.Close()
	}
	opened, err := d.Open()
	if err != nil {
		return nil, err
	}
	if err := opened.Ping(ctx); err != nil {
		opened.Close()
		return nil, err
	}
	return opened, nil
}

// databaseName is where the database is, without name and password.
func (d Doctor) databaseName() string {
	if d.Config.Database.Provider != config.PostgreSQL {
		return d.Config.Database.SQLite
	}
	u, err := url.Parse(string(d.Config.Database.PostgreSQL))
	if err != nil {
		return string(config.PostgreSQL)
	}
	return u.Host + u.Path
}

// schema tells whether the database is at this version of the program.
func (d Doctor) schema(ctx context.Context, opened *db.DB) (f Finding, current bool) {
	f = Finding{Check: Schema}
	pending, err := opened.Pending(ctx)
	switch {
	case err != nil && strings.Contains(err.Error(), "migration"):
		return f.ok(fine("doctor.schemaEmpty")), false
	case err != nil:
		return f.fault(wrong("doctor.databaseClosed", "database-unreachable").With("reason", reason(err))), false
	case len(pending) > 0:
		return f.fault(wrong("doctor.schemaOld", "schema-old").With("pending", len(pending))), false
	}
	return f.ok(fine("doctor.schemaCurrent")), true
}

// keys tells when the root key is not the one of the database.
func (d Doctor) keys(ctx context.Context, opened *db.DB) []Finding {
	f := Finding{Check: RootKey}
	root, found, err := seal.FindRoot(string(d.Config.Keys.Root), d.Config.Data.RootKey())
	if err != nil {
		return nil // rootKey says so
	}
	fits, err := seal.Fits(ctx, opened, root)
	switch {
	case err != nil:
		return []Finding{f.fault(err)}
	case !fits && !found:
		return []Finding{f.fault(wrong("doctor.rootKeyMissing", "root-key-missing").With("file", d.Config.Data.RootKey()))}
	case !fits:
		return []Finding{f.fault(wrong("doctor.rootKeyOther", "root-key-wrong"))}
	}
	return nil
}

// now is the time that the server of a database goes by.
func (d Doctor) now(ctx context.Context, opened *db.DB) (time.Time, error) {
	ahead, err := d.Ahead(ctx, opened)
	return d.Now().Add(ahead), err
}

// licenses tells of each license what would be said if it were uploaded now.
func (d Doctor) licenses(ctx context.Context, opened *db.DB) []Finding {
	none := Finding{Check: License}
	trust, err := license.ReadTrust(d.Config.License.TrustedCertificates)
	if err != nil {
		none.Subject = d.Config.License.TrustedCertificates
		return []Finding{none.fault(wrong("doctor.trustUnreadable", "trust-unreadable").With("reason", err))}
	}
	now, err := d.now(ctx, opened)
	if err != nil {
		return []Finding{none.fault(err)}
	}
	held, err := license.NewStore(opened).List(ctx)
	if err != nil {
		return []Finding{none.fault(err)}
	}
	if len(held) == 0 {
		return []Finding{none.ok(fine("doctor.noLicense"))}
	}
	gate := license.Gate{Trust: trust, Installation: d.Config.Cloud.InstallationID}
	findings := make([]Finding, len(held))
	for i, h := range held {
		findings[i] = judged(gate, h, now)
	}
	return findings
}

func judged(gate license.Gate, held license.Held, now time.Time) Finding {
	f := Finding{Check: License, Subject: held.OrganizationID.String()}
	parsed, err := license.ParseOrganization([]byte(held.Document))
	if err == nil {
		f.Subject = parsed.Name + " (" + held.OrganizationID.String() + ")"
		parsed, err = gate.AdmitOrganization(parsed, now)
	}
	if err != nil {
		return f.fault(err)
	}
	paid := parsed.ExpirationWithoutGracePeriod
	end := parsed.Expires
	left := int(end.Sub(now) / day)
	date := end.UTC().Format(time.DateOnly)
	switch {
	case end.IsZero():
		return f.ok(fine("doctor.licenseEndless").With("plan", parsed.Plan))
	case !paid.IsZero() && paid.Before(now):
		return f.warning(wrong("doctor.licenseGrace", "license-in-grace").
			With("paid", paid.UTC().Format(time.DateOnly)).With("date", date).With("days", left))
	case left < 14:
		return f.warning(wrong("doctor.licenseEnds", "license-ends-soon").With("date", date).With("days", left))
	}
	return f.ok(fine("doctor.licenseGood").With("plan", parsed.Plan).With("date", date).With("days", left))
}
