package cipher_test

import (
	"fmt"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
)

var (
	view       = collection.Access{ReadOnly: true}
	viewHidden = collection.Access{ReadOnly: true, HidePasswords: true}
	edit       = collection.Access{}
	editHidden = collection.Access{HidePasswords: true}
	manage     = collection.Access{Manage: true}
)

// rights are what somebody may do with an item, as clients are told.
type rights struct{ edit, viewPassword, delete bool }

// rightsOf reads them; what may be deleted may be restored.
func rightsOf(t *testing.T, o object) rights {
	t.Helper()
	permissions, _ := o["permissions"].(object)
	is := func(v any) bool { b, _ := v.(bool); return b }
	if permissions["delete"] != permissions["restore"] {
		t.Errorf("permissions: %v", permissions)
	}
	return rights{is(o["edit"]), is(o["viewPassword"]), is(permissions["delete"])}
}

// Scenarios 52, 56 and 57: what each access to a collection allows with its items,
// however it was given, and what is answered to more.
func TestScenarios52And56And57WhatEachAccessAllows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, limited := range []bool{false, true} {
			w.settings(t, org.Settings{LimitItemDeletion: limited})
			for name, test := range map[string]struct {
				access collection.Access
				want   rights
			}{
				"view":        {view, rights{false, true, false}},
				"view hidden": {viewHidden, rights{false, false, false}},
				"edit":        {edit, rights{true, true, !limited}},
				"edit hidden": {editHidden, rights{true, false, !limited}},
				"manage":      {manage, rights{true, true, true}},
			} {
				for _, how := range []string{"direct", "group", "both"} {
					t.Run(fmt.Sprintf("%s, %s, limited %v", name, how, limited), func(t *testing.T) {
						in := w.collection(t, w.acme.ID, collection.Shared)
						if how != "direct" {
							given := test.access
							if how == "both" {
								given = manage // which does not count beside what was given in person
							}
							w.giveGroup(t, in, w.benIn.ID, given)
						}
						if how != "group" {
							w.give(t, in, w.benIn.ID, test.access)
						}
						w.tryAll(t, in, test.want)
					})
				}
			}
		}
	})
}

// tryAll does with items of a collection what its rights allow, and what they do not.
func (w *world) tryAll(t *testing.T, in id.ID, want rights) {
	t.Helper()
	cipherID := w.put(t, in)
	path := "/api/ciphers/" + cipherID.String()
	sees, there := w.details(t, w.ben, cipherID)
	if got := rightsOf(t, sees); !there || got != want {
		t.Errorf("Ben is told %+v, want %+v", got, want)
	}
	for _, target := range []string{"GET /api/ciphers", "GET /api/sync?excludeDomains=true"} {
		if got := rightsOf(t, w.listed(t, target, cipherID)); got != want {
			t.Errorf("%s: Ben is told %+v, want %+v", target, got, want)
		}
	}
	recorded := len(w.Recorded(t))
	expect := func(target string, body any, allowed bool, otherwise int) {
		t.Helper()
		status := otherwise
		if allowed {
			status = 200
		}
		before := w.everything(t)
		if got := w.do(t, w.ben, target, body); got.status != status {
			t.Errorf("%s: got %d %s, want %d", target, got.status, got.body, status)
		}
		if !allowed && w.everything(t) != before {
			t.Errorf("%s: was refused, and did something", target)
		}
	}
	expect("PUT "+path, login("organizationId", w.acme.ID), want.edit, 400)
	expect("PUT "+path+"/collections_v2", object{"collectionIds": []id.ID{in, w.shared}}, want.edit && want.viewPassword, 404)
	expect("PUT "+path+"/collections", object{"collectionIds": []id.ID{in}}, want.edit && want.viewPassword, 404)
	expect("POST /api/ciphers/bulk-collections", object{"organizationId": w.acme.ID, "cipherIds": []id.ID{cipherID}, "collectionIds": []id.ID{w.shared}}, want.edit && want.viewPassword, 404)
	if want.edit && want.viewPassword { // through the other collection it would be seen in another way
		w.good(t, w.ben, "POST /api/ciphers/bulk-collections", object{"organizationId": w.acme.ID, "cipherIds": []id.ID{cipherID}, "collectionIds": []id.ID{w.shared}, "removeCollections": true})
	}
	list := object{"ids": []id.ID{cipherID}}
	for _, target := range []string{"PUT /api/ciphers/delete", "PUT /api/ciphers/restore"} { // which pass over what one may not
		expect(target, list, want.delete, 200)
	}
	expect("PUT "+path+"/delete", nil, want.delete, 400)
	if !want.delete {
		_, err := w.DB.Exec(t.Context(), `UPDATE cipher SET deleted_at = revised_at WHERE id = $1`, cipherID)
		must(t, err)
		expect("PUT /api/ciphers/restore", list, false, 200)
		expect("DELETE /api/ciphers", list, false, 200)
	}
	expect("PUT "+path+"/restore", nil, want.delete, 400)
	expect("PUT "+path+"/partial", object{"favorite": true}, true, 0)
	expect("DELETE "+path, nil, want.delete, 400)
	if !want.edit && len(w.Recorded(t)) != recorded {
		t.Error("what was refused is recorded")
	}
}

