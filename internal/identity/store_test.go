package identity_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/identity"
)

func device(w *world) identity.Device {
	return identity.Device{
		ID: id.New(), AccountID: w.zoe.ID, Identifier: "phone", Type: 0, Name: "Pixel", PushToken: "push",
		CreatedAt: noon, ActiveAt: noon,
	}
}

func save(t *testing.T, w *world, d identity.Device) identity.Device {
	t.Helper()
	var saved identity.Device
	err := w.Store.Tx(t.Context(), func(ctx context.Context) (err error) {
		saved, err = w.Store.SaveDevice(ctx, d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func TestDeviceIsKnownAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := save(t, w, device(w))
		again := device(w)
		again.Name, again.Type, again.PushToken = "Renamed", 1, ""
		again.CreatedAt, again.ActiveAt = noon.Add(time.Hour), noon.Add(time.Hour)
		want := first
		want.Name, want.Type, want.ActiveAt = "Renamed", 1, again.ActiveAt
		if diff := cmp.Diff(want, save(t, w, again)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		other := device(w)
		other.AccountID = w.bob.ID
		if got := save(t, w, other); got.ID == first.ID {
			t.Error("two people share a device row")
		}
	})
}

func TestSessionEndsWithTheStampAndTheDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		saved := save(t, w, device(w))
		session := identity.Session{
			Hash: "h", AccountID: w.zoe.ID, DeviceID: saved.ID, ClientID: "mobile", SecurityStamp: w.zoe.SecurityStamp,
			CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
		}
		if err := w.Store.InsertSession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		find := func() (identity.Session, identity.Device, bool) {
			s, d, found, err := w.Store.FindSession(t.Context(), "h")
			if err != nil {
				t.Fatal(err)
			}
			return s, d, found
		}
		gotSession, gotDevice, found := find()
		if diff := cmp.Diff(session, gotSession); !found || diff != "" || gotDevice.ID != saved.ID {
			t.Errorf("found %v, device %v\n%s", found, gotDevice.ID, diff)
		}
		session.ExpiresAt = noon.Add(2 * time.Hour)
		if err := w.Store.Extend(t.Context(), session, noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if s, d, _ := find(); !s.ExpiresAt.Equal(session.ExpiresAt) || !d.ActiveAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("extended to %s, active at %s", s.ExpiresAt, d.ActiveAt)
		}
		deviceID, culture, found, err := w.Store.FindCaller(t.Context(), w.zoe.ID, w.zoe.SecurityStamp, "phone")
		if err != nil || !found || deviceID != saved.ID || culture != "fr-FR" {
			t.Errorf("caller %v %q %v, %v", deviceID, culture, found, err)
		}
		for _, wrong := range [][2]string{{"other stamp", "phone"}, {w.zoe.SecurityStamp, "other device"}} {
			if _, _, found, err := w.Store.FindCaller(t.Context(), w.zoe.ID, wrong[0], wrong[1]); found || err != nil {
				t.Errorf("%q: %v, %v", wrong, found, err)
			}
		}
		w.exec(t, `UPDATE account SET security_stamp = 'new' WHERE id = $1`, w.zoe.ID)
		if _, _, found := find(); found {
			t.Error("the session outlives the stamp")
		}
		w.exec(t, `UPDATE account SET security_stamp = $2 WHERE id = $1`, w.zoe.ID, w.zoe.SecurityStamp)
		w.exec(t, `DELETE FROM device WHERE id = $1`, saved.ID)
		if _, _, found := find(); found {
			t.Error("the session outlives the device")
		}
	})
}

func TestOnlySessionsThatAreOverAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		saved := save(t, w, device(w))
		for hash, end := range map[string]time.Time{"over": noon, "open": noon.Add(time.Microsecond)} {
			err := w.Store.InsertSession(t.Context(), identity.Session{
				Hash: hash, AccountID: w.zoe.ID, DeviceID: saved.ID, ClientID: "cli", SecurityStamp: w.zoe.SecurityStamp, CreatedAt: noon, ExpiresAt: end,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Store.DeleteExpired(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
		for hash, want := range map[string]bool{"over": false, "open": true} {
			if _, _, found, err := w.Store.FindSession(t.Context(), hash); found != want || err != nil {
				t.Errorf("%s: %v, %v", hash, found, err)
			}
		}
	})
}
