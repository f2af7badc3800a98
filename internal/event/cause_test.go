package event_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/web"
)

// office is an organization in which an owner, olga, changes whatever there is. Adam
// administers it, uma, una and ugo are users, and anna and aldo wait to be confirmed.
type office struct {
	*orgtest.World
	router http.Handler
	o      org.Organization
	people map[string]org.Member
	things map[string]id.ID // by what requests call them
}

func newOffice(t *testing.T, d *db.DB) *office {
	t.Helper()
	f := &office{World: orgtest.New(t, d), people: map[string]org.Member{}, things: map[string]id.ID{}}
	olga := f.Person(t, "olga@example.org")
	f.o = f.Organization(t, olga, plan.EnterpriseAnnually)
	_, owner, err := f.Orgs.Membership(t.Context(), olga, f.o.ID)
	if err != nil {
		t.Fatal(err)
	}
	f.people["olga"] = owner
	f.Members.AddSeats = func(context.Context, id.ID, int) error { return nil }
	for name, m := range map[string]org.Member{
		"adam": {Type: org.Admin, Status: org.Confirmed}, "uma": {Type: org.User, Status: org.Confirmed}, "una": {Type: org.User, Status: org.Confirmed},
		"ugo": {Type: org.User, Status: org.Confirmed}, "anna": {Type: org.User, Status: org.Accepted}, "aldo": {Type: org.User, Status: org.Accepted},
	} {
		m.OrganizationID, m.AccountID = f.o.ID, f.Person(t, name+"@example.org")
		f.people[name] = f.Join(t, m)
	}
	for _, name := range []string{"plans", "bills", "notes"} {
		c := collection.Collection{ID: id.New(), OrganizationID: f.o.ID, Name: orgtest.Encrypted, CreatedAt: noon, RevisedAt: noon}
		f.things[name] = c.ID
		if err := f.Collections.Store.Insert(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"sales", "board", "staff"} {
		g := collection.Group{ID: id.New(), OrganizationID: f.o.ID, Name: name, CreatedAt: noon, RevisedAt: noon}
		f.things[name] = g.ID
		if err := f.Collections.Store.InsertGroup(t.Context(), g); err != nil {
			t.Fatal(err)
		}
	}
	f.router = f.Router(
		func(r *web.Router) { org.MountSelfHosted(r, f.Orgs) },
		func(r *web.Router) { policy.Mount(r, f.Policies) },
		func(r *web.Router) { collection.Mount(r, f.Collections) },
		func(r *web.Router) { member.Mount(r, f.Members) },
	)
	return f
}

// call has somebody ask for something of the organization. A name between braces
// stands for the person or the thing.
func (f *office) call(t *testing.T, who, target, body string) int {
	t.Helper()
	known := []string{}
	for name, m := range f.people {
		known = append(known, "{"+name+"}", m.ID.String())
	}
	for name, thing := range f.things {
		known = append(known, "{"+name+"}", thing.String())
	}
	names := strings.NewReplacer(known...)
	method, path, _ := strings.Cut(names.Replace(target), " ")
	target = method + " /api/organizations/" + f.o.ID.String() + path
	rec := orgtest.Call(f.router, f.people[who].AccountID, target, names.Replace(body), "Device-Type", "9")
	if rec.Code != 200 {
		t.Logf("%s: %d %s", target, rec.Code, rec.Body)
	}
	return rec.Code
}

// happened returns what an event says, and to whom or what it happened, by name.
func (f *office) happened(e event.Event) string {
	about := []string{}
	for name, m := range f.people {
		if m.ID == e.MemberID {
			about = append(about, name)
		}
	}
	for name, thing := range f.things {
		if thing == e.CollectionID || thing == e.GroupID {
			about = append(about, name)
		}
	}
	slices.Sort(about)
	return strings.TrimSpace(fmt.Sprint(int(e.Type), " ", strings.Join(about, " ")))
}

// accountOf returns the account of one of the people.
func (f *office) accountOf(memberID id.ID) (id.ID, bool) {
	for _, m := range f.people {
		if m.ID == memberID {
			return m.AccountID, true
		}
	}
	return id.ID{}, false
}

// cause is a request, and what it is to leave in the log.
type cause struct{ who, target, body, events string }

// causes are every change of an organization, its members, collections and groups, in
// an order in which each can happen.
var causes = []cause{
	{"olga", "PUT ", `{"name":"Umbrella","billingEmail":"new@example.org"}`, "1600"},
	{"olga", "POST /keys", `{"publicKey":"AAAA","encryptedPrivateKey":"2.AAAA|AAAA|AAAA"}`, "1600"},
	{"olga", "POST /rotate-api-key", `{"masterPasswordHash":"hash of the master password"}`, "1600"},
	{"olga", "PUT /collection-management", `{"limitCollectionCreation":true,"limitCollectionDeletion":false}`, "1610"},
	{"olga", "PUT /collection-management", `{"limitCollectionDeletion":true,"limitItemDeletion":true,"allowAdminAccessToAllCollectionItems":true}`, "1612, 1614, 1616"},
	{"olga", "PUT /collection-management", `{"limitCollectionCreation":false,"limitCollectionDeletion":false,"limitItemDeletion":false,"allowAdminAccessToAllCollectionItems":false}`, "1611, 1613, 1615, 1617"},
	{"olga", "PUT /collection-management", `{"allowAdminAccessToAllCollectionItems":true}`, "1616"},

	{"adam", "POST /collections", `{"name":"2.AAAA|AAAA|AAAA","users":[{"id":"{adam}","manage":true}]}`, "1300"},
	{"adam", "PUT /collections/{plans}", `{"name":"2.BBBB|BBBB|BBBB","users":[{"id":"{uma}"}]}`, "1301 plans"},
	{"adam", "POST /collections/bulk-access", `{"collectionIds":["{plans}","{bills}","{plans}"],"users":[{"id":"{una}"}],"groups":[]}`, "1301 bills, 1301 plans"},
	{"adam", "DELETE /collections/{notes}", ``, "1302 notes"},
	{"adam", "POST /collections/delete", `{"ids":["{plans}","{bills}"]}`, "1302 bills, 1302 plans"},

	{"adam", "POST /groups", `{"name":"New","users":["{uma}"],"collections":[]}`, "1400"},
	{"adam", "PUT /groups/{sales}", `{"name":"Sales","users":["{uma}","{una}"],"collections":[]}`, "1401 sales"},
	{"adam", "DELETE /groups/{sales}/user/{una}", ``, "1504 sales una"},
	{"adam", "DELETE /groups/{staff}", ``, "1402 staff"},

	{"adam", "POST /users/invite", `{"emails":["ines@example.org"],"type":2}`, "1500"},
	{"adam", "POST /users/{anna}/confirm", `{"key":"4.AAAA"}`, "1501 anna"},
	{"adam", "POST /users/confirm", `{"keys":[{"id":"{aldo}","key":"4.AAAA"},{"id":"{uma}","key":"4.AAAA"}]}`, "1501 aldo"},
	{"adam", "PUT /users/{uma}", `{"type":4,"permissions":{"manageUsers":true}}`, "1502 uma"},
	{"adam", "PUT /users/{uma}", `{"type":4,"permissions":{"manageUsers":true},"groups":["{board}"]}`, "1504 uma"},
	{"adam", "PUT /users/{uma}/groups", `{"groupIds":["{sales}"]}`, "1504 uma"},
	{"uma", "PUT /users/{una}/revoke", ``, "1511 una"},
	{"uma", "PUT /users/{una}/restore", `{}`, "1512 una"},
	{"uma", "PUT /users/revoke", `{"ids":["{una}","{ugo}","{uma}"]}`, "1511 ugo, 1511 una"},
	{"uma", "PUT /users/restore", `{"ids":["{una}","{ugo}"]}`, "1512 ugo, 1512 una"},
	{"adam", "DELETE /users/{una}", ``, "1503 una"},
	{"adam", "POST /users/remove", `{"ids":["{anna}","{aldo}"]}`, "1503 aldo, 1503 anna"},
	{"ugo", "POST /leave", ``, "1516 ugo"},
	{"adam", "POST /groups/delete", `{"ids":["{sales}","{board}"]}`, "1402 board, 1402 sales"},
}

// Scenario 150: each change writes exactly one event for each that it changes, with its
// type, its actor, the address and the kind of the client; and none without a log.
func TestEveryChangeIsInTheLogOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, keeps := range []bool{true, false} {
			f := newOffice(t, d)
			f.clear(t, `UPDATE organization SET public_key = NULL, private_key = NULL`)
			terms := f.o.Terms()
			if terms.Features.UseEvents = keeps; !keeps {
				if err := f.Orgs.Apply(t.Context(), f.o.ID, terms); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range causes {
				f.clear(t, `DELETE FROM event`)
				if status := f.call(t, c.who, c.target, c.body); status != 200 {
					t.Errorf("%s: got %d", c.target, status)
				}
				var got []string
				for _, e := range f.Recorded(t) {
					got = append(got, f.happened(e))
					if account, ok := f.accountOf(e.MemberID); ok && e.AccountID != account {
						t.Errorf("%s: it happened to %s, want %s", c.target, e.AccountID, account)
					}
					if e.OrganizationID != f.o.ID || e.ActorID != f.people[c.who].AccountID || e.Address.String() != "192.0.2.1" || e.DeviceType == nil || *e.DeviceType != 9 || e.SystemUser != 0 {
						t.Errorf("%s: got %+v", c.target, e)
					}
				}
				slices.Sort(got)
				if text := strings.Join(got, ", "); keeps && text != c.events || !keeps && text != "" {
					t.Errorf("%s, with a log %v: got %q, want %q", c.target, keeps, text, c.events)
				}
			}
			f.clear(t, `DELETE FROM organization`, `DELETE FROM account`, `DELETE FROM event`)
		}
	})
}

