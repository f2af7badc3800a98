package cipher_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"coffre/internal/cipher"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/orgtest"
)

// typesIn are the types of the items of an answer.
func typesIn(t *testing.T, list any) map[float64]bool {
	t.Helper()
	types := map[float64]bool{}
	for _, it := range list.([]any) {
		types[it.(object)["type"].(float64)] = true
	}
	return types
}

// Scenarios 5 and 6: no client is told of a type that it does not know.
func TestScenarios5And6ClientsAreToldOfTypesThatTheyKnow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var login id.ID
		for kind := 1; kind <= 8; kind++ {
			made := w.made(t, w.good(t, w.ann, "POST /api/ciphers", itemOf(kind, text)))
			if kind == 1 {
				login = made
			}
		}
		for _, newTypes := range []bool{false, true} {
			w.ciphers.NewTypes = newTypes
			for version, last := range map[string]int{
				"": 4, "1.15.0": 4, "2024.11.0": 4, "x": 4, "2024.12.0": 5, "2026.1.0": 5, "2026.2.0": 8, "2026.9.0": 8, "2027.1.0": 8,
			} {
				if last == 8 && !newTypes {
					last = 5
				}
				want := map[float64]bool{}
				for kind := 1; kind <= last; kind++ {
					want[float64(kind)] = true
				}
				headers := []string{"Bitwarden-Client-Version", version}
				sync := w.good(t, w.ann, "GET /api/sync?excludeDomains=true", nil, headers...)
				if got := typesIn(t, sync.object["ciphers"]); !reflect.DeepEqual(got, want) {
					t.Errorf("%q, sync: got %v, want %v", version, got, want)
				}
				if got := typesIn(t, w.good(t, w.ann, "GET /api/ciphers", nil, headers...).object["data"]); !reflect.DeepEqual(got, want) {
					t.Errorf("%q, list: got %v, want %v", version, got, want)
				}
			}
		}
		w.good(t, w.ann, "PUT /api/ciphers/"+login.String(), itemOf(1, other), "Bitwarden-Client-Version", "2023.12.0")
		if got := w.good(t, w.ann, "GET /api/ciphers", nil, "Bitwarden-Client-Version", "2026.9.0"); len(got.list(t)) != 8 {
			t.Error("an old client lost what it does not know")
		}
	})
}

// Scenario 9, but for the time: a long answer is the same compressed, and takes no
// more questions than a short one.
func TestScenario9ALongSyncIsCompressedAndCheap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sync := func() (object, int64) {
			before := d.Statements()
			rec := orgtest.Call(w.router, w.ben, "GET /api/sync?excludeDomains=true", "", "Accept-Encoding", "br, gzip")
			statements := d.Statements() - before
			if rec.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(rec.Header().Values("Vary"), ","), "Accept-Encoding") {
				t.Fatalf("headers: %v", rec.Header())
			}
			unpacked, err := gzip.NewReader(rec.Body)
			must(t, err)
			raw, err := io.ReadAll(unpacked)
			must(t, err)
			var got object
			must(t, json.Unmarshal(raw, &got))
			return got, statements
		}
		w.put(t, w.shared)
		w.own(t, w.ben)
		_, few := sync()
		w.good(t, w.ben, "POST /api/ciphers/import", vaultOf(1_000))
		for range 30 {
			w.put(t, w.shared)
		}
		got, many := sync()
		if n := len(got["ciphers"].([]any)); n != 1_032 || many != few {
			t.Errorf("%d items by %d statements, before by %d", n, many, few)
		}
		if plain := w.good(t, w.ben, "GET /api/sync?excludeDomains=true", nil); !reflect.DeepEqual(plain.object, got) {
			t.Error("compressed, the answer is another")
		}
	})
}

// Scenarios 152 and 150, for items: what clients tell of an item is recorded where it
// belongs, and what they cannot know is not.
func TestScenarios150And152WhatClientsTellOfItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		shared, hidden, foreign, own := w.put(t, w.shared), w.put(t), w.putIn(t, w.other.ID, w.foreign), w.own(t, w.ben)
		const seen = 1107
		w.good(t, w.ben, "POST /events/collect", []any{
			object{"type": seen, "cipherId": shared, "date": w.Time},
			object{"type": seen, "cipherId": foreign, "date": w.Time},
			object{"type": seen, "cipherId": foreign, "organizationId": w.other.ID, "date": w.Time},
			object{"type": seen, "cipherId": own, "date": w.Time},
			object{"type": seen, "cipherId": id.New(), "date": w.Time},
			object{"type": seen, "cipherId": hidden, "date": w.Time},
			object{"type": event.CipherTrashed, "cipherId": shared, "date": w.Time},
		})
		w.good(t, w.ann, "POST /events/collect", []any{object{"type": seen, "cipherId": hidden, "organizationId": w.acme.ID, "date": w.Time}})
		got := map[id.ID]id.ID{}
		for _, e := range w.Recorded(t) {
			if e.Type == seen {
				got[e.CipherID] = e.OrganizationID
			}
		}
		if want := (map[id.ID]id.ID{shared: w.acme.ID, own: {}, hidden: w.acme.ID}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Scenario 166: a list may name ten thousand items, and not twenty; on a cloud 500.
func TestScenario166ListsHaveALimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		own := w.own(t, w.ann)
		list := func(n int) object {
			ids := make([]id.ID, n)
			for i := range ids {
				ids[i] = id.New()
			}
			ids[0] = own
			return object{"ids": ids}
		}
		w.refused(t, w.ann, "DELETE /api/ciphers", list(20_000), 400, `"ids"`)
		w.refused(t, w.ann, "PUT /api/ciphers/delete", list(10_001), 400, `"ids"`)
		w.ciphers.Limits = cipher.CloudLimits
		w.refused(t, w.ann, "PUT /api/ciphers/delete", list(501), 400, `"ids"`)
		w.ciphers.Limits = cipher.HomeLimits
		statements := d.Statements()
		for _, target := range []string{"PUT /api/ciphers/move", "PUT /api/ciphers/archive", "PUT /api/ciphers/delete", "PUT /api/ciphers/restore", "DELETE /api/ciphers"} {
			w.good(t, w.ann, target, list(10_000))
		}
		if n := d.Statements() - statements; n > 50 {
			t.Errorf("%d statements", n)
		}
		if w.everything(t) != "" {
			t.Error("the item is still there")
		}
	})
}

