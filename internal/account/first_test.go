package account_test

import (
	"net/http"
	"strings"
	"testing"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
)

func TestFirstPasswordIsForWhoHasNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		old := object{
			"masterPasswordHash": newHash, "key": newWrapped, "kdf": 0, "kdfIterations": 600_000, "masterPasswordHint": "mine", "orgIdentifier": "acme",
			"keys": object{"publicKey": publicKey(), "encryptedPrivateKey": wrapped},
		}
		fresh := object{
			"masterPasswordAuthentication": object{"kdf": pbkdf2Of(600_000), "masterPasswordAuthenticationHash": newHash, "salt": "new@example.com"},
			"masterPasswordUnlock": object{
				"kdf": pbkdf2Of(600_000), "masterKeyWrappedUserKey": newWrapped, "salt": "new@example.com", "containedKeyId": keyID,
			},
			"accountKeys": object{"publicKeyEncryptionKeyPair": object{"wrappedPrivateKey": wrapped, "publicKey": publicKey()}},
		}
		for name, body := range map[string]object{"old": old, "new": fresh} {
			keyless := bare(name + "@example.com")
			keyless.PasswordHash, keyless.Key = "", ""
			insert(t, s.Store, keyless)
			if got := account.UserDecryptionOf(s.stored(t, keyless)); got.MasterPasswordUnlock != nil || keyless.HasPassword() {
				t.Errorf("%s: a master password opens what has none: %+v", name, got)
			}
			refused(t, s.VerifySecret(t.Context(), keyless.ID, account.Secret{MasterPasswordHash: newHash}), "account.wrongPassword")
			s.mails, s.notices, s.recorded = nil, nil, nil
			status, answer := s.post(t, keyless, "/api/accounts/set-password", body)
			a := s.stored(t, keyless)
			if status != http.StatusOK || a.Key != newWrapped || a.PublicKey != publicKey() || !s.opens(t, keyless.Email, newHash) || a.SecurityStamp != keyless.SecurityStamp {
				t.Errorf("%s: %d %s, got %+v", name, status, answer, a)
			}
			if len(s.mails) != 1 || s.mails[0].Template != "password-set" {
				t.Errorf("%s: mailed %+v", name, s.mails)
			}
			if status, answer := s.post(t, keyless, "/api/accounts/set-password", body); status != http.StatusBadRequest || !strings.Contains(answer, "has a master password already") {
				t.Errorf("%s, again: %d %s", name, status, answer)
			}
			s.keeps(t, own{keyless.ID, event.PasswordChanged})
		}
		refusals := map[string]struct {
			body     object
			contains string
		}{
			"no KDF":       {change(old, "kdf", nil), `"kdf"`},
			"weak":         {change(old, "kdfIterations", 1), "600000"},
			"no hash":      {change(old, "masterPasswordHash", nil), `"masterPasswordHash"`},
			"no key":       {change(old, "key", nil), `"key"`},
			"broken pair":  {change(old, "keys.publicKey", "AAAA"), `"keys.publicKey"`},
			"another salt": {change(change(fresh, "masterPasswordUnlock.salt", "x"), "masterPasswordAuthentication.salt", "x"), `"masterPasswordAuthentication.salt"`},
			"two salts":    {change(fresh, "masterPasswordUnlock.salt", "x"), `"masterPasswordUnlock.salt"`},
			"second kind":  {change(fresh, "accountKeys.securityState", object{}), `"accountKeys.securityState"`},
		}
		nobody := bare("nobody@example.com")
		nobody.PasswordHash, nobody.Key = "", ""
		insert(t, s.Store, nobody)
		for name, test := range refusals {
			if status, answer := s.post(t, nobody, "/api/accounts/set-password", test.body); status != http.StatusBadRequest || !strings.Contains(answer, test.contains) {
				t.Errorf("%s: %d %s, want 400 with %s", name, status, answer, test.contains)
			}
		}
	})
}
