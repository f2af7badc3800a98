package org

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

var policiesNotIncluded = fault.New(fault.Invalid, "org.policiesNotIncluded")

// PoliciesOf returns the policies of all organizations that have confirmed an
// account, for its clients to obey.
func (s *Service) PoliciesOf(ctx context.Context, accountID id.ID) ([]Policy, error) {
	return s.Store.PoliciesOf(ctx, accountID)
}

// PolicyEnabled reports to other rooms whether a policy binds an organization: it
// is enabled, and the terms still include policies.
func (s *Service) PolicyEnabled(ctx context.Context, orgID id.ID, policyType PolicyType) (bool, error) {
	o, err := s.Store.Get(ctx, orgID)
	if err != nil || !o.Features.UsePolicies {
		return false, err
	}
	p, err := s.Store.Policy(ctx, orgID, policyType)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return p.Enabled, err
}

// ListPolicies returns the policies that were ever set, to whoever manages them.
func (s *Service) ListPolicies(ctx context.Context, caller, orgID id.ID) ([]Policy, error) {
	if _, _, err := s.within(ctx, caller, orgID, Member.MayManagePolicies); err != nil {
		return nil, err
	}
	return s.Store.Policies(ctx, orgID)
}

// Policy returns one policy to whoever manages them; one that was never set is
// off and has no id.
func (s *Service) Policy(ctx context.Context, caller, orgID id.ID, policyType PolicyType) (Policy, error) {
	if _, _, err := s.within(ctx, caller, orgID, Member.MayManagePolicies); err != nil {
		return Policy{}, err
	}
	return s.policy(ctx, orgID, policyType)
}

func (s *Service) policy(ctx context.Context, orgID id.ID, policyType PolicyType) (Policy, error) {
	p, err := s.Store.Policy(ctx, orgID, policyType)
	if fault.KindOf(err) == fault.NotFound {
		return Policy{OrganizationID: orgID, Type: policyType}, nil
	}
	return p, err
}

// SetPolicy sets a policy of an organization whose terms include policies, and
// lets its members know.
func (s *Service) SetPolicy(ctx context.Context, caller id.ID, p Policy) (Policy, error) {
	o, _, err := s.within(ctx, caller, p.OrganizationID, Member.MayManagePolicies)
	if err != nil {
		return Policy{}, err
	}
	if !o.Features.UsePolicies {
		return Policy{}, policiesNotIncluded
	}
	if err := p.Check(); err != nil {
		return Policy{}, err
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		p.ID, p.CreatedAt, p.RevisedAt = id.New(), s.Now(), s.Now()
		if p, err = s.Store.PutPolicy(ctx, p); err != nil {
			return err
		}
		s.Announce(ctx, notice.Notice{
			Kind: notice.PolicyChanged, Organization: p.OrganizationID, OrganizationID: p.OrganizationID, Everywhere: true,
			Members: map[string]any{"Policy": policyView(p)},
		})
		return s.touchMembers(ctx, p.OrganizationID)
	})
	return p, err
}

// AutoEnrolls reports whether an organization enrolls new members in account
// recovery, to anyone tied to it.
func (s *Service) AutoEnrolls(ctx context.Context, caller, orgID id.ID) (bool, error) {
	o, _, err := s.Membership(ctx, caller, orgID)
	if err != nil {
		return false, err
	}
	p, err := s.policy(ctx, orgID, ResetPassword)
	return o.Features.UsePolicies && p.autoEnrolls(), err
}
