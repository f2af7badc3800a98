package cipher_test

import (
	"encoding/json"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Scenario 36: nobody puts an item into a folder of somebody else, in whichever request
// that is said.
func TestScenario36FoldersOfOthersStayEmpty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		theirs, own, shared := w.folder(t, w.ann), w.own(t, w.ben), w.put(t, w.shared)
		before := w.everything(t)
		in := func(changes ...any) object { return login(append(changes, "folderId", theirs)...) }
		path := "PUT /api/ciphers/" + own.String()
		for target, body := range map[string]any{
			"POST /api/ciphers": in(), path: in(), path + "/partial": object{"folderId": theirs}, "PUT /api/ciphers/" + shared.String(): in("organizationId", w.acme.ID),
			"PUT /api/ciphers/move":    object{"ids": []id.ID{own}, "folderId": theirs},
			"POST /api/ciphers/create": object{"cipher": in("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}},
		} {
			w.refused(t, w.ben, target, body, 400, `olderId"`)
		}
		if got := w.everything(t); got != before {
			t.Fatalf("got\n%s\nwant\n%s", got, before)
		}
		w.do(t, w.ben, path+"/share", object{"cipher": in("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}})
		w.do(t, w.ben, "POST /api/ciphers/import", object{
			"ciphers": []any{in()}, "folders": []any{object{"id": theirs, "name": text}}, "folderRelationships": []any{object{"key": 0, "value": 0}},
		})
		w.do(t, w.ben, "POST /api/ciphers/import-organization?organizationId="+w.acme.ID.String(), object{
			"collections": []any{object{"name": text}}, "ciphers": []any{in()}, "collectionRelationships": []any{object{"key": 0, "value": 0}},
			"folders": []any{object{"id": theirs, "name": text}}, "folderRelationships": []any{object{"key": 0, "value": 0}},
		})
		n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM cipher_person WHERE folder_id = $1`, theirs)
		if err != nil || n != 0 {
			t.Errorf("%d items are in Ann's folder, %v", n, err)
		}
		if folders, err := w.vaults.ListFolders(t.Context(), w.ann); err != nil || len(folders) != 1 || folders[0].Name != text {
			t.Errorf("Ann has %v, %v", folders, err)
		}
	})
}

// Scenarios 52, 60 and 61: an item changes hands by sharing alone, once, and goes into
// collections of its own organization that the person writes.
func TestItemsDoNotChangeHandsByTheWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Join(t, org.Member{OrganizationID: w.other.ID, AccountID: w.ben, Status: org.Confirmed, Type: org.User})
		inOther := w.membership(t, w.other, w.ben)
		w.give(t, w.foreign, inOther.ID, manage)
		readable, closed := w.collection(t, w.acme.ID, collection.Shared), w.collection(t, w.acme.ID, collection.Shared)
		w.give(t, readable, w.benIn.ID, view)
		own, shared := "PUT /api/ciphers/"+w.own(t, w.ben).String(), "PUT /api/ciphers/"+w.put(t, w.shared).String()
		before := w.everything(t)
		w.refused(t, w.ben, own, login("organizationId", w.acme.ID), 400, `"organizationId"`)
		w.refused(t, w.ben, shared, login(), 400, `"organizationId"`)
		for target, body := range map[string]any{ // scenario 20: what is encrypted for Ann is not kept for Ben
			own: login("encryptedFor", w.ann), shared: login("organizationId", w.acme.ID, "encryptedFor", w.ann),
			own + "/share":             object{"cipher": login("organizationId", w.acme.ID, "encryptedFor", w.ann), "collectionIds": []id.ID{w.shared}},
			"POST /api/ciphers/create": object{"cipher": login("organizationId", w.acme.ID, "encryptedFor", w.ann), "collectionIds": []id.ID{w.shared}},
			"POST /api/ciphers/import": object{"ciphers": []any{login("encryptedFor", w.ann)}},
		} {
			w.refused(t, w.ben, target, body, 400, `encryptedFor"`)
		}
		w.refused(t, w.ben, shared, login("organizationId", w.other.ID), 400, `"organizationId"`)
		w.refused(t, w.ben, shared+"/share", object{"cipher": login("organizationId", w.other.ID), "collectionIds": []id.ID{w.foreign}}, 400, "already")
		for _, suffix := range []string{"/collections", "/collections_v2"} {
			w.refused(t, w.ben, shared+suffix, object{"collectionIds": []id.ID{w.shared, w.foreign}}, 400, `"collectionIds"`)
			w.refused(t, w.ben, shared+suffix, object{"collectionIds": []id.ID{w.shared, id.New()}}, 400, `"collectionIds"`)
			w.good(t, w.ben, shared+suffix, object{"collectionIds": []id.ID{w.shared, readable, closed, w.shared}})
			if got := w.do(t, w.ben, own+suffix, object{"collectionIds": []id.ID{w.shared}}); got.status != 400 && got.status != 404 {
				t.Errorf("one's own item into %s: got %d %s", suffix, got.status, got.body)
			}
		}
		if got := w.everything(t); got != before {
			t.Errorf("got\n%s\nwant\n%s", got, before)
		}
	})
}

// Scenario 144 of spec 03: who comes in an emergency reads the person's own items, and
// nothing that is an organization's, though the person owns that.
func TestScenario144OfOwnItemsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		own, thrown := w.own(t, w.ann), w.own(t, w.ann)
		w.good(t, w.ann, "PUT /api/ciphers/"+thrown.String()+"/delete", nil)
		w.give(t, w.shared, w.annIn.ID, manage)
		w.put(t, w.shared)
		w.own(t, w.ben)
		shared := w.own(t, w.ann)
		w.good(t, w.ann, "PUT /api/ciphers/"+shared.String()+"/share", object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}})
		views, err := w.ciphers.OwnViews(t.Context(), w.ann)
		must(t, err)
		raw, err := json.Marshal(views)
		must(t, err)
		var got []object
		if err := json.Unmarshal(raw, &got); err != nil || len(got) != 1 || got[0]["id"] != own.String() || rightsOf(t, got[0]) != (rights{true, true, true}) {
			t.Errorf("got %s, %v", raw, err)
		}
	})
}
