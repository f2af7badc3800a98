package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

const (
	newHash    = "aGFzaCBvZiBhbm90aGVyIG1hc3RlciBwYXNzd29yZC4uLi4="
	newWrapped = "2.bmV3|a2V5|bWFj"
	keyID      = "00112233445566778899aabbccddeeff"
)

type object = map[string]any

// post sends a body as a person, and returns the status and the answer.
func (s *site) post(t *testing.T, who account.Account, path string, body object) (status int, answer string) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	token := ""
	if !who.ID.IsZero() {
		token = who.ID.String()
	}
	method := "POST"
	if verb, rest, ok := strings.Cut(path, " "); ok {
		method, path = verb, rest
	}
	rec := s.call(method, path, token, string(raw))
	return rec.Code, rec.Body.String()
}

// stored returns what the database holds of a person.
func (s *site) stored(t *testing.T, a account.Account) account.Account {
	t.Helper()
	got, err := s.Get(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// opens reports whether the hash is that of the person's master password.
func (s *site) opens(t *testing.T, email, hash string) bool {
	t.Helper()
	_, good, err := s.CheckPassword(t.Context(), email, hash)
	if err != nil {
		t.Fatal(err)
	}
	return good
}

// legacy is a new master password in the words of clients before 2025.
func legacy(account.Account) object {
	return object{"newMasterPasswordHash": newHash, "key": newWrapped}
}

// nested is a new master password in the words of the newest clients.
func nested(a account.Account) object {
	kdf := object{"kdfType": 0, "iterations": 600000, "memory": nil, "parallelism": nil}
	return object{
		"authenticationData": object{"kdf": kdf, "masterPasswordAuthenticationHash": newHash, "salt": a.Email},
		"unlockData":         object{"kdf": kdf, "masterKeyWrappedUserKey": newWrapped, "salt": a.Email, "containedKeyId": keyID},
	}
}

func with(bodies ...object) object {
	all := object{}
	for _, body := range bodies {
		maps.Copy(all, body)
	}
	return all
}

// change sets one member, given by its path.
func change(body object, path string, value any) object {
	head, rest, nested := strings.Cut(path, ".")
	body = maps.Clone(body)
	if nested {
		value = change(body[head].(object), rest, value)
	}
	body[head] = value
	return body
}

// Scenario 73.
func TestPasswordChangesInTheWordsOfEveryClient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		for name, words := range map[string]func(account.Account) object{
			"old": legacy, "new": nested, "both": func(a account.Account) object { return with(legacy(a), nested(a)) },
		} {
			zoe := s.member(t, name+"@example.com")
			s.notices, s.mails, s.ended, s.recorded = nil, nil, nil, nil
			status, answer := s.post(t, zoe, "/api/accounts/password", with(words(zoe), object{"masterPasswordHash": hash, "masterPasswordHint": "the new"}))
			if status != http.StatusOK {
				t.Fatalf("%s: %d %s", name, status, answer)
			}
			a := s.stored(t, zoe)
			if a.Key != newWrapped || a.PasswordHint != "the new" || a.SecurityStamp == zoe.SecurityStamp || !a.PasswordChangedAt.Equal(s.now) ||
				a.KeyID != keyID || a.Salt != zoe.Salt || !a.VaultRevisedAt.After(zoe.VaultRevisedAt) {
				t.Errorf("%s: got %+v", name, a)
			}
			if !s.opens(t, zoe.Email, newHash) || s.opens(t, zoe.Email, hash) {
				t.Errorf("%s: the new password does not open, or the old one does", name)
			}
			if len(s.ended) != 1 || len(s.mails) != 1 || s.mails[0].Template != "password-changed" || s.mails[0].To != zoe.Email {
				t.Errorf("%s: ended %v, mailed %+v", name, s.ended, s.mails)
			}
			s.told(t, notice.LogOut(zoe.ID, s.now))
			s.keeps(t, own{zoe.ID, event.PasswordChanged})
		}
	})
}

