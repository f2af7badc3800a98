package billingsync

import (
	"context"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/mail"
	"coffre/internal/throttle"
)

// CheckKey reports whether an installation may speak for an organization: the
// first use of a key binds it to the installation, and the owners are told.
// Its faults are coded key-unknown, also for an organization that is unknown or
// has no key, key-revoked and installation-not-bound. A wrong key takes two
// seconds to be refused, so it must be called before a transaction begins.
func (s *CloudEnd) CheckKey(ctx context.Context, installationID, organizationID id.ID, key string) error {
	k, err := s.Store.Key(ctx, organizationID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	text := ""
	if err == nil {
		if text, err = s.Keys.Open("billing_sync_key", "sealed", organizationID, k.Sealed); err != nil {
			return err
		}
	}
	switch {
	case !installation.Same(text, key) || text == "" || installationID.IsZero():
		if err := s.Limits.Take(ctx, refusals, installationID.String()); err != nil {
			return err
		}
		s.Sleep(ctx, wrongKeyPause)
		return keyUnknown
	case !k.RevokedAt.IsZero():
		return keyRevoked
	case k.InstallationID.IsZero():
		if k.InstallationID, err = s.bind(ctx, organizationID, installationID); err != nil {
			return err
		}
	}
	if k.InstallationID != installationID {
		return s.refuse(ctx, organizationID, installationID)
	}
	now := s.Now()
	if !k.SyncedAt.IsZero() && now.Sub(k.SyncedAt) < recorded {
		return nil
	}
	return s.Store.Used(ctx, organizationID, now)
}

// refusals bounds how often one server guesses: one that is set up wrongly waits longer
// after each try anyway.
var refusals = throttle.Rule{Name: "billing-sync-refusals", Limit: 60, Per: 10 * time.Minute}

// refuse turns away an installation to which the key is not bound. The first time,
// the owners are told, so that they may allow it.
func (s *CloudEnd) refuse(ctx context.Context, organizationID, installationID id.ID) error {
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		fresh, err := s.Store.Refused(ctx, organizationID, installationID, s.Now())
		if err != nil || !fresh {
			return err
		}
		if err := s.record(ctx, organizationID, installationID); err != nil {
			return err
		}
		return s.tellOwners(ctx, "installation-refused", organizationID, installationID)
	})
	if err != nil {
		return err
	}
	return notBound
}

// record adds an event to the log of an organization: an installation has to do with
// its billing sync key, or the key has changed when there is none.
func (s *CloudEnd) record(ctx context.Context, organizationID, installationID id.ID) error {
	return s.Organizations.Record(ctx, event.Event{
		OrganizationID: organizationID, Type: event.OrganizationUpdated, InstallationID: installationID,
	})
}

// bind ties a key to the installation that is the first to use it, and returns
// the one that it is tied to.
func (s *CloudEnd) bind(ctx context.Context, organizationID, installationID id.ID) (bound id.ID, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		first, err := s.Store.Bind(ctx, organizationID, installationID)
		if err != nil {
			return err
		}
		if !first {
			k, err := s.Store.Key(ctx, organizationID)
			bound = k.InstallationID
			return err
		}
		bound = installationID
		if err := s.record(ctx, organizationID, installationID); err != nil {
			return err
		}
		return s.tellOwners(ctx, "installation-bound", organizationID, installationID)
	})
	return bound, err
}

func (s *CloudEnd) tellOwners(ctx context.Context, template string, organizationID, installationID id.ID) error {
	o, err := s.Organizations.Get(ctx, organizationID)
	if err != nil {
		return err
	}
	list, err := s.Store.Owners(ctx, organizationID)
	if err != nil {
		return err
	}
	messages := make([]mail.Message, len(list))
	for i, owner := range list {
		messages[i] = mail.Message{
			Once: template + ":" + organizationID.String() + ":" + installationID.String() + ":" + owner.MemberID.String(),
			To:   owner.Email, Template: template, Language: owner.Language,
			Data: map[string]string{"Organization": o.Name, "ID": installationID.String()},
		}
	}
	return s.Mail(ctx, messages...)
}

// Greeting is what the cloud tells a server that asks before it syncs.
type Greeting struct {
	Versions         []int // of the dialects that the cloud speaks
	Region           string
	Time             time.Time
	OrganizationName string
	Plan             string
	InstallationID   id.ID // the one that speaks, to which the key is bound
}

// Hello answers an installation that wants to know where it stands. Its faults
// are those of CheckKey.
func (s *CloudEnd) Hello(ctx context.Context, installationID, organizationID id.ID, key string) (Greeting, error) {
	if err := s.CheckKey(ctx, installationID, organizationID, key); err != nil {
		return Greeting{}, err
	}
	o, err := s.Organizations.Get(ctx, organizationID)
	return Greeting{
		Versions: []int{1}, Region: s.Region, Time: s.Now(),
		OrganizationName: o.Name, Plan: o.Plan, InstallationID: installationID,
	}, err
}
