package license

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"coffre/internal/blob"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
)

// MaxUpload is the size of the largest request with a license, in bytes.
const MaxUpload = 51_200

// SelfHostedEnd keeps the licenses of a self-hosted server. The database is the
// truth; the folder has a copy of each for people and other programs.
type SelfHostedEnd struct {
	Store          Store
	Organizations  *org.Service
	InstallationID id.ID
	Trust          func() (Trust, error) // read each time, so that a new signer counts at once
	Directory      string                // of the copies
	Used           blob.Usage            // tells how much storage of organizations is in use
	Mail           func(ctx context.Context, list ...mail.Message) error
	Log            *slog.Logger
	Now            func() time.Time
}

var (
	inUse = fault.New(fault.Invalid, "license.inUse").Coded("license-in-use")
	none  = fault.New(fault.Invalid, "license.none").Coded("license-none")
)

// admit returns what a trusted signer vouches for in an uploaded license.
func (s *SelfHostedEnd) admit(raw []byte) (Organization, error) {
	l, err := ParseOrganization(raw)
	if err != nil {
		return Organization{}, err
	}
	trust, err := s.Trust()
	if err != nil {
		return Organization{}, err
	}
	return Gate{Trust: trust, Installation: s.InstallationID}.AdmitOrganization(l, s.Now())
}

// Create makes the organization of a license, owned by the caller. A license that
// an organization of this server stands on is refused with the code
// license-in-use; the other faults are those of Gate.AdmitOrganization.
func (s *SelfHostedEnd) Create(ctx context.Context, caller id.ID, raw []byte, n org.New) (o org.Organization, err error) {
	l, err := s.admit(raw)
	if err != nil {
		return org.Organization{}, err
	}
	n.Terms = termsOf(l)
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.checkFree(ctx, l.LicenseKey, id.ID{}); err != nil {
			return err
		}
		if o, err = s.Organizations.Create(ctx, caller, n); err != nil {
			return err
		}
		return s.keep(ctx, o.ID, l, Held{})
	})
	return o, err
}

// Upload is Update for a person: fault.Gone unless the caller is an owner.
func (s *SelfHostedEnd) Upload(ctx context.Context, caller, organizationID id.ID, raw []byte) error {
	if _, err := s.Organizations.ForOwner(ctx, caller, organizationID); err != nil {
		return err
	}
	return s.Update(ctx, organizationID, raw)
}

// Update puts an organization on a newer license. The faults are those of
// Gate.AdmitOrganization, then license-in-use, then those of Use.Check: nothing
// in use may be missing from the new license. A refused license changes nothing.
func (s *SelfHostedEnd) Update(ctx context.Context, organizationID id.ID, raw []byte) error {
	l, err := s.admit(raw)
	if err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.checkFree(ctx, l.LicenseKey, organizationID); err != nil {
			return err
		}
		if err := s.Store.Lock(ctx, "org:"+organizationID.String()); err != nil {
			return err
		}
		used, err := s.Organizations.Use(ctx, organizationID)
		if err != nil {
			return err
		}
		if err := useOf(used).Check(l); err != nil {
			return err
		}
		was, err := s.Store.Get(ctx, organizationID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err := s.Organizations.Apply(ctx, organizationID, termsOf(l)); err != nil {
			return err
		}
		if err := s.record(ctx, was, l, organizationID); err != nil {
			return err
		}
		return s.keep(ctx, organizationID, l, was)
	})
}

// record adds an event when a license grants something else than the one before.
func (s *SelfHostedEnd) record(ctx context.Context, was Held, l Organization, organizationID id.ID) error {
	before, err := ParseOrganization([]byte(was.Document))
	if err == nil && before.Fingerprint() == l.Fingerprint() {
		return nil
	}
	return s.Organizations.Record(ctx, event.Event{OrganizationID: organizationID, Type: event.OrganizationUpdated})
}

// checkFree reports whether another organization stands on a license.
func (s *SelfHostedEnd) checkFree(ctx context.Context, licenseKey string, organizationID id.ID) error {
	if err := s.Store.Lock(ctx, "license:"+licenseKey); err != nil {
		return err
	}
	other, found, err := s.Organizations.FindByLicenseKey(ctx, licenseKey)
	if err == nil && found && other.ID != organizationID {
		err = inUse
	}
	return err
}