// told fails unless exactly this was announced.
func (w *world) told(t *testing.T, want notice.Notice) {
	t.Helper()
	if len(w.notices) != 1 || w.notices[0].Kind != want.Kind || w.notices[0].Everywhere != want.Everywhere ||
		len(w.notices[0].People) != 1 || w.notices[0].People[0] != want.People[0] {
		t.Errorf("announced %+v, want %+v", w.notices, want)
	}
}

// Scenarios 73 and 74.
func TestRefusedPasswordChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		good := with(nested(zoe), object{"masterPasswordHash": hash})
		tests := map[string]struct {
			body     object
			contains string
		}{
			"wrong password":    {with(good, object{"masterPasswordHash": "wrong"}), `"MasterPasswordHash":["Invalid master password`},
			"no password":       {with(nested(zoe)), `"masterPasswordHash"`},
			"long password":     {with(good, object{"masterPasswordHash": strings.Repeat("x", 301)}), `"masterPasswordHash"`},
			"nothing new":       {object{"masterPasswordHash": hash}, "Must provide either new payloads"},
			"no key":            {object{"masterPasswordHash": hash, "newMasterPasswordHash": newHash}, `"key"`},
			"no hash":           {object{"masterPasswordHash": hash, "key": newWrapped}, `"newMasterPasswordHash"`},
			"long hash":         {with(legacy(zoe), object{"masterPasswordHash": hash, "newMasterPasswordHash": strings.Repeat("x", 301)}), `"newMasterPasswordHash"`},
			"two hashes":        {with(good, object{"newMasterPasswordHash": "other"}), `"newMasterPasswordHash"`},
			"key of no client":  {with(legacy(zoe), object{"masterPasswordHash": hash, "key": "7.AAAA"}), `"key"`},
			"long hint":         {with(good, object{"masterPasswordHint": strings.Repeat("x", 51)}), `"masterPasswordHint"`},
			"half":              {with(legacy(zoe), object{"masterPasswordHash": hash, "unlockData": nested(zoe)["unlockData"]}), `"authenticationData"`},
			"other half":        {with(legacy(zoe), object{"masterPasswordHash": hash, "authenticationData": nested(zoe)["authenticationData"]}), `"unlockData"`},
			"no KDF":            {change(good, "unlockData.kdf", nil), `"unlockData.kdf"`},
			"another KDF":       {change(change(good, "unlockData.kdf", pbkdf2Of(700_000)), "authenticationData.kdf", pbkdf2Of(700_000)), `"authenticationData.kdf"`},
			"two KDFs":          {change(good, "unlockData.kdf", pbkdf2Of(700_000)), "the same KDF configuration"},
			"another salt":      {change(change(good, "unlockData.salt", "x"), "authenticationData.salt", "x"), `"authenticationData.salt"`},
			"two salts":         {change(good, "unlockData.salt", "x"), `"unlockData.salt"`},
			"no salt":           {change(change(good, "unlockData.salt", ""), "authenticationData.salt", ""), "salt must not be empty"},
			"another user key":  {change(good, "unlockData.containedKeyId", strings.Repeat("a", 32)), `"unlockData.containedKeyId"`},
			"no id of a key":    {change(good, "unlockData.containedKeyId", "x"), `"unlockData.containedKeyId"`},
			"wrapped key other": {change(good, "unlockData.masterKeyWrappedUserKey", "2.abc"), `"unlockData.masterKeyWrappedUserKey"`},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				if status, answer := s.post(t, zoe, "/api/accounts/password", test.body); status != http.StatusBadRequest || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want 400 with %s", status, answer, test.contains)
				}
			})
		}
		if a := s.stored(t, zoe); a.SecurityStamp != zoe.SecurityStamp || a.PasswordHash != zoe.PasswordHash || a.Key != zoe.Key || len(s.mails)+len(s.notices)+len(s.recorded) > 0 {
			t.Errorf("something changed: %+v", a)
		}
	})
}