// listed returns an item as a list of Ben's has it.
func (w *world) listed(t *testing.T, target string, cipherID id.ID) object {
	t.Helper()
	got := w.good(t, w.ben, target, nil).object
	list, ok := got["data"].([]any)
	if !ok {
		list = got["ciphers"].([]any)
	}
	for _, it := range list {
		if it.(object)["id"] == cipherID.String() {
			return it.(object)
		}
	}
	t.Errorf("%s: the item is not there", target)
	return nil
}

// Scenario 52: who has no collection of an item has nothing of it, though they are a
// member.
func TestScenario52WithoutACollectionThereIsNoItem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		cipherID := w.put(t, w.collection(t, w.acme.ID, collection.Shared))
		path, list := "/api/ciphers/"+cipherID.String(), object{"ids": []id.ID{cipherID}}
		before := w.everything(t)
		for target, body := range map[string]any{
			"GET " + path: nil, "GET " + path + "/details": nil, "PUT " + path: login("organizationId", w.acme.ID), "PUT " + path + "/partial": object{"favorite": true},
			"PUT " + path + "/delete": nil, "PUT " + path + "/restore": nil, "DELETE " + path: nil, "PUT " + path + "/archive": nil,
			"PUT " + path + "/collections": object{"collectionIds": []id.ID{w.shared}}, "PUT " + path + "/collections_v2": object{"collectionIds": []id.ID{w.shared}},
			"PUT " + path + "/collections-admin": object{"collectionIds": []id.ID{w.shared}}, "GET " + path + "/admin": nil,
			"PUT " + path + "/share": object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}},
		} {
			w.refused(t, w.ben, target, body, 404, "Resource not found.")
		}
		for _, target := range []string{"DELETE /api/ciphers", "PUT /api/ciphers/delete", "PUT /api/ciphers/restore"} {
			w.good(t, w.ben, target, list)
		}
		if w.everything(t) != before {
			t.Error("something was written")
		}
	})
}

// Scenarios 53 and 54: what was given in person counts alone; of groups, the best does.
func TestScenarios53And54PersonBeforeGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		own, groups := w.collection(t, w.acme.ID, collection.Shared), w.collection(t, w.acme.ID, collection.Shared)
		w.give(t, own, w.benIn.ID, viewHidden)
		w.giveGroup(t, own, w.benIn.ID, manage)
		w.giveGroup(t, groups, w.benIn.ID, viewHidden)
		w.giveGroup(t, groups, w.benIn.ID, edit)
		for in, want := range map[id.ID]rights{own: {}, groups: {true, true, true}} {
			if sees, _ := w.details(t, w.ben, w.put(t, in)); rightsOf(t, sees) != want {
				t.Errorf("got %+v, want %+v", rightsOf(t, sees), want)
			}
		}
		both, _ := w.details(t, w.ben, w.put(t, own, groups))
		if rightsOf(t, both) != (rights{true, true, true}) || len(both["collectionIds"].([]any)) != 2 {
			t.Errorf("in both: got %v", both)
		}
	})
}

