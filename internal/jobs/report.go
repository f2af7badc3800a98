package jobs

import (
	"context"
	"slices"
	"strings"
	"time"

	"coffre/internal/db"
)

// Report is what an operator may know of the jobs of one kind.
type Report struct {
	Kind     string
	Periodic bool
	Waiting  int       // jobs of this kind, those under way among them
	Running  int       // on any node
	Failing  int       // jobs whose last try failed
	Attempts int       // failed tries of the job that has most of them
	Error    string    // of one that fails
	NextAt   time.Time // when one is due; zero when none waits
	RanAt    time.Time // the last try of one that waits again; zero when there is none
}

type reportRow struct{ Report }

func (r *reportRow) Columns() []any {
	return []any{
		&r.Kind, &r.Waiting, &r.Running, &r.Failing, &r.Attempts, (*db.Optional)(&r.Error), (*db.Time)(&r.NextAt), (*db.Time)(&r.RanAt),
	}
}

// Report returns what there is of each kind that some queue has jobs of, and of each
// that this one does, in the order of their names.
func (q *Queue) Report(ctx context.Context) ([]Report, error) {
	q.init()
	rows, err := db.All[reportRow](ctx, q.DB, `SELECT kind, count(*), sum(CASE WHEN leased_until > $1 THEN 1 ELSE 0 END),
			count(error), max(attempts), max(error), min(due_at), max(ran_at)
		FROM job GROUP BY kind`, db.Time(q.Now()))
	list := []Report{}
	for _, r := range rows {
		list = append(list, r.Report)
	}
	for kind := range q.handlers {
		if !slices.ContainsFunc(list, func(r Report) bool { return r.Kind == kind }) {
			list = append(list, Report{Kind: kind})
		}
	}
	for i := range list {
		_, list[i].Periodic = q.periodic[list[i].Kind]
	}
	slices.SortFunc(list, func(a, b Report) int { return strings.Compare(a.Kind, b.Kind) })
	return list, err
}