func (f *office) clear(t *testing.T, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := f.DB.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// Scenarios 85, 92 and 93: whoever has no say, and an organization that is disabled,
// answers every change as if there were nothing to change. Its owner may still repair
// it, and its members leave.
func TestNothingIsChangedWithoutASay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newOffice(t, d)
		f.clear(t, `DELETE FROM event`)
		f.people["eve"] = org.Member{AccountID: f.Person(t, "eve@example.org")}
		for name, status := range map[string]org.Status{"wanda": org.Accepted, "roland": org.Revoked} {
			m := org.Member{OrganizationID: f.o.ID, AccountID: f.Person(t, name+"@example.org"), Type: org.Owner, Status: status, Key: orgtest.Wrapped}
			f.people[name] = f.Join(t, m)
		}
		for _, c := range causes {
			for _, who := range []string{"eve", "wanda", "roland"} {
				if status := f.call(t, who, c.target, c.body); status != 404 {
					t.Errorf("%s by %s: got %d", c.target, who, status)
				}
			}
		}
		if _, err := f.Orgs.Suspend(t.Context(), f.o.ID, true); err != nil {
			t.Fatal(err)
		}
		for _, c := range causes {
			if c.target == "PUT " || c.target == "POST /leave" {
				continue
			}
			if status := f.call(t, "olga", c.target, c.body); status != 404 {
				t.Errorf("%s while it is disabled: got %d", c.target, status)
			}
		}
		if types := f.RecordedTypes(t); len(types) != 0 {
			t.Errorf("recorded %v", types)
		}
	})
}

