package collection_test

import (
	"context"
	"fmt"
	"testing"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
)

// size is how large an organization is.
type size struct{ members, groups, collections int }

// crowd is what populate has made.
type crowd struct {
	members     []org.Member
	groups      []id.ID
	collections []id.ID
}

// populate makes the organization as large as s: every member has a few collections
// and is in a few groups, and every group has a few collections.
func (c *company) populate(t testing.TB, s size) (made crowd) {
	t.Helper()
	err := c.DB.Tx(t.Context(), func(ctx context.Context) error {
		for range s.members {
			m, err := c.newcomer(ctx, id.New().String()+"@example.org")
			if err != nil {
				return err
			}
			made.members = append(made.members, m)
		}
		var collections []collection.Collection
		for range s.collections {
			v := collection.Collection{ID: id.New(), OrganizationID: c.org.ID, Name: orgtest.Encrypted, CreatedAt: c.Time, RevisedAt: c.Time}
			collections, made.collections = append(collections, v), append(made.collections, v.ID)
		}
		for n := range s.groups {
			g := collection.Group{ID: id.New(), OrganizationID: c.org.ID, Name: fmt.Sprintf("Group %03d", n), CreatedAt: c.Time, RevisedAt: c.Time}
			made.groups = append(made.groups, g.ID)
			if err := c.Collections.Store.InsertGroup(ctx, g); err != nil {
				return err
			}
		}
		if err := c.Collections.Store.Insert(ctx, collections...); err != nil {
			return err
		}
		return c.fill(ctx, made)
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (c *company) newcomer(ctx context.Context, email string) (org.Member, error) {
	a := account.Account{
		ID: id.New(), Email: email, EmailVerified: true, Name: "Ann", Culture: "en-US", Salt: email, Key: orgtest.Encrypted,
		KDF: account.KDF{Iterations: 600_000}, SecurityStamp: "stamp", CreatedAt: c.Time, RevisedAt: c.Time, VaultRevisedAt: c.Time,
	}
	if err := c.Accounts.Store.Insert(ctx, a, "sealed"); err != nil {
		return org.Member{}, err
	}
	m := org.Member{
		ID: id.New(), OrganizationID: c.org.ID, AccountID: a.ID, Status: org.Confirmed, Type: org.User, Key: orgtest.Wrapped,
		CreatedAt: c.Time, RevisedAt: c.Time,
	}
	return m, c.Orgs.Store.InsertMember(ctx, m)
}

func (c *company) fill(ctx context.Context, made crowd) error {
	var own, throughGroups []collection.Grant
	var places []collection.Place
	for n, m := range made.members {
		for k := range min(5, len(made.collections)) {
			v := made.collections[(n*7+k)%len(made.collections)]
			own = append(own, collection.Grant{CollectionID: v, HolderID: m.ID, Access: collection.Access{Manage: k == 0}})
			if k < 3 && k < len(made.groups) {
				places = append(places, collection.Place{GroupID: made.groups[(n+k)%len(made.groups)], MemberID: m.ID})
			}
		}
	}
	for n, g := range made.groups {
		for k := range min(10, len(made.collections)) {
			throughGroups = append(throughGroups, collection.Grant{CollectionID: made.collections[(n*11+k)%len(made.collections)], HolderID: g, Access: view})
		}
	}
	store := c.Collections.Store
	if err := store.PutGrants(ctx, collection.ByMember, own); err != nil {
		return err
	}
	if err := store.PutGrants(ctx, collection.ByGroup, throughGroups); err != nil {
		return err
	}
	return store.AddPlaces(ctx, places)
}

// requests are what is asked of an organization of some size, by name.
func (c *company) requests(t testing.TB, made crowd) map[string]func() {
	get := func(m org.Member, path string) func() {
		return func() { c.must(t, 200, m, "GET", path, nil) }
	}
	one := made.members[0]
	access := selections{}
	for _, m := range made.members[:min(20, len(made.members))] {
		access = append(access, to(m.ID, manage))
	}
	draft := draft(access, nil)
	// What is given in a thousandfold is written in portions.
	draft["collectionIds"], draft["ids"] = made.collections[:min(40, len(made.collections))], made.groups
	return map[string]func(){
		"collections":          get(c.alice, "/collections"),
		"collections, shares":  get(c.alice, "/collections/details"),
		"collections, manager": get(one, "/collections/details"),
		"collection":           get(c.alice, "/collections/"+made.collections[0].String()+"/details"),
		"groups":               get(c.alice, "/groups"),
		"groups, shares":       get(c.alice, "/groups/details"),
		"sync": func() {
			if _, err := c.Collections.AssignmentsOf(t.Context(), one.AccountID); err != nil {
				t.Fatal(err)
			}
		},
		"give many": func() { c.must(t, 200, c.alice, "POST", "/collections/bulk-access", draft) },
		"give one":  func() { c.must(t, 200, c.alice, "PUT", "/collections/"+made.collections[0].String(), draft) },
		"equip a group": func() {
			body := object{"name": "Sales", "collections": selections{to(made.collections[0], view)}, "users": []id.ID{one.ID}}
			c.must(t, 200, c.alice, "PUT", "/groups/"+made.groups[0].String(), body)
		},
		"set many members": func() {
			want := selections{to(made.collections[0], view), to(made.collections[len(made.collections)-1], view)}
			if err := c.Collections.SetMembersAccess(t.Context(), c.alice, c.org, made.members, want, &made.groups); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func TestStatementsDoNotGrowWithRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		count := func(s size) map[string]int64 {
			counts := map[string]int64{}
			for name, request := range c.requests(t, c.populate(t, s)) {
				before := d.Statements()
				request()
				counts[name] = d.Statements() - before
			}
			return counts
		}
		few := count(size{members: 2, groups: 1, collections: 2})
		for name, many := range count(size{members: 100, groups: 9, collections: 100}) {
			if many != few[name] {
				t.Errorf("%s: %d statements for many, %d for few", name, many, few[name])
			}
		}
	})
}

// BenchmarkLargeOrganization answers for one with 5,000 members, 500 groups and
// 2,000 collections.
func BenchmarkLargeOrganization(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.Postgres} {
		b.Run(engine, func(b *testing.B) {
			d := open(b)
			c := newCompany(b, d)
			c.settings(b, org.Settings{AdminsReachAllItems: true})
			made := c.populate(b, size{members: 5_000, groups: 500, collections: 2_000})
			requests := c.requests(b, made)
			for _, name := range []string{
				"collections", "collections, shares", "collections, manager", "collection", "groups", "groups, shares", "sync", "give many",
			} {
				b.Run(name, func(b *testing.B) {
					before := d.Statements()
					for b.Loop() {
						requests[name]()
					}
					b.ReportMetric(float64(d.Statements()-before)/float64(b.N), "statements/op")
				})
			}
		})
	}
}
