package event_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// stage is an organization with an owner and a member, and the routes.
type stage struct {
	*orgtest.World
	router     http.Handler
	o          org.Organization
	alice, bob id.ID
	member     org.Member // Bob
}

func newStage(t *testing.T, d *db.DB) *stage {
	t.Helper()
	s := &stage{World: orgtest.New(t, d)}
	s.alice, s.bob = s.Person(t, "alice@example.org"), s.Person(t, "bob@example.org")
	s.o = s.Organization(t, s.alice, plan.EnterpriseAnnually)
	s.member = s.Join(t, org.Member{OrganizationID: s.o.ID, AccountID: s.bob, Status: org.Confirmed, Type: org.User})
	if _, err := d.Exec(t.Context(), `DELETE FROM event`); err != nil {
		t.Fatal(err)
	}
	s.router = s.Router(func(r *web.Router) { event.Mount(r, s.Events) })
	return s
}

type seen struct {
	Type         event.Type
	Date         time.Time
	ActingUserID id.ID
	CipherID     *id.ID
	IPAddress    *string
	DeviceType   *int
}

type page struct {
	Data              []seen
	ContinuationToken *string
}

func (s *stage) read(t *testing.T, caller id.ID, path string) (p page) {
	t.Helper()
	rec := orgtest.Call(s.router, caller, "GET "+path, "")
	if rec.Code != 200 {
		t.Fatalf("%s: got %d %s", path, rec.Code, rec.Body)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *stage) path(rest string) string { return "/api/organizations/" + s.o.ID.String() + rest }

// Scenario 151: pages without loss and without an event that is read twice, though
// all happened at the same instant.
func TestEveryEventIsReadOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		const all = 2*event.PageSize + 7
		var events []event.Event
		for range all {
			events = append(events, event.Event{OrganizationID: s.o.ID, Type: event.OrganizationUpdated, ActorID: s.alice, At: noon})
		}
		if err := s.Events.Record(t.Context(), events...); err != nil {
			t.Fatal(err)
		}
		read, token := 0, ""
		for pages := 1; ; pages++ {
			p := s.read(t, s.alice, s.path("/events?continuationToken="+token))
			read += len(p.Data)
			if p.ContinuationToken == nil {
				if pages != 3 || read != all {
					t.Errorf("read %d in %d pages, want %d in 3", read, pages, all)
				}
				return
			}
			token = *p.ContinuationToken
		}
	})
}

func TestLogIsReadFromItsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		for i := range 3 {
			e := event.Event{OrganizationID: s.o.ID, Type: event.MemberUpdated, ActorID: s.alice, At: noon.Add(time.Duration(i) * -24 * time.Hour)}
			if err := s.Events.Record(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		p := s.read(t, s.alice, s.path("/events?start=2026-11-21T13:00:00Z&end=2026-11-23T12:00:00Z"))
		if len(p.Data) != 2 || !p.Data[0].Date.Equal(noon) || !p.Data[1].Date.Equal(noon.AddDate(0, 0, -1)) {
			t.Errorf("got %+v", p)
		}
	})
}

// A member's page holds what that member did in this organization, an item's what
// happened to it, and one's own what concerns no organization.
func TestLogIsReadByWhatItIsAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		item, send, own := id.New(), id.New(), id.New()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.Events.Record(
			t.Context(),
			event.Event{OrganizationID: s.o.ID, Type: 1107, ActorID: s.bob, CipherID: item},
			event.Event{OrganizationID: s.o.ID, Type: 2500, ActorID: s.alice, SendID: send},
		))
		must(s.Events.Store.Insert(t.Context(), []event.Event{{ID: id.NewOrdered(), Type: 1100, ActorID: s.bob, CipherID: own, At: noon}}))
		must(s.Events.RecordOwn(t.Context(), s.bob, event.PasswordChanged))
		for path, want := range map[string]struct {
			caller id.ID
			types  string
		}{
			s.path("/events"): {s.alice, "[1001 2500 1107]"},
			s.path("/users/" + s.member.ID.String() + "/events"): {s.alice, "[1001 1107]"},
			s.path("/sends/" + send.String() + "/events"):        {s.alice, "[2500]"},
			"/api/ciphers/" + item.String() + "/events":          {s.alice, "[1107]"},
			"/api/ciphers/" + own.String() + "/events":           {s.bob, "[1100]"},
			"/api/events": {s.bob, "[1001 1100]"},
		} {
			var types []event.Type
			for _, e := range s.read(t, want.caller, path).Data {
				types = append(types, e.Type)
			}
			if got := fmt.Sprint(types); got != want.types {
				t.Errorf("%s: got %s, want %s", path, got, want.types)
			}
		}
		for _, path := range []string{"/api/ciphers/" + item.String() + "/events", "/api/ciphers/" + id.New().String() + "/events"} {
			if rec := orgtest.Call(s.router, s.bob, "GET "+path, ""); rec.Code != 404 {
				t.Errorf("%s as somebody who may not read the log: got %d %s", path, rec.Code, rec.Body)
			}
		}
		if rec := orgtest.Call(s.router, s.alice, "GET /api/ciphers/"+own.String()+"/events", ""); rec.Code != 404 {
			t.Errorf("another's own item: got %d %s", rec.Code, rec.Body)
		}
	})
}

