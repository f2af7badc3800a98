package event_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// plan is one line of what an engine says that it will do.
type planLine struct{ text string }

func (p *planLine) Columns() []any { return []any{&p.text} }

type planRow struct {
	id, parent, unused int
	text               string
}

func (p *planRow) Columns() []any { return []any{&p.id, &p.parent, &p.unused, &p.text} }

// explain returns how an engine answers a query.
func explain(ctx context.Context, t *testing.T, d *db.DB, query string, args []any) string {
	t.Helper()
	var lines []string
	err := d.Tx(ctx, func(ctx context.Context) error {
		if d.Engine() == "sqlite" {
			rows, err := db.All[planRow](ctx, d, "EXPLAIN QUERY PLAN "+query, args...)
			for _, row := range rows {
				lines = append(lines, row.text)
			}
			return err
		}
		// Of a log as small as a test's PostgreSQL would rather sort a part.
		if _, err := d.Exec(ctx, `SET LOCAL enable_bitmapscan = off`); err != nil {
			return err
		}
		rows, err := db.All[planLine](ctx, d, "EXPLAIN "+query, args...)
		for _, row := range rows {
			lines = append(lines, row.text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// A log of years is read as fast as one of a day: every question has an index that
// also holds the answer in its order.
func TestEveryQuestionHasAnIndex(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		alice := w.Person(t, "alice@example.org")
		acme, other := w.Organization(t, alice, plan.EnterpriseAnnually).ID, w.Organization(t, alice, plan.EnterpriseAnnually).ID
		bob, item, send := id.New(), id.New(), id.New()
		const years = 6_000
		events := make([]event.Event, years)
		for i := range events {
			e := event.Event{ID: id.NewOrdered(), Type: 1107, At: noon.Add(-time.Duration(i) * time.Hour), OrganizationID: acme, ActorID: alice}
			switch i % 4 {
			case 1:
				e.OrganizationID = other
			case 2:
				e.OrganizationID = id.ID{}
			}
			if i%20 < 4 {
				e.ActorID = bob
			}
			if i%100 < 4 {
				e.CipherID = item
			} else if i%100 < 8 {
				e.SendID = send
			} else {
				e.CipherID = id.New()
			}
			events[i] = e
		}
		if err := w.Events.Store.Insert(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		if d.Engine() == "sqlite" { // PostgreSQL looks at its tables by itself
			indexed(t, d, "a log of which nothing is known", acme, bob, item, send)
		}
		if _, err := d.Exec(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		indexed(t, d, "a log that was looked at", acme, bob, item, send)
	})
}

// indexed fails the test unless each way of reading a log has its index. The name of
// the log is a comment in the query: a plan that is kept prepared is not made again.
func indexed(t *testing.T, d *db.DB, log string, organization, person, item, send id.ID) {
	t.Helper()
	span := event.Span{From: noon.AddDate(0, 0, -30), To: noon}
	next := event.Span{From: span.From, After: &event.Cursor{At: noon.AddDate(0, 0, -3), ID: id.New()}}
	for index, filter := range map[string]event.Filter{
		"event_by_organization": {OrganizationID: organization},
		"event_by_member":       {OrganizationID: organization, ActorID: person},
		"event_by_account":      {ActorID: person, Own: true},
		"event_by_cipher":       {OrganizationID: organization, CipherID: item},
		"event_by_send":         {OrganizationID: organization, SendID: send},
	} {
		for _, s := range []event.Span{span, next} {
			query, args := event.ListQuery(filter, s, event.PageSize+1)
			how := explain(t.Context(), t, d, query+" /* "+log+" */", args)
			if !strings.Contains(how, index) || strings.Contains(how, "TEMP B-TREE") || strings.Contains(how, "Sort") {
				t.Errorf("%s, without %s: %s", log, index, how)
			}
		}
	}
}
