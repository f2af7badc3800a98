package cipher_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// kinds are the parts of each type, with all of their members.
var kinds = map[int]struct {
	part, members string
}{
	1: {"login", "username password totp"},
	3: {"card", "cardholderName brand number expMonth expYear code"},
	4: {"identity", "title firstName middleName lastName address1 address2 address3 city state postalCode country company email phone ssn username passportNumber licenseNumber"},
	5: {"sshKey", "privateKey publicKey keyFingerprint"},
	6: {"bankAccount", "bankName nameOnAccount accountType accountNumber routingNumber branchNumber pin swiftCode iban bankContactPhone"},
	7: {"driversLicense", "firstName middleName lastName dateOfBirth licenseNumber issuingCountry issuingState issueDate issuingAuthority expirationDate licenseClass"},
	8: {"passport", "surname givenName dateOfBirth sex birthPlace nationality passportNumber passportType issuingCountry issuingAuthority issueDate expirationDate nationalIdentificationNumber"},
}

func itemOf(kind int, value string) object {
	body := object{"type": kind, "name": value, "notes": value, "favorite": true, "reprompt": 1, "key": value}
	if kind == 2 {
		body["secureNote"] = object{"type": 0}
		return body
	}
	part := object{}
	for name := range strings.FieldsSeq(kinds[kind].members) {
		part[name] = value
	}
	body[kinds[kind].part] = part
	return body
}

// Scenario 16, for every type: what goes in comes out, through the whole of its life.
func TestScenario16EachTypeLivesThroughEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for kind := 1; kind <= 8; kind++ {
			made := w.good(t, w.ann, "POST /api/ciphers", itemOf(kind, text))
			path := "/api/ciphers/" + made.text("id")
			for step, got := range []answer{made, w.good(t, w.ann, "GET "+path, nil), w.good(t, w.ann, "PUT "+path, itemOf(kind, other)), w.good(t, w.ann, "GET "+path, nil)} {
				want := itemOf(kind, text)
				if step >= 2 {
					want = itemOf(kind, other)
				}
				for name, value := range want {
					same(t, name, got.object[name], value)
				}
				for k, p := range kinds {
					if k != kind && got.object[p.part] != nil {
						t.Errorf("type %d has %s", kind, p.part)
					}
				}
			}
			w.good(t, w.ann, "PUT "+path+"/delete", nil)
			if got := w.good(t, w.ann, "GET "+path, nil); got.object["deletedDate"] == nil {
				t.Errorf("type %d: not in the trash", kind)
			}
			if got := w.good(t, w.ann, "PUT "+path+"/restore", nil); got.object["deletedDate"] != nil {
				t.Errorf("type %d: still in the trash", kind)
			}
			w.good(t, w.ann, "DELETE "+path, nil)
			w.refused(t, w.ann, "GET "+path, nil, 404, "Resource not found.")
		}
	})
}

// same compares what was answered with what was sent; the answer may say more.
func same(t *testing.T, name string, got, sent any) {
	t.Helper()
	want, isObject := sent.(object)
	members, answered := got.(object)
	switch {
	case isObject && !answered:
		t.Errorf("%s: got %v", name, got)
	case isObject:
		for inner, value := range want {
			same(t, name+"."+inner, members[inner], value)
		}
	default:
		if n, ok := sent.(int); ok {
			sent = float64(n)
		}
		if !reflect.DeepEqual(got, sent) {
			t.Errorf("%s: got %v, want %v", name, got, sent)
		}
	}
}

func long(n int) string { return "2.AAAA|" + strings.Repeat("A", n-len("2.AAAA||AAAA")) + "|AAAA" }

