package device_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
)

func TestDeviceIsShownAsClientsReadIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.now = noon.Add(time.Hour)
		phone := w.do("zoe:laptop", "POST", "/api/devices",
			object{"type": 0, "name": "Pixel", "identifier": "phone", "pushToken": nil}).read(t)
		want := object{
			"id": phone["id"], "name": "Pixel", "type": 0.0, "identifier": "phone",
			"creationDate": "2026-11-23T13:00:00Z", "lastActivityDate": "2026-11-23T13:00:00Z",
			"isTrusted": false, "encryptedUserKey": nil, "encryptedPublicKey": nil, "devicePendingAuthRequest": nil, "object": "device",
		}
		if diff := cmp.Diff(want, phone); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		all := w.list("zoe:laptop", "/api/devices")
		if len(all) != 2 {
			t.Fatalf("listed %d devices, want 2", len(all))
		}
		if diff := cmp.Diff(want, all[0]); diff != "" {
			t.Errorf("listed, -want +got:\n%s", diff)
		}
		path := "/api/devices/" + phone["id"].(string)
		for _, same := range []string{path, "/api/devices/identifier/phone"} {
			if diff := cmp.Diff(want, w.do("zoe:laptop", "GET", same, nil).read(t)); diff != "" {
				t.Errorf("%s, -want +got:\n%s", same, diff)
			}
			w.want(404, "not found", w.do("bob:laptop", "GET", same, nil))
		}
		w.now = noon.Add(2 * time.Hour)
		want["name"], want["type"] = "Renamed", 1.0
		changed := w.do("zoe:laptop", "PUT", path, object{"type": 1, "name": "Renamed", "identifier": "phone"})
		if diff := cmp.Diff(want, changed.read(t)); diff != "" {
			t.Errorf("changed, -want +got:\n%s", diff)
		}
		w.want(404, "not found", w.do("bob:laptop", "PUT", path, object{"type": 1, "name": "Mine", "identifier": "phone"}))
	})
}

// Scenario 100.
func TestDeviceIsKnownToWhoeverKnowsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		tests := map[string]struct {
			email, identifier string
			status            int
			body              string
		}{
			"known, padded":           {encoded("zoe+a@example.com"), "phone", 200, "true"},
			"known, unpadded":         {strings.TrimRight(encoded("zoe+a@example.com"), "="), "phone", 200, "true"},
			"known, in other letters": {encoded(" ZOE+a@example.com"), "phone", 200, "true"},
			"unknown person, padded":  {encoded("nobody@example.com"), "phone", 200, "false"},
			"unknown device":          {encoded("zoe+a@example.com"), "tablet", 200, "false"},
			"another person's":        {encoded(bob), "phone", 200, "false"},
			"broken base64":           {"zoe@example.com", "phone", 400, `"X-Request-Email"`},
			"not UTF-8":               {"_w", "phone", 400, `"X-Request-Email"`},
			"no address":              {"", "phone", 400, `"X-Request-Email"`},
			"no device":               {encoded(zoe), "", 400, `"X-Device-Identifier"`},
			"a long device":           {encoded(zoe), strings.Repeat("a", 51), 400, `"X-Device-Identifier"`},
		}
		w.people["zoe+a@example.com"] = add(t, d, "zoe+a@example.com")
		w.save("zoe+a@example.com", "phone")
		if !strings.HasSuffix(encoded("zoe+a@example.com"), "=") {
			t.Fatal("the address of this test needs padding")
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				w.t = t
				header := http.Header{"X-Device-Identifier": {test.identifier}, "X-Request-Email": {test.email}}
				w.want(test.status, test.body, w.doWith(header, "", "GET", "/api/devices/knowndevice", nil))
			})
		}
		for path, want := range map[string]string{"zoe+a@example.com/phone": "true", url.PathEscape("zoe+a@example.com") + "/phone/": "true", bob + "/phone": "false"} {
			w.want(200, want, w.do("", "GET", "/api/devices/knowndevice/"+path, nil))
		}
	})
}

