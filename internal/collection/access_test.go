package collection_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
)

// Scenario 53, as far as collections reach.
func TestWhatAMemberWasGivenCountsBeforeGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		g := c.group(t, c.org.ID, bob)
		for _, own := range []collection.Access{view, hidden, edit, manage} {
			for _, through := range []collection.Access{view, hidden, edit, manage} {
				v := c.given(t, bob, own)
				c.give(t, collection.ByGroup, v.ID, g.ID, through)
				if got, has := c.has(t, bob, v.ID); !has || got != own {
					t.Errorf("%+v in person and %+v through a group: got %+v, %v", own, through, got, has)
				}
			}
		}
	})
}

// Scenario 54, as far as collections reach.
func TestSeveralGroupsGiveWhatOneOfThemAllows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		one, two, without := c.group(t, c.org.ID, bob), c.group(t, c.org.ID, bob), c.group(t, c.org.ID)
		masked := collection.Access{HidePasswords: true}
		for _, test := range []struct{ one, two, want collection.Access }{
			{view, edit, edit},
			{hidden, view, view},
			{view, masked, edit},
			{hidden, masked, masked},
			{view, manage, manage},
			{manage, hidden, manage},
			{hidden, hidden, hidden},
		} {
			v := c.collection(t, c.org.ID)
			c.give(t, collection.ByGroup, v.ID, one.ID, test.one)
			c.give(t, collection.ByGroup, v.ID, two.ID, test.two)
			c.give(t, collection.ByGroup, v.ID, without.ID, manage)
			if got, has := c.has(t, bob, v.ID); !has || got != test.want {
				t.Errorf("%+v and %+v: got %+v, want %+v", test.one, test.two, got, test.want)
			}
		}
	})
}

func TestGroupsGiveTheRightsOfACollection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, eve := c.user(t, "bob"), c.user(t, "eve")
		g, v := c.group(t, c.org.ID, bob, eve), c.given(t, eve, view)
		c.give(t, collection.ByGroup, v.ID, g.ID, manage)
		path := "/collections/" + v.ID.String()
		body := draft(selections{to(eve.ID, view)}, selections{to(g.ID, manage)})
		got := read[details](t, c.must(t, 200, bob, "PUT", path, body))
		if !got.Assigned || !got.Manage || got.Unmanaged {
			t.Errorf("through a group: %+v", got)
		}
		c.must(t, 404, eve, "PUT", path, body)
		for m, want := range map[id.ID]int{bob.AccountID: 1, eve.AccountID: 0} {
			list, err := c.Collections.ListShares(t.Context(), m, c.org.ID)
			if err != nil || len(list) != want {
				t.Errorf("lists %d, %v, want %d", len(list), err, want)
			}
		}
	})
}

// Scenario 55, the half of it that sync answers.
func TestOwnerSyncsOnlyWhatSomebodyGave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		v := c.given(t, c.user(t, "bob"), manage)
		if _, has := c.has(t, c.alice, v.ID); has {
			t.Error("the owner syncs what nobody gave")
		}
		if got := orgtest.Call(c.router, c.alice.AccountID, "GET /api/collections", "").Body.String(); strings.Contains(got, v.ID.String()) {
			t.Errorf("the owner is given it: %s", got)
		}
		c.must(t, 200, c.alice, "GET", "/collections/"+v.ID.String()+"/details", nil)
	})
}

func TestOnlyConfirmedMembersOfEnabledOrganizationsHaveCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		g, v := c.group(t, c.org.ID), c.collection(t, c.org.ID)
		c.give(t, collection.ByGroup, v.ID, g.ID, manage)
		for _, status := range []org.Status{org.Revoked, org.Invited, org.Accepted, org.Confirmed} {
			m := c.Join(t, org.Member{OrganizationID: c.org.ID, AccountID: c.Person(t, fmt.Sprintf("m%d@example.org", status)), Status: status, Type: org.User})
			own := c.given(t, m, manage)
			if err := c.Collections.Store.AddPlaces(t.Context(), []collection.Place{{GroupID: g.ID, MemberID: m.ID}}); err != nil {
				t.Fatal(err)
			}
			for _, v := range []id.ID{own.ID, v.ID} {
				if _, has := c.has(t, m, v); has != (status == org.Confirmed) {
					t.Errorf("status %d: has %v", status, has)
				}
			}
			if got := c.call(m, "GET", "/collections/"+own.ID.String(), nil).Code; (got == 200) != (status == org.Confirmed) {
				t.Errorf("status %d: reads with %d", status, got)
			}
		}
		c.org.Enabled = false
		c.update(t)
		if list, err := c.Collections.AssignmentsOf(t.Context(), c.alice.AccountID); err != nil || len(list) != 0 {
			t.Errorf("disabled: %v, %v", list, err)
		}
		for _, path := range []string{"/collections", "/collections/details", "/collections/" + v.ID.String(), "/groups"} {
			c.must(t, 404, c.alice, "GET", path, nil)
		}
		c.must(t, 404, c.alice, "POST", "/collections", draft(selections{to(c.alice.ID, manage)}, nil))
	})
}

