package policy

import (
	"context"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Service is what the rest of the server may do with policies.
type Service struct {
	Store         Store
	Organizations *org.Service
	Now           func() time.Time
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds events to the log, in the transaction of their cause.
	Record func(ctx context.Context, events ...event.Event) error
	// HasTwoStep returns which of some people log in in two steps.
	HasTwoStep func(ctx context.Context, accountIDs ...id.ID) (map[id.ID]bool, error)
}

var notIncluded = fault.New(fault.Invalid, "policy.notIncluded")

// Of returns the policies of all organizations that have confirmed an
// account, for its clients to obey.
func (s *Service) Of(ctx context.Context, accountID id.ID) ([]Policy, error) {
	return s.Store.Of(ctx, accountID)
}

// Enabled reports to other rooms whether a policy binds an organization: it
// is enabled, and the terms still include policies.
func (s *Service) Enabled(ctx context.Context, orgID id.ID, policyType Type) (bool, error) {
	o, err := s.Organizations.Get(ctx, orgID)
	if err != nil || !o.Features.UsePolicies {
		return false, err
	}
	p, err := s.Store.Get(ctx, orgID, policyType)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return p.Enabled, err
}

// List returns the policies that were ever set, to whoever manages them.
func (s *Service) List(ctx context.Context, caller, orgID id.ID) ([]Policy, error) {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, org.Member.MayManagePolicies); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, orgID)
}

// Get returns one policy to whoever manages them; one that was never set is
// off and has no id.
func (s *Service) Get(ctx context.Context, caller, orgID id.ID, policyType Type) (Policy, error) {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, org.Member.MayManagePolicies); err != nil {
		return Policy{}, err
	}
	return s.find(ctx, orgID, policyType)
}

func (s *Service) find(ctx context.Context, orgID id.ID, policyType Type) (Policy, error) {
	p, err := s.Store.Get(ctx, orgID, policyType)
	if fault.KindOf(err) == fault.NotFound {
		return Policy{OrganizationID: orgID, Type: policyType}, nil
	}
	return p, err
}

// Set sets a policy of an organization whose terms include policies, and
// lets its members know.
func (s *Service) Set(ctx context.Context, caller id.ID, p Policy) (Policy, error) {
	o, _, err := s.Organizations.Within(ctx, caller, p.OrganizationID, org.Member.MayManagePolicies)
	if err != nil {
		return Policy{}, err
	}
	if !o.Features.UsePolicies {
		return Policy{}, notIncluded
	}
	if p, err = p.Checked(); err != nil {
		return Policy{}, err
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		p.ID, p.CreatedAt, p.RevisedAt = id.New(), s.Now(), s.Now()
		if p, err = s.Store.Put(ctx, p); err != nil {
			return err
		}
		s.Announce(ctx, notice.Notice{
			Kind: notice.PolicyChanged, Organization: p.OrganizationID, OrganizationID: p.OrganizationID, Everywhere: true,
			Members: map[string]any{"Policy": viewOf(p)},
		})
		return s.Organizations.TouchMembers(ctx, p.OrganizationID)
	})
	return p, err
}

// AutoEnrolls reports whether an organization enrolls new members in account
// recovery, to anyone tied to it.
func (s *Service) AutoEnrolls(ctx context.Context, caller, orgID id.ID) (bool, error) {
	o, _, err := s.Organizations.Membership(ctx, caller, orgID)
	if err != nil {
		return false, err
	}
	p, err := s.find(ctx, orgID, ResetPassword)
	return o.Features.UsePolicies && p.autoEnrolls(), err
}