// Scenarios 17 to 20, and what else of an item cannot be kept: the answer names the
// member, and nothing is.
func TestScenarios17To20WhatIsWrongIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		bad := map[string]struct {
			body  any
			field string
		}{
			"no name":              {login("name", nil), "name"},
			"an empty name":        {login("name", ""), "name"},
			"a name in clear":      {login("name", "Bank"), "name"},
			"a long name":          {login("name", long(1004)), "name"},
			"long notes":           {login("notes", long(10_004)), "notes"},
			"a long former one":    {login("passwordHistory", []any{object{"password": long(5004), "lastUsedDate": "2026-01-01T00:00:00Z"}}), "passwordHistory[0].password"},
			"no login":             {login("login", nil), "login"},
			"no type":              {login("type", nil), "type"},
			"type 9":               {login("type", 9), "type"},
			"a type in words":      {login("type", "login"), "type"},
			"reprompt 2":           {login("reprompt", 2), "reprompt"},
			"an uri in clear":      {login("login", object{"uris": []any{object{"uri": text}, object{"uri": "https://x"}}}), "login.uris[1].uri"},
			"a field in clear":     {login("fields", []any{object{"type": 0, "name": "x"}}), "fields[0].name"},
			"a passkey without":    {login("login", object{"fido2Credentials": []any{object{}}}), "login.fido2Credentials[0]."},
			"half an SSH key":      {object{"type": 5, "name": text, "sshKey": object{"privateKey": text}}, "sshKey.publicKey"},
			"for somebody else":    {login("encryptedFor", w.ben), "encryptedFor"},
			"a folder of another":  {login("folderId", w.folder(t, w.ben)), "folderId"},
			"a folder that is not": {login("folderId", "x"), "folderId"},
			"long data":            {login("data", strings.Repeat("x", 500_001)), "data"},
			"half a letter":        {`{"type":1,"name":"` + text + `","data":"\ud800"}`, "data"},
			"NUL":                  {`{"type":1,"name":"` + text + `","data":"a\u0000"}`, "data"},
			"a cipher of COSE":     {login("name", "7.gwE="), "name"},
		}
		for name, test := range bad {
			t.Run(name, func(t *testing.T) { w.refused(t, w.ann, "POST /api/ciphers", test.body, 400, `"`+test.field) })
		}
		if got := w.everything(t); got != "" {
			t.Errorf("something was kept: %s", got)
		}
		for name, body := range map[string]object{
			"the longest": login("name", long(1000), "notes", long(10_000), "passwordHistory", []any{object{"password": long(5000)}}),
			"for oneself": login("encryptedFor", w.ann), "empty ids": login("folderId", "", "organizationId", ""),
			"data without login": login("login", nil, "data", "x"),
		} {
			if got := w.do(t, w.ann, "POST /api/ciphers", body); got.status != 200 {
				t.Errorf("%s: got %d %s", name, got.status, got.body)
			}
		}
	})
}

// Scenarios 7 and 8: the spelling of other programs, and members that nobody knows.
func TestScenarios7And8OtherSpellingsAreTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		one := w.good(t, w.ann, "POST /api/ciphers", `{"type":1,"name":"`+text+`","login":{"username":"`+other+`","uris":[{"uri":"`+text+`","match":3}]},"unknown":{"a":[1]}}`)
		two := w.good(t, w.ann, "POST /api/ciphers", `{"Type":1,"Name":"`+text+`","Login":{"Username":"`+other+`","Uris":[{"Uri":"`+text+`","Match":3}]},"FolderId":"","OrganizationId":""}`)
		delete(one.object, "id")
		delete(two.object, "id")
		if !reflect.DeepEqual(one.object, two.object) {
			t.Errorf("got\n%v\n%v", one.object, two.object)
		}
	})
}

// Scenarios 21, 22 and 168: who changes what has changed meanwhile is told so.
func TestScenarios21And22And168AnOldRevisionIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.good(t, w.ann, "POST /api/ciphers", login("lastKnownRevisionDate", "2020-01-01T00:00:00Z"))
		cipherID := w.own(t, w.ann)
		path := "/api/ciphers/" + cipherID.String()
		for apart, status := range map[time.Duration]int{
			time.Second: 200, -time.Second: 200, 2 * time.Second: 400, -2 * time.Second: 400,
		} {
			got := w.do(t, w.ann, "PUT "+path, login("lastKnownRevisionDate", w.Time.Add(apart)))
			if got.status != status {
				t.Errorf("%v: got %d %s", apart, got.status, got.body)
			}
		}
		w.good(t, w.ann, "PUT "+path, login())
		w.good(t, w.ann, "PUT "+path, login("lastKnownRevisionDate", "0001-01-01T00:00:00"))
		known := w.Time
		w.Time = w.Time.Add(time.Minute)
		statuses := make([]int, 2)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() { statuses[i] = w.do(t, w.ann, "PUT "+path, login("lastKnownRevisionDate", known)).status })
		}
		wg.Wait()
		if statuses[0]+statuses[1] != 600 {
			t.Errorf("at once: got %v, want one 200 and one 400", statuses)
		}
	})
}

