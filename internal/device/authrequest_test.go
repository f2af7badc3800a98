package device_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
	"coffre/internal/notice"
)

func TestRequestIsShownAsClientsReadIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.save(zoe, "phone")
		created := w.do("", "POST", "/api/auth-requests", w.wish(" ZOE@Example.com ", "phone")).read(t)
		want := object{
			"id": created["id"], "publicKey": w.keys.PublicKey, "requestDeviceIdentifier": "phone",
			"requestDeviceTypeValue": 8.0, "requestDeviceType": "Linux application", "requestIpAddress": "203.0.113.7",
			"requestCountryName": nil, "key": nil, "masterPasswordHash": nil, "creationDate": "2026-11-23T12:00:00Z",
			"responseDate": nil, "requestApproved": false, "origin": "vault.example", "object": "auth-request",
		}
		if diff := cmp.Diff(want, created); diff != "" {
			t.Errorf("created, -want +got:\n%s", diff)
		}
		path := "/api/auth-requests/" + created["id"].(string)
		if diff := cmp.Diff(want, w.do("zoe:laptop", "GET", path, nil).read(t)); diff != "" {
			t.Errorf("got by its person, -want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]object{want}, w.list("zoe:laptop", "/api/auth-requests")); diff != "" {
			t.Errorf("listed, -want +got:\n%s", diff)
		}
		want["requestDeviceId"] = phone.ID.String()
		if diff := cmp.Diff([]object{want}, w.list("zoe:laptop", "/api/auth-requests/pending")); diff != "" {
			t.Errorf("pending, -want +got:\n%s", diff)
		}
		w.now = noon.Add(time.Minute)
		w.reply(created["id"].(string), true)
		delete(want, "requestDeviceId")
		want["key"], want["requestApproved"], want["responseDate"] = w.wrapped, true, "2026-11-23T12:01:00Z"
		if diff := cmp.Diff(want, w.do("", "GET", path+"/response?code=the+code", nil).read(t)); diff != "" {
			t.Errorf("polled, -want +got:\n%s", diff)
		}
		if left := w.list("zoe:laptop", "/api/auth-requests/pending"); len(left) != 0 {
			t.Errorf("an answered request is still pending: %v", left)
		}
	})
}

// Scenario 92.
func TestUnknownPersonAndUnknownDeviceAreAnsweredAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		answers, statements := map[answer]bool{}, map[int64]bool{}
		for _, wish := range []object{w.wish("nobody@example.com", "laptop"), w.wish(zoe, "tablet"), w.wish(bob, "tablet")} {
			before := d.Statements()
			answers[w.do("", "POST", "/api/auth-requests", wish)] = true
			statements[d.Statements()-before] = true
		}
		if len(answers) != 1 || len(statements) != 1 {
			t.Errorf("answers %v, statements %v", answers, statements)
		}
		w.want(400, "User or known device not found.", w.do("", "POST", "/api/auth-requests", w.wish("nobody@example.com", "laptop")))
		if len(w.heard) != 0 {
			t.Errorf("announced: %v", w.heard)
		}
	})
}

// Scenario 93.
func TestWrongCodeUnknownAndExpiredRequestsAreAnsweredAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		requestID := w.ask(zoe, "laptop")
		poll := func(requestID, code string) answer {
			return w.do("", "GET", "/api/auth-requests/"+requestID+"/response?code="+code, nil)
		}
		w.want(200, `"object":"auth-request"`, poll(requestID, "the+code"))
		answers := map[answer]bool{poll(requestID, "another"): true, poll(requestID, ""): true, poll(id.New().String(), "the+code"): true}
		w.now = noon.Add(device.RequestLife - time.Second)
		w.want(200, `"object":"auth-request"`, poll(requestID, "the+code"))
		w.now = noon.Add(device.RequestLife)
		answers[poll(requestID, "the+code")] = true
		for got := range answers {
			w.want(404, "not found", got)
		}
		if len(answers) != 1 {
			t.Errorf("got %v", answers)
		}
	})
}

// Scenario 94.
func TestRequestIsAnsweredOnceByItsPersonAndOnlyTheLatestIsApproved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.save(zoe, "phone")
		older := w.ask(zoe, "phone")
		w.now = noon.Add(time.Second)
		latest, other := w.ask(zoe, "phone"), w.ask(zoe, "laptop")
		approval := object{"key": w.wrapped, "deviceIdentifier": "laptop", "requestApproved": true}
		w.want(404, "not found", w.do("bob:laptop", "PUT", "/api/auth-requests/"+latest, approval))
		w.want(404, "not found", w.do("bob:laptop", "GET", "/api/auth-requests/"+latest, nil))
		w.want(400, "most recent request", w.reply(older, true))
		approval["deviceIdentifier"] = "tablet"
		w.want(400, "Invalid device.", w.do("zoe:laptop", "PUT", "/api/auth-requests/"+latest, approval))
		w.want(200, `"requestApproved":true`, w.reply(latest, true))
		w.want(400, "answered already", w.reply(latest, true))
		w.want(400, "answered already", w.reply(latest, false))
		w.want(200, `"requestApproved":false`, w.reply(older, false))
		w.want(200, `"requestApproved":true`, w.reply(other, true))
		w.now = w.now.Add(device.RequestLife)
		w.want(404, "not found", w.reply(older, false))
	})
}

