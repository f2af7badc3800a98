// Package twostep keeps what a person proves besides the master password when
// they log in: a code of an application, a mailed code, a security key.
//
// A person has at most one of each provider. A code is good once, on whichever
// node and however many use it at the same moment: the check that it was not used
// and the note that it is used now are one statement or one locked transaction.
// What providers need to know, secrets of applications for example, is sealed.
package twostep

import (
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"strings"
	"time"

	"coffre/internal/fault"
)

// The providers, in the numbers of the protocol. Remember and RecoveryCode are
// accepted and never listed.
const (
	Authenticator = 0
	Email         = 1
	Duo           = 2
	YubiKey       = 3
	Remember      = 5
	WebAuthn      = 7
	RecoveryCode  = 8
)

// needsPremium are the providers that only people with the premium features may
// set up. Once set up they keep working, because a second step that ends with a
// subscription protects nobody.
var needsPremium = map[int]bool{Duo: true, YubiKey: true}

// Challenge asks a person for their second step.
type Challenge struct {
	// Providers is what each usable provider tells the client, by its number. It
	// is empty when nothing that the person set up works on this server any more.
	Providers map[string]any
	// SessionToken lets the client ask for a mailed code, and Email is the
	// person's address. Both are empty when mail is not among the providers.
	SessionToken string
	Email        string
}

// App is the client that a person logs in with.
type App struct {
	Name     string // "web", "browser", "desktop", "mobile", "cli"
	Deeplink string // how a mobile client is called back: "bitwarden", "https", or empty
}

// Attempt is an answer to a Challenge.
type Attempt struct {
	Provider int
	Token    string
	Device   string // what the client calls itself: its identifier
}

// Outcome is what an Attempt comes to.
type Outcome int

// The outcomes. Again asks once more instead of saying no, so that the client
// forgets what it sent.
const (
	Wrong Outcome = iota
	Passed
	Again
)

// How long what the server gives out is good.
const (
	rememberLife = 30 * 24 * time.Hour
	sessionLife  = 123 * time.Second // clients renew a challenge after two minutes
	proofLife    = 30 * time.Minute
	pendingLife  = 5 * time.Minute
)

var (
	wrongToken  = fault.New(fault.Invalid, "twostep.token").On("Token")
	wrongProof  = fault.New(fault.Invalid, "twostep.proof").On("UserVerificationToken")
	wantPremium = fault.New(fault.Invalid, "twostep.premium").Coded("premium-required")
	notOffered  = fault.New(fault.Invalid, "twostep.notOffered").Coded("two-step-not-offered")
)

// maskEmail hides most of what stands before the @ and keeps its length.
func maskEmail(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	shown := 0
	switch n := len(local); {
	case n >= 5:
		shown = 2
	case n >= 3:
		shown = 1
	}
	return local[:shown] + strings.Repeat("*", len(local)-shown) + "@" + domain
}

const (
	recoverySize     = 32
	recoveryAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// newRecoveryCode returns 32 random lower-case letters and digits.
func newRecoveryCode() string {
	code := make([]byte, recoverySize)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(recoveryAlphabet))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		code[i] = recoveryAlphabet[n.Int64()]
	}
	return string(code)
}

// equal compares secrets in a time that does not tell where they differ.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// squeeze removes the spaces that people type into codes, and those that are
// copied along.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
