package policy

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

var (
	needsTwoStep   = fault.New(fault.Invalid, "policy.needsTwoStep")
	elsewhere      = fault.New(fault.Invalid, "policy.elsewhere")
	boundElsewhere = fault.New(fault.Invalid, "policy.boundElsewhere")
)

// Joining returns, by account, why people may not become members of an organization,
// or be it again; who may is absent. Owners and admins are free of the policies of
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
	bound, err := s.Store.BoundElsewhere(ctx, o.ID, accountIDs)
	if err != nil {
		return nil, err
	}
	refused := map[id.ID]error{}
	for _, t := range ties {
		switch {
		case enabled[TwoStep] && !t.Exempt && !twoStep[t.AccountID]:
			refused[t.AccountID] = needsTwoStep
		case enabled[SingleOrganization] && !t.Exempt && t.Elsewhere:
			refused[t.AccountID] = elsewhere
		case bound[t.AccountID]:
			refused[t.AccountID] = boundElsewhere
		}
	}
	return refused, nil
}

// enabled returns which policies bind the members of an organization.
func (s *Service) enabled(ctx context.Context, o org.Organization) (map[Type]bool, error) {
	if !o.Features.UsePolicies {
		return nil, nil
	}
	policies, err := s.Store.List(ctx, o.ID)
	enabled := map[Type]bool{}
	for _, p := range policies {
		enabled[p.Type] = p.Enabled
	}
	return enabled, err
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

// Tie is what binds a person, as far as joining an organization goes.
type Tie struct {
	AccountID id.ID
	Exempt    bool // is an owner or admin of the organization, or is invited as one
	Elsewhere bool // belongs to another organization
}
