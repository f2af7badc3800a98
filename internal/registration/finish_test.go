package registration_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
)

const finishPath = "/identity/accounts/register/finish"

var pbkdf2 = object{"kdfType": 0, "iterations": 600000, "memory": nil, "parallelism": nil}

// oldBody is what clients before 2025 send.
func oldBody(email, token string) object {
	return object{
		"email": email, "emailVerificationToken": token, "masterPasswordHash": hash, "masterPasswordHint": "the usual",
		"userSymmetricKey": wrapped, "userAsymmetricKeys": object{"publicKey": publicKey(), "encryptedPrivateKey": wrapped},
		"kdf": 0, "kdfIterations": 600000,
	}
}

// newBody is what the newest clients send.
func newBody(email, token string) object {
	return object{
		"email": email, "emailVerificationToken": token, "masterPasswordHint": nil,
		"masterPasswordAuthentication": object{"kdf": pbkdf2, "masterPasswordAuthenticationHash": hash, "salt": email},
		"masterPasswordUnlock":         object{"kdf": pbkdf2, "masterKeyWrappedUserKey": wrapped, "salt": email, "containedKeyId": "00112233445566778899aabbccddeeff"},
		"accountKeys": object{
			"userKeyEncryptedAccountPrivateKey": wrapped, "accountPublicKey": publicKey(), "signatureKeyPair": nil, "securityState": nil,
			"publicKeyEncryptionKeyPair": object{"wrappedPrivateKey": wrapped, "publicKey": publicKey(), "signedPublicKey": nil},
		},
	}
}

// mixedBody is what the web vault of 2026 sends: both, but the KDF once.
func mixedBody(email, token string) object {
	body := oldBody(email, token)
	delete(body, "kdf")
	delete(body, "kdfIterations")
	for _, member := range []string{"masterPasswordAuthentication", "masterPasswordUnlock"} {
		body[member] = newBody(email, token)[member]
	}
	return body
}

// Scenario 16.
func TestEveryGenerationOfClientsRegisters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		tests := map[string]struct {
			email string
			body  func(email, token string) object
			keyID string
		}{
			"old":   {"old@example.com", oldBody, ""},
			"new":   {"new@example.com", newBody, "00112233445566778899aabbccddeeff"},
			"mixed": {"mixed@example.com", mixedBody, "00112233445566778899aabbccddeeff"},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				status, answer := w.post(t, finishPath, test.body(test.email, w.token(t, test.email, "")))
				if status != http.StatusOK || !strings.Contains(answer, `"object":"registerFinish"`) {
					t.Fatalf("got %d %s", status, answer)
				}
				a, good, err := w.Accounts.CheckPassword(t.Context(), test.email, hash)
				if err != nil || !good || a.Key != wrapped || a.PublicKey != publicKey() || a.PrivateKey != wrapped || a.KeyID != test.keyID ||
					!a.KDF.Equal(account.DefaultKDF()) {
					t.Errorf("got %+v %v, %v", a, good, err)
				}
			})
		}
		t.Run("very old, keys come later", func(t *testing.T) {
			body := oldBody("keyless@example.com", w.token(t, "keyless@example.com", ""))
			delete(body, "userAsymmetricKeys")
			if status, answer := w.post(t, finishPath, body); status != http.StatusOK {
				t.Errorf("got %d %s", status, answer)
			}
		})
		t.Run("Argon2id", func(t *testing.T) {
			body := oldBody("argon@example.com", w.token(t, "argon@example.com", ""))
			maps.Copy(body, object{"kdf": 1, "kdfIterations": 3, "kdfMemory": 64, "kdfParallelism": 4})
			status, answer := w.post(t, finishPath, body)
			a, _, err := w.Accounts.FindByEmail(t.Context(), "argon@example.com")
			if status != http.StatusOK || err != nil || a.KDF.Memory == nil || *a.KDF.Memory != 64 {
				t.Errorf("got %d %s, %+v", status, answer, a.KDF)
			}
		})
	})
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

