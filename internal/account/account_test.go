package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"coffre/internal/account"
	"coffre/internal/fault"
)

func TestCheckEmail(t *testing.T) {
	tests := map[string]struct {
		email string
		good  bool
	}{
		"plain":              {"person@example.com", true},
		"tagged":             {"first.last+tag@mail.example.com", true},
		"own name":           {"admin@intranet", true},
		"case and space":     {" Person@Example.COM ", true},
		"empty":              {"", false},
		"no at sign":         {"person.example.com", false},
		"two at signs":       {"a@b@example.com", false},
		"with a name":        {"Person <person@example.com>", false},
		"quoted":             {`"a b"@example.com`, false},
		"space within":       {"a b@example.com", false},
		"header":             {"a@example.com\r\nBcc: b@example.com", false},
		"NUL":                {"a\x00@example.com", false},
		"beyond ASCII":       {"é@example.com", false},
		"empty label":        {"a@example..com", false},
		"dash at an end":     {"a@-example.com", false},
		"dot at the end":     {"a@example.com.", false},
		"two addresses":      {"a@example.com,b@example.com", false},
		"longest":            {strings.Repeat("a", 244) + "@example.com", true},
		"longer than stored": {strings.Repeat("a", 245) + "@example.com", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := account.CheckEmail("email", test.email)
			if (err == nil) != test.good || err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("CheckEmail(%q): %v, want good %v", test.email, err, test.good)
			}
		})
	}
}

// Scenario 19.
func TestKDFHasARange(t *testing.T) {
	pbkdf2 := func(iterations int) account.KDF { return account.KDF{Type: account.PBKDF2, Iterations: iterations} }
	argon := func(iterations, memory, parallelism int) account.KDF {
		return account.KDF{Type: account.Argon2id, Iterations: iterations, Memory: &memory, Parallelism: &parallelism}
	}
	tests := map[string]struct {
		kdf  account.KDF
		good bool
	}{
		"least PBKDF2":         {pbkdf2(600_000), true},
		"most PBKDF2":          {pbkdf2(2_000_000), true},
		"too few":              {pbkdf2(599_999), false},
		"too many":             {pbkdf2(2_000_001), false},
		"least Argon2id":       {argon(2, 15, 1), true},
		"most Argon2id":        {argon(10, 1024, 16), true},
		"one iteration":        {argon(1, 64, 4), false},
		"eleven iterations":    {argon(11, 64, 4), false},
		"little memory":        {argon(3, 14, 4), false},
		"much memory":          {argon(3, 1025, 4), false},
		"no lanes":             {argon(3, 64, 0), false},
		"many lanes":           {argon(3, 64, 17), false},
		"Argon2id half said":   {account.KDF{Type: account.Argon2id, Iterations: 3}, false},
		"a type of the future": {account.KDF{Type: 2, Iterations: 600_000}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := test.kdf.Check("kdf"); (err == nil) != test.good {
				t.Errorf("got %v, want good %v", err, test.good)
			}
		})
	}
}

func TestKDFsAreEqualByValue(t *testing.T) {
	a := account.KDF{Type: account.Argon2id, Iterations: 3, Memory: new(64), Parallelism: new(4)}
	b := account.KDF{Type: account.Argon2id, Iterations: 3, Memory: new(64), Parallelism: new(4)}
	if !a.Equal(b) {
		t.Error("equal settings differ")
	}
	if b.Memory = new(65); a.Equal(b) {
		t.Error("another memory is equal")
	}
	if b.Memory = nil; a.Equal(b) {
		t.Error("no memory is equal")
	}
}

func TestPasswordMatchesOnlyItsOwnHash(t *testing.T) {
	passwords := account.NewPasswords()
	stored, err := passwords.Hash(t.Context(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := passwords.Hash(t.Context(), "secret"); err != nil || again == stored {
		t.Errorf("two hashes of one secret are equal, or %v", err)
	}
	if !strings.HasPrefix(stored, "pbkdf2-sha256$100000$") || strings.Contains(stored, "secret") {
		t.Errorf("stored as %q", stored)
	}
	for secret, want := range map[string]bool{"secret": true, "Secret": false, "": false} {
		if got, err := passwords.Check(t.Context(), secret, stored); got != want || err != nil {
			t.Errorf("Check(%q): %v, %v", secret, got, err)
		}
	}
	if good, err := passwords.Check(t.Context(), "", ""); good || err != nil {
		t.Errorf("nobody's hash: %v, %v", good, err)
	}
}

func TestWaitForAHashEndsWithTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	passwords := account.NewPasswords()
	for range 50 { // a free place may win the race, but not fifty times
		if _, err := passwords.Hash(ctx, "secret"); errors.Is(err, context.Canceled) {
			return
		}
	}
	t.Error("a request that is over is hashed for")
}

func FuzzPasswordHash(f *testing.F) {
	for _, seed := range []string{
		"", "pbkdf2-sha256$100000$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43), "pbkdf2-sha256$0$AA$AA", "$$$", "argon2id$1$AA$AA",
		"pbkdf2-sha256$99999999999$AAAA$" + strings.Repeat("A", 43),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := account.ParsePasswordHash(text)
		if err != nil {
			return
		}
		if second, err := account.ParsePasswordHash(first); err != nil || second != first {
			t.Errorf("%q became %q, %v", first, second, err)
		}
	})
}