// Scenario 55: nobody sees an item by owning the organization alone.
func TestScenario55AnOwnerSeesWhatIsGivenToThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		cipherID := w.put(t, w.shared)
		if list := w.good(t, w.ann, "GET /api/ciphers", nil).list(t); len(list) != 0 {
			t.Errorf("Ann has %v", list)
		}
		list := w.good(t, w.ann, "GET /api/ciphers/organization-details?organizationId="+w.acme.ID.String(), nil).list(t)
		if len(list) != 1 || list[0].(object)["id"] != cipherID.String() || list[0].(object)["object"] != "cipherMiniDetails" {
			t.Errorf("organization-details: %v", list)
		}
		if got := w.good(t, w.ann, "GET /api/ciphers/"+cipherID.String()+"/admin", nil); got.text("object") != "cipherMiniDetails" {
			t.Errorf("admin: %s", got.body)
		}
		w.refused(t, w.ann, "GET /api/ciphers/"+cipherID.String(), nil, 404, "Resource not found.")
	})
}

// Scenarios 85, 92, 93 and 172, as far as items: who is no confirmed member of an
// enabled organization has nothing of it, at once.
func TestScenarios85And92And93And172WithoutMembershipNothingIsSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		cipherID := w.put(t, w.shared)
		path := "/api/ciphers/" + cipherID.String()
		nothing := func(when string) {
			t.Helper()
			if list := w.good(t, w.ben, "GET /api/ciphers", nil).list(t); len(list) != 0 {
				t.Errorf("%s: Ben has %v", when, list)
			}
			before := w.everything(t)
			for target, body := range map[string]any{
				"GET " + path: nil, "PUT " + path: login("organizationId", w.acme.ID), "DELETE " + path: nil, "PUT " + path + "/delete": nil,
				"GET /api/organizations/" + w.acme.ID.String() + "/export":                            nil,
				"GET /api/ciphers/organization-details?organizationId=" + w.acme.ID.String():          nil,
				"GET /api/ciphers/organization-details/assigned?organizationId=" + w.acme.ID.String(): nil,
				"POST /api/ciphers/purge?organizationId=" + w.acme.ID.String():                        proof,
				"POST /api/ciphers/create": object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}},
			} {
				w.refused(t, w.ben, target, body, 404, "Resource not found.")
			}
			if w.everything(t) != before {
				t.Errorf("%s: something was written", when)
			}
		}
		w.enable(t, false)
		nothing("disabled")
		w.enable(t, true)
		set := func(status org.Status, role org.Type) {
			_, err := w.DB.Exec(t.Context(), `UPDATE member SET status = $2, type = $3 WHERE id = $1`, w.benIn.ID, status, role)
			must(t, err)
		}
		set(org.Revoked, org.Owner)
		nothing("a revoked owner")
		set(org.Accepted, org.Owner)
		nothing("an accepted owner")
		set(org.Confirmed, org.User)
		if _, there := w.details(t, w.ben, cipherID); !there {
			t.Error("restored: Ben sees nothing")
		}
		own := w.own(t, w.ben)
		w.Accounts.EndSessions = nil
		gone, err := w.Accounts.Store.Delete(t.Context(), w.ben)
		if _, there := w.details(t, w.ann, own); !gone || err != nil || there {
			t.Errorf("deleted: %v, %v", gone, err)
		}
		if got := w.everything(t); len(got) == 0 {
			t.Error("the organization's item went with Ben")
		}
	})
}