// Scenario 150: what is refused, what changes nothing, and what fails halfway leaves no
// event.
func TestWhatDidNotHappenIsNotInTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newOffice(t, d)
		f.clear(t, `DELETE FROM event`)
		for name, c := range map[string]cause{
			"by whoever may not":        {"uma", "PUT /users/{una}", `{"type":0}`, "404"},
			"keys that there are":       {"olga", "POST /keys", `{"publicKey":"AAAA","encryptedPrivateKey":"2.AAAA|AAAA|AAAA"}`, "400"},
			"with a wrong password":     {"olga", "POST /rotate-api-key", `{"masterPasswordHash":"wrong"}`, "400"},
			"a look at the key":         {"olga", "POST /api-key", `{"masterPasswordHash":"hash of the master password"}`, "200"},
			"settings as they are":      {"olga", "PUT /collection-management", `{}`, "200"},
			"a group of nobody here":    {"olga", "POST /groups", `{"name":"X","users":["{plans}"],"collections":[]}`, "404"},
			"one's own membership":      {"adam", "PUT /users/revoke", `{"ids":["{adam}"]}`, "200"},
			"the only owner":            {"olga", "POST /leave", ``, "400"},
			"one who has not accepted":  {"olga", "POST /users/confirm", `{"keys":[{"id":"{uma}","key":"4.AAAA"}]}`, "200"},
			"an invitation to one here": {"olga", "POST /users/invite", `{"emails":["uma@example.org"],"type":2}`, "200"},
		} {
			if status := f.call(t, c.who, c.target, c.body); fmt.Sprint(status) != c.events {
				t.Errorf("%s: got %d, want %s", name, status, c.events)
			}
		}
		f.Members.Mail = func(context.Context, ...mail.Message) error { return errors.New("broken") }
		for _, c := range []cause{
			{"olga", "POST /users/{anna}/confirm", `{"key":"4.AAAA"}`, ""},
			{"olga", "POST /users/invite", `{"emails":["ines@example.org"],"type":2}`, ""},
		} {
			if status := f.call(t, c.who, c.target, c.body); status != 500 {
				t.Errorf("%s: got %d, want 500", c.target, status)
			}
		}
		if types := f.RecordedTypes(t); len(types) != 0 {
			t.Errorf("recorded %v", types)
		}
	})
}