// Scenarios 23, 26, 27 and 29: what is for oneself changes nothing for others.
func TestScenarios23And26And27And29WhatIsForOneself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.give(t, w.shared, w.annIn.ID, manage)
		cipherID := w.put(t, w.shared)
		path, folder := "/api/ciphers/"+cipherID.String(), w.folder(t, w.ben)
		before := w.revision(t, w.ann)
		w.Time = w.Time.Add(time.Hour)
		got := w.good(t, w.ben, "PUT "+path+"/partial", object{"folderId": folder, "favorite": true})
		if got.text("folderId") != folder.String() || got.object["favorite"] != true || got.text("revisionDate") != "2026-11-23T12:00:00Z" {
			t.Errorf("partial: got %s", got.body)
		}
		w.good(t, w.ben, "PUT "+path+"/archive", nil)
		w.refused(t, w.ben, "PUT "+path+"/archive", nil, 400, "archived already")
		annSees, _ := w.details(t, w.ann, cipherID)
		if annSees["favorite"] != false || annSees["folderId"] != nil || annSees["archivedDate"] != nil || !w.revision(t, w.ann).Equal(before) {
			t.Errorf("Ann sees %v", annSees)
		}
		// An old client does not know of the archive, and a new one that says null does.
		w.good(t, w.ben, "PUT "+path, login("organizationId", w.acme.ID, "folderId", folder))
		if sees, _ := w.details(t, w.ben, cipherID); sees["archivedDate"] == nil || sees["favorite"] != false {
			t.Errorf("after the change of an old client: %v", sees)
		}
		w.good(t, w.ben, "PUT "+path, login("organizationId", w.acme.ID, "archivedDate", nil))
		w.refused(t, w.ben, "PUT "+path+"/unarchive", nil, 400, "not archived")
		list := w.good(t, w.ben, "PUT /api/ciphers/archive", object{"ids": []id.ID{cipherID}}).list(t)
		if len(list) != 1 || list[0].(object)["archivedDate"] == nil {
			t.Errorf("archived: %v", list)
		}
		w.good(t, w.ben, "PUT /api/ciphers/unarchive", object{"ids": []id.ID{cipherID}})
		w.refused(t, w.ben, "PUT "+path+"/partial", object{"folderId": w.folder(t, w.ann)}, 400, `"folderId"`)
	})
}

// Scenarios 24 and 25: the trash, and what the daily job leaves of it.
func TestScenarios24And25TheTrashIsEmptied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		old, young, shared := w.own(t, w.ann), w.own(t, w.ann), w.put(t, w.shared)
		for _, call := range []string{"/delete", "/delete"} {
			w.good(t, w.ann, "PUT /api/ciphers/"+old.String()+call, nil)
		}
		w.good(t, w.ben, "PUT /api/ciphers/delete", object{"ids": []id.ID{shared}})
		w.good(t, w.ann, "PUT /api/ciphers/"+young.String()+"/restore", nil)
		w.Time = w.Time.Add(time.Hour)
		w.good(t, w.ann, "PUT /api/ciphers/"+young.String()+"/delete", nil)
		inSync := func() map[any]any {
			dates := map[any]any{}
			for _, it := range w.good(t, w.ann, "GET /api/sync?excludeDomains=true", nil).object["ciphers"].([]any) {
				dates[it.(object)["id"]] = it.(object)["deletedDate"]
			}
			return dates
		}
		if got, want := inSync(), (map[any]any{old.String(): "2026-11-23T12:00:00Z", young.String(): "2026-11-23T13:00:00Z"}); !reflect.DeepEqual(got, want) {
			t.Errorf("the trash in a sync: got %v, want %v", got, want)
		}
		w.Time = w.Time.Add(cipher.Retention - time.Hour + time.Second)
		before := w.revision(t, w.ben)
		w.forget()
		must(t, w.ciphers.EmptyTrash(t.Context()))
		for cipherID, who := range map[id.ID]id.ID{old: w.ann, shared: w.ben} {
			if _, there := w.details(t, who, cipherID); there {
				t.Error("still there")
			}
		}
		if got, want := inSync(), (map[any]any{young.String(): "2026-11-23T13:00:00Z"}); !reflect.DeepEqual(got, want) {
			t.Errorf("after the job: got %v, want %v", got, want)
		}
		if people := w.heard()[notice.CiphersChanged]; len(people) != 2 || !w.revision(t, w.ben).After(before) {
			t.Errorf("told: %v", people)
		}
	})
}

