package billingsync

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/installation"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/seal"
	"coffre/internal/throttle"
)

// CloudEnd is what a cloud knows of the servers that sync with it.
type CloudEnd struct {
	Store         CloudStore
	Keys          *seal.Keys
	Accounts      *account.Service
	Organizations *org.Service
	Installations *installation.Service
	Mail          func(ctx context.Context, messages ...mail.Message) error
	Limits        *throttle.Limits
	Region        string // of this cloud; "" when it has none
	Now           func() time.Time
	Sleep         func(ctx context.Context, d time.Duration)
}

// wrongKeyPause slows down whoever guesses keys.
const wrongKeyPause = 2 * time.Second

var (
	keyUnknown = fault.New(fault.Invalid, "billingsync.keyUnknown").Coded(CodeKeyUnknown)
	keyRevoked = fault.New(fault.Invalid, "billingsync.keyRevoked").Coded(CodeKeyRevoked)
	notBound   = fault.New(fault.Invalid, "billingsync.installationNotBound").Coded(CodeNotBound)
)
