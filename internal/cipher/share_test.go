package cipher_test

import (
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Scenarios 58 and 59: an item is made where one may put it, or not at all.
func TestScenarios58And59NoItemWithoutAPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		readable := w.collection(t, w.acme.ID, collection.Shared)
		w.give(t, readable, w.benIn.ID, view)
		closed := w.collection(t, w.acme.ID, collection.Shared)
		create := func(collectionIDs ...id.ID) object {
			return object{"cipher": login("organizationId", w.acme.ID), "collectionIds": collectionIDs}
		}
		for name, row := range map[string]struct {
			body   object
			status int
		}{
			"none": {object{"cipher": login("organizationId", w.acme.ID)}, 400}, "read-only": {create(readable), 400},
			"not given": {create(closed), 400}, "of another company": {create(w.foreign), 400}, "one of each": {create(w.shared, w.foreign), 400},
			"another company": {object{"cipher": login("organizationId", w.other.ID), "collectionIds": []id.ID{w.foreign}}, 404},
		} {
			if got := w.do(t, w.ben, "POST /api/ciphers/create", row.body); got.status != row.status {
				t.Errorf("%s: got %d %s", name, got.status, got.body)
			}
		}
		w.refused(t, w.ben, "POST /api/ciphers", login("organizationId", w.acme.ID), 400, `"collectionIds"`)
		w.refused(t, w.ben, "POST /api/ciphers", login("organizationId", w.other.ID), 404, "Resource not found.")
		if got := w.everything(t); got != "" {
			t.Errorf("something was kept: %s", got)
		}
		got := w.good(t, w.ben, "POST /api/ciphers/create", create(w.shared, readable, closed))
		if sees, _ := w.details(t, w.ben, w.made(t, got)); len(sees["collectionIds"].([]any)) != 1 {
			t.Errorf("got %v", sees)
		}
		w.good(t, w.ann, "POST /api/ciphers", login("organizationId", w.acme.ID)) // an owner may leave one anywhere
	})
}

// Scenarios 60, 61 and 62: one's own item goes to an organization whole, or stays.
func TestScenarios60To62SharingIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		one, two, theirs, shared := w.own(t, w.ben), w.own(t, w.ben), w.own(t, w.eve), w.put(t, w.shared)
		share := func(collectionIDs ...id.ID) object {
			return object{"cipher": login("organizationId", w.acme.ID, "name", other), "collectionIds": collectionIDs}
		}
		many := func(ids ...id.ID) object {
			var ciphers []object
			for _, cipherID := range ids {
				ciphers = append(ciphers, login("id", cipherID, "organizationId", w.acme.ID, "name", other))
			}
			return object{"ciphers": ciphers, "collectionIds": []id.ID{w.shared}}
		}
		before := w.everything(t)
		path := func(cipherID id.ID) string { return "PUT /api/ciphers/" + cipherID.String() + "/share" }
		w.refused(t, w.ben, path(one), share(w.foreign), 400, `"collectionIds"`)
		w.refused(t, w.ben, path(one), share(), 400, `"collectionIds"`)
		w.refused(t, w.ben, path(shared), share(w.shared), 400, "already")
		w.refused(t, w.ben, path(theirs), share(w.shared), 404, "Resource not found.")
		w.refused(t, w.ben, path(id.New()), share(w.shared), 404, "Resource not found.")
		w.refused(t, w.ben, path(one), object{"cipher": login("organizationId", w.other.ID), "collectionIds": []id.ID{w.foreign}}, 404, "Resource not found.")
		w.refused(t, w.ben, path(one), object{"cipher": login("organizationId", w.acme.ID, "lastKnownRevisionDate", "2020-01-01T00:00:00Z"), "collectionIds": []id.ID{w.shared}}, 400, "changed meanwhile")
		w.refused(t, w.ben, "PUT /api/ciphers/share", many(one, two, theirs), 400, "not yours")
		w.refused(t, w.ben, "PUT /api/ciphers/share", many(one, shared), 400, "not yours")
		mixed := many(one, two)
		mixed["ciphers"].([]object)[1]["organizationId"] = w.other.ID
		w.refused(t, w.ben, "PUT /api/ciphers/share", mixed, 400, `"ciphers"`)
		if got := w.everything(t); got != before {
			t.Fatalf("got\n%s\nwant\n%s", got, before)
		}
		w.good(t, w.ben, "PUT /api/ciphers/"+one.String()+"/partial", object{"favorite": true, "folderId": w.folder(t, w.ben)})
		w.forget()
		got := w.good(t, w.ben, path(one), share(w.shared))
		if got.text("organizationId") != w.acme.ID.String() || got.text("name") != other || got.object["favorite"] != true || got.object["folderId"] == nil {
			t.Errorf("got %s", got.body)
		}
		if len(w.Said) != 1 || w.Said[0].Kind != notice.CipherUpdated || w.Said[0].CollectionIDs[0] != w.shared {
			t.Errorf("said %v", w.Said)
		}
		list := w.good(t, w.ben, "PUT /api/ciphers/share", many(two)).list(t)
		if len(list) != 1 || list[0].(object)["object"] != "cipherMini" || list[0].(object)["revisionDate"] == nil {
			t.Errorf("got %v", list)
		}
		if types := w.RecordedTypes(t); types[len(types)-1] != event.CipherShared || types[len(types)-2] != event.CipherShared {
			t.Errorf("recorded %v", types)
		}
	})
}