// Scenarios 28, 35 and 36: lists with what is somebody else's, who keeps it as it is.
func TestScenarios28And35And36TheItemsOfOthersStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		theirs := w.own(t, w.ann)
		before := w.everything(t)
		revision := w.revision(t, w.ann)
		var own []id.ID
		for range 3 {
			own = append(own, w.own(t, w.eve))
		}
		all, folder := append(own, theirs, id.New()), w.folder(t, w.eve)
		w.refused(t, w.eve, "PUT /api/ciphers/move", object{"ids": own, "folderId": w.folder(t, w.ann)}, 400, `"folderId"`)
		w.good(t, w.eve, "PUT /api/ciphers/move", object{"ids": all, "folderId": folder})
		w.good(t, w.eve, "PUT /api/ciphers/archive", object{"ids": all})
		w.good(t, w.eve, "PUT /api/ciphers/delete", object{"ids": all})
		if got := w.good(t, w.eve, "PUT /api/ciphers/restore", object{"ids": all}).list(t); len(got) != 3 || got[0].(object)["object"] != "cipherMini" {
			t.Errorf("restored %v", got)
		}
		for _, cipherID := range own {
			if sees, _ := w.details(t, w.eve, cipherID); sees["folderId"] != folder.String() || sees["archivedDate"] == nil || sees["deletedDate"] != nil {
				t.Errorf("got %v", sees)
			}
		}
		var bodies []object
		for _, cipherID := range all {
			bodies = append(bodies, login("id", cipherID, "organizationId", w.other.ID))
		}
		w.refused(t, w.eve, "PUT /api/ciphers/share", object{"ciphers": bodies, "collectionIds": []id.ID{w.foreign}}, 400, "not yours")
		w.good(t, w.eve, "DELETE /api/ciphers", object{"ids": all})
		if got := w.everything(t); got != before || !w.revision(t, w.ann).Equal(revision) {
			t.Errorf("got\n%s\nwant\n%s", got, before)
		}
	})
}

// Scenarios 30, 31, 32: what old clients send is repaired, and all else is kept letter
// by letter.
func TestScenarios30To32ContentComesBackAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		passkey := object{"creationDate": "2024-05-06T07:08:09.123Z", "rpName": nil, "userHandle": text, "userName": nil, "userDisplayName": nil}
		for name := range strings.FieldsSeq("credentialId keyType keyAlgorithm keyCurve keyValue rpId counter discoverable") {
			passkey[name] = other
		}
		data := `{"a":"<&>` + strings.Repeat("é", 100) + `"}` + strings.Repeat("x", 499_000)
		data += strings.Repeat("x", 500_000-len(data))
		got := w.good(t, w.ann, "POST /api/ciphers", login(
			"key", other, "data", data,
			"login", object{"fido2Credentials": []any{passkey}, "uri": text, "passwordRevisionDate": "yesterday", "uris": []any{object{"uri": other, "match": "3"}, object{"uri": text, "match": 17}}},
			"fields", []any{object{"type": "2", "name": text}, object{"type": "x", "name": text}, object{"type": 3, "linkedId": 100}},
			"passwordHistory", []any{object{"password": nil}, object{"password": text}, object{"password": other, "lastUsedDate": "2024-01-01T00:00:00"}, object{"password": text, "lastUsedDate": text}},
		))
		same(t, "key", got.object["key"], other)
		same(t, "data", got.object["data"], data)
		l := got.object["login"].(object)
		same(t, "passkey", l["fido2Credentials"].([]any)[0], passkey)
		same(t, "uri", l["uri"], other)
		same(t, "match", l["uris"].([]any)[0].(object)["match"], 3)
		if l["passwordRevisionDate"] != nil || l["uris"].([]any)[1].(object)["match"] != nil {
			t.Errorf("got %v", l)
		}
		kinds := []float64{2, 1, 3}
		for i, f := range got.object["fields"].([]any) {
			same(t, "field", f.(object)["type"], kinds[i])
		}
		dates := []any{"1970-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "1970-01-01T00:00:00Z"}
		history := got.object["passwordHistory"].([]any)
		if len(history) != len(dates) {
			t.Fatalf("got %v", history)
		}
		for i, h := range history {
			same(t, "lastUsedDate", h.(object)["lastUsedDate"], dates[i])
		}
		// A client from before passkeys would lose them.
		path := "PUT /api/ciphers/" + got.text("id")
		w.refused(t, w.ann, path, login(), 400, "passkey", "Bitwarden-Client-Version", "2023.9.1")
		w.good(t, w.ann, path, login(), "Bitwarden-Client-Version", "2023.10.0")
		blob := `{"format_version":1,"wrapped_cek":"x","envelope":"y"}`
		if got := w.good(t, w.ann, "POST /api/ciphers", login("data", blob)); got.object["login"] != nil || got.text("data") != blob {
			t.Errorf("a blob: got %s", got.body)
		}
	})
}

