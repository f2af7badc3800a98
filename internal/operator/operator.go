// Package operator is the page of whoever runs the server: what is on it, whether it
// works, and the few things that only they may do.
//
// An operator is no account and has no password. A link opens the page, once and for
// a short time: it is mailed to an address of the settings, or printed where the
// server runs, which whoever can read it there owns anyway. Every call looks whether
// the address is still in the settings.
package operator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/throttle"
)

// How long a link waits to be opened, a session waits for the next call, and lives at
// most.
const (
	LinkLife = 15 * time.Minute
	Idle     = time.Hour
	Longest  = 12 * time.Hour
)

// Links are counted for each address, whoever has it, so that nobody fills a mailbox
// and the count tells nothing.
var mailing = throttle.Rule{Name: "operator-link", Limit: 5, Per: time.Hour}

// prefix tells the tokens of operators from those of people.
const prefix = "operator."

// Link opens the page once.
type Link struct {
	Hash      string
	Email     string // "" when it was printed where the server runs
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Session is an operator who is on the page.
type Session struct {
	Hash      string
	Email     string // "" when the link was printed where the server runs
	CreatedAt time.Time
	ExpiresAt time.Time // moves with every call
}

// Name is what the log calls the operator.
func (s Session) Name() string {
	if s.Email == "" {
		return "console"
	}
	return s.Email
}

// until is when a session ends that is used now.
func (s Session) until(now time.Time) time.Time {
	if last := s.CreatedAt.Add(Longest); last.Before(now.Add(Idle)) {
		return last
	}
	return now.Add(Idle)
}

// renewal is how much later the end must be to be worth a write.
const renewal = time.Minute

// IsToken reports whether a token says that it is an operator's.
func IsToken(token string) bool { return strings.HasPrefix(token, prefix) }

// secret returns what nobody can guess, of some 130 bits.
func secret() string { return rand.Text() }

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// isAdmin reports whether an address is one of those that the settings name.
func isAdmin(admins []string, email string) bool {
	return slices.ContainsFunc(admins, func(admin string) bool { return account.NormalizeEmail(admin) == email })
}

// Slice is a part of a long list, and what the list shall be about.
type Slice struct {
	Search string
	Offset int
}

// PerSlice is how many rows a part has.
const PerSlice = 50

const longestSearch = 256

// Check reports what no database would take.
func (s Slice) Check() error {
	switch {
	case !utf8.ValidString(s.Search) || strings.ContainsRune(s.Search, 0):
		return fault.Malformed("search")
	case utf8.RuneCountInString(s.Search) > longestSearch:
		return fault.TooLong("search", longestSearch)
	}
	return nil
}

// cut returns what a part shows of the rows that were asked for, which are one more,
// and whether others follow.
func cut[T any](rows []T) (shown []T, more bool) {
	if len(rows) > PerSlice {
		return rows[:PerSlice], true
	}
	return rows, false
}
