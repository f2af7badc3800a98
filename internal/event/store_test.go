package event_test

import (
	"context"
	"fmt"
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
	if d.Engine() == "sqlite" {
		rows, err := db.All[planRow](ctx, d, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			lines = append(lines, row.text)
		}
	} else {
		rows, err := db.All[planLine](ctx, d, "EXPLAIN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			lines = append(lines, row.text)
		}
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
		if _, err := d.Exec(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		span := event.Span{From: noon.AddDate(0, 0, -30), To: noon}
		next := event.Span{From: span.From, After: &event.Cursor{At: noon.AddDate(0, 0, -3), ID: id.New()}}
		for index, filter := range map[string]event.Filter{
			"event_by_organization": {OrganizationID: acme},
			"event_by_member":       {OrganizationID: acme, ActorID: bob},
			"event_by_account":      {ActorID: bob, Own: true},
			"event_by_cipher":       {OrganizationID: acme, CipherID: item},
			"event_by_send":         {OrganizationID: acme, SendID: send},
		} {
			for _, s := range []event.Span{span, next} {
				query, args := event.ListQuery(filter, s, event.PageSize+1)
				how := explain(t.Context(), t, d, query, args)
				if !strings.Contains(how, index) || strings.Contains(how, "TEMP B-TREE") || strings.Contains(how, "Sort") {
					t.Errorf("without %s: %s\n%s", index, fmt.Sprint(filter), how)
				}
			}
		}
	})
}