// Scenario 33: purging takes the password, and leaves what is an organization's.
func TestScenario33PurgeTakesThePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		shared := w.put(t, w.shared)
		w.own(t, w.ben)
		w.folder(t, w.ben)
		theirs := w.own(t, w.ann)
		w.refused(t, w.ben, "POST /api/ciphers/purge", object{"masterPasswordHash": "wrong"}, 400, "MasterPasswordHash")
		if w.Slept != 2*time.Second {
			t.Errorf("waited %v", w.Slept)
		}
		w.good(t, w.ben, "POST /api/ciphers/purge", object{"masterPasswordHash": proof.MasterPasswordHash})
		if list := w.good(t, w.ben, "GET /api/ciphers", nil).list(t); len(list) != 1 || list[0].(object)["id"] != shared.String() {
			t.Errorf("got %v", list)
		}
		if folders, err := w.vaults.ListFolders(t.Context(), w.ben); len(folders) != 0 || err != nil {
			t.Errorf("folders: %v, %v", folders, err)
		}
		if _, there := w.details(t, w.ann, theirs); !there {
			t.Error("somebody else's is gone")
		}
		if len(w.heard()[notice.VaultChanged]) != 1 {
			t.Error("nobody was told")
		}
	})
}

// Scenario 34: somebody else's item is like one that is not there, on every route.
func TestScenario34SomebodyElsesItemIsNotThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		theirs := w.own(t, w.ann)
		shared := w.put(t, w.shared)
		before := w.everything(t)
		for _, cipherID := range []id.ID{theirs, shared} {
			path := "/api/ciphers/" + strings.ToUpper(cipherID.String())
			placed := object{"cipher": login("organizationId", w.other.ID), "collectionIds": []id.ID{w.foreign}}
			for target, body := range map[string]any{
				"GET " + path: nil, "GET " + path + "/details": nil, "GET " + path + "/full-details": nil, "GET " + path + "/admin": nil,
				"PUT " + path: login(), "PUT " + path + "/admin": login(), "PUT " + path + "/partial": object{"favorite": true},
				"DELETE " + path: nil, "PUT " + path + "/delete": nil, "PUT " + path + "/restore": nil, "DELETE " + path + "/admin": nil,
				"PUT " + path + "/delete-admin": nil, "PUT " + path + "/restore-admin": nil,
				"PUT " + path + "/archive": nil, "PUT " + path + "/unarchive": nil, "PUT " + path + "/share": placed,
				"PUT " + path + "/collections":       object{"collectionIds": []id.ID{w.foreign}},
				"PUT " + path + "/collections_v2":    object{"collectionIds": []id.ID{w.foreign}},
				"PUT " + path + "/collections-admin": object{"collectionIds": []id.ID{w.foreign}},
			} {
				w.refused(t, w.eve, target, body, 404, "Resource not found.")
			}
		}
		if got := w.everything(t); got != before {
			t.Errorf("got\n%s\nwant\n%s", got, before)
		}
	})
}

