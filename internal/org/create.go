package org

import (
	"context"
	"crypto/rand"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/plan"
)

// New is what a client brings for a new organization. What the terms dictate
// wins over its names.
type New struct {
	Name           string
	BusinessName   string
	BillingEmail   string
	Key            string // the organization's key, encrypted for its maker
	CollectionName string // of the default collection; "" makes none
	PublicKey      string
	PrivateKey     string
	Terms          Terms
}

const (
	licenseKeyLength = 20
	apiKeyLength     = 30
)

// Buy creates the organization that somebody orders, and opens its subscription.
// A person may own or administer one organization on the free plan.
func (s *Service) Buy(ctx context.Context, caller id.ID, n New, p Purchase) (o Organization, err error) {
	if n.Terms, err = p.Terms(); err != nil {
		return Organization{}, err
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if p.PlanType == plan.Free {
			if err := s.checkFirstFree(ctx, caller); err != nil {
				return err
			}
		}
		if o, err = s.Create(ctx, caller, n); err != nil || p.PlanType == plan.Free {
			return err
		}
		if err := s.Subscribe(ctx, o, p); err != nil {
			return err
		}
		o, err = s.Store.Get(ctx, o.ID)
		return err
	})
	return o, err
}

var freeTaken = fault.New(fault.Invalid, "org.freeTaken").On("planType")

func (s *Service) checkFirstFree(ctx context.Context, caller id.ID) error {
	taken, err := s.AdministersFree(ctx, caller)
	if err == nil && taken {
		err = freeTaken
	}
	return err
}

// AdministersFree reports whether a person owns or administers a free organization,
// of which one is the limit. Others who ask this of the person wait until the
// transaction of ctx ends.
func (s *Service) AdministersFree(ctx context.Context, accountID id.ID) (bool, error) {
	if err := s.Store.Lock(ctx, "free-organization:"+accountID.String()); err != nil {
		return false, err
	}
	memberships, err := s.Store.ListConfirmed(ctx, accountID)
	for _, m := range memberships {
		if m.Organization.PlanType == plan.Free && m.Member.Administers() {
			return true, err
		}
	}
	return false, err
}

// Create makes an organization with its API key, its owner, and a default
// collection that the owner manages, in the transaction of ctx or in its own, unless
// MayCreate forbids it. Whether the terms are deserved is for the caller to know.
func (s *Service) Create(ctx context.Context, caller id.ID, n New) (Organization, error) {
	now := s.Now()
	o := Organization{
		ID: id.New(), Name: n.Name, BusinessName: n.BusinessName, BillingEmail: n.BillingEmail,
		Status: Created, LicenseKey: secret(licenseKeyLength),
		PublicKey: n.PublicKey, PrivateKey: n.PrivateKey, CreatedAt: now, RevisedAt: now,
	}.on(n.Terms)
	owner := Member{
		ID: id.New(), OrganizationID: o.ID, AccountID: caller, Status: Confirmed, Type: Owner,
		Key: n.Key, CreatedAt: now, RevisedAt: now,
	}
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.MayCreate(ctx, caller); err != nil {
			return err
		}
		if err := s.Store.Insert(ctx, o); err != nil {
			return err
		}
		if err := s.Store.InsertMember(ctx, owner); err != nil {
			return err
		}
		if _, err := s.RotateAPIKey(ctx, o.ID); err != nil {
			return err
		}
		if n.CollectionName != "" {
			if err := s.CreateCollection(ctx, owner, n.CollectionName); err != nil {
				return err
			}
		}
		s.Announce(ctx, notice.OrgKeys(now, caller))
		return s.Touch(ctx, caller)
	})
	return o, err
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// secret returns n random letters and digits, each as likely as any other: bytes
// beyond the last whole multiple are drawn again.
func secret(n int) string {
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		rand.Read(b[:])
		if int(b[0]) < 256/len(alphanumeric)*len(alphanumeric) {
			out = append(out, alphanumeric[int(b[0])%len(alphanumeric)])
		}
	}
	return string(out)
}
