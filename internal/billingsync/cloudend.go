package billingsync

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
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

// Register makes an installation for whoever asks, and returns it with its key,
// which cannot be read again. The address gets a mail in the language.
func (s *CloudEnd) Register(ctx context.Context, email, language string) (i Installation, key string, err error) {
	key = secret(InstallationKeySize)
	i = Installation{ID: id.New(), Email: email, KeyHash: hash(key), Enabled: true, CreatedAt: s.Now()}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertInstallation(ctx, i); err != nil {
			return err
		}
		return s.Mail(ctx, mail.Message{
			Once: "installation:" + i.ID.String(), To: email, Template: "installation", Language: language,
			Data: map[string]string{"ID": i.ID.String()},
		})
	})
	return i, key, err
}

// Installation admits an installation with its key and records the visit; one
// that is unknown or disabled, or another key, is fault.Gone.
func (s *CloudEnd) Installation(ctx context.Context, installationID id.ID, key string) error {
	i, err := s.Store.Installation(ctx, installationID)
	if err != nil {
		return err
	}
	if !i.Admits(key) {
		return fault.Gone
	}
	return s.Store.Active(ctx, installationID, s.Now())
}

// InstallationEnabled reports whether an installation exists and may act.
func (s *CloudEnd) InstallationEnabled(ctx context.Context, installationID id.ID) (bool, error) {
	i, err := s.Store.Installation(ctx, installationID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return i.Enabled, err
}

// Downloaded records that a license of an organization was made for an
// installation.
func (s *CloudEnd) Downloaded(ctx context.Context, organizationID, installationID id.ID) error {
	return s.Store.Downloaded(ctx, organizationID, installationID, s.Now())
}
