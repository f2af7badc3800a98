package billingsync

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

const runColumns = `id, organization_id, cause, started_at, ended_at,
	license_result, license_code, license_reason, sponsorship_result, sponsorship_code, sponsorship_reason,
	sent, accepted, refused, removed, next_run_at`

// runRow reads a run. A part's fault is in two columns: the code, which people
// search for, and the reason, from which its text is made again.
type runRow struct {
	Run
	licenseCode, sponsorshipCode db.Optional
}

func (r *runRow) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Cause, (*db.Time)(&r.StartedAt), (*db.Time)(&r.EndedAt),
		(*db.Optional)(&r.License.Result), &r.licenseCode, &reason{&r.License.Err},
		(*db.Optional)(&r.Sponsorships.Result), &r.sponsorshipCode, &reason{&r.Sponsorships.Err},
		&r.Counts.Sent, &r.Counts.Accepted, &r.Counts.Refused, &r.Counts.Removed,
		(*db.Time)(&r.NextRunAt),
	}
}

// run returns what was read, with the faults whole.
func (r runRow) run() Run {
	if r.License.Err != nil {
		r.License.Err = r.License.Err.Coded(string(r.licenseCode))
	}
	if r.Sponsorships.Err != nil {
		r.Sponsorships.Err = r.Sponsorships.Err.Coded(string(r.sponsorshipCode))
	}
	return r.Run
}

// reason stores the text of a fault by its key and arguments; nil is NULL.
type reason struct{ err **fault.Error }

type reasonText struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Value writes the reason.
func (r reason) Value() (driver.Value, error) {
	e := *r.err
	if e == nil {
		return nil, nil
	}
	text := reasonText{Key: e.Key, Args: map[string]string{}}
	for name, value := range e.Args {
		text.Args[name] = fmt.Sprint(value)
	}
	raw, err := json.Marshal(text)
	return string(raw), err
}

// Scan reads what Value wrote.
func (r *reason) Scan(src any) error {
	var text reasonText
	if src == nil {
		*r.err = nil
		return nil
	}
	if err := (db.JSON[reasonText]{V: &text}).Scan(src); err != nil {
		return err
	}
	*r.err = fault.New(fault.Invalid, text.Key)
	for name, value := range text.Args {
		*r.err = (*r.err).With(name, value)
	}
	return nil
}

func codeOf(p Part) db.Optional {
	if p.Err == nil {
		return ""
	}
	return db.Optional(p.Err.Code)
}

func (s selfHostedStore) InsertRun(ctx context.Context, r Run) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.Exec(ctx, `UPDATE billing_sync_run SET ended_at = $2, code = $3,
				license_result = $4, license_code = $3, license_reason = $5,
				sponsorship_result = $4, sponsorship_code = $3, sponsorship_reason = $5
			WHERE organization_id = $1 AND ended_at IS NULL`,
			r.OrganizationID, db.Time(r.StartedAt), interrupted.Code, string(Failed), reason{&interrupted}); err != nil {
			return err
		}
		_, err := s.Exec(ctx, `INSERT INTO billing_sync_run (id, organization_id, cause, started_at) VALUES ($1, $2, $3, $4)`,
			r.ID, r.OrganizationID, string(r.Cause), db.Time(r.StartedAt))
		return err
	})
}

func (s selfHostedStore) EndRun(ctx context.Context, r Run) error {
	_, err := s.Exec(ctx, `UPDATE billing_sync_run SET ended_at = $2, code = $3,
			license_result = $4, license_code = $5, license_reason = $6,
			sponsorship_result = $7, sponsorship_code = $8, sponsorship_reason = $9,
			sent = $10, accepted = $11, refused = $12, removed = $13, next_run_at = $14
		WHERE id = $1`,
		r.ID, db.Time(r.EndedAt), db.Optional(fault.CodeOf(r.Err())),
		string(r.License.Result), codeOf(r.License), reason{&r.License.Err},
		string(r.Sponsorships.Result), codeOf(r.Sponsorships), reason{&r.Sponsorships.Err},
		r.Counts.Sent, r.Counts.Accepted, r.Counts.Refused, r.Counts.Removed, db.Time(r.NextRunAt))
	return err
}

// Ids of runs sort by the time that they were made.
func (s selfHostedStore) Runs(ctx context.Context, organizationID, before id.ID, limit int) ([]Run, error) {
	return s.listRuns(ctx, `WHERE organization_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`,
		organizationID, textOf(before), limit)
}

func (s selfHostedStore) AllRuns(ctx context.Context, offset, limit int) ([]Run, error) {
	return s.listRuns(ctx, `ORDER BY id DESC LIMIT $1 OFFSET $2`, limit, offset)
}

func (s selfHostedStore) listRuns(ctx context.Context, which string, args ...any) ([]Run, error) {
	rows, err := db.All[runRow](ctx, s.DB, `SELECT `+runColumns+` FROM billing_sync_run `+which, args...)
	runs := make([]Run, len(rows))
	for i, r := range rows {
		runs[i] = r.run()
	}
	return runs, err
}

// textOf is "" for the zero ID, so that both engines know the type of the parameter.
func textOf(v id.ID) string {
	if v.IsZero() {
		return ""
	}
	return v.String()
}
