package collection_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// What members may do in a collection.
var (
	manage = collection.Access{Manage: true}
	edit   = collection.Access{}
	view   = collection.Access{ReadOnly: true}
	hidden = collection.Access{ReadOnly: true, HidePasswords: true}
)

// company is an organization, and another one beside it.
type company struct {
	*world
	org, other org.Organization
	alice      org.Member // owns the one
	paul       org.Member // owns the other
	router     *web.Router
}

func newCompany(t testing.TB, d *db.DB) *company {
	t.Helper()
	w := newWorld(t, d)
	c := &company{world: w, router: w.Router(func(r *web.Router) { collection.Mount(r, w.Collections) })}
	alice, paul := w.Person(t, "alice@example.org"), w.Person(t, "paul@example.org")
	c.org, c.other = w.Organization(t, alice, plan.EnterpriseAnnually), w.Organization(t, paul, plan.EnterpriseAnnually)
	var err error
	if c.alice, err = w.Orgs.Store.Membership(t.Context(), c.org.ID, alice); err != nil {
		t.Fatal(err)
	}
	if c.paul, err = w.Orgs.Store.Membership(t.Context(), c.other.ID, paul); err != nil {
		t.Fatal(err)
	}
	return c
}

// settings changes the switches of the organization.
func (c *company) settings(t testing.TB, s org.Settings) {
	t.Helper()
	c.org.Settings = s
	c.update(t)
}

func (c *company) update(t testing.TB) {
	t.Helper()
	if err := c.Orgs.Store.Update(t.Context(), c.org); err != nil {
		t.Fatal(err)
	}
}

// join adds a confirmed member of the organization.
func (c *company) join(t testing.TB, name string, role org.Type, p org.Permissions) org.Member {
	t.Helper()
	return c.Join(t, org.Member{
		OrganizationID: c.org.ID, AccountID: c.Person(t, name+"@example.org"), Status: org.Confirmed, Type: role, Permissions: p,
	})
}

func (c *company) user(t testing.TB, name string) org.Member {
	t.Helper()
	return c.join(t, name, org.User, org.Permissions{})
}

// collection adds one that nobody has.
func (c *company) collection(t testing.TB, orgID id.ID) collection.Collection {
	t.Helper()
	v := collection.Collection{ID: id.New(), OrganizationID: orgID, Name: orgtest.Encrypted, CreatedAt: c.Time, RevisedAt: c.Time}
	if err := c.Collections.Store.Insert(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	return v
}

// give gives a collection to a member or a group, past all rules.
func (c *company) give(t testing.TB, by collection.Holder, collectionID, holder id.ID, a collection.Access) {
	t.Helper()
	g := collection.Grant{CollectionID: collectionID, HolderID: holder, Access: a}
	if err := c.Collections.Store.PutGrants(t.Context(), by, []collection.Grant{g}); err != nil {
		t.Fatal(err)
	}
}

// given adds a collection that one member has.
func (c *company) given(t testing.TB, m org.Member, a collection.Access) collection.Collection {
	t.Helper()
	v := c.collection(t, m.OrganizationID)
	c.give(t, collection.ByMember, v.ID, m.ID, a)
	return v
}

// group adds one with members.
func (c *company) group(t testing.TB, orgID id.ID, members ...org.Member) collection.Group {
	t.Helper()
	g := collection.Group{ID: id.New(), OrganizationID: orgID, Name: "Sales", CreatedAt: c.Time, RevisedAt: c.Time}
	if err := c.Collections.Store.InsertGroup(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	places := make([]collection.Place, len(members))
	for i, m := range members {
		places[i] = collection.Place{GroupID: g.ID, MemberID: m.ID}
	}
	if err := c.Collections.Store.AddPlaces(t.Context(), places); err != nil {
		t.Fatal(err)
	}
	return g
}

// call sends a request as a member; path is what follows that of the organization.
func (c *company) call(m org.Member, method, path string, body any) *httptest.ResponseRecorder {
	return c.callAt(m, c.org.ID, method, path, body)
}

func (c *company) callAt(m org.Member, orgID id.ID, method, path string, body any) *httptest.ResponseRecorder {
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		text = string(raw)
	}
	return orgtest.Call(c.router, m.AccountID, method+" /api/organizations/"+orgID.String()+path, text)
}

// must expects an answer to a request.
func (c *company) must(t testing.TB, status int, m org.Member, method, path string, body any) string {
	t.Helper()
	got := c.call(m, method, path, body)
	if got.Code != status {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, got.Code, got.Body, status)
	}
	return got.Body.String()
}

type object map[string]any

// to is access in a request.
func to(holder id.ID, a collection.Access) collection.Selection {
	return collection.SelectionOf(holder, a)
}

// draft is a request to make or change a collection.
func draft(users, groups []collection.Selection) object {
	return object{"name": orgtest.Encrypted, "externalId": "", "users": users, "groups": groups}
}

type details struct {
	ID         id.ID
	Name       string
	ExternalID *string
	Users      []collection.Selection
	Groups     []collection.Selection
	Assigned   bool
	ReadOnly   bool
	Manage     bool
	Unmanaged  bool
}

func read[T any](t testing.TB, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// details returns a collection with everyone who has it.
func (c *company) details(t testing.TB, collectionID id.ID) details {
	t.Helper()
	got := c.must(t, 200, c.alice, "GET", "/collections/"+collectionID.String()+"/details", nil)
	for _, list := range []string{"users", "groups"} {
		if strings.Contains(got, `"`+list+`":null`) {
			t.Fatalf("%s is no list: %s", list, got)
		}
	}
	return read[details](t, got)
}

// has returns the access of somebody to a collection by their sync, and whether they
// have it.
func (c *company) has(t testing.TB, m org.Member, collectionID id.ID) (collection.Access, bool) {
	t.Helper()
	list, err := c.Collections.AssignmentsOf(t.Context(), m.AccountID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Collection.ID == collectionID {
			return a.Access, true
		}
	}
	return collection.Access{}, false
}

// events returns what the log says of the organization since the last call.
func (c *company) events(t testing.TB) []event.Type {
	t.Helper()
	var types []event.Type
	rows, err := db.All[typeRow](t.Context(), c.DB, `SELECT type FROM event WHERE organization_id = $1 ORDER BY type`, c.org.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		types = append(types, r.what)
	}
	if _, err := c.DB.Exec(t.Context(), `DELETE FROM event`); err != nil {
		t.Fatal(err)
	}
	return types
}

type typeRow struct{ what event.Type }

func (r *typeRow) Columns() []any { return []any{&r.what} }

// told returns who was told to fetch anew since the last call.
func (c *company) told() []id.ID {
	told := c.Touched
	c.Touched, c.Said = nil, nil
	return told
}

func contains(list []id.ID, members ...org.Member) bool {
	for _, m := range members {
		if !slices.Contains(list, m.AccountID) {
			return false
		}
	}
	return true
}
