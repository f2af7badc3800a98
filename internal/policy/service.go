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
	// ShutOut revokes members who break a policy, in the transaction of ctx, and writes
	// to them why.
	ShutOut func(ctx context.Context, orgID id.ID, memberIDs []id.ID, broken Type) error
	// GiveMyItems makes a collection of their own for each confirmed member of an
	// organization that owns all items, in the transaction of ctx. Its name is encrypted.
	GiveMyItems func(ctx context.Context, o org.Organization, name string) error
	// EndEmergency ends every emergency access at whose one end some people are, in the
	// transaction of ctx.
	EndEmergency func(ctx context.Context, accountIDs []id.ID) error
	// CheckInvitation reports whether a token invites a member at an address.
	CheckInvitation func(ctx context.Context, orgID, memberID id.ID, email, token string) (bool, error)
}

var notIncluded = fault.New(fault.Invalid, "policy.notIncluded")

// Told are the policies that a person's clients obey. Newer clients read All, which
// holds those of organizations that have yet to confirm the person too.
type Told struct{ Confirmed, All []Policy }

// Of returns the policies of all organizations that an account has joined, for its
// clients to obey.
func (s *Service) Of(ctx context.Context, accountID id.ID) (Told, error) {
	return s.Store.Of(ctx, accountID)
}

// Enabled reports to other rooms whether a policy binds an organization: it
// is enabled, and the terms still include policies.
func (s *Service) Enabled(ctx context.Context, orgID id.ID, policyType Type) (bool, error) {
	o, err := s.Organizations.Get(ctx, orgID)
	if err != nil || !o.Features.UsePolicies {
		return false, err
	}
	p, err := s.find(ctx, orgID, policyType)
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

// Set sets a policy of an organization whose terms include policies, lets its members
// know, and has them meet it.
func (s *Service) Set(ctx context.Context, caller id.ID, p Policy) (Policy, error) {
	return s.SetNaming(ctx, caller, p, "")
}

// SetNaming is Set with the encrypted name of the collection that members get for
// themselves where the policy makes the organization own all items; "" makes none.
func (s *Service) SetNaming(ctx context.Context, caller id.ID, p Policy, myItems string) (Policy, error) {
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, p.OrganizationID); err != nil {
			return err
		}
		o, _, err := s.Organizations.Within(ctx, caller, p.OrganizationID, org.Member.MayManagePolicies)
		if err == nil && !o.Features.UsePolicies {
			err = notIncluded
		}
		if err != nil {
			return err
		}
		if p, err = p.Checked(); err != nil {
			return err
		}
		p, err = s.set(ctx, o, caller, p, myItems)
		return err
	})
	if err != nil {
		return Policy{}, err
	}
	return p, nil
}

// set stores a policy that is good in itself, under the lock of its organization.
func (s *Service) set(ctx context.Context, o org.Organization, caller id.ID, p Policy, myItems string) (Policy, error) {
	had, err := s.byType(ctx, o.ID)
	if err == nil {
		err = p.fits(had)
	}
	if err != nil {
		return Policy{}, err
	}
	echoes, err := mirrored(p, had)
	if err != nil {
		return Policy{}, err
	}
	for _, echo := range echoes {
		if _, err := s.put(ctx, echo); err != nil {
			return Policy{}, err
		}
	}
	if p, err = s.put(ctx, p); err != nil {
		return Policy{}, err
	}
	joined, err := s.Store.Joined(ctx, o.ID)
	if err != nil {
		return Policy{}, err
	}
	if p.Enabled && !had[p.Type].Enabled {
		if err := s.enforce(ctx, o, caller, p.Type, joined); err != nil {
			return Policy{}, err
		}
	}
	if p.Enabled && p.Type == OwnsData && myItems != "" && o.Features.UseMyItems {
		if err := s.GiveMyItems(ctx, o, myItems); err != nil {
			return Policy{}, err
		}
	}
	return p, s.touch(ctx, joined)
}

func (s *Service) byType(ctx context.Context, orgID id.ID) (map[Type]Policy, error) {
	list, err := s.Store.List(ctx, orgID)
	byType := make(map[Type]Policy, len(list))
	for _, p := range list {
		byType[p.Type] = p
	}
	return byType, err
}

// put stores a policy, logs that, and tells clients.
func (s *Service) put(ctx context.Context, p Policy) (Policy, error) {
	p.ID, p.CreatedAt, p.RevisedAt = id.New(), s.Now(), s.Now()
	p, err := s.Store.Put(ctx, p)
	if err != nil {
		return Policy{}, err
	}
	s.Announce(ctx, notice.Notice{
		Kind: notice.PolicyChanged, Organization: p.OrganizationID, OrganizationID: p.OrganizationID, Everywhere: true,
		Members: map[string]any{"Policy": viewOf(p)},
	})
	return p, s.Record(ctx, event.Event{Type: event.PolicyUpdated, OrganizationID: p.OrganizationID, PolicyID: p.ID})
}

// touch has everybody who is told of policies fetch them.
func (s *Service) touch(ctx context.Context, joined []Joined) error {
	accountIDs := make([]id.ID, len(joined))
	for i, m := range joined {
		accountIDs[i] = m.AccountID
	}
	return s.Organizations.Touch(ctx, accountIDs...)
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

// ForInvitation returns what is in force in an organization to whoever has the token
// of an invitation to it, and fault.Gone to everyone else.
func (s *Service) ForInvitation(ctx context.Context, orgID, memberID id.ID, email, token string) ([]Policy, error) {
	good, err := s.CheckInvitation(ctx, orgID, memberID, email, token)
	if err == nil && !good {
		err = fault.Gone
	}
	if err != nil {
		return nil, err
	}
	o, err := s.Organizations.Get(ctx, orgID)
	return s.told(ctx, o, err)
}

// ForTied returns what is in force in an organization to anyone tied to it.
func (s *Service) ForTied(ctx context.Context, caller, orgID id.ID) ([]Policy, error) {
	o, _, err := s.Organizations.Membership(ctx, caller, orgID)
	return s.told(ctx, o, err)
}

func (s *Service) told(ctx context.Context, o org.Organization, err error) ([]Policy, error) {
	if err == nil && !o.Enabled {
		err = fault.Gone
	}
	if err != nil {
		return nil, err
	}
	return s.inForce(ctx, o)
}

// MasterPasswordOf returns what an organization demands of master passwords to anyone
// tied to it, and fault.Gone when it demands nothing.
func (s *Service) MasterPasswordOf(ctx context.Context, caller, orgID id.ID) (Policy, error) {
	policies, err := s.ForTied(ctx, caller, orgID)
	if err != nil {
		return Policy{}, err
	}
	for _, p := range policies {
		if p.Type == MasterPassword {
			return p, nil
		}
	}
	return Policy{}, fault.Gone
}
