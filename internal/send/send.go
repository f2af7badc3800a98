// Package send shares an encrypted text or file by a link.
//
// The server never sees the content: what it keeps is ciphertext, and the key
// travels in the part of the link that browsers do not send. Whoever knows the link
// may read, unless the owner asks for a password, or for a code that is mailed to
// the people whom the Send is for.
package send

import (
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/policy"
)

// Type is what a Send holds, in the numbers of the protocol.
type Type int

// The types that this server has.
const (
	Text Type = 0
	File Type = 1
)

// AuthType is what a visitor must show, in the numbers of the protocol.
type AuthType int

// What visitors must show.
const (
	ByEmail    AuthType = 0 // a code that is mailed to an address of the list
	ByPassword AuthType = 1
	Open       AuthType = 2
)

// Limits of a Send.
const (
	MaxLife     = 31 * 24 * time.Hour
	least       = time.Minute // until any of its dates
	MaxText     = 1_000       // characters of each ciphertext
	maxEmails   = 2_500       // characters, all together
	maxRaw      = 4_000       // characters of the list as it comes
	maxAccesses = math.MaxInt32
	maxPassword = account.MaxHash
)

// Send is one shared thing.
type Send struct {
	ID          id.ID
	AccountID   id.ID
	Type        Type
	AuthType    AuthType
	Name, Notes string // ciphertext; Notes may be empty
	Key         string // of the content, under the owner's user key

	Text       string // ciphertext of a text
	TextHidden bool

	BlobID   string // of a file
	FileName string // ciphertext

	PasswordHash string   // as account.Passwords makes it
	Emails       []string // normalized

	MaxAccesses *int // nil for no limit
	Accesses    int
	Disabled    bool
	HideEmail   bool
	ExpiresAt   time.Time // zero for never
	DeleteAt    time.Time
	CreatedAt   time.Time
	RevisedAt   time.Time
}

// Draft is what an owner says of a Send.
type Draft struct {
	Type        Type
	AuthType    *AuthType // nil where an older client leaves it to what it sends
	Name, Notes string
	Key         string
	Text        string
	TextHidden  bool
	FileName    string
	FileSize    int64  // of a new file
	Password    string // empty for none, or for the one that is stored
	Emails      []string
	MaxAccesses *int
	Disabled    bool
	HideEmail   bool
	ExpiresAt   time.Time
	DeleteAt    time.Time
}

var (
	noItems        = fault.New(fault.Invalid, "send.noItems").On("type")
	typeIsAnother  = fault.New(fault.Invalid, "send.type").On("type")
	deletionSoon   = fault.New(fault.Invalid, "send.deletionSoon").On("deletionDate")
	deletionFar    = fault.New(fault.Invalid, "send.deletionFar").On("deletionDate")
	expirationSoon = fault.New(fault.Invalid, "send.expirationSoon").On("expirationDate")
	expirationLate = fault.New(fault.Invalid, "send.expirationLate").On("expirationDate")
)

// checkDates reports what is wrong with the dates of a Send. A date that it had
// before is good, however near it has come.
func (d Draft) checkDates(was Send, now time.Time) error {
	same := func(a, b time.Time) bool { return a.Truncate(time.Millisecond).Equal(b.Truncate(time.Millisecond)) }
	switch {
	case !same(d.DeleteAt, was.DeleteAt) && !d.DeleteAt.After(now.Add(least)):
		return deletionSoon
	case !same(d.DeleteAt, was.DeleteAt) && d.DeleteAt.After(now.Add(MaxLife+least)): // the clock of a client may be ahead
		return deletionFar
	case d.ExpiresAt.IsZero():
		return nil
	case !same(d.ExpiresAt, was.ExpiresAt) && !d.ExpiresAt.After(now.Add(least)):
		return expirationSoon
	case d.ExpiresAt.After(d.DeleteAt):
		return expirationLate
	}
	return nil
}

// authType returns what visitors must show from now on.
func (d Draft) authType(was AuthType) AuthType {
	switch {
	case d.AuthType != nil:
		return *d.AuthType
	case len(d.Emails) > 0:
		return ByEmail
	case d.Password != "":
		return ByPassword
	case was == ByEmail:
		return Open
	}
	return was
}

// IsOpen reports whether a visitor may still read s.
func (s Send) IsOpen(now time.Time) bool {
	switch {
	case s.Disabled || !now.Before(s.DeleteAt):
		return false
	case !s.ExpiresAt.IsZero() && !now.Before(s.ExpiresAt):
		return false
	}
	return s.MaxAccesses == nil || s.Accesses < *s.MaxAccesses
}

// AccessID returns what stands for s in its link.
func (s Send) AccessID() string { return base64.RawURLEncoding.EncodeToString(s.ID[:]) }

// ParseAccessID reads what AccessID returned, or an id in its text form. The zero
// ID is for what is neither.
func ParseAccessID(text string) id.ID {
	if v, err := id.Parse(text); err == nil {
		return v
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || len(raw) != len(id.ID{}) {
		return id.ID{}
	}
	return id.ID(raw)
}

// For reports whether s is for somebody with an address.
func (s Send) For(email string) bool { return slices.Contains(s.Emails, account.NormalizeEmail(email)) }

var (
	isOff         = fault.New(fault.Invalid, "send.disabled")
	noHiding      = fault.New(fault.Invalid, "send.noHiding").On("hideEmail")
	needsPassword = fault.New(fault.Invalid, "send.needsPassword").On("authType")
	needsPeople   = fault.New(fault.Invalid, "send.needsPeople").On("authType")
	otherDomain   = fault.New(fault.Invalid, "send.domains").On("emails")
	tooLong       = fault.New(fault.Invalid, "send.life").On("deletionDate")
	otherType     = fault.New(fault.Invalid, "send.typeNotAllowed").On("type")
)

// obeys reports the first thing in which s breaks a rule of its owner's
// organizations.
func (s Send) obeys(rules []policy.SendRule, now time.Time) error {
	for _, r := range rules {
		if err := s.obey(r, now); err != nil {
			return err
		}
	}
	return nil
}

func (s Send) obey(r policy.SendRule, now time.Time) error {
	switch {
	case r.Disabled:
		return isOff
	case r.NoHiding && s.HideEmail:
		return noHiding
	case r.Access == policy.PasswordReads && s.AuthType != ByPassword:
		return needsPassword
	case r.Access == policy.NamedPeopleReads && s.AuthType != ByEmail:
		return needsPeople
	case len(r.Domains) > 0 && slices.ContainsFunc(s.Emails, func(email string) bool { return !inDomains(email, r.Domains) }):
		return otherDomain.With("domains", strings.Join(r.Domains, ", "))
	case r.Life > 0 && s.DeleteAt.After(now.Add(r.Life+time.Minute)):
		return tooLong.With("hours", int(r.Life/time.Hour))
	case len(r.Types) > 0 && !slices.Contains(r.Types, int(s.Type)):
		return otherType
	}
	return nil
}

func inDomains(email string, domains []string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return slices.Contains(domains, domain)
}
