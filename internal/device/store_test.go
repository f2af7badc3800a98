package device_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/id"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// add makes a person of whom nothing but their devices matters.
func add(t *testing.T, d *db.DB, email string) id.ID {
	t.Helper()
	accountID := id.New()
	_, err := d.Exec(t.Context(), `INSERT INTO account (id, email, email_verified, name, culture, password_hash, kdf_type, kdf_iterations, salt,
		encrypted_key, security_stamp, sealed_api_key, verify_devices, created_at, revised_at, vault_revised_at)
		VALUES ($1, $2, TRUE, '', 'en-US', '', 0, 600000, '', '', 'stamp', '', TRUE, 0, 0, 0)`, accountID, email)
	if err != nil {
		t.Fatal(err)
	}
	return accountID
}

func TestDeviceIsKnownAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := noon
		devices := &device.Service{Store: device.NewStore(d), Now: func() time.Time { return now }}
		zoe, bob := add(t, d, "zoe@example.com"), add(t, d, "bob@example.com")
		save := func(accountID id.ID, kind, name, push string) (device.Device, bool) {
			t.Helper()
			phone, ok := device.Of(kind, "phone", name, push)
			saved, added, err := devices.Save(t.Context(), accountID, phone)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			return saved, added
		}
		first, added := save(zoe, "0", "Pixel", "push")
		if !added {
			t.Error("a new device is not new")
		}
		now = noon.Add(time.Hour)
		want := first
		want.Name, want.Type, want.ActiveAt = "Renamed", 1, now
		again, added := save(zoe, "1", "Renamed", "")
		if diff := cmp.Diff(want, again); added || diff != "" {
			t.Errorf("added %v, -want +got:\n%s", added, diff)
		}
		if other, added := save(bob, "0", "Pixel", ""); !added || other.ID == first.ID {
			t.Error("two people share a device row")
		}
	})
}
