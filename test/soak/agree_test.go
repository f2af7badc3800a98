package soak_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/test/harness"
)

// book opens the database of a server, to read it from the side.
func book(t *testing.T, engine harness.Engine, s *harness.Server) *db.DB {
	t.Helper()
	var d *db.DB
	var err error
	if engine == harness.PostgreSQL {
		d, err = db.OpenPostgres(s.Setting(harness.PostgresConnection))
	} else {
		d, err = db.OpenSQLite(filepath.Join(s.Data, "db", "coffre.db"))
	}
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

// row is a living sponsorship as one side has it.
type row struct {
	member    id.ID
	email     db.Optional
	state     string
	code      db.Optional
	revoked   bool
	valid     db.Time
	waiting   bool
	offerings int
}

func (r *row) Columns() []any {
	return []any{&r.member, &r.email, &r.state, &r.code, &r.revoked, &r.valid, &r.waiting, &r.offerings}
}

func rows(t *testing.T, d *db.DB, organization id.ID, birthplace string) map[id.ID]row {
	t.Helper()
	list, err := db.All[row](t.Context(), d, `SELECT member_id, offered_to, state, code, revoked, valid_until,
		revision > acknowledged_revision, offer FROM sponsorship
		WHERE organization_id = $1 AND birthplace LIKE $2 AND ended_at IS NULL`, organization, birthplace)
	must(t, err)
	byMember := map[id.ID]row{}
	for _, r := range list {
		byMember[r.member] = r
	}
	return byMember
}

// agree ends the faults, lets each company sync, and compares.
func (o *town) agree(t *testing.T) {
	o.mend()
	for range 2 {
		o.SelfHosted.Kill(t)
		o.network.settle()
		o.move(t, leap) // no lease, no pause and no limit of mails lasts longer
		o.SelfHosted.Start(t)
		for _, c := range o.companies {
			o.syncUntilItWorks(t, c)
		}
	}
	given := 0
	for _, c := range o.companies {
		given += o.compare(t, c)
	}
	if given == 0 {
		t.Error("nobody has a sponsorship in the end: the test has shown nothing")
	}
	o.mailsAreSingle(t)
	o.booksAreWhole(t)
}

// syncUntilItWorks presses the button; a run by itself may be under way.
func (o *town) syncUntilItWorks(t *testing.T, c *company) {
	t.Helper()
	var last string
	for start := time.Now(); time.Since(start) < harness.Patience; {
		result := o.Sync(t, c.home)
		if result.Code == 0 {
			return
		}
		if last = result.String(); !strings.Contains(last, "sync-running") && !strings.Contains(last, "under way") {
			break
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Errorf("the faults are over, and the sync fails: %s", last)
}

// compare holds the rows of both sides against each other, and returns how many there
// are at home.
func (o *town) compare(t *testing.T, c *company) int {
	t.Helper()
	here, there := rows(t, o.homeBook, c.home, "here"), rows(t, o.cloudBook, c.abroad, "v1:%")
	for member, h := range here {
		a, known := there[member]
		switch {
		case h.waiting:
			t.Errorf("the cloud has not answered yet: %+v", h)
		case !known && h.state != "refused":
			t.Errorf("unknown in the cloud: %+v", h)
		case known && (h.state != a.state || !time.Time(h.valid).Equal(time.Time(a.valid))):
			t.Errorf("at home %+v, in the cloud %+v", h, a)
		case known && h.state == "offered" && h.email != a.email:
			t.Errorf("at home it is offered to %s, in the cloud to %s", h.email, a.email)
		}
	}
	for member, a := range there {
		if _, known := here[member]; !known {
			t.Errorf("unknown at home: %+v", a)
		}
	}
	return len(here)
}

// mailsAreSingle checks that an offer was queued once for each that was wanted, to an
// address that was wished for once never twice.
func (o *town) mailsAreSingle(t *testing.T) {
	t.Helper()
	byAddress := map[string]map[string]bool{}
	for _, m := range o.Mail.All() {
		if strings.Contains(m.Subject, offer) {
			if byAddress[m.To] == nil {
				byAddress[m.To] = map[string]bool{}
			}
			byAddress[m.To][m.MessageID] = true
		}
	}
	for address, ids := range byAddress {
		if strings.HasSuffix(address, once) && len(ids) != 1 {
			t.Errorf("%d different offers to %s", len(ids), address)
		}
	}
	wanted := count(t, o.cloudBook, `SELECT coalesce(sum(offer), 0) FROM sponsorship`)
	if queued := count(t, o.cloudBook, `SELECT count(*) FROM mail WHERE template LIKE 'offer%'`); queued != wanted || queued == 0 {
		t.Errorf("%d offers were queued, %d were wanted", queued, wanted)
	}
}

// unlogged counts sponsorships of which the last entry in the log tells another state.
const unlogged = `SELECT count(*) FROM sponsorship s WHERE s.state <> coalesce((SELECT c.state FROM sponsorship_change c
	WHERE c.sponsorship_id = s.id ORDER BY c.at DESC, c.id DESC LIMIT 1), '')`

// booksAreWhole checks what each side has written down of the exchanges.
func (o *town) booksAreWhole(t *testing.T) {
	t.Helper()
	if n := count(t, o.homeBook, `SELECT count(*) FROM billing_sync_run WHERE ended_at IS NULL`); n != 0 {
		t.Errorf("%d runs have never ended", n)
	}
	heard := count(t, o.homeBook, `SELECT count(*) FROM billing_sync_run WHERE accepted + refused + removed > 0`)
	noted := count(t, o.cloudBook, `SELECT count(*) FROM event WHERE type = 1608`)
	if noted < heard || heard == 0 {
		t.Errorf("%d exchanges were heard of at home, and %d are in the event log of the cloud", heard, noted)
	}
	for side, d := range map[string]*db.DB{"at home": o.homeBook, "in the cloud": o.cloudBook} {
		if n := count(t, d, unlogged); n != 0 {
			t.Errorf("%s the log does not say what has become of %d sponsorships", side, n)
		}
	}
	wanted := count(t, o.cloudBook, `SELECT coalesce(sum(offer), 0) FROM sponsorship`)
	if n := count(t, o.cloudBook, `SELECT count(*) FROM sponsorship_change WHERE what IN ('offered', 'redirected', 'sent-again')`); n != wanted {
		t.Errorf("%d offers are in the log of the cloud, %d were made", n, wanted)
	}
	t.Logf("%d exchanges were heard of at home, %d are in the event log of the cloud", heard, noted)
}

func count(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	n, err := db.Value[int](t.Context(), d, query)
	must(t, err)
	return n
}
