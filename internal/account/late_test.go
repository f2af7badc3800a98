package account_test

import (
	"net/http"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

// TestWhatASessionBringsAfterItsEndIsNotStored is of requests that began before
// their session ended, and whose ciphertext may belong to an old user key.
func TestWhatASessionBringsAfterItsEndIsNotStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		requests := map[string]object{
			"/api/accounts/key-management/regenerate-keys": {"userPublicKey": publicKey(), "userKeyEncryptedUserPrivateKey": newWrapped},
			"/api/accounts/profile":                        {"name": "Another"},
		}
		s.stamp = "of a session that has ended"
		for path, body := range requests {
			if status, answer := s.post(t, zoe, path, body); status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", path, status, answer)
			}
		}
		if a := s.stored(t, zoe); a.PrivateKey != zoe.PrivateKey || a.Name != zoe.Name {
			t.Error("it was stored")
		}
		s.stamp = zoe.SecurityStamp
		for path, body := range requests {
			if status, answer := s.post(t, zoe, path, body); status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, answer)
			}
		}
	})
}