// Scenario 170: what breaks off in the middle leaves everything as it was.
func TestScenario170ABulkChangeIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ids := []id.ID{w.put(t, w.shared), w.put(t, w.shared), w.own(t, w.ben)}
		before, revision := w.everything(t), w.revision(t, w.ben)
		w.Time = w.Time.Add(time.Minute)
		record := w.ciphers.Record
		w.ciphers.Record = w.broken
		for _, target := range []string{"DELETE /api/ciphers", "PUT /api/ciphers/delete"} {
			if got := w.do(t, w.ben, target, object{"ids": ids}); got.status != 500 {
				t.Errorf("%s: got %d", target, got.status)
			}
		}
		w.ciphers.Record = record
		if got := w.everything(t); got != before || !w.revision(t, w.ben).Equal(revision) {
			t.Errorf("got\n%s\nwant\n%s", got, before)
		}
		w.good(t, w.ben, "DELETE /api/ciphers", object{"ids": ids})
		if n := len(w.RecordedTypes(t)); w.everything(t) != "" || n < 2 {
			t.Errorf("%d events", n)
		}
	})
}

// Scenarios 163, 164, 173 to 175, as far as items: odd JSON and odd identifiers are
// refused, and an event tells the address of the connection.
func TestScenarios163And164And173OddRequests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		deep := strings.Repeat(`{"a":`, 1_000) + `1` + strings.Repeat(`}`, 1_000)
		for name, body := range map[string]string{
			"deep": `{"type":1,"login":` + deep + `}`, "no UTF-8": "{\"type\":1,\"name\":\"\xff\"}", "NUL": `{"type":1,"name":"\u0000"}`,
			"a lone surrogate": `{"type":1,"name":"\ud800","login":{}}`, "twice": `{"type":1,"name":"` + text + `","name":"` + other + `","login":{}}`,
			"twice inside": `{"type":1,"name":"` + text + `","login":{"username":"` + text + `","u\u0073ername":"` + other + `"}}`,
		} {
			if got := w.do(t, w.ann, "POST /api/ciphers", body); got.status != 400 {
				t.Errorf("%s: got %d %s", name, got.status, got.body)
			}
		}
		own := w.own(t, w.ann).String()
		for _, odd := range []string{"x", "{" + own + "}", own + "%2fx", "%2e%2e%2f" + own, strings.ReplaceAll(own, "-", ""), "1"} {
			w.refused(t, w.ann, "GET /api/ciphers/"+odd, nil, 404, "Resource not found.")
		}
		w.good(t, w.ann, "GET /api/ciphers/"+strings.ToUpper(own), nil)
		w.good(t, w.ann, "PUT /api/ciphers/move", fmt.Sprintf(`{"ids":[%q],"folderId":""}`, strings.ToUpper(own)))
		w.good(t, w.ben, "POST /api/ciphers/create", object{"cipher": login("organizationId", w.acme.ID), "collectionIds": []id.ID{w.shared}}, "X-Forwarded-For", "203.0.113.9")
		events := w.Recorded(t)
		if last := events[len(events)-1]; last.Type != event.CipherCreated || last.Address.String() == "203.0.113.9" {
			t.Errorf("recorded %+v", last)
		}
	})
}

// Scenario 11: what another client is told of, it can fetch by itself, until it is gone.
func TestScenario11WhatIsToldCanBeFetched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.forget()
		made := w.good(t, w.ben, "POST /api/ciphers", login())
		path := "/api/ciphers/" + made.text("id")
		told := func(kind notice.Kind) id.ID {
			t.Helper()
			if len(w.Said) != 1 || w.Said[0].Kind != kind {
				t.Fatalf("said %+v", w.Said)
			}
			defer w.forget()
			return w.Said[0].ID
		}
		if got := told(notice.CipherCreated); got.String() != made.text("id") {
			t.Errorf("told of %s", got)
		}
		if got := w.good(t, w.ben, "GET "+path+"/details", nil); got.text("name") != text {
			t.Errorf("got %s", got.body)
		}
		w.good(t, w.ben, "PUT "+path, login("name", other))
		told(notice.CipherUpdated)
		if got := w.good(t, w.ben, "GET "+path+"/details", nil); got.text("name") != other {
			t.Errorf("got %s", got.body)
		}
		w.good(t, w.ben, "DELETE "+path, nil)
		told(notice.CipherDeleted)
		w.refused(t, w.ben, "GET "+path+"/details", nil, 404, "Resource not found.")
	})
}