func pbkdf2Of(iterations int) object { return object{"kdfType": 0, "iterations": iterations} }

func TestPasswordThatChangedMeanwhileIsNotChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe := w.member(t, "zoe@example.com")
		err := w.Rekey(t.Context(), zoe.ID, account.Rekey{Stamp: "another", StoredHash: "x", Key: "x", PrivateKey: "x"})
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("got %v", err)
		}
		hint, fresh := "the\r\nnew", account.Rekey{Stamp: zoe.SecurityStamp, StoredHash: zoe.PasswordHash, Key: newWrapped, PrivateKey: newWrapped}
		fresh.Hint = &hint
		if err := w.Rekey(t.Context(), zoe.ID, fresh); err != nil {
			t.Fatal(err)
		}
		a, err := w.Get(t.Context(), zoe.ID)
		if err != nil || a.Key != newWrapped || a.PrivateKey != newWrapped || a.KeyID != "" || a.PasswordHint != "thenew" ||
			a.SecurityStamp == zoe.SecurityStamp || !a.KeyRotatedAt.Equal(w.now) || a.PublicKey != zoe.PublicKey {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}

func TestRekeyIsUndoneWithItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe := w.member(t, "zoe@example.com")
		crash := errors.New("crash")
		err := w.Store.Tx(t.Context(), func(ctx context.Context) error {
			r := account.Rekey{Stamp: zoe.SecurityStamp, StoredHash: "x", Key: newWrapped, PrivateKey: newWrapped}
			return errors.Join(w.Rekey(ctx, zoe.ID, r), crash)
		})
		a, readErr := w.Get(t.Context(), zoe.ID)
		if !errors.Is(err, crash) || readErr != nil || a.Key != zoe.Key || a.SecurityStamp != zoe.SecurityStamp {
			t.Errorf("%v, %v, got %+v", err, readErr, a)
		}
	})
}

// Scenario 75.
func TestKDFChangesInTheWordsOfEveryClient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		argon := object{"kdfType": 1, "iterations": 3, "memory": 64, "parallelism": 4}
		tests := map[string]func(account.Account) object{
			"old": func(a account.Account) object {
				return with(legacy(a), object{"kdf": 1, "kdfIterations": 3, "kdfMemory": 64, "kdfParallelism": 4})
			},
			"new": func(a account.Account) object {
				return change(change(nested(a), "unlockData.kdf", argon), "authenticationData.kdf", argon)
			},
		}
		for name, words := range tests {
			zoe := s.member(t, name+"@example.com")
			s.notices, s.mails = nil, nil
			status, answer := s.post(t, zoe, "/api/accounts/kdf", with(words(zoe), object{"masterPasswordHash": hash}))
			if status != http.StatusOK {
				t.Fatalf("%s: %d %s", name, status, answer)
			}
			p, err := s.Prelogin(t.Context(), zoe.Email)
			want := account.KDF{Type: account.Argon2id, Iterations: 3, Memory: new(64), Parallelism: new(4)}
			if err != nil || !p.KDF.Equal(want) || !s.opens(t, zoe.Email, newHash) {
				t.Errorf("%s: prelogin says %+v, %v", name, p, err)
			}
			if a := s.stored(t, zoe); a.SecurityStamp == zoe.SecurityStamp || a.Key != newWrapped || !a.KDFChangedAt.Equal(s.now) {
				t.Errorf("%s: got %+v", name, a)
			}
			if len(s.mails) != 1 || s.mails[0].Template != "kdf-changed" {
				t.Errorf("%s: mailed %+v", name, s.mails)
			}
			s.told(t, notice.LogOutEverywhere(zoe.ID, s.now))
		}
	})
}