// Scenarios 63 and 64: many at once, and by role, need the right to each.
func TestScenarios63And64EachItemAndCollectionCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		readable, target := w.collection(t, w.acme.ID, collection.Shared), w.collection(t, w.acme.ID, collection.Shared)
		w.give(t, readable, w.benIn.ID, view)
		w.give(t, target, w.benIn.ID, edit)
		good, bad := w.put(t, w.shared), w.put(t, readable)
		assign := func(collectionID id.ID, ids ...id.ID) object {
			return object{"organizationId": w.acme.ID, "cipherIds": ids, "collectionIds": []id.ID{collectionID}, "removeCollections": false}
		}
		before := w.everything(t)
		const many = "POST /api/ciphers/bulk-collections"
		w.refused(t, w.ben, many, assign(target, good, bad), 404, "Resource not found.")
		w.refused(t, w.ben, many, assign(readable, good), 404, "Resource not found.")
		w.refused(t, w.ben, many, assign(w.foreign, good), 400, `"collectionIds"`)
		w.refused(t, w.ben, many, assign(target, good, w.putIn(t, w.other.ID, w.foreign)), 404, "Resource not found.")
		_, err := d.Exec(t.Context(), `DELETE FROM cipher WHERE organization_id = $1`, w.other.ID)
		must(t, err)
		w.role(t, org.Admin, org.Permissions{})
		admin := "PUT /api/ciphers/" + good.String() + "/collections-admin"
		w.refused(t, w.ben, admin, object{"collectionIds": []id.ID{readable}}, 404, "Resource not found.")
		if got := w.everything(t); got != before {
			t.Fatalf("got\n%s\nwant\n%s", got, before)
		}
		w.settings(t, org.Settings{AdminsReachAllItems: true})
		got := w.good(t, w.ben, admin, object{"collectionIds": []id.ID{readable, target}})
		if got.text("object") != "cipherMiniDetails" || len(got.object["collectionIds"].([]any)) != 2 {
			t.Errorf("got %s", got.body)
		}
		w.good(t, w.ben, many, assign(w.shared, good, bad))
	})
}

// What members share does not become one member's own, and what is their own stays.
func TestMyItemsAreNotFilledWithSharedOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		mine := w.collection(t, w.acme.ID, collection.MyItems)
		w.give(t, mine, w.benIn.ID, manage)
		shared, own := w.put(t, w.shared), w.put(t, mine)
		w.refused(t, w.ben, "PUT /api/ciphers/"+shared.String()+"/collections", object{"collectionIds": []id.ID{w.shared, mine}}, 400, `"collectionIds"`)
		w.refused(t, w.ben, "POST /api/ciphers/bulk-collections", object{"organizationId": w.acme.ID, "cipherIds": []id.ID{shared}, "collectionIds": []id.ID{mine}}, 400, `"collectionIds"`)
		w.good(t, w.ben, "PUT /api/ciphers/"+own.String()+"/collections", object{"collectionIds": []id.ID{w.shared, mine}})
		w.settings(t, org.Settings{AdminsReachAllItems: true})
		w.good(t, w.ann, "PUT /api/ciphers/"+own.String()+"/collections-admin", object{"collectionIds": []id.ID{}})
		if sees, there := w.details(t, w.ben, own); !there || len(sees["collectionIds"].([]any)) != 1 {
			t.Errorf("got %v", sees)
		}
		got := w.good(t, w.ben, "PUT /api/ciphers/"+own.String()+"/collections_v2", object{"collectionIds": []id.ID{}})
		if got.object["unavailable"] != true || got.object["cipher"] != nil || got.text("object") != "optionalCipherDetails" {
			t.Errorf("got %s", got.body)
		}
	})
}

