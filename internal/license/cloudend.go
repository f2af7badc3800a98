package license

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/seal"
)

// CloudEnd issues the licenses of a cloud.
type CloudEnd struct {
	Organizations *org.Service
	Accounts      *account.Service
	Signer        *Signer
	Keys          *seal.Keys
	// Term returns what the dates of a license follow from; the present time and
	// the end of the organization are filled in here. Unpaid refuses a license.
	Term func(ctx context.Context, organizationID id.ID) (Term, error)
	// PremiumTerm returns what the dates of a person's premium license follow from; the
	// present time is filled in here.
	PremiumTerm func(ctx context.Context, accountID id.ID) (UserTerm, error)
	// Installation reports whether an installation exists and may act.
	Installation func(ctx context.Context, installationID id.ID) (bool, error)
	// CheckKey reports whether an installation may speak for an organization.
	CheckKey func(ctx context.Context, installationID, organizationID id.ID, key string) error
	// Downloaded records for which installation an owner fetched a license.
	Downloaded func(ctx context.Context, organizationID, installationID id.ID) error
	Now        func() time.Time
	Sleep      func(ctx context.Context, d time.Duration)
}

// wrongKeyPause slows down whoever guesses license keys.
const wrongKeyPause = 2 * time.Second

// Unpaid refuses a license while the payment of a subscription is in order no more.
var Unpaid = fault.New(fault.Invalid, "license.unpaid").Coded("license-unpaid")

var (
	noSubscription      = fault.New(fault.Invalid, "license.noSubscription").Coded("license-no-subscription")
	installationUnknown = fault.New(fault.Invalid, "license.installationUnknown").On("installationId").Coded("license-installation-unknown")
	keyWrong            = fault.New(fault.Invalid, "license.keyWrong").Coded("license-key-wrong")
)

// Issue makes the license of an organization for one installation. Its faults are
// coded license-installation-unknown, license-self-host-not-allowed,
// license-no-subscription and license-unpaid.
func (s *CloudEnd) Issue(ctx context.Context, organizationID, installationID id.ID) (Organization, error) {
	o, err := s.Organizations.Get(ctx, organizationID)
	if err != nil {
		return Organization{}, err
	}
	enabled, err := s.Installation(ctx, installationID)
	switch {
	case err != nil:
		return Organization{}, err
	case !enabled:
		return Organization{}, installationUnknown
	case !o.Features.SelfHost:
		return Organization{}, notSelfHosted
	}
	term, err := s.Term(ctx, organizationID)
	if err != nil {
		return Organization{}, err
	}
	term.Now, term.OrganizationExpires = s.Now(), o.ExpiresAt
	if !term.Subscribed && !o.ExpiresAt.After(term.Now) {
		return Organization{}, noSubscription
	}
	return NewOrganization(s.Signer, factsOf(o, installationID), term, Version)
}

func factsOf(o org.Organization, installationID id.ID) Facts {
	return Facts{
		LicenseKey: o.LicenseKey, InstallationID: installationID, ID: o.ID,
		Name: o.Name, BillingEmail: o.BillingEmail, BusinessName: o.BusinessName,
		Enabled: o.Enabled, Plan: o.Plan, PlanType: o.PlanType,
		Seats: o.Seats, MaxCollections: o.MaxCollections, MaxStorageGB: o.MaxStorageGB, Features: o.Features,
		LimitCollectionCreationDeletion:      o.Settings.LimitCollectionCreation || o.Settings.LimitCollectionDeletion,
		AllowAdminAccessToAllCollectionItems: o.Settings.AdminsReachAllItems,
	}
}

// Download issues a license to an owner, and fault.Gone to anyone else.
func (s *CloudEnd) Download(ctx context.Context, caller, organizationID, installationID id.ID) (Organization, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, organizationID); err != nil {
		return Organization{}, err
	}
	l, err := s.Issue(ctx, organizationID, installationID)
	if err != nil {
		return Organization{}, err
	}
	return l, s.Downloaded(ctx, organizationID, installationID)
}

// Renew issues a license to the installation that holds an older one and the
// billing sync key. A license key that is wrong is coded license-key-wrong, after
// two seconds; about the other key see CheckKey.
func (s *CloudEnd) Renew(ctx context.Context, installationID, organizationID id.ID, licenseKey, syncKey string) (Organization, error) {
	o, err := s.Organizations.Get(ctx, organizationID)
	if err != nil {
		return Organization{}, err
	}
	if !same(o.LicenseKey, licenseKey) {
		s.Sleep(ctx, wrongKeyPause)
		return Organization{}, keyWrong
	}
	if err := s.CheckKey(ctx, installationID, organizationID, syncKey); err != nil {
		return Organization{}, err
	}
	return s.Issue(ctx, organizationID, installationID)
}

// same compares two secrets in a time that tells nothing about either.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