// Scenario 75.
func TestRefusedKDFChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		good := with(nested(zoe), object{"masterPasswordHash": hash})
		both := func(kdf object) object {
			return change(change(good, "unlockData.kdf", kdf), "authenticationData.kdf", kdf)
		}
		flat := func(members object) object {
			return with(legacy(zoe), object{"masterPasswordHash": hash, "kdf": 0, "kdfIterations": 600_000}, members)
		}
		tests := map[string]struct {
			body     object
			contains string
		}{
			"wrong password":  {with(good, object{"masterPasswordHash": "wrong"}), `"MasterPasswordHash"`},
			"two KDFs":        {change(good, "unlockData.kdf", pbkdf2Of(700_000)), "the same KDF configuration"},
			"weak":            {both(pbkdf2Of(599_999)), "between 600000 and 2000000"},
			"slow":            {both(pbkdf2Of(2_000_001)), "between 600000 and 2000000"},
			"little memory":   {both(object{"kdfType": 1, "iterations": 3, "memory": 14, "parallelism": 4}), "memory"},
			"many lanes":      {both(object{"kdfType": 1, "iterations": 3, "memory": 64, "parallelism": 17}), "parallelism"},
			"another salt":    {change(change(good, "unlockData.salt", "x"), "authenticationData.salt", "x"), `"authenticationData.salt"`},
			"another key":     {change(good, "unlockData.containedKeyId", strings.Repeat("a", 32)), `"unlockData.containedKeyId"`},
			"old, no KDF":     {flat(object{"kdf": nil}), `"kdf"`},
			"old, no number":  {flat(object{"kdfIterations": nil}), `"kdfIterations"`},
			"old, weak":       {flat(object{"kdfIterations": 100_000}), `"kdf"`},
			"old, no new key": {flat(object{"key": nil}), `"key"`},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				if status, answer := s.post(t, zoe, "/api/accounts/kdf", test.body); status != http.StatusBadRequest || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want 400 with %s", status, answer, test.contains)
				}
			})
		}
		if a := s.stored(t, zoe); a.SecurityStamp != zoe.SecurityStamp || !a.KDF.Equal(zoe.KDF) || a.Key != zoe.Key {
			t.Errorf("something changed: %+v", a)
		}
	})
}

func TestTemporaryPasswordIsReplacedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		const path = "PUT /api/accounts/update-temp-password"
		if status, answer := s.post(t, zoe, path, nested(zoe)); status != http.StatusBadRequest || !strings.Contains(answer, "temporary") {
			t.Errorf("without a temporary password: %d %s", status, answer)
		}
		zoe.ForcePasswordReset = true
		if err := s.Store.Update(t.Context(), zoe); err != nil {
			t.Fatal(err)
		}
		if rec := s.call("GET", "/api/accounts/profile", zoe.ID.String(), ""); !strings.Contains(rec.Body.String(), `"forcePasswordReset":true`) {
			t.Errorf("the profile says %s", rec.Body)
		}
		another := change(change(nested(zoe), "unlockData.kdf", pbkdf2Of(700_000)), "authenticationData.kdf", pbkdf2Of(700_000))
		if status, answer := s.post(t, zoe, path, another); status != http.StatusBadRequest {
			t.Errorf("another KDF: %d %s", status, answer)
		}
		status, answer := s.post(t, zoe, path, with(nested(zoe), object{"masterPasswordHint": "mine"}))
		a := s.stored(t, zoe)
		if status != http.StatusOK || a.ForcePasswordReset || a.PasswordHint != "mine" || !s.opens(t, zoe.Email, newHash) || a.SecurityStamp == zoe.SecurityStamp {
			t.Errorf("%d %s, got %+v", status, answer, a)
		}
		s.told(t, notice.LogOutEverywhere(zoe.ID, s.now))
		s.keeps(t, own{zoe.ID, event.TempPasswordUpdated})
	})
}