// Scenario 71: the items of a deleted collection are nobody's, until somebody who may
// edit any collection takes them up.
func TestScenario71ItemsOutliveTheirCollection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		cipherID := w.put(t, w.shared)
		w.give(t, w.shared, w.annIn.ID, manage)
		must(t, w.Collections.Delete(t.Context(), w.ann, w.acme.ID, w.shared))
		assigned := "GET /api/ciphers/organization-details/assigned?organizationId=" + w.acme.ID.String()
		list := w.good(t, w.ann, assigned, nil).list(t)
		if len(list) != 1 || rightsOf(t, list[0].(object)) != (rights{true, true, true}) {
			t.Errorf("Ann has %v", list)
		}
		if list := w.good(t, w.ben, assigned, nil).list(t); len(list) != 0 {
			t.Errorf("Ben has %v", list)
		}
		w.role(t, org.Admin, org.Permissions{})
		if list := w.good(t, w.ben, assigned, nil).list(t); len(list) != 1 || list[0].(object)["id"] != cipherID.String() {
			t.Errorf("as an admin Ben has %v", list)
		}
		w.role(t, org.User, org.Permissions{})
		w.good(t, w.ann, "PUT /api/ciphers/"+cipherID.String()+"/admin", login("organizationId", w.acme.ID, "name", other))
		w.good(t, w.ann, "PUT /api/ciphers/"+cipherID.String()+"/delete-admin", nil)
		if got := w.good(t, w.ann, "PUT /api/ciphers/"+cipherID.String()+"/restore-admin", nil); got.text("object") != "cipherMini" || got.text("name") != other {
			t.Errorf("got %s", got.body)
		}
		w.good(t, w.ann, "DELETE /api/ciphers/admin", object{"ids": []id.ID{cipherID}, "organizationId": w.acme.ID})
	})
}

// Who looks after items by their role does it with each of several, or with none.
func TestAdminsDoItToAllOrToNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		hidden := w.put(t, w.collection(t, w.acme.ID, collection.Shared))
		given, foreign, personal := w.put(t, w.shared), w.putIn(t, w.other.ID, w.foreign), w.own(t, w.ben)
		all := func(ids ...id.ID) object { return object{"ids": ids, "organizationId": w.acme.ID} }
		const trash = "PUT /api/ciphers/delete-admin"
		before := w.everything(t)
		w.refused(t, w.ben, trash, all(given), 404, "Resource not found.")
		w.role(t, org.Admin, org.Permissions{})
		w.refused(t, w.ben, trash, all(given, hidden), 404, "Resource not found.")
		for _, outside := range []id.ID{foreign, personal, id.New()} {
			w.refused(t, w.ben, trash, all(given, outside), 404, "Resource not found.")
		}
		w.refused(t, w.ben, "POST /api/ciphers/admin", object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}}, 404, "Resource not found.")
		w.refused(t, w.ben, trash, object{"ids": []id.ID{foreign}, "organizationId": w.other.ID}, 404, "Resource not found.")
		if w.everything(t) != before {
			t.Error("something was done")
		}
		w.role(t, org.Custom, org.Permissions{EditAnyCollection: true})
		w.good(t, w.ben, trash, all(given, hidden))
		if list := w.good(t, w.ben, "PUT /api/ciphers/restore-admin", all(given, hidden)).list(t); len(list) != 2 {
			t.Errorf("restored %v", list)
		}
		w.good(t, w.ben, "POST /api/ciphers/admin", object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{}})
		w.good(t, w.ben, "POST /api/ciphers/delete-admin", all(given, hidden))
	})
}