// Scenarios 17, 19 and 20.
func TestFinishRefusesWhatNoClientCouldUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		const email = "zoe@example.com"
		token := w.token(t, email, "")
		tests := map[string]struct {
			body     func(email, token string) object
			path     string
			value    any
			contains string
		}{
			"hashes differ":            {mixedBody, "masterPasswordHash", "other", "MasterPasswordAuthenticationHash and root level MasterPasswordHash provided and are not equal. Only provide one."},
			"no hash":                  {oldBody, "masterPasswordHash", nil, `"masterPasswordHash"`},
			"hash too long":            {oldBody, "masterPasswordHash", strings.Repeat("x", 301), `"masterPasswordHash"`},
			"hint too long":            {oldBody, "masterPasswordHint", strings.Repeat("x", 51), `"masterPasswordHint"`},
			"no address":               {oldBody, "email", nil, `"email"`},
			"no KDF":                   {oldBody, "kdf", nil, `"kdf"`},
			"no iterations":            {oldBody, "kdfIterations", nil, `"kdfIterations"`},
			"weak":                     {oldBody, "kdfIterations", 599_999, "between 600000 and 2000000"},
			"slow":                     {oldBody, "kdfIterations", 2_000_001, "between 600000 and 2000000"},
			"unlock alone":             {newBody, "masterPasswordAuthentication", nil, `"masterPasswordAuthentication"`},
			"authentication alone":     {newBody, "masterPasswordUnlock", nil, `"masterPasswordUnlock"`},
			"no nested KDF":            {newBody, "masterPasswordAuthentication.kdf", nil, `"masterPasswordAuthentication.kdf"`},
			"KDFs differ":              {newBody, "masterPasswordUnlock.kdf", object{"kdfType": 0, "iterations": 600001}, "the same KDF configuration"},
			"salt of another":          {newBody, "masterPasswordUnlock.salt", "other@example.com", `"masterPasswordUnlock.salt"`},
			"salt not normal":          {newBody, "masterPasswordAuthentication.salt", "Zoe@example.com", `"masterPasswordAuthentication.salt"`},
			"salt empty":               {newBody, "masterPasswordAuthentication.salt", "", "salt must not be empty"},
			"key: one piece":           {oldBody, "userSymmetricKey", "2.abc", `"userSymmetricKey"`},
			"key: no such type":        {oldBody, "userSymmetricKey", "9.AAAA", `"userSymmetricKey"`},
			"key: two pieces":          {oldBody, "userSymmetricKey", "2.a|b", `"userSymmetricKey"`},
			"key: second generation":   {oldBody, "userSymmetricKey", "7.AAAA", `"userSymmetricKey"`},
			"key: empty":               {oldBody, "userSymmetricKey", "", `"userSymmetricKey"`},
			"key: a megabyte":          {oldBody, "userSymmetricKey", "2." + strings.Repeat("A", 1<<20) + "|AAAA|AAAA", `"userSymmetricKey"`},
			"nested key broken":        {newBody, "masterPasswordUnlock.masterKeyWrappedUserKey", "2.abc", `"masterPasswordUnlock.masterKeyWrappedUserKey"`},
			"key id broken":            {newBody, "masterPasswordUnlock.containedKeyId", "xyz", `"masterPasswordUnlock.containedKeyId"`},
			"private key broken":       {oldBody, "userAsymmetricKeys.encryptedPrivateKey", "2.a|b", `"userAsymmetricKeys.encryptedPrivateKey"`},
			"public key broken":        {oldBody, "userAsymmetricKeys.publicKey", "AAAA", `"userAsymmetricKeys.publicKey"`},
			"public key missing":       {oldBody, "userAsymmetricKeys.publicKey", nil, `"userAsymmetricKeys.publicKey"`},
			"signed public key":        {newBody, "accountKeys.publicKeyEncryptionKeyPair.signedPublicKey", "x", `"accountKeys.publicKeyEncryptionKeyPair.signedPublicKey"`},
			"signature keys":           {newBody, "accountKeys.signatureKeyPair", object{}, `"accountKeys.signatureKeyPair"`},
			"nested private key":       {newBody, "accountKeys.publicKeyEncryptionKeyPair.wrappedPrivateKey", "4.AAAA", `"accountKeys.publicKeyEncryptionKeyPair.wrappedPrivateKey"`},
			"a member of another type": {oldBody, "kdfIterations", "many", `"kdfIterations"`},
			"no token":                 {oldBody, "emailVerificationToken", nil, "No valid registration token provided"},
			"token of nobody":          {oldBody, "emailVerificationToken", "x", "Invalid email verification token."},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				status, answer := w.post(t, finishPath, change(test.body(email, token), test.path, test.value))
				if status != http.StatusBadRequest || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want 400 with %s", status, answer, test.contains)
				}
			})
		}
		if _, known, err := w.Accounts.FindByEmail(t.Context(), email); known || err != nil {
			t.Errorf("a refused registration left an account: %v", err)
		}
	})
}

func TestOldClientsRegisterInOneStepWhereItIsAllowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		body := func(email string) object {
			return object{
				"email": email, "name": "Zoé", "masterPasswordHash": hash, "masterPasswordHint": "the usual", "key": wrapped, "captchaResponse": nil,
				"kdf": 0, "kdfIterations": 600_000, "keys": object{"publicKey": publicKey(), "encryptedPrivateKey": wrapped},
			}
		}
		ask := func(path string, body object) (status int, answer string) {
			t.Helper()
			return w.post(t, path, body)
		}
		for name, refuse := range map[string]func(){
			"not allowed":             func() { w.OneStep, w.Verification = false, false },
			"addresses are verified":  func() { w.OneStep, w.Verification = true, true },
			"registration is closed":  func() { w.OneStep, w.Verification, w.Open = true, false, false },
			"closed and not verified": func() { w.OneStep, w.Verification, w.Open = false, false, false },
		} {
			w.Open = true
			refuse()
			if status, answer := ask("/identity/accounts/register", body("zoe@example.com")); status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", name, status, answer)
			}
		}
		w.OneStep, w.Verification, w.Open = true, false, true
		for i, path := range []string{"/identity/accounts/register", "/api/accounts/register"} {
			email := []string{"Zoe@example.com", "ada@example.com"}[i]
			status, answer := ask(path, body(email))
			a, good, err := w.Accounts.CheckPassword(t.Context(), email, hash)
			if status != http.StatusOK || strings.TrimSpace(answer) != `{"object":"register","captchaBypassToken":""}` || err != nil || !good ||
				a.EmailVerified || a.Name != "Zoé" || a.PublicKey != publicKey() || a.PasswordHint != "the usual" {
				t.Errorf("%s: %d %s, got %+v, %v", path, status, answer, a, err)
			}
			if status, answer := ask(path, body(email)); status != http.StatusBadRequest || !strings.Contains(answer, "already taken") {
				t.Errorf("%s, again: %d %s", path, status, answer)
			}
		}
		for member, value := range map[string]any{
			"email": "zoe", "name": strings.Repeat("x", 51), "masterPasswordHash": "", "key": "2.abc", "kdf": nil, "kdfIterations": nil, "keys": object{"publicKey": "AAAA"},
		} {
			if status, answer := ask("/api/accounts/register", change(body("new@example.com"), member, value)); status != http.StatusBadRequest || !strings.Contains(answer, member) {
				t.Errorf("%s: %d %s", member, status, answer)
			}
		}
	})
}
