package mail

import (
	"context"
	"regexp"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Waiting is a letter that has not left, as an operator may see it: what stands in
// it is for its reader alone.
type Waiting struct {
	ID        id.ID
	To        string
	Template  string
	Subject   string // in the reader's language; "" once the letter is given up
	CreatedAt time.Time
	GivenUp   bool // it will not be tried any more, and what stood in it is gone
	Attempts  int  // failed so far
	Error     string
	NextAt    time.Time // when it is tried again; zero when it is not
}

// aboutBatch is what the error of a batch begins with; of one mail it says nothing.
var aboutBatch = regexp.MustCompile(`^\d+ of \d+ mails have not left, the first: (send|write) mail [0-9a-f-]{36}: `)

type waitingRow struct {
	Waiting
	language string
	sealed   db.Optional
}

func (r *waitingRow) Columns() []any {
	return []any{
		&r.ID, &r.To, &r.Template, &r.language, &r.sealed, (*db.Time)(&r.CreatedAt),
		&r.Attempts, (*db.Optional)(&r.Error), (*db.Time)(&r.NextAt),
	}
}

// Waiting returns letters that have not left, the newest first.
func (o *Outbox) Waiting(ctx context.Context, offset, limit int) ([]Waiting, error) {
	rows, err := db.All[waitingRow](ctx, o.DB, `SELECT m.id, m.recipient, m.template, m.language, m.sealed, m.created_at,
			coalesce(j.attempts, 0), j.error, j.due_at
		FROM mail m LEFT JOIN job j ON j.kind = $1 AND j.args = m.batch AND m.sealed IS NOT NULL
		WHERE m.sent_at IS NULL ORDER BY m.id DESC LIMIT $2 OFFSET $3`, kind, limit, offset)
	list := make([]Waiting, len(rows))
	for i, r := range rows {
		list[i] = r.Waiting
		list[i].Error = aboutBatch.ReplaceAllString(r.Error, "")
		if list[i].GivenUp = r.sealed == ""; list[i].GivenUp {
			continue
		}
		letter, err := o.letter(queued{mailID: r.ID, template: r.Template, language: r.language, sealed: string(r.sealed)})
		if err == nil { // a letter that cannot be written is listed all the same
			list[i].Subject = letter.Subject
		}
	}
	return list, err
}

// Retry has a letter that waits tried now, with those that travel with it. For one
// that has left or is given up it is fault.Gone.
func (o *Outbox) Retry(ctx context.Context, mailID id.ID) error {
	n, err := o.DB.Exec(ctx, `UPDATE job SET due_at = $1 WHERE kind = $2 AND args IN
		(SELECT batch FROM mail WHERE id = $3 AND sealed IS NOT NULL)`, db.Time(o.Now()), kind, mailID)
	if err == nil && n == 0 {
		return fault.Gone
	}
	o.Queue.Wake()
	return err
}
