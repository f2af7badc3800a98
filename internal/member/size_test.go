package member_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/vault"
	"coffre/internal/vaulttest"
	"coffre/internal/web"
)

// large is a company with as many members, groups and collections as it is told to
// have, whose mails wait in a real outbox.
type large struct {
	*company
	groups, collections []id.ID
}

func newLarge(t testing.TB, d *db.DB) *large {
	t.Helper()
	l := &large{company: newCompany(t, d)}
	l.setPolicy(t, 5) // who is confirmed gets a collection of their own
	outbox := &mail.Outbox{DB: d, Keys: l.Keys, Queue: &jobs.Queue{DB: d, Now: l.Now}, Now: l.Now, Vault: orgtest.VaultURL}
	l.Members.Mail = outbox.SendAll
	l.Accounts.Organizations, l.Accounts.PremiumFromOrganization = l.Orgs.Profile, l.Orgs.GivesPremium
	l.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return false, nil }
	vaults := vaulttest.New(l.World, d)
	l.r = l.Router(
		func(r *web.Router) { member.Mount(r, l.Members) },
		func(r *web.Router) { account.Mount(r, l.Accounts) },
		func(r *web.Router) { vault.Mount(r, vaults) },
	)
	return l
}

// grow adds members, groups and collections. Each member has three of the collections
// and is in three of the groups, and each group has ten collections.
func (l *large) grow(t testing.TB, members, groups, collections int) []id.ID {
	t.Helper()
	made := l.crowd(t, members)
	err := l.DB.Tx(t.Context(), func(ctx context.Context) error {
		for n := range groups {
			g := collection.Group{ID: id.New(), OrganizationID: l.o.ID, Name: fmt.Sprintf("Group %03d", n), CreatedAt: l.Time, RevisedAt: l.Time}
			l.groups = append(l.groups, g.ID)
			if err := l.Collections.Store.InsertGroup(ctx, g); err != nil {
				return err
			}
		}
		var list []collection.Collection
		for range collections {
			v := collection.Collection{ID: id.New(), OrganizationID: l.o.ID, Name: orgtest.Encrypted, CreatedAt: l.Time, RevisedAt: l.Time}
			list, l.collections = append(list, v), append(l.collections, v.ID)
		}
		if err := l.Collections.Store.Insert(ctx, list...); err != nil {
			return err
		}
		return l.share(ctx, made)
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (l *large) share(ctx context.Context, members []id.ID) error {
	var places []collection.Place
	var own, throughGroups []collection.Grant
	for n, m := range members {
		for k := range min(3, len(l.collections)) {
			own = append(own, collection.Grant{CollectionID: l.collections[(3*n+k)%len(l.collections)], HolderID: m})
		}
		for k := range min(3, len(l.groups)) {
			places = append(places, collection.Place{GroupID: l.groups[(n+k)%len(l.groups)], MemberID: m})
		}
	}
	for n, g := range l.groups {
		for k := range min(10, len(l.collections)) {
			throughGroups = append(throughGroups, collection.Grant{CollectionID: l.collections[(11*n+k)%len(l.collections)], HolderID: g})
		}
	}
	store := l.Collections.Store
	if err := store.PutGrants(ctx, collection.ByMember, own); err != nil {
		return err
	}
	if err := store.PutGrants(ctx, collection.ByGroup, throughGroups); err != nil {
		return err
	}
	return store.AddPlaces(ctx, places)
}

// request is something that is asked of a company. Prepare makes the many members whom
// it is about, and returns what asks.
type request struct {
	name    string
	prepare func(t testing.TB, many int) (ask func())
}

// requests are in an order in which each finds what it is about.
func (l *large) requests(one id.ID) []request {
	asks := func(ask func(testing.TB)) func(testing.TB, int) func() {
		return func(t testing.TB, _ int) func() { return func() { ask(t) } }
	}
	lists := func(path string) func(testing.TB, int) func() {
		return asks(func(t testing.TB) { expect(t, l.call("olga", "GET "+path, ""), 200, `"object"`) })
	}
	bulk := func(as org.Member, target string, body func([]id.ID) object) func(testing.TB, int) func() {
		return func(t testing.TB, many int) func() {
			raw, err := json.Marshal(body(l.crowdAs(t, many, as)))
			if err != nil {
				t.Fatal(err)
			}
			return func() { good(t, l.call("olga", target, string(raw))) }
		}
	}
	named := func(ids []id.ID) object { return object{"ids": ids} }
	member, waiting := org.Member{Status: org.Confirmed, Type: org.User, Key: orgtest.Wrapped}, org.Member{Status: org.Accepted, Type: org.User}
	revoked := member
	revoked.Status, revoked.Revocation = org.Revoked, new(org.RevokedByHand)
	return []request{
		{"list", lists("/users")},
		{"list with groups and collections", lists("/users?includeGroups=true&includeCollections=true")},
		{"list for fellows", lists("/users/mini-details")},
		{"one member", lists("/users/" + one.String() + "?includeGroups=true")},
		{"profile", asks(func(t testing.TB) { l.asks(t, one, "GET /api/accounts/profile") })},
		{"sync", asks(func(t testing.TB) { l.asks(t, one, "GET /api/sync") })},
		{"invite", l.invites},
		{"invite again", l.invitesAgain},
		{"public keys", bulk(waiting, "POST /users/public-keys", named)},
		{"confirm", bulk(waiting, "POST /users/confirm", func(ids []id.ID) object {
			keys := make([]object, len(ids))
			for i, m := range ids {
				keys[i] = object{"id": m, "key": orgtest.Wrapped}
			}
			return object{"keys": keys, "defaultUserCollectionName": orgtest.Encrypted}
		})},
		{"revoke", bulk(member, "PUT /users/revoke", named)},
		{"restore", bulk(revoked, "PUT /users/restore", named)},
		{"remove", bulk(member, "DELETE /users", named)},
	}
}

// asks has a member ask for something that is their own.
func (l *large) asks(t testing.TB, memberID id.ID, target string) {
	m, err := l.Orgs.MemberByID(t.Context(), memberID)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, orgtest.Call(l.r, m.AccountID, target, ""), 200, l.o.ID.String())
}

// good fails the test unless all that was asked for happened to everybody.
func good(t testing.TB, rec *httptest.ResponseRecorder) {
	t.Helper()
	var answer struct{ Data []struct{ Error string } }
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != 200 || len(answer.Data) == 0 {
		t.Fatalf("got %d %s, %v", rec.Code, rec.Body, err)
	}
	for _, row := range answer.Data {
		if row.Error != "" {
			t.Fatal(row.Error)
		}
	}
}

func (l *large) invites(t testing.TB, many int) func() {
	emails := make([]string, many)
	for i := range emails {
		emails[i] = id.New().String() + "@example.org"
	}
	raw, err := json.Marshal(object{
		"emails": emails, "type": 2, "groups": l.groups[:1], "collections": []collection.Selection{{ID: l.collections[0]}, {ID: l.collections[1]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() { expect(t, l.call("olga", "POST /users/invite", string(raw)), 200, "") }
}

func (l *large) invitesAgain(t testing.TB, many int) func() {
	members := make([]org.Member, many)
	list := make([]id.ID, many)
	for i := range members {
		list[i] = id.New()
		members[i] = org.Member{ID: list[i], OrganizationID: l.o.ID, Email: list[i].String() + "@example.org", Type: org.User, CreatedAt: l.Time, RevisedAt: l.Time}
	}
	if err := l.Members.Store.Insert(t.Context(), members); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(object{"ids": list})
	if err != nil {
		t.Fatal(err)
	}
	return func() { good(t, l.call("olga", "POST /users/reinvite", string(raw))) }
}

func TestStatementsDoNotGrowWithRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLarge(t, d)
		count := func(many, groups, collections int) map[string]int64 {
			counts := map[string]int64{}
			for _, r := range l.requests(l.grow(t, many, groups, collections)[0]) {
				ask := r.prepare(t, many)
				before := d.Statements()
				ask()
				counts[r.name] = d.Statements() - before
			}
			return counts
		}
		few := count(2, 2, 2)
		for name, many := range count(200, 20, 100) {
			if many != few[name] {
				t.Errorf("%s: %d statements for many, %d for few", name, many, few[name])
			}
		}
	})
}

// BenchmarkLargeOrganization answers for one with 5,000 members, 500 groups and 2,000
// collections. What is done in bulk is done to 500 members.
func BenchmarkLargeOrganization(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.Postgres} {
		b.Run(engine, func(b *testing.B) {
			l := newLarge(b, open(b))
			for _, r := range l.requests(l.grow(b, 5_000, 500, 2_000)[0]) {
				b.Run(r.name, func(b *testing.B) {
					var statements int64
					for b.Loop() {
						b.StopTimer()
						ask := r.prepare(b, 500)
						before := l.DB.Statements()
						b.StartTimer()
						ask()
						statements += l.DB.Statements() - before
					}
					b.ReportMetric(float64(statements)/float64(b.N), "statements/op")
				})
			}
		})
	}
}
