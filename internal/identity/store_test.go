package identity_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
	"coffre/internal/identity"
)

func save(t *testing.T, w *world) device.Device {
	t.Helper()
	phone, ok := device.Of("0", "phone", "Pixel", "push")
	if !ok {
		t.Fatal("the phone says too little")
	}
	saved, _, err := w.Devices.Save(t.Context(), w.zoe.ID, phone)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func TestSessionEndsWithTheStampAndTheDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		saved := save(t, w)
		session := identity.Session{
			Hash: "h", AccountID: w.zoe.ID, DeviceID: saved.ID, ClientID: "mobile", SecurityStamp: w.zoe.SecurityStamp,
			CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
		}
		if err := w.Store.InsertSession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		find := func() (identity.Session, bool) {
			s, found, err := w.Store.FindSession(t.Context(), "h")
			if err != nil {
				t.Fatal(err)
			}
			return s, found
		}
		got, found := find()
		if diff := cmp.Diff(session, got); !found || diff != "" {
			t.Errorf("found %v\n%s", found, diff)
		}
		session.ExpiresAt = noon.Add(2 * time.Hour)
		if err := w.Store.Extend(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if s, _ := find(); !s.ExpiresAt.Equal(session.ExpiresAt) {
			t.Errorf("extended to %s", s.ExpiresAt)
		}
		culture, found, err := w.Store.FindCaller(t.Context(), w.zoe.ID, w.zoe.SecurityStamp, saved.ID, "phone")
		if err != nil || !found || culture != "fr-FR" {
			t.Errorf("caller %q %v, %v", culture, found, err)
		}
		for _, wrong := range [][2]string{{"other stamp", "phone"}, {w.zoe.SecurityStamp, "other device"}} {
			if _, found, err := w.Store.FindCaller(t.Context(), w.zoe.ID, wrong[0], saved.ID, wrong[1]); found || err != nil {
				t.Errorf("%q: %v, %v", wrong, found, err)
			}
		}
		if _, found, err := w.Store.FindCaller(t.Context(), w.zoe.ID, w.zoe.SecurityStamp, id.ID{}, "phone"); found || err != nil {
			t.Errorf("no device: %v, %v", found, err)
		}
		w.exec(t, `UPDATE account SET security_stamp = 'new' WHERE id = $1`, w.zoe.ID)
		if _, found := find(); found {
			t.Error("the session outlives the stamp")
		}
		w.exec(t, `UPDATE account SET security_stamp = $2 WHERE id = $1`, w.zoe.ID, w.zoe.SecurityStamp)
		w.exec(t, `DELETE FROM device WHERE id = $1`, saved.ID)
		if _, found := find(); found {
			t.Error("the session outlives the device")
		}
	})
}

func TestOnlySessionsThatAreOverAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		saved := save(t, w)
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
			if _, found, err := w.Store.FindSession(t.Context(), hash); found != want || err != nil {
				t.Errorf("%s: %v, %v", hash, found, err)
			}
		}
	})
}
