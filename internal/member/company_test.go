package member_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// company is an organization with a member of every kind, and another one beside it.
type company struct {
	*orgtest.World
	o, other org.Organization
	r        *web.Router
	members  map[string]org.Member // by name
	bought   int                   // seats
}

// newCompany has olga own the organization and adam administer it. Mia's role lets
// her manage members and groups, rita's recover accounts, cora's see events. Uma is a
// user, ivan is invited, anna has accepted, and so has wanda, who is to be an owner.
// Petra owns the other organization, of which paul is a user.
func newCompany(t testing.TB, d *db.DB) *company {
	t.Helper()
	c := &company{World: orgtest.New(t, d), members: map[string]org.Member{}}
	c.Members.AddSeats = func(_ context.Context, _ id.ID, n int) error { c.bought += n; return nil }
	c.r = c.Router(func(r *web.Router) { member.Mount(r, c.Members) })
	c.o = c.found(t, "olga", plan.EnterpriseAnnually)
	for name, permissions := range map[string]org.Permissions{
		"mia": {ManageUsers: true, ManageGroups: true}, "rita": {ManageResetPassword: true}, "cora": {AccessEventLogs: true},
	} {
		c.join(t, name, org.Member{Type: org.Custom, Status: org.Confirmed, Permissions: permissions})
	}
	c.join(t, "adam", org.Member{Type: org.Admin, Status: org.Confirmed})
	c.join(t, "uma", org.Member{Type: org.User, Status: org.Confirmed})
	c.join(t, "anna", org.Member{Type: org.User, Status: org.Accepted})
	c.join(t, "wanda", org.Member{Type: org.Owner, Status: org.Accepted})
	c.members["ivan"] = c.Join(t, org.Member{OrganizationID: c.o.ID, Email: "ivan@example.org", Type: org.User})
	c.other = c.found(t, "petra", plan.EnterpriseAnnually)
	paul := c.Person(t, "paul@example.org")
	c.members["paul"] = c.Join(t, org.Member{OrganizationID: c.other.ID, AccountID: paul, Type: org.User, Status: org.Confirmed})
	return c
}

// found has somebody buy an organization.
func (c *company) found(t testing.TB, name string, planType plan.Type) org.Organization {
	t.Helper()
	accountID := c.Person(t, name+"@example.org")
	o := c.Organization(t, accountID, planType)
	_, m, err := c.Orgs.Membership(t.Context(), accountID, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.members[name] = m
	return o
}

// join makes somebody new a member of the company as m says.
func (c *company) join(t testing.TB, name string, m org.Member) org.Member {
	t.Helper()
	m.OrganizationID, m.AccountID = c.o.ID, c.Person(t, name+"@example.org")
	c.members[name] = c.Join(t, m)
	return c.members[name]
}

// call has somebody ask something of the company: "PUT /users/mia/revoke", in which a
// name stands for the member.
func (c *company) call(who, target, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if m, known := c.members[part]; known {
			parts[i] = m.ID.String()
		}
	}
	target = method + " /api/organizations/" + c.o.ID.String() + strings.Join(parts, "/") + "?" + query
	return orgtest.Call(c.r, c.members[who].AccountID, target, body)
}

// expect fails the test unless an answer has a status and contains a text.
func expect(t testing.TB, rec *httptest.ResponseRecorder, status int, contains string) {
	t.Helper()
	if rec.Code != status || !strings.Contains(rec.Body.String(), contains) {
		t.Errorf("got %d %s, want %d with %q", rec.Code, rec.Body, status, contains)
	}
}