func TestKnownDeviceIsOneQuestionForAnyAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		statements := map[int64]bool{}
		for _, email := range []string{zoe, "nobody@example.com"} {
			for _, identifier := range []string{"laptop", "tablet"} {
				before := d.Statements()
				if _, err := w.Known(t.Context(), email, identifier); err != nil {
					t.Fatal(err)
				}
				statements[d.Statements()-before] = true
			}
		}
		if len(statements) != 1 {
			t.Errorf("the numbers of statements differ: %v", statements)
		}
	})
}

func TestPhoneTellsAndLosesItsPushToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoes, bobs := w.save(zoe, "phone"), w.save(bob, "phone")
		for _, method := range []string{"PUT", "POST"} {
			w.want(200, "", w.do("zoe:laptop", method, "/api/devices/identifier/phone/token", object{"pushToken": "z"}))
		}
		w.want(200, "", w.do("bob:laptop", "PUT", "/api/devices/identifier/phone/token", object{"pushToken": "b"}))
		w.want(404, "not found", w.do("bob:laptop", "PUT", "/api/devices/identifier/tablet/token", object{"pushToken": "b"}))
		w.want(400, `"pushToken"`, w.do("bob:laptop", "PUT", "/api/devices/identifier/phone/token", object{"pushToken": " "}))
		if got, err := w.Get(t.Context(), w.people[zoe], zoes.ID); err != nil || got.PushToken != "z" {
			t.Errorf("stored: %+v, %v", got, err)
		}
		// A phone whose session is over is nobody in particular.
		w.want(200, "", w.do("", "PUT", "/api/devices/identifier/phone/clear-token", nil))
		w.want(200, "", w.do("", "POST", "/api/devices/identifier/phone/clear-token", nil))
		w.want(404, "not found", w.do("", "POST", "/api/devices/identifier/tablet/clear-token", nil))
		if got, err := w.Get(t.Context(), w.people[bob], bobs.ID); err != nil || got.PushToken != "" {
			t.Errorf("cleared: %+v, %v", got, err)
		}
		w.want(400, "web push", w.do("zoe:laptop", "PUT", "/api/devices/identifier/phone/web-push-auth",
			object{"endpoint": "https://push.example", "p256dh": "a", "auth": "b"}))
		got := strings.Join(w.pushed, ", ")
		one, other := "+phone z, +phone z, +phone b, -phone z, -phone b", "+phone z, +phone z, +phone b, -phone b, -phone z"
		if got != one && got != other {
			t.Errorf("push heard %q", got)
		}
	})
}

func TestRemovedDeviceTakesAllAlong(t *testing.T) {
	for _, route := range []string{"DELETE /api/devices/", "POST /api/devices/deactivate"} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newWorld(t, d)
			phone := w.save(zoe, "phone")
			if _, err := w.SetTrust(t.Context(), w.people[zoe], "phone", device.Trust{UserKey: "4.a", PublicKey: "2.b", PrivateKey: "2.c"}); err != nil {
				t.Fatal(err)
			}
			requestID := w.ask(zoe, "phone")
			remove := func(token string, deviceID id.ID) answer {
				method, path, _ := strings.Cut(strings.Replace(route, "devices/", "devices/"+deviceID.String()+"/", 1), " ")
				return w.do(token, method, path, nil)
			}
			w.want(404, "not found", remove("bob:laptop", phone.ID))
			w.want(404, "not found", remove("zoe:laptop", id.New()))
			w.want(200, "", remove("zoe:phone", phone.ID))
			w.want(401, "Sign in first.", w.do("zoe:phone", "GET", "/api/devices", nil))
			w.want(404, "not found", remove("zoe:laptop", phone.ID))
			w.want(404, "not found", w.do("zoe:laptop", "GET", "/api/auth-requests/"+requestID, nil))
			if n, err := w.Count(t.Context(), w.people[zoe]); n != 1 || err != nil {
				t.Errorf("%d devices are left, want 1: %v", n, err)
			}
			if got := strings.Join(w.pushed, ", "); got != "-phone " {
				t.Errorf("push heard %q", got)
			}
			w.save(zoe, "phone")
			if trusted, err := w.Trusted(t.Context(), w.people[zoe]); len(trusted) != 0 || err != nil {
				t.Errorf("the device is trusted again: %v, %v", trusted, err)
			}
		})
	}
}