func TestUsersOfACollectionAreABareList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		v := c.given(t, bob, hidden)
		want := fmt.Sprintf(`[{"id":"%s","readOnly":true,"hidePasswords":true,"manage":false}]`, bob.ID)
		path := "/collections/" + v.ID.String() + "/users"
		if got := strings.TrimSpace(c.must(t, 200, c.alice, "GET", path, nil)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		c.must(t, 404, bob, "GET", path, nil)
		if got := strings.TrimSpace(c.must(t, 200, c.alice, "GET", "/collections/"+c.collection(t, c.org.ID).ID.String()+"/users", nil)); got != "[]" {
			t.Errorf("nobody has it: %s", got)
		}
	})
}

func TestWhoSeesOneCollection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		v := c.given(t, c.alice, manage)
		for name, test := range map[string]struct {
			role             org.Type
			permissions      org.Permissions
			access           *collection.Access
			shown, withUsers bool
		}{
			"admin":         {role: org.Admin, shown: true, withUsers: true},
			"manager":       {role: org.User, access: &manage, shown: true, withUsers: true},
			"editor":        {role: org.User, access: &edit},
			"edits any":     {role: org.Custom, permissions: org.Permissions{EditAnyCollection: true}, shown: true, withUsers: true},
			"deletes any":   {role: org.Custom, permissions: org.Permissions{DeleteAnyCollection: true}, shown: true, withUsers: true},
			"manages users": {role: org.Custom, permissions: org.Permissions{ManageUsers: true}, withUsers: true},
			"imports":       {role: org.Custom, permissions: org.Permissions{AccessImportExport: true}},
		} {
			m := c.join(t, id.New().String(), test.role, test.permissions)
			if test.access != nil {
				c.give(t, collection.ByMember, v.ID, m.ID, *test.access)
			}
			path := "/collections/" + v.ID.String()
			for path, want := range map[string]bool{path: test.shown, path + "/users": test.shown, path + "/details": test.withUsers} {
				if got := c.call(m, "GET", path, nil).Code; (got == 200) != want {
					t.Errorf("%s: %s answers %d", name, path, got)
				}
			}
		}
	})
}

// Scenarios 97 and 112, as far as collections and groups are concerned.
func TestMembersAreGivenNothingOfElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		own := c.given(t, bob, edit)
		foreign, g := c.given(t, c.paul, manage), c.group(t, c.other.ID)
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		set := func(want selections, groups *[]id.ID) error {
			return c.DB.Tx(t.Context(), func(ctx context.Context) error {
				return c.Collections.SetMemberAccess(ctx, c.alice, c.org, bob, want, groups)
			})
		}
		for name, err := range map[string]error{
			"collection of elsewhere": set(selections{to(foreign.ID, view)}, nil),
			"collection of nowhere":   set(selections{to(id.New(), view)}, nil),
			"group of elsewhere":      set(selections{}, &[]id.ID{g.ID}),
		} {
			if err != fault.Gone {
				t.Errorf("%s: got %v, want Gone", name, err)
			}
		}
		if got, has := c.has(t, bob, own.ID); !has || got != edit {
			t.Errorf("something has changed: %+v, %v", got, has)
		}
	})
}

func TestWhatAnActorMayNotGiveStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, eve := c.user(t, "bob"), c.join(t, "eve", org.Custom, org.Permissions{ManageUsers: true})
		mine, theirs, new := c.given(t, eve, manage), c.given(t, c.alice, manage), c.given(t, c.alice, manage)
		c.give(t, collection.ByMember, theirs.ID, bob.ID, edit)
		if err := c.Collections.CreateMyItems(t.Context(), c.org.ID, []id.ID{bob.ID, bob.ID}, orgtest.Encrypted); err != nil {
			t.Fatal(err)
		}
		set := func(want selections) error {
			return c.Collections.SetMemberAccess(t.Context(), eve, c.org, bob, want, nil)
		}
		if err := set(selections{to(mine.ID, view), to(theirs.ID, edit)}); err != nil {
			t.Errorf("as it was, and one of one's own: %v", err)
		}
		if err := set(selections{to(theirs.ID, manage)}); err != fault.Gone {
			t.Errorf("otherwise than it was: got %v", err)
		}
		if err := set(selections{to(new.ID, view)}); err != fault.Gone {
			t.Errorf("one that is not hers to give: got %v", err)
		}
		if got, has := c.has(t, bob, mine.ID); !has || got != view {
			t.Errorf("hers to give: %+v, %v", got, has)
		}
		if err := set(nil); err != nil {
			t.Error(err)
		}
		if list, err := c.Collections.AssignmentsOf(t.Context(), bob.AccountID); err != nil || len(list) != 2 {
			t.Errorf("got %+v, %v; want what is not hers to take, and his own items", list, err)
		}
	})
}