// now returns a member as it is stored.
func (c *company) now(t testing.TB, name string) org.Member {
	t.Helper()
	m, err := c.Orgs.MemberByID(t.Context(), c.members[name].ID)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func (c *company) gone(t testing.TB, name string) bool {
	t.Helper()
	_, err := c.Orgs.MemberByID(t.Context(), c.members[name].ID)
	return fault.KindOf(err) == fault.NotFound
}

// ids is a request that names members.
func (c *company) ids(names ...string) string {
	list := make([]id.ID, len(names))
	for i, name := range names {
		list[i] = c.members[name].ID
	}
	raw, _ := json.Marshal(map[string]any{"ids": list})
	return string(raw)
}

// outcomes returns the errors of a bulk answer, by the names of the members.
func (c *company) outcomes(t testing.TB, rec *httptest.ResponseRecorder) map[string]string {
	t.Helper()
	var answer struct {
		Data []struct {
			ID    id.ID
			Error string
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != 200 {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	found := map[string]string{}
	for _, row := range answer.Data {
		for name, m := range c.members {
			if m.ID == row.ID {
				found[name] = row.Error
			}
		}
	}
	return found
}

// collection makes one that members share.
func (c *company) collection(t testing.TB, o org.Organization) id.ID {
	t.Helper()
	made := collection.Collection{ID: id.New(), OrganizationID: o.ID, Name: orgtest.Encrypted, CreatedAt: c.Now(), RevisedAt: c.Now()}
	if err := c.Collections.Store.Insert(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func (c *company) group(t testing.TB, o org.Organization) id.ID {
	t.Helper()
	made := collection.Group{ID: id.New(), OrganizationID: o.ID, Name: "Group", CreatedAt: c.Now(), RevisedAt: c.Now()}
	if err := c.Collections.Store.InsertGroup(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// forget forgets what the world has said so far. What follows happens later.
func (c *company) forget() {
	c.Said, c.Touched, c.Mails = nil, nil, nil
	c.Time = c.Time.Add(time.Second)
}

// heard reports whether somebody's clients, and nobody else's, were told a kind of
// thing and have something new to fetch.
func (c *company) heard(kind notice.Kind, names ...string) bool {
	people := make([]id.ID, len(names))
	for i, name := range names {
		people[i] = c.members[name].AccountID
	}
	same := func(list []id.ID) bool {
		return len(list) == len(people) && !slices.ContainsFunc(people, func(p id.ID) bool { return !slices.Contains(list, p) })
	}
	return len(c.Said) == 1 && c.Said[0].Kind == kind && same(c.Said[0].People) && same(c.Touched)
}

// logged reports whether what happened since forget is this, to these members.
func (c *company) logged(t testing.TB, what event.Type, names ...string) bool {
	t.Helper()
	var found int
	for _, e := range c.Recorded(t) {
		about := func(name string) bool { return c.members[name].ID == e.MemberID }
		switch {
		case e.At.Before(c.Time):
			continue
		case e.Type != what || e.OrganizationID != c.o.ID || !slices.ContainsFunc(names, about):
			return false
		}
		found++
	}
	return found == len(names)
}

// crowd adds users to the company, all at once.
func (c *company) crowd(t testing.TB, n int) []id.ID {
	t.Helper()
	return c.crowdAs(t, n, org.Member{Status: org.Confirmed, Type: org.User, Key: orgtest.Wrapped})
}

// crowdAs is crowd for members of another kind.
func (c *company) crowdAs(t testing.TB, n int, m org.Member) []id.ID {
	t.Helper()
	m.OrganizationID, m.CreatedAt, m.RevisedAt = c.o.ID, c.Now(), c.Now()
	ids := make([]id.ID, n)
	err := c.DB.Tx(t.Context(), func(ctx context.Context) error {
		var failed error
		for i := range ids {
			a := account.Account{
				ID: id.New(), Email: id.New().String() + "@example.org", EmailVerified: true, Name: "Somebody", Culture: "en-US",
				Key: orgtest.Encrypted, PublicKey: orgtest.PublicKey, PrivateKey: orgtest.Encrypted, KDF: account.KDF{Iterations: 600_000},
				SecurityStamp: "stamp", CreatedAt: c.Now(), RevisedAt: c.Now(), VaultRevisedAt: c.Now(),
			}
			ids[i] = id.New()
			m.ID, m.AccountID = ids[i], a.ID
			failed = errors.Join(failed, c.Accounts.Store.Insert(ctx, a, "sealed"), c.Orgs.Store.InsertMember(ctx, m))
		}
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
