package cipher_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Scenario 120: where an organization owns all items, members have none of their own.
func TestScenario120MembersKeepNothingOfTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		own := w.own(t, w.ben)
		w.ownData(t)
		w.refused(t, w.ben, "POST /api/ciphers", login(), 400, "owns all items")
		w.refused(t, w.ben, "POST /api/ciphers/import", object{"ciphers": []any{login()}}, 400, "owns all items")
		w.good(t, w.ann, "POST /api/ciphers", login())
		w.good(t, w.ann, "POST /api/ciphers/import", object{"ciphers": []any{login()}})
		w.role(t, org.Admin, org.Permissions{})
		w.good(t, w.ben, "POST /api/ciphers", login())
		w.good(t, w.ben, "POST /api/ciphers/import", object{"ciphers": []any{login()}})
		w.role(t, org.Custom, org.Permissions{ManageUsers: true, AccessImportExport: true})
		w.refused(t, w.ben, "POST /api/ciphers", login(), 400, "owns all items")
		w.role(t, org.User, org.Permissions{})
		w.good(t, w.ben, "PUT /api/ciphers/"+own.String()+"/share", object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}})
	})
}

// Scenarios 74 and 75: an import is done whole, or not at all.
func TestScenarios74And75AnImportIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		relation := func(key, value int) []any { return []any{object{"key": key, "value": value}} }
		folder := []any{object{"name": text}}
		for name, row := range map[string]struct {
			body  object
			field string
		}{
			"item -1":    {object{"ciphers": []any{login()}, "folders": folder, "folderRelationships": relation(-1, 0)}, "folderRelationships[0].key"},
			"item 99":    {object{"ciphers": []any{login()}, "folders": folder, "folderRelationships": relation(99, 0)}, "folderRelationships[0].key"},
			"folder 1":   {object{"ciphers": []any{login()}, "folders": folder, "folderRelationships": relation(0, 1)}, "folderRelationships[0].value"},
			"bad notes":  {object{"ciphers": []any{login(), login(), login("notes", "clear")}, "folders": folder}, "ciphers[2].notes"},
			"bad folder": {object{"ciphers": []any{login()}, "folders": []any{object{"name": "clear"}}}, "folders[0].name"},
			"no item":    {object{"ciphers": []any{nil}}, "ciphers[0]"},
		} {
			t.Run(name, func(t *testing.T) { w.refused(t, w.ann, "POST /api/ciphers/import", row.body, 400, `"`+row.field) })
		}
		broken := errors.New("the database is gone")
		store := w.ciphers.Store
		w.ciphers.Store = failing{store, broken}
		if got := w.do(t, w.ann, "POST /api/ciphers/import", vaultOf(7_000)); got.status != 500 {
			t.Errorf("got %d", got.status)
		}
		w.ciphers.Store = store
		if folders, err := w.vaults.ListFolders(t.Context(), w.ann); w.everything(t) != "" || len(folders) != 0 || err != nil {
			t.Fatalf("something was kept: %d folders, %v", len(folders), err)
		}
		w.forget()
		has := w.folder(t, w.ann)
		body := vaultOf(7_000)
		body["folders"] = append(body["folders"].([]any), object{"id": has, "name": text}, object{"id": w.folder(t, w.ben), "name": text})
		body["folderRelationships"] = append(body["folderRelationships"].([]any), object{"key": 1, "value": 20})
		statements := d.Statements()
		w.good(t, w.ann, "POST /api/ciphers/import", body)
		if n := d.Statements() - statements; n > 120 {
			t.Errorf("%d statements", n)
		}
		folders, err := w.vaults.ListFolders(t.Context(), w.ann)
		must(t, err)
		list := w.good(t, w.ann, "GET /api/ciphers", nil).list(t)
		if len(list) != 7_000 || len(folders) != 22 {
			t.Errorf("%d items in %d folders", len(list), len(folders))
		}
		placed := 0
		for _, it := range list {
			if it.(object)["folderId"] == has.String() {
				placed++
			}
		}
		if placed != 1 || len(w.heard()[notice.VaultChanged]) != 1 || len(w.Recorded(t)) != 0 {
			t.Errorf("%d in the folder that there was; recorded %v", placed, w.RecordedTypes(t))
		}
	})
}

// failing loses the database after the items are written.
type failing struct {
	cipher.Store
	err error
}

func (f failing) Insert(ctx context.Context, ciphers ...cipher.Cipher) error {
	return errors.Join(f.Store.Insert(ctx, ciphers...), f.err)
}

