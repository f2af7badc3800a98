// Package account keeps people: what proves that they are who they say, and the
// keys that only they can open.
//
// The server never sees a master password. It is given a hash that the client
// derives from it, and hashes that once more before it is stored. Everything
// else here, the wrapped user key and the key pair, is ciphertext to the server.
package account

import (
	"net/mail"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// The longest texts of a person, in characters.
const (
	MaxEmail   = 256
	MaxName    = 50
	MaxHint    = 50
	MaxHash    = 300 // of what the client derives from the master password; a real one has 44
	maxCulture = 10
)

// Account is one person.
type Account struct {
	ID             id.ID
	Email          string // as NormalizeEmail returns it
	EmailVerified  bool
	Name           string
	Culture        string // "en-US", "fr-FR"
	PasswordHash   string // as Passwords makes it; empty without a master password
	PasswordHint   string
	KDF            KDF
	Salt           string // what the client derives keys with; the address, so far
	Key            string // the user key, wrapped under the master key; empty without one
	PublicKey      string // empty until the client has made a key pair
	PrivateKey     string // wrapped under the user key
	KeyID          string // of the user key; empty until a client tells it
	SecurityStamp  string // a new one ends every session
	VerifyDevices  bool   // whether a log-in on a new device asks for a mailed code
	AvatarColor    string // "#rrggbb", or empty
	CreatedAt      time.Time
	RevisedAt      time.Time
	VaultRevisedAt time.Time // moves with everything that a sync shows

	// ForcePasswordReset says that somebody else set the master password, so that
	// clients ask for a new one first.
	ForcePasswordReset bool

	// When these changed last; zero until the first change.
	PasswordChangedAt time.Time
	KDFChangedAt      time.Time
	EmailChangedAt    time.Time
	KeyRotatedAt      time.Time
	APIKeyRotatedAt   time.Time
}

// New is what somebody brings who has no account yet. Its texts have the shape that
// clients make.
type New struct {
	Email         string // in any case
	EmailVerified bool   // whether they have proved it
	Name          string
	Language      string // in which they read, "en" or "fr"
	FirstPassword
}

// account returns the person, with the stored form of the password's hash.
func (n New) account(stored string, now time.Time) Account {
	email := NormalizeEmail(n.Email)
	return Account{
		ID: id.New(), Email: email, EmailVerified: n.EmailVerified, Name: clean(n.Name), Culture: cultureOf(n.Language),
		PasswordHash: stored, PasswordHint: clean(n.Hint), KDF: n.KDF.plain(), Salt: email,
		Key: n.Key, KeyID: n.KeyID, PublicKey: n.PublicKey, PrivateKey: n.PrivateKey,
		SecurityStamp: id.New().String(), VerifyDevices: true,
		CreatedAt: now, RevisedAt: now, VaultRevisedAt: now,
	}
}

// HasPassword reports whether a person has a master password, and so a user key
// that it opens.
func (a Account) HasPassword() bool { return a.PasswordHash != "" }

// Language returns the language in which a person reads, "en" or "fr".
func (a Account) Language() string {
	if strings.HasPrefix(strings.ToLower(a.Culture), "fr") {
		return "fr"
	}
	return "en"
}

// cultureOf returns the culture of an account that is made in a language.
func cultureOf(language string) string {
	if language == "fr" {
		return "fr-FR"
	}
	return "en-US"
}

func checkCulture(field, culture string) error {
	if len(culture) > maxCulture {
		return fault.TooLong(field, maxCulture)
	}
	if _, err := language.Parse(culture); err != nil {
		return fault.Malformed(field)
	}
	return nil
}

// NormalizeEmail returns the form in which addresses are stored and compared.
func NormalizeEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// CheckEmail reports what is wrong with the address in the member field of a
// request. It accepts what mail servers agree on: one plain address in ASCII.
func CheckEmail(field, email string) error {
	email = NormalizeEmail(email)
	if email == "" {
		return fault.Required(field)
	}
	if len(email) > MaxEmail {
		return fault.TooLong(field, MaxEmail)
	}
	local, domain, _ := strings.Cut(email, "@")
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>[\]`, r) }
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || local == "" || strings.ContainsFunc(email, odd) {
		return fault.New(fault.Invalid, "account.email").On(field)
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return fault.New(fault.Invalid, "account.email").On(field)
		}
	}
	return nil
}

func isEmail(text string) bool { return CheckEmail("", text) == nil }

// clean removes what no name holds and no database stores: control characters.
func clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
}
