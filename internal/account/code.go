package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
)

// CodePurpose is what a one-time code is for. A code is good for its purpose alone.
type CodePurpose string

// The purposes.
const (
	CodeOTP          CodePurpose = "otp"            // stands for the master password, and confirms a new device
	CodeEmailChange  CodePurpose = "email-change"   // proves a new address
	CodeTwoStep      CodePurpose = "two-step"       // the second step of a log-in
	CodeTwoStepSetup CodePurpose = "two-step-setup" // proves the address of a second step
)

const (
	codeLife   = 5 * time.Minute
	codePause  = 30 * time.Second // until the next one
	maxGuesses = 5
)

// digits is how long the codes of a purpose are.
func (p CodePurpose) digits() int {
	if p == CodeTwoStep || p == CodeTwoStepSetup {
		return 6
	}
	return 8
}

// fits reports whether text looks like a code of the purpose.
func (p CodePurpose) fits(text string) bool {
	return len(text) == p.digits() && strings.Trim(text, "0123456789") == ""
}

// code is a one-time code as stored: what the person types is not in it.
type code struct {
	accountID id.ID
	purpose   CodePurpose
	mac       string
	issuedAt  time.Time
}

// IssueCode makes a one-time code that a mail can carry. It is bound to subject,
// an address for example, and ends the code before it. Within 30 seconds of that
// one it is refused with a throttle.LimitError. Called in a transaction, the code
// exists once that is committed.
func (s *Service) IssueCode(ctx context.Context, accountID id.ID, purpose CodePurpose, subject string) (string, error) {
	now := s.Now()
	text := NewCode(purpose.digits())
	mac, err := s.macOf(accountID, purpose, subject, text)
	if err != nil {
		return "", err
	}
	stored, err := s.Store.InsertCode(ctx, code{accountID, purpose, mac, now}, now.Add(-codePause))
	if err != nil || stored {
		return text, err
	}
	issued, err := s.Store.CodeIssued(ctx, accountID, purpose)
	if fault.KindOf(err) == fault.NotFound { // used in between
		issued, err = now.Add(time.Second-codePause), nil
	}
	if err != nil {
		return "", err
	}
	return "", throttle.Refuse(now, issued.Add(codePause).Sub(now))
}

// CheckCode reports whether a code is the one that was issued for the same person,
// purpose and subject. A right one is used up, and the fifth wrong one voids it.
// Call it outside a transaction: one that is rolled back would forget the guess.
// The caller waits FailureDelay before it says no.
func (s *Service) CheckCode(ctx context.Context, accountID id.ID, purpose CodePurpose, subject, text string) (good bool, err error) {
	text = strings.TrimSpace(text)
	if !purpose.fits(text) {
		return false, nil
	}
	want, err := s.macOf(accountID, purpose, subject, text)
	if err != nil {
		return false, err
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		mac, found, err := s.Store.GuessCode(ctx, accountID, purpose, s.Now())
		if err != nil || !found || !hmac.Equal([]byte(mac), []byte(want)) {
			return err
		}
		good, err = s.Store.DeleteCode(ctx, accountID, purpose, mac)
		return err
	})
	return good && err == nil, err
}

// macOf is how a code is stored. Codes are too short for a plain hash: whoever has
// a copy of the database alone could try them all.
func (s *Service) macOf(accountID id.ID, purpose CodePurpose, subject, text string) (string, error) {
	secret, err := s.Keys.Derive("one-time-code", 32)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s|%s|%s|%q", accountID, purpose, text, subject)
	return base64.RawStdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// NewCode returns n random digits.
func NewCode(n int) string {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	v, err := rand.Int(rand.Reader, most)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%0*d", n, v)
}
