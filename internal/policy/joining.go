package policy

import (
	"context"
	"slices"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

var (
	needsTwoStep   = fault.New(fault.Invalid, "policy.needsTwoStep")
	elsewhere      = fault.New(fault.Invalid, "policy.elsewhere")
	boundElsewhere = fault.New(fault.Invalid, "policy.boundElsewhere")
	bound          = fault.New(fault.Invalid, "policy.bound")
)

// Joining returns, by account, why people may not become members of an organization,
// or be it again; who may is absent. Owners and admins are free of most policies of
// their own organization, not of those of others. It asks no more of many people than
// of one.
func (s *Service) Joining(ctx context.Context, o org.Organization, accountIDs ...id.ID) (map[id.ID]error, error) {
	if len(accountIDs) == 0 {
		return nil, nil
	}
	enabled, err := s.enabled(ctx, o)
	if err != nil {
		return nil, err
	}
	ties, err := s.Store.Ties(ctx, o.ID, accountIDs)
	if err != nil {
		return nil, err
	}
	twoStep := map[id.ID]bool{}
	if enabled[TwoStep] {
		if twoStep, err = s.HasTwoStep(ctx, accountIDs...); err != nil {
			return nil, err
		}
	}
	taken, err := s.boundTo(ctx, accountIDs, func(orgID id.ID) bool { return orgID != o.ID })
	if err != nil {
		return nil, err
	}
	refused := map[id.ID]error{}
	for _, t := range ties {
		binds := func(policyType Type) bool { return enabled[policyType] && policyType.Binds(t.Role, org.Accepted) }
		switch {
		case binds(TwoStep) && !twoStep[t.AccountID]:
			refused[t.AccountID] = needsTwoStep
		case t.Elsewhere && (binds(SingleOrganization) || binds(AutoConfirm)):
			refused[t.AccountID] = elsewhere
		case taken[t.AccountID]:
			refused[t.AccountID] = boundElsewhere
		}
	}
	return refused, nil
}

// MayCreate returns the fault for a person who may make no organization, because one
// that they belong to asks them to belong to no other.
func (s *Service) MayCreate(ctx context.Context, accountID id.ID) error {
	taken, err := s.boundTo(ctx, []id.ID{accountID}, func(id.ID) bool { return true })
	if err == nil && taken[accountID] {
		err = bound
	}
	return err
}

// boundTo returns which of some people one of certain organizations asks to belong to
// no other.
func (s *Service) boundTo(ctx context.Context, accountIDs []id.ID, counts func(orgID id.ID) bool) (map[id.ID]bool, error) {
	held, err := s.Store.Held(ctx, accountIDs, SingleOrganization, AutoConfirm)
	taken := map[id.ID]bool{}
	for _, h := range held {
		if h.binds() && counts(h.Policy.OrganizationID) {
			taken[h.AccountID] = true
		}
	}
	return taken, err
}

// enabled returns which policies bind the members of an organization.
func (s *Service) enabled(ctx context.Context, o org.Organization) (map[Type]bool, error) {
	policies, err := s.inForce(ctx, o)
	enabled := map[Type]bool{}
	for _, p := range policies {
		enabled[p.Type] = true
	}
	return enabled, err
}

// inForce returns the policies that are on in an organization whose terms include
// policies.
func (s *Service) inForce(ctx context.Context, o org.Organization) ([]Policy, error) {
	if !o.Features.UsePolicies {
		return nil, nil
	}
	policies, err := s.Store.List(ctx, o.ID)
	var on []Policy
	for _, p := range policies {
		if p.Enabled {
			on = append(on, p)
		}
	}
	return on, err
}

// AutoEnroll reports to other rooms whether an organization enrolls new members in
// account recovery.
func (s *Service) AutoEnroll(ctx context.Context, orgID id.ID) (bool, error) {
	o, err := s.Organizations.Get(ctx, orgID)
	if err != nil || !o.Features.UsePolicies {
		return false, err
	}
	p, err := s.find(ctx, orgID, ResetPassword)
	return p.autoEnrolls(), err
}

// DataOwnership reports to other rooms whether an organization owns all items of the
// members whom its policies bind.
func (s *Service) DataOwnership(ctx context.Context, orgID id.ID) (bool, error) {
	return s.Enabled(ctx, orgID, OwnsData)
}

// BindsToShare reports to other rooms whether an organization owns all items of a
// person, who then may make none of their own.
func (s *Service) BindsToShare(ctx context.Context, accountID id.ID) (bool, error) {
	held, err := s.Store.Held(ctx, []id.ID{accountID}, OwnsData)
	return slices.ContainsFunc(held, Hold.binds), err
}

// Claims reports to other rooms whether an organization owns all items of a person.
func (s *Service) Claims(ctx context.Context, orgID, accountID id.ID) (bool, error) {
	held, err := s.Store.Held(ctx, []id.ID{accountID}, OwnsData)
	return slices.ContainsFunc(held, func(h Hold) bool { return h.Policy.OrganizationID == orgID && h.binds() }), err
}

// Tie is what binds a person, as far as joining an organization goes.
type Tie struct {
	AccountID id.ID
	Role      org.Type // in the organization, or in the invitation to it; User without
	Elsewhere bool     // belongs to another organization
}

// Hold is a policy and one of those who have joined its organization. It is in force:
// it and the organization are on, and the terms include policies.
type Hold struct {
	Policy    Policy
	MemberID  id.ID
	AccountID id.ID
	Role      org.Type
	Status    org.Status // Accepted or Confirmed
}

func (h Hold) binds() bool { return h.Policy.Type.Binds(h.Role, h.Status) }