// Scenario 73: who may import into an organization, and where.
func TestScenario73ImportIntoAnOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		readable := w.collection(t, w.acme.ID, collection.Shared)
		w.give(t, readable, w.benIn.ID, view)
		target := "POST /api/ciphers/import-organization?organizationId=" + w.acme.ID.String()
		into := func(c object, value int) object {
			return object{
				"collections": []any{c}, "ciphers": []any{login("organizationId", w.other.ID)},
				"collectionRelationships": []any{object{"key": 0, "value": value}},
			}
		}
		there := func(collectionID id.ID) object { return object{"id": collectionID, "name": text} }
		w.refused(t, w.ben, target, into(there(readable), 0), 400, "cannot import")
		w.refused(t, w.ben, target, into(there(w.shared), 0), 400, "cannot import")
		w.refused(t, w.ben, target, into(there(w.foreign), 0), 400, "cannot import")
		w.refused(t, w.eve, target, into(object{"name": text}, 0), 404, "Resource not found.")
		for _, value := range []int{7, -1, 1} {
			w.refused(t, w.ann, target, into(object{"name": text}, value), 400, `"collectionRelationships[0].value"`)
		}
		for _, key := range []int{-1, 1, 99} {
			body := into(object{"name": text}, 0)
			body["collectionRelationships"] = []any{object{"key": key, "value": 0}}
			w.refused(t, w.ann, target, body, 400, `"collectionRelationships[0].key"`)
		}
		w.refused(t, w.ann, target, into(there(w.foreign), 0), 400, "cannot import")
		w.refused(t, w.ben, target, object{"ciphers": []any{login()}}, 400, "needs a collection")
		w.settings(t, org.Settings{LimitCollectionCreation: true})
		w.refused(t, w.ben, target, into(object{"name": text}, 0), 400, "cannot import")
		if w.everything(t) != "" {
			t.Error("something was kept")
		}
		w.settings(t, org.Settings{})
		w.forget()
		w.good(t, w.ben, target, into(object{"name": text, "externalId": "hr"}, 0))
		list := w.good(t, w.ben, "GET /api/ciphers", nil).list(t)
		if len(list) != 1 || list[0].(object)["organizationId"] != w.acme.ID.String() || rightsOf(t, list[0].(object)) != (rights{true, true, true}) {
			t.Errorf("Ben has %v", list)
		}
		if types := w.RecordedTypes(t); types[len(types)-1] != event.CollectionCreated {
			t.Errorf("recorded %v", types)
		}
		w.role(t, org.Custom, org.Permissions{AccessImportExport: true})
		w.good(t, w.ben, target, into(there(readable), 0))
		_, err := d.Exec(t.Context(), `UPDATE organization SET max_collections = 3 WHERE id = $1`, w.acme.ID)
		must(t, err)
		w.refused(t, w.ben, target, into(object{"name": text}, 0), 400, "all 3 collections")
	})
}

// Scenario 72: what each takes out of an organization.
func TestScenario72ExportIsWhatOneLooksAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		mine, managed := w.collection(t, w.acme.ID, collection.MyItems), w.collection(t, w.acme.ID, collection.Shared)
		w.give(t, mine, w.benIn.ID, manage)
		w.give(t, managed, w.benIn.ID, manage)
		own, both := w.put(t, mine), w.put(t, managed, mine)
		w.put(t, w.shared)
		w.put(t)
		target := "GET /api/organizations/" + w.acme.ID.String() + "/export"
		full := w.good(t, w.ann, target, nil)
		if got := full.object; got["object"] != "organizationExport" || len(got["collections"].([]any)) != 3 || len(got["ciphers"].([]any)) != 3 {
			t.Errorf("Ann: got %s", full.body)
		}
		if strings.Contains(full.body, own.String()) || strings.Contains(full.body, mine.String()) {
			t.Error("Ann exports what is Ben's own")
		}
		part := w.good(t, w.ben, target, nil)
		if got := part.object; len(got["collections"].([]any)) != 1 || len(got["ciphers"].([]any)) != 1 || !strings.Contains(part.body, both.String()) {
			t.Errorf("Ben: got %s", part.body)
		}
		w.refused(t, w.eve, target, nil, 404, "Resource not found.")
		all := w.good(t, w.ann, "GET /api/ciphers/organization-details?includeMemberItems=true&organizationId="+w.acme.ID.String(), nil).list(t)
		if len(all) != 4 {
			t.Errorf("with those of members: %d", len(all))
		}
	})
}

// Purging an organization leaves what is in members' own collections.
func TestPurgeOfAnOrganizationLeavesMembersTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		mine := w.collection(t, w.acme.ID, collection.MyItems)
		w.give(t, mine, w.benIn.ID, manage)
		own, shared, foreign := w.put(t, mine, w.shared), w.put(t, w.shared), w.putIn(t, w.other.ID, w.foreign)
		target := "POST /api/ciphers/purge?organizationId=" + w.acme.ID.String()
		w.refused(t, w.ben, target, proof, 404, "Resource not found.")
		w.refused(t, w.ann, target, object{"masterPasswordHash": "wrong"}, 400, "MasterPasswordHash")
		w.refused(t, w.ann, "POST /api/ciphers/purge?organizationId=x", proof, 404, "Resource not found.")
		w.good(t, w.ann, target, proof)
		sees, there := w.details(t, w.ben, own)
		if _, gone := w.details(t, w.ben, shared); !there || len(sees["collectionIds"].([]any)) != 1 || gone {
			t.Errorf("Ben has %v", sees)
		}
		if _, there := w.details(t, w.eve, foreign); !there {
			t.Error("another company lost its items")
		}
		if types := w.RecordedTypes(t); types[len(types)-1] != event.VaultPurged {
			t.Errorf("recorded %v", types)
		}
	})
}