// Scenario 153: the log is for owners, admins, and whom the permission names; and
// for nobody where the terms include none.
func TestLogIsForThoseWhoMayReadIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		custom := func(p org.Permissions) id.ID {
			who := s.Person(t, id.New().String()+"@example.org")
			s.Join(t, org.Member{OrganizationID: s.o.ID, AccountID: who, Status: org.Confirmed, Type: org.Custom, Permissions: p})
			return who
		}
		tests := map[string]struct {
			caller id.ID
			status int
		}{
			"owner":                         {s.alice, 200},
			"user":                          {s.bob, 404},
			"custom with the permission":    {custom(org.Permissions{AccessEventLogs: true}), 200},
			"custom without the permission": {custom(org.Permissions{ManageUsers: true, AccessReports: true}), 404},
			"stranger":                      {s.Person(t, "eve@example.org"), 404},
		}
		for name, test := range tests {
			for _, path := range []string{"/events", "/users/" + s.member.ID.String() + "/events"} {
				if rec := orgtest.Call(s.router, test.caller, "GET "+s.path(path), ""); rec.Code != test.status {
					t.Errorf("%s, %s: got %d %s, want %d", name, path, rec.Code, rec.Body, test.status)
				}
			}
		}
		terms := s.o.Terms()
		terms.Features.UseEvents = false
		if err := s.Orgs.Apply(t.Context(), s.o.ID, terms); err != nil {
			t.Fatal(err)
		}
		if rec := orgtest.Call(s.router, s.alice, "GET "+s.path("/events"), ""); rec.Code != 404 {
			t.Errorf("without a log: got %d %s", rec.Code, rec.Body)
		}
	})
}

// Scenario 150: an event says who did it, from where and with what; none is kept
// where the terms include no log.
func TestEventSaysWhoActed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		rec := orgtest.Call(s.router, s.bob, "POST /events/collect",
			fmt.Sprintf(`[{"type":1602,"date":"2026-11-23T11:00:00Z","organizationId":%q}]`, s.o.ID), "Device-Type", "9")
		if rec.Code != 200 || rec.Body.Len() != 0 {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		p := s.read(t, s.alice, s.path("/events"))
		if len(p.Data) != 1 || p.Data[0].ActingUserID != s.bob || p.Data[0].DeviceType == nil || *p.Data[0].DeviceType != 9 || !p.Data[0].Date.Equal(noon.Add(-time.Hour)) {
			t.Errorf("got %+v", p)
		}
		terms := s.o.Terms()
		terms.Features.UseEvents = false
		if err := s.Orgs.Apply(t.Context(), s.o.ID, terms); err != nil {
			t.Fatal(err)
		}
		if err := s.Events.Record(t.Context(), event.Event{OrganizationID: s.o.ID, Type: event.OrganizationUpdated}); err != nil || len(s.Recorded(t)) != 1 {
			t.Errorf("without a log: %d events, %v", len(s.Recorded(t)), err)
		}
	})
}

// Scenario 152: what a client may not tell is passed over, and its clock is believed
// for thirty days.
func TestClientsTellWhatOnlyTheyKnow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		stranger := s.Person(t, "eve@example.org")
		tell := func(caller id.ID, body string) int {
			return orgtest.Call(s.router, caller, "POST /events/collect", strings.ReplaceAll(body, "ORG", s.o.ID.String())).Code
		}
		for name, body := range map[string]string{
			"of another's organization": `[{"type":1602,"date":"2026-11-23T11:00:00Z","organizationId":"ORG"}]`,
			"of an item that is not":    `[{"type":1107,"date":"2026-11-23T11:00:00Z","cipherId":"ORG","organizationId":"ORG"},{"type":1111}]`,
			"of what the server does":   `[{"type":1500,"organizationId":"ORG"},{"type":1000},{"type":1115,"cipherId":"ORG"},{"type":-1}]`,
		} {
			if code := tell(stranger, body); code != 200 || len(s.Recorded(t)) != 0 {
				t.Errorf("%s: got %d, and %d events", name, code, len(s.Recorded(t)))
			}
		}
		for _, body := range []string{"", "[]", "null", "{}", `[{"type":"x"}]`, `[` + strings.Repeat(`{"type":1},`, event.MaxCollected) + `{"type":1}]`} {
			if code := tell(s.bob, body); code != 400 {
				t.Errorf("%.20q: got %d", body, code)
			}
		}
		if code := tell(s.bob, `[{"type":1007,"date":"1970-01-01T00:00:00Z"},{"type":1007,"date":"2100-01-01T00:00:00Z"},{"type":1602,"date":"2026-11-01T00:00:00Z","organizationId":"ORG"}]`); code != 200 {
			t.Fatalf("got %d", code)
		}
		got := s.Recorded(t)
		// Each export of one's own vault is told to the organization too.
		if len(got) != 5 || !got[0].At.Equal(noon) || !got[3].At.Equal(noon) || !got[4].At.Equal(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("got %+v", got)
		}
	})
}
