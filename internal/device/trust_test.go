package device_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
)

// trust makes devices of Zoé's trusted, and returns them by their identifier.
func (w *world) trust(identifiers ...string) map[string]device.TrustedDevice {
	w.t.Helper()
	for _, identifier := range identifiers {
		w.save(zoe, identifier)
		keys := device.Trust{UserKey: "4." + identifier, PublicKey: "2." + identifier, PrivateKey: "2.private " + identifier}
		if _, err := w.SetTrust(w.t.Context(), w.people[zoe], identifier, keys); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.trusted()
}

func (w *world) trusted() map[string]device.TrustedDevice {
	w.t.Helper()
	list, err := w.Trusted(w.t.Context(), w.people[zoe])
	if err != nil {
		w.t.Fatal(err)
	}
	found := map[string]device.TrustedDevice{}
	for _, trusted := range list {
		d, err := w.Get(w.t.Context(), w.people[zoe], trusted.ID)
		if err != nil || !d.Trusted() || d.Trust.PrivateKey == "" {
			w.t.Fatalf("trusted as %+v: %v", d, err)
		}
		found[d.Identifier] = trusted
	}
	return found
}

func TestTrustedDeviceIsShownWithItsKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		keys := object{"encryptedUserKey": w.wrapped, "encryptedPublicKey": w.text, "encryptedPrivateKey": w.text}
		for _, method := range []string{"PUT", "POST"} {
			shown := w.do("zoe:laptop", method, "/api/devices/laptop/keys", keys).read(t)
			if shown["isTrusted"] != true || shown["encryptedUserKey"] != w.wrapped || shown["encryptedPublicKey"] != w.text {
				t.Errorf("%s: shown as %v", method, shown)
			}
		}
		shown := w.do("zoe:laptop", "POST", "/api/devices/laptop/retrieve-keys", nil).read(t)
		if diff := cmp.Diff(object{
			"id": shown["id"], "name": "linux", "type": 8.0, "identifier": "laptop", "creationDate": "2026-11-23T12:00:00Z",
			"encryptedUserKey": w.wrapped, "encryptedPublicKey": w.text, "object": "protectedDevice",
		}, shown); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		w.want(404, "not found", w.do("zoe:laptop", "PUT", "/api/devices/tablet/keys", keys))
		keys["encryptedUserKey"] = w.text
		w.want(400, `"encryptedUserKey"`, w.do("zoe:laptop", "PUT", "/api/devices/laptop/keys", keys))
		w.want(200, "", w.do("zoe:laptop", "POST", "/api/devices/lost-trust", nil))
		// Signing in again leaves the trust.
		w.save(zoe, "laptop")
		if got := w.trusted(); len(got) != 1 {
			t.Errorf("trusted after signing in again: %v", got)
		}
	})
}

func TestTrustBelongsToOneUserKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		old := w.trust("phone", "tablet")
		bobs, _, err := w.Find(t.Context(), w.people[bob], "laptop")
		if err != nil {
			t.Fatal(err)
		}
		renewed := []device.TrustedDevice{
			{old["phone"].ID, "2.new", "4.new"}, {bobs.ID, "2.new", "4.new"}, {id.New(), "2.new", "4.new"},
		}
		if err := w.Retrust(t.Context(), w.people[zoe], renewed); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]device.TrustedDevice{"phone": renewed[0]}, w.trusted()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if trusted, err := w.Trusted(t.Context(), w.people[bob]); len(trusted) != 0 || err != nil {
			t.Errorf("Bob's device is trusted: %v, %v", trusted, err)
		}
	})
}

func TestTrustIsUpdatedWithTheSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		old := w.trust("phone", "tablet", "desktop")
		keys := object{"encryptedPublicKey": w.text, "encryptedUserKey": w.wrapped}
		other := func(name string) object {
			return object{"deviceId": old[name].ID, "encryptedPublicKey": w.text, "encryptedUserKey": w.wrapped}
		}
		in := object{"masterPasswordHash": "wrong", "currentDevice": keys, "otherDevices": []any{other("tablet")}}
		w.want(400, "Invalid master password", w.do("zoe:phone", "POST", "/api/devices/update-trust", in))
		if w.slept != account.FailureDelay {
			t.Errorf("slept %v, want %v", w.slept, account.FailureDelay)
		}
		in["masterPasswordHash"] = hash
		w.want(400, "not trusted", w.do("zoe:laptop", "POST", "/api/devices/update-trust", in))
		in["otherDevices"] = []any{other("phone")}
		w.want(400, "among the other devices", w.do("zoe:phone", "POST", "/api/devices/update-trust", in))
		if diff := cmp.Diff(old, w.trusted()); diff != "" {
			t.Errorf("a refused change has changed:\n%s", diff)
		}
		in["otherDevices"] = []any{other("tablet")}
		w.want(200, "", w.do("zoe:phone", "POST", "/api/devices/update-trust", in))
		want := map[string]device.TrustedDevice{
			"phone": {old["phone"].ID, w.text, w.wrapped}, "tablet": {old["tablet"].ID, w.text, w.wrapped},
		}
		if diff := cmp.Diff(want, w.trusted()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestTrustEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		old := w.trust("phone", "tablet")
		w.now = noon.Add(time.Hour)
		untrust := func(token string, ids ...id.ID) answer {
			return w.do(token, "POST", "/api/devices/untrust", object{"devices": ids})
		}
		w.want(404, "not found", untrust("bob:laptop", old["phone"].ID))
		w.want(404, "not found", untrust("zoe:phone", old["phone"].ID, id.New()))
		w.want(400, `"devices"`, untrust("zoe:phone"))
		if diff := cmp.Diff(old, w.trusted()); diff != "" {
			t.Errorf("a refused change has changed:\n%s", diff)
		}
		before := d.Statements()
		w.want(200, "", untrust("zoe:phone", slices.Repeat([]id.ID{old["phone"].ID}, 1000)...))
		if n := d.Statements() - before; n > 20 {
			t.Errorf("one device named a thousand times took %d statements", n)
		}
		if got := w.trusted(); len(got) != 1 || got["tablet"].ID != old["tablet"].ID {
			t.Errorf("trusted: %v", got)
		}
	})
}