func TestOnlyTheLatestRequestOfADeviceIsPending(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.save(zoe, "phone")
		w.ask(zoe, "phone")
		w.now = noon.Add(time.Second)
		latest, other := w.ask(zoe, "phone"), w.ask(zoe, "laptop")
		var got []string
		for _, r := range w.list("zoe:laptop", "/api/auth-requests/pending") {
			got = append(got, r["id"].(string))
		}
		if len(got) != 2 || !strings.Contains(strings.Join(got, " "), latest) || !strings.Contains(strings.Join(got, " "), other) {
			t.Errorf("pending: %v, want %s and %s", got, latest, other)
		}
		if all := w.list("zoe:laptop", "/api/auth-requests"); len(all) != 3 {
			t.Errorf("listed %d requests, want 3", len(all))
		}
		for _, shown := range w.list("zoe:laptop", "/api/devices") {
			waiting, _ := shown["devicePendingAuthRequest"].(object)
			if shown["id"] == phone.ID.String() && (waiting["id"] != latest || waiting["creationDate"] != "2026-11-23T12:00:01Z") {
				t.Errorf("the phone shows %v", waiting)
			}
		}
		w.now = w.now.Add(device.RequestLife)
		if left := w.list("zoe:laptop", "/api/auth-requests/pending"); len(left) != 0 {
			t.Errorf("expired requests are pending: %v", left)
		}
	})
}

// Scenario 95.
func TestDenialIsStoredAndNotAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		denied := w.ask(zoe, "laptop")
		w.want(200, `"responseDate":"2026-11-23T12:00:00Z"`, w.reply(denied, false))
		polled := w.do("", "GET", "/api/auth-requests/"+denied+"/response?code=the+code", nil).read(t)
		if polled["responseDate"] == nil || polled["requestApproved"] != false || polled["key"] != nil {
			t.Errorf("the denial is polled as %v", polled)
		}
		approved := w.ask(zoe, "laptop")
		w.want(200, `"requestApproved":true`, w.reply(approved, true))
		var got []notice.Kind
		for _, n := range w.heard {
			got = append(got, n.Kind)
			if len(n.People) != 1 || n.People[0] != w.people[zoe] || n.ID.String() != approved && n.ID.String() != denied {
				t.Errorf("announced %+v", n)
			}
		}
		want := []notice.Kind{notice.AuthRequestCreated, notice.AuthRequestCreated, notice.AuthRequestAnswered}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("announced, -want +got:\n%s", diff)
		}
	})
}

// Scenario 97.
func TestRequestsAreMadeWithASlashAtTheEndAndWithout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.want(200, `"object":"auth-request"`, w.do("", "POST", "/api/auth-requests", w.wish(zoe, "laptop")))
		w.want(200, `"object":"auth-request"`, w.do("", "POST", "/api/auth-requests/", w.wish(zoe, "laptop")))
	})
}

// Scenario 98.
func TestNobodyIsAskedWithoutEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		flood := func(wish object) (statuses map[int]int) {
			statuses = map[int]int{}
			for range 100 {
				statuses[w.do("", "POST", "/api/auth-requests", wish).status]++
			}
			return statuses
		}
		if diff := cmp.Diff(map[int]int{200: 5, 429: 95}, flood(w.wish(zoe, "laptop"))); diff != "" {
			t.Errorf("a known device:\n%s", diff)
		}
		for name, wish := range map[string]object{"unknown device": w.wish(zoe, "tablet"), "unknown person": w.wish("nobody@example.com", "laptop")} {
			if diff := cmp.Diff(map[int]int{400: 5, 429: 95}, flood(wish)); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
		}
		// Whoever does not know a device of hers keeps Zoé from nothing.
		for _, name := range []string{"phone", "desktop", "browser"} {
			w.save(zoe, name)
			flood(w.wish(zoe, name))
		}
		if prompts := w.list("zoe:laptop", "/api/auth-requests"); len(prompts) != 15 {
			t.Errorf("four devices made %d prompts, want 15", len(prompts))
		}
		w.now = noon.Add(10 * time.Minute)
		w.want(200, `"object":"auth-request"`, w.do("", "POST", "/api/auth-requests", w.wish(zoe, "laptop")))
	})
}

func TestOnlyLogInAndUnlockAreAskedOfDevices(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	wish := w.wish(zoe, "laptop")
	admin := func() answer { return w.do("zoe:laptop", "POST", "/api/auth-requests/admin-request", wish) }
	w.want(400, "Expected AdminApproval.", admin())
	wish["type"] = 1
	w.want(200, `"object":"auth-request"`, w.do("", "POST", "/api/auth-requests", wish))
	wish["type"] = 2
	w.want(400, "You must be authenticated", w.do("", "POST", "/api/auth-requests", wish))
	w.want(400, "None of your organizations", admin())
	wish["type"] = 3
	w.want(400, `"type"`, w.do("", "POST", "/api/auth-requests", wish))
}

func TestRequestIsGoodForOneLogIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		check := func(requestID, code string, accountID id.ID) bool {
			t.Helper()
			good, err := w.CheckAuthRequest(t.Context(), accountID, requestID, code)
			if err != nil {
				t.Fatal(err)
			}
			return good
		}
		zoeID := w.people[zoe]
		logIn := w.ask(zoe, "laptop")
		if check(logIn, "the code", zoeID) {
			t.Error("good before it is approved")
		}
		w.reply(logIn, true)
		unlock := w.wish(zoe, "laptop")
		unlock["type"] = 1
		unlockID := w.do("", "POST", "/api/auth-requests", unlock).read(t)["id"].(string)
		w.reply(unlockID, true)
		denied := w.ask(zoe, "laptop")
		w.reply(denied, false)
		tests := map[string]struct {
			requestID, code string
			accountID       id.ID
		}{
			"another code":     {logIn, "another code", zoeID},
			"no code":          {logIn, "", zoeID},
			"another person":   {logIn, "the code", w.people[bob]},
			"to unlock":        {unlockID, "the code", zoeID},
			"denied":           {denied, "the code", zoeID},
			"unknown":          {id.New().String(), "the code", zoeID},
			"no id":            {"request", "the code", zoeID},
			"no id, no code":   {"", "", zoeID},
			"no person at all": {"", "", id.ID{}},
		}
		for name, test := range tests {
			if check(test.requestID, test.code, test.accountID) {
				t.Errorf("%s: good", name)
			}
		}
		if !check(logIn, "the code", zoeID) {
			t.Error("an approved request is not good")
		}
		for i, want := range []bool{true, false} {
			if used, err := w.UseAuthRequest(t.Context(), logIn); used != want || err != nil {
				t.Errorf("use %d: %v, %v", i, used, err)
			}
		}
		if used, err := w.UseAuthRequest(t.Context(), "request"); used || err != nil {
			t.Errorf("use of no request: %v, %v", used, err)
		}
		if check(logIn, "the code", zoeID) {
			t.Error("good after it was used")
		}
		late := w.ask(zoe, "laptop")
		w.reply(late, true)
		w.exec(`UPDATE account SET security_stamp = $2 WHERE id = $1`, w.people[zoe], "another")
		if check(late, "the code", zoeID) {
			t.Error("good after the security stamp has changed")
		}
		w.exec(`UPDATE account SET security_stamp = $2 WHERE id = $1`, w.people[zoe], "stamp")
		if w.now = noon.Add(device.RequestLife); check(late, "the code", zoeID) {
			t.Error("good after it has expired")
		}
	})
}

func TestRequestEndsWithTheSecurityStamp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		pending := w.ask(zoe, "laptop")
		w.exec(`UPDATE account SET security_stamp = $2 WHERE id = $1`, w.people[zoe], "another")
		w.want(404, "not found", w.reply(pending, true))
		w.want(404, "not found", w.do("", "GET", "/api/auth-requests/"+pending+"/response?code=the+code", nil))
		if left := w.list("zoe:laptop", "/api/auth-requests"); len(left) != 0 {
			t.Errorf("requests of the old stamp are listed: %v", left)
		}
	})
}

func TestExpiredRequestsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.ask(zoe, "laptop")
		w.now = noon.Add(time.Minute)
		w.ask(zoe, "laptop")
		if err := w.Store.DeleteRequests(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
		if left := w.list("zoe:laptop", "/api/auth-requests"); len(left) != 1 {
			t.Errorf("%d requests are left, want 1", len(left))
		}
	})
}

func TestBadRequestIsRefusedByName(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	small := "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ=="
	for field, value := range map[string]any{
		"email": "zoe", "publicKey": small, "deviceIdentifier": strings.Repeat("a", 51), "accessCode": strings.Repeat("a", 26), "type": nil,
	} {
		wish := w.wish(zoe, "laptop")
		wish[field] = value
		w.want(400, `"validationErrors":{"`+field+`"`, w.do("", "POST", "/api/auth-requests", wish))
	}
	requestID := w.ask(zoe, "laptop")
	for field, value := range map[string]any{
		"key": w.text, "masterPasswordHash": hash, "deviceIdentifier": "", "requestApproved": nil,
	} {
		approval := object{"key": w.wrapped, "deviceIdentifier": "laptop", "requestApproved": true}
		approval[field] = value
		w.want(400, `"validationErrors":{"`+field+`"`, w.do("zoe:laptop", "PUT", "/api/auth-requests/"+requestID, approval))
	}
	w.want(401, "Sign in first.", w.do("", "GET", "/api/auth-requests", nil))
	w.want(http.StatusOK, `"requestApproved":true`, w.reply(requestID, true))
}