// keep stores a license that was admitted, in place of the one that was, and its
// copy once that is committed. A new end begins with the reminders that are still to
// come; the same end goes on with them.
func (s *SelfHostedEnd) keep(ctx context.Context, organizationID id.ID, l Organization, was Held) error {
	document, err := json.Marshal(l)
	if err != nil {
		return err
	}
	h := Held{
		OrganizationID: organizationID, CloudOrganizationID: l.ID, LicenseKey: l.LicenseKey, Document: string(document),
		IssuedAt: l.Issued, ExpiresAt: l.Expires, UpdatedAt: s.Now(), Reminders: was.Reminders,
	}
	if !h.ExpiresAt.Equal(was.ExpiresAt) {
		h.Reminders = passed(h.ExpiresAt, s.Now())
	}
	h.NextAt = nextAt(h.ExpiresAt, h.Reminders)
	if err := s.Store.Save(ctx, h); err != nil {
		return err
	}
	s.Store.AfterCommit(ctx, func() { s.copy(ctx, organizationID, l) })
	return nil
}

// copy writes the copy of a license. Without it nothing is lost, so a folder that
// cannot be written is a line in the log.
func (s *SelfHostedEnd) copy(ctx context.Context, organizationID id.ID, l Organization) {
	if err := writeCopy(s.Directory, copyOfOrganization, organizationID, l); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "copy license", slog.String("organization", organizationID.String()), slog.Any("error", err))
	}
}

// Closing removes the copy of the license of an organization that is deleted, once
// that is committed. The license itself goes with the organization, and may be
// brought again.
func (s *SelfHostedEnd) Closing(ctx context.Context, o org.Organization) error {
	s.Store.AfterCommit(ctx, func() {
		if err := removeCopy(s.Directory, copyOfOrganization, o.ID); err != nil {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "remove license", slog.String("organization", o.ID.String()), slog.Any("error", err))
		}
	})
	return nil
}

func termsOf(l Organization) org.Terms {
	return org.Terms{
		Plan: l.Plan, PlanType: l.PlanType, Seats: l.Seats, MaxCollections: l.MaxCollections,
		MaxStorageGB: new(org.SelfHostedStorageGB), Features: l.Features, Enabled: l.Enabled, Basis: org.License, ExpiresAt: l.Expires,
		LicenseKey: l.LicenseKey, Name: l.Name, BusinessName: l.BusinessName, BillingEmail: l.BillingEmail,
	}
}

// useOf names what can stand against a license. Single sign-on, Key Connector and
// SCIM cannot be on here.
func useOf(u org.Use) Use {
	use := Use{
		Seats: u.OccupiedSeats, Collections: u.Collections, Groups: u.Groups, CustomMembers: u.CustomMembers, Policies: u.Policies,
	}
	if u.ResetPasswordPolicy {
		use.ResetPasswordPolicies = 1
	}
	return use
}

// Held returns the license of an organization as it is stored, or the fault
// license-none. It holds for other rooms even when the document does not open.
func (s *SelfHostedEnd) Held(ctx context.Context, organizationID id.ID) (Held, error) {
	h, err := s.Store.Get(ctx, organizationID)
	if fault.KindOf(err) == fault.NotFound {
		err = none
	}
	return h, err
}

// Current returns the license that an organization stands on. It was good when it
// was stored; whether it still is, Examine says.
func (s *SelfHostedEnd) Current(ctx context.Context, organizationID id.ID) (Organization, error) {
	h, err := s.Held(ctx, organizationID)
	if err != nil {
		return Organization{}, err
	}
	return ParseOrganization([]byte(h.Document))
}

// Examine returns the license of an organization as far as it can be read, and
// what would be said of it if it were uploaded now.
func (s *SelfHostedEnd) Examine(ctx context.Context, organizationID id.ID) (Organization, error) {
	h, err := s.Held(ctx, organizationID)
	if err != nil {
		return Organization{}, err
	}
	l, err := ParseOrganization([]byte(h.Document))
	if err != nil {
		return Organization{}, err
	}
	_, err = s.admit([]byte(h.Document))
	return l, err
}