func TestNewStampNeedsTheSecret(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	for _, body := range []object{{}, {"masterPasswordHash": "wrong"}, {"otp": "12345678"}} {
		if status, answer := s.post(t, zoe, "/api/accounts/security-stamp", body); status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", body, status, answer)
		}
	}
	if a := s.stored(t, zoe); a.SecurityStamp != zoe.SecurityStamp {
		t.Error("a wrong secret makes a new stamp")
	}
	if status, answer := s.post(t, zoe, "/api/accounts/security-stamp", object{"masterPasswordHash": hash}); status != http.StatusOK {
		t.Errorf("got %d %s", status, answer)
	}
	if a := s.stored(t, zoe); a.SecurityStamp == zoe.SecurityStamp || len(s.ended) != 1 {
		t.Errorf("the stamp is the same, or sessions go on: %v", s.ended)
	}
	s.told(t, notice.LogOutEverywhere(zoe.ID, s.now))
}

// Scenario 72.
func TestPasswordIsVerifiedAndThePolicyAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		status, answer := s.post(t, zoe, "/api/accounts/verify-password", object{"masterPasswordHash": hash})
		const want = `{"minComplexity":null,"minLength":14,"requireLower":null,"requireUpper":true,"requireNumbers":null,` +
			`"requireSpecial":null,"enforceOnLogin":null,"object":"masterPasswordPolicy"}`
		if status != http.StatusOK || strings.TrimSpace(answer) != want || s.slept != 0 {
			t.Errorf("right: %d %s after %s", status, answer, s.slept)
		}
		status, answer = s.post(t, zoe, "/api/accounts/verify-password", object{"masterPasswordHash": "wrong"})
		if status != http.StatusBadRequest || !strings.Contains(answer, `"MasterPasswordHash":["Invalid`) || s.slept != account.FailureDelay {
			t.Errorf("wrong: %d %s after %s", status, answer, s.slept)
		}
	})
}

func TestPoliciesAddUp(t *testing.T) {
	a := account.PasswordPolicy{MinLength: new(12), MinComplexity: new(3), RequireUpper: new(false), RequireLower: new(true)}
	b := account.PasswordPolicy{MinLength: new(16), RequireUpper: new(true), RequireLower: new(false), EnforceOnLogin: new(true)}
	for _, p := range []account.PasswordPolicy{a.With(b), b.With(a)} {
		if *p.MinLength != 16 || *p.MinComplexity != 3 || !*p.RequireUpper || !*p.RequireLower || p.RequireSpecial != nil || !*p.EnforceOnLogin {
			t.Errorf("got %+v", p)
		}
	}
}

func TestKeyPairIsReplacedUnlessOthersUseIt(t *testing.T) {
	s := newSite(t)
	zoe := s.member(t, "zoe@example.com")
	const path = "/api/accounts/key-management/regenerate-keys"
	body := object{"userPublicKey": publicKey(), "userKeyEncryptedUserPrivateKey": newWrapped}
	s.shared = map[id.ID]bool{zoe.ID: true}
	if status, answer := s.post(t, zoe, path, body); status != http.StatusBadRequest || !strings.Contains(answer, "shared keys") {
		t.Errorf("shared: %d %s", status, answer)
	}
	if a := s.stored(t, zoe); a.PrivateKey != zoe.PrivateKey {
		t.Error("the key pair changed")
	}
	s.shared = nil
	for _, member := range []string{"userPublicKey", "userKeyEncryptedUserPrivateKey"} {
		if status, answer := s.post(t, zoe, path, change(body, member, "AAAA")); status != http.StatusBadRequest || !strings.Contains(answer, member) {
			t.Errorf("%s: %d %s", member, status, answer)
		}
	}
	if status, answer := s.post(t, zoe, path, body); status != http.StatusOK || s.stored(t, zoe).PrivateKey != newWrapped {
		t.Errorf("got %d %s", status, answer)
	}
	s.told(t, notice.Settings(zoe.ID, s.now))
}