// Scenario 10 and what is told live: each change moves the date by which everyone who
// sees an item notices, and reading does not.
func TestScenario10EachChangeIsNoticed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.give(t, w.shared, w.annIn.ID, manage)
		ids := []id.ID{w.put(t, w.shared)}
		path, list := "/api/ciphers/"+ids[0].String(), object{"ids": ids}
		org, folder := w.acme.ID, w.folder(t, w.ben)
		second := w.collection(t, org, collection.Shared)
		w.give(t, second, w.benIn.ID, edit)
		placed := object{"cipher": login("organizationId", org), "collectionIds": []id.ID{w.shared}}
		steps := []struct {
			target string
			body   any
			both   bool
			kind   notice.Kind
			events []event.Type
		}{
			{"GET " + path, nil, false, -1, nil},
			{"GET /api/ciphers", nil, false, -1, nil},
			{"PUT " + path + "/partial", object{"folderId": folder}, false, notice.CiphersChanged, nil},
			{"PUT " + path, login("organizationId", org), true, notice.CipherUpdated, []event.Type{event.CipherUpdated}},
			{"PUT " + path + "/delete", nil, true, notice.CipherUpdated, []event.Type{event.CipherTrashed}},
			{"PUT " + path + "/restore", nil, true, notice.CipherUpdated, []event.Type{event.CipherRestored}},
			{"PUT " + path + "/collections", object{"collectionIds": []id.ID{w.shared}}, true, notice.CipherUpdated, []event.Type{event.CipherCollections}},
			{"PUT " + path + "/archive", nil, false, notice.CiphersChanged, nil},
			{"PUT /api/ciphers/unarchive", list, false, notice.CiphersChanged, nil},
			{"PUT /api/ciphers/move", object{"ids": ids, "folderId": nil}, false, notice.CiphersChanged, nil},
			{"PUT /api/ciphers/delete", list, true, notice.CiphersChanged, []event.Type{event.CipherTrashed}},
			{"PUT /api/ciphers/restore", list, true, notice.CiphersChanged, []event.Type{event.CipherRestored}},
			{"POST /api/ciphers/bulk-collections", object{"organizationId": org, "cipherIds": ids, "collectionIds": []id.ID{second}}, true, notice.CiphersChanged, []event.Type{event.CipherCollections}},
			{"GET /api/sync", nil, false, -1, nil},
			{"DELETE " + path, nil, true, notice.CipherDeleted, []event.Type{event.CipherDeleted}},
			{"PUT /api/ciphers/" + w.own(t, w.ben).String() + "/share", placed, true, notice.CipherUpdated, []event.Type{event.CipherShared}},
			{"POST /api/ciphers/import", object{"ciphers": []any{login()}}, false, notice.VaultChanged, nil},
			{"POST /api/ciphers/purge", proof, false, notice.VaultChanged, nil},
			{"POST /api/ciphers/create", placed, true, notice.CipherCreated, []event.Type{event.CipherCreated}},
		}
		for _, step := range steps {
			annBefore, benBefore, recorded := w.revision(t, w.ann), w.revision(t, w.ben), len(w.Recorded(t))
			w.Time = w.Time.Add(time.Minute)
			w.forget()
			w.good(t, w.ben, step.target, step.body)
			reads := step.kind < 0
			if w.revision(t, w.ben).After(benBefore) == reads || w.revision(t, w.ann).After(annBefore) != step.both {
				t.Errorf("%s: Ben noticed %v, Ann %v", step.target, !reads, step.both)
			}
			if types := w.RecordedTypes(t)[recorded:]; !reflect.DeepEqual(append([]event.Type{}, types...), append([]event.Type{}, step.events...)) {
				t.Errorf("%s: recorded %v, want %v", step.target, types, step.events)
			}
			people := w.heard()[step.kind]
			if want := map[bool]int{true: 2, false: 1}[step.both]; !reads && len(people) != want {
				t.Errorf("%s: told %v", step.target, people)
			}
		}
	})
}