func TestNobodyTakesMoreWhereAdminsReachNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		had, new, g := c.given(t, c.alice, manage), c.collection(t, c.org.ID), c.group(t, c.org.ID)
		set := func(want selections) error {
			return c.Collections.SetMemberAccess(t.Context(), c.alice, c.org, c.alice, want, &[]id.ID{g.ID})
		}
		if err := set(selections{to(had.ID, manage), to(new.ID, manage)}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a new collection: got %v", err)
		}
		if err := set(selections{to(had.ID, view)}); err != nil {
			t.Errorf("less: %v", err)
		}
		if groups, err := c.Collections.GroupsOfMember(t.Context(), c.alice.ID); err != nil || len(groups) != 0 {
			t.Errorf("joined %v, %v", groups, err)
		}
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		if err := set(selections{to(new.ID, manage)}); err != nil {
			t.Errorf("where admins reach all: %v", err)
		}
		if groups, err := c.Collections.GroupsOfMember(t.Context(), c.alice.ID); err != nil || len(groups) != 1 {
			t.Errorf("joined %v, %v", groups, err)
		}
	})
}

func TestItemsOfAMemberStayWhenTheMemberGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		for range 2 {
			if err := c.Collections.CreateMyItems(t.Context(), c.org.ID, []id.ID{bob.ID}, orgtest.Encrypted); err != nil {
				t.Fatal(err)
			}
		}
		list, err := c.Collections.AssignmentsOf(t.Context(), bob.AccountID)
		if err != nil || len(list) != 1 || list[0].Collection.Type != collection.MyItems || list[0].Access != manage {
			t.Fatalf("got %+v, %v", list, err)
		}
		v := list[0].Collection
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		path := "/collections/" + v.ID.String()
		for _, m := range []org.Member{c.alice, bob} {
			c.must(t, 400, m, "PUT", path, draft(selections{to(c.alice.ID, manage)}, nil))
			c.must(t, 400, m, "DELETE", path, nil)
			c.must(t, 400, m, "POST", "/collections/bulk-access", object{"collectionIds": []id.ID{v.ID}, "users": selections{to(c.alice.ID, manage)}})
			for _, list := range []string{"/collections", "/collections/details"} {
				if strings.Contains(c.must(t, 200, m, "GET", list, nil), v.ID.String()) {
					t.Errorf("%s shows what is one member's own", list)
				}
			}
		}
		if err := c.Collections.KeepMyItems(t.Context(), bob); err != nil {
			t.Fatal(err)
		}
		if _, err := c.DB.Exec(t.Context(), `DELETE FROM member WHERE id = $1`, bob.ID); err != nil {
			t.Fatal(err)
		}
		got := c.must(t, 200, c.alice, "GET", path+"/details", nil)
		if !strings.Contains(got, `"defaultUserCollectionEmail":"bob@example.org"`) || !strings.Contains(got, `"type":0`) {
			t.Errorf("got %s", got)
		}
		c.must(t, 200, c.alice, "PUT", path, draft(selections{to(c.alice.ID, manage)}, nil))
	})
}

// What clients read, to the letter.
func TestAnswersAreInTheFormThatClientsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		g := c.group(t, c.org.ID, c.alice)
		v := c.given(t, c.alice, manage)
		c.give(t, collection.ByGroup, v.ID, g.ID, hidden)
		head := fmt.Sprintf(`"id":"%s","organizationId":"%s","name":"%s","externalId":null,"type":0,"defaultUserCollectionEmail":null`,
			v.ID, c.org.ID, orgtest.Encrypted)
		own := `"readOnly":false,"hidePasswords":false,"manage":true`
		shares := fmt.Sprintf(`{"object":"collectionAccessDetails",%s,%s,"users":[{"id":"%s",%s}],`+
			`"groups":[{"id":"%s","readOnly":true,"hidePasswords":true,"manage":false}],"assigned":true,"unmanaged":false}`, head, own, c.alice.ID, own, g.ID)
		group := fmt.Sprintf(`"id":"%s","organizationId":"%s","name":"Sales","externalId":null`, g.ID, c.org.ID)
		path := "/collections/" + v.ID.String()
		for _, test := range []struct {
			method, path string
			body         any
			want         string
		}{
			{"GET", path, nil, `{"object":"collection",` + head + `}`},
			{"GET", path + "/details", nil, shares},
			{"PUT", path, object{"name": orgtest.Encrypted}, shares},
			{"DELETE", "/collections/" + c.given(t, c.alice, manage).ID.String(), nil, ""},
			{"GET", "/groups", nil, `{"object":"list","data":[{"object":"group",` + group + `}],"continuationToken":null}`},
			{"GET", "/groups/" + g.ID.String() + "/details", nil, `{"object":"groupDetails",` + group +
				`,"collections":[{"id":"` + v.ID.String() + `","readOnly":true,"hidePasswords":true,"manage":false}]}`},
		} {
			if got := strings.TrimSpace(c.must(t, 200, c.alice, test.method, test.path, test.body)); got != test.want {
				t.Errorf("%s %s:\ngot  %s\nwant %s", test.method, test.path, got, test.want)
			}
		}
	})
}
