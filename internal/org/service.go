package org

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/seal"
)

// Service is what the rest of the server may do with organizations.
type Service struct {
	Store    Store
	Keys     *seal.Keys
	Accounts *account.Service
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration)
	Mail     func(ctx context.Context, list ...mail.Message) error
	VaultURL string
	// Touch tells the devices of people that there is something new to fetch.
	Touch func(ctx context.Context, accountIDs ...id.ID) error
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds events to the log, in the transaction of their cause.
	Record func(ctx context.Context, events ...event.Event) error
	// Sponsorships returns what an account sponsors, by the id of its member.
	Sponsorships func(ctx context.Context, accountID id.ID) (map[id.ID]FamilySponsorship, error)
	// SeatsSponsored returns how many seats of an organization its sponsorships take.
	SeatsSponsored func(ctx context.Context, orgID id.ID) (int, error)
	// CreateCollection makes the first collection of a new organization, which its
	// owner manages, in the transaction of its creation.
	CreateCollection func(ctx context.Context, owner Member, name string) error
	// Subscribe opens the subscription of an organization that was just bought, in
	// the transaction of its creation. Only a cloud has it.
	Subscribe func(ctx context.Context, o Organization, p Purchase) error
	// Paid reports whether an organization has a subscription that costs something.
	// It is nil on a server that sells none.
	Paid func(ctx context.Context, orgID id.ID) (bool, error)
	// MayCreate returns the fault for a person who may belong to no organization of
	// their own making, because another one forbids it.
	MayCreate func(ctx context.Context, accountID id.ID) error
	// MayFound returns the fault for a person who may make no organization without a
	// license. Only a self-hosted server has it.
	MayFound func(ctx context.Context, accountID id.ID) error
	// Closing ends what another room keeps for an organization that is about to be
	// deleted, in the transaction of the deletion. It is nil where nothing is kept.
	Closing func(ctx context.Context, o Organization) error
	// SyncKeys keeps the keys of the sort SyncKey. It is nil on a server with which
	// no other syncs.
	SyncKeys KeyRoom
}

// Get returns an organization to other rooms; it asks nobody's permission.
func (s *Service) Get(ctx context.Context, orgID id.ID) (Organization, error) {
	return s.Store.Get(ctx, orgID)
}

// FindByLicenseKey returns the organization that stands on a license.
func (s *Service) FindByLicenseKey(ctx context.Context, key string) (Organization, bool, error) {
	o, err := s.Store.ByLicenseKey(ctx, key)
	if fault.KindOf(err) == fault.NotFound {
		return Organization{}, false, nil
	}
	return o, err == nil, err
}

// Membership returns an organization and the caller's tie to it, whatever its
// status is, or fault.Gone when there is none.
func (s *Service) Membership(ctx context.Context, caller, orgID id.ID) (Organization, Member, error) {
	m, err := s.Store.Membership(ctx, orgID, caller)
	if err != nil {
		return Organization{}, Member{}, err
	}
	o, err := s.Store.Get(ctx, orgID)
	return o, m, err
}

// ForOwner returns an organization to a confirmed owner, and fault.Gone to
// everyone else. A disabled one is still shown: its owner repairs it.
func (s *Service) ForOwner(ctx context.Context, caller, orgID id.ID) (Organization, error) {
	o, m, err := s.Membership(ctx, caller, orgID)
	if err == nil && !m.Owns() {
		err = fault.Gone
	}
	if err != nil {
		return Organization{}, err
	}
	return o, nil
}

// ForMember returns an organization and the tie of a confirmed member, and
// fault.Gone to everyone else. The organization may be disabled.
func (s *Service) ForMember(ctx context.Context, caller, orgID id.ID) (Organization, Member, error) {
	o, m, err := s.Membership(ctx, caller, orgID)
	if err == nil && !m.Confirmed() {
		err = fault.Gone
	}
	if err != nil {
		return Organization{}, Member{}, err
	}
	return o, m, nil
}

// Within is ForMember for what a disabled organization does not offer.
func (s *Service) Within(ctx context.Context, caller, orgID id.ID, allowed func(Member) bool) (Organization, Member, error) {
	o, m, err := s.ForMember(ctx, caller, orgID)
	if err == nil && (!o.Enabled || !allowed(m)) {
		err = fault.Gone
	}
	if err != nil {
		return Organization{}, Member{}, err
	}
	return o, m, nil
}

// MemberByID returns a member to other rooms; it asks nobody's permission.
func (s *Service) MemberByID(ctx context.Context, memberID id.ID) (Member, error) {
	return s.Store.Member(ctx, memberID)
}

// Members returns everyone who is tied to an organization, by address, to other
// rooms; it asks nobody's permission.
func (s *Service) Members(ctx context.Context, orgID id.ID) ([]Member, error) {
	return s.Store.Members(ctx, orgID)
}

// MembersByID returns those of the named members that are of an organization, by
// their ids, to other rooms; it asks nobody's permission.
func (s *Service) MembersByID(ctx context.Context, orgID id.ID, memberIDs []id.ID) (map[id.ID]Member, error) {
	members, err := s.Store.MembersByID(ctx, orgID, memberIDs)
	byID := make(map[id.ID]Member, len(members))
	for _, m := range members {
		byID[m.ID] = m
	}
	return byID, err
}

// ListOf returns the organizations of which an account is a confirmed member,
// disabled ones included, each once and by name.
func (s *Service) ListOf(ctx context.Context, accountID id.ID) ([]Membership, error) {
	return s.listOf(ctx, accountID, Confirmed)
}

func (s *Service) listOf(ctx context.Context, accountID id.ID, statuses ...Status) ([]Membership, error) {
	memberships, err := s.Store.ListOf(ctx, accountID, statuses...)
	if err != nil || len(memberships) == 0 {
		return memberships, err
	}
	given, err := s.Sponsorships(ctx, accountID)
	for i, m := range memberships {
		if sponsorship, ok := given[m.Member.ID]; ok {
			memberships[i].Sponsorship = &sponsorship
		}
	}
	return memberships, err
}

// GivesPremium reports whether an account has premium through an organization:
// one that is enabled, contains it, and has confirmed the member.
func (s *Service) GivesPremium(ctx context.Context, accountID id.ID) (bool, error) {
	memberships, err := s.Store.ListConfirmed(ctx, accountID)
	for _, m := range memberships {
		if m.Organization.Enabled && m.Organization.Features.UsersGetPremium {
			return true, err
		}
	}
	return false, err
}

// Apply puts an organization on new terms: its license or its subscription has
// changed. A license key that another organization has is a Conflict.
func (s *Service) Apply(ctx context.Context, orgID id.ID, t Terms) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "org:"+orgID.String()); err != nil {
			return err
		}
		o, err := s.Store.Get(ctx, orgID)
		if err != nil {
			return err
		}
		return s.put(ctx, &o, t)
	})
}

// put stores o on terms, in the transaction of ctx, and tells its members.
func (s *Service) put(ctx context.Context, o *Organization, t Terms) error {
	enabled := o.Enabled
	*o = o.on(t)
	o.RevisedAt = s.Now()
	if err := s.Store.Update(ctx, *o); err != nil {
		return err
	}
	if enabled != o.Enabled {
		s.Announce(ctx, status(*o))
	}
	return s.TellMembers(ctx, o.ID)
}

// status tells members' clients whether an organization is enabled.
func status(o Organization) notice.Notice {
	return notice.Notice{
		Kind: notice.OrganizationStatus, Organization: o.ID, OrganizationID: o.ID, Everywhere: true,
		Members: map[string]any{"Enabled": o.Enabled},
	}
}

// TellMembers has the clients of confirmed members fetch what an organization is
// now.
func (s *Service) TellMembers(ctx context.Context, orgID id.ID) error {
	s.Announce(ctx, notice.Notice{Kind: notice.OrganizationsChanged, Organization: orgID, At: s.Now(), Everywhere: true})
	return s.TouchMembers(ctx, orgID)
}

// TouchMembers has the next sync of every confirmed member be a whole one.
func (s *Service) TouchMembers(ctx context.Context, orgID id.ID) error {
	accounts, err := s.Store.ConfirmedAccounts(ctx, orgID)
	if err != nil {
		return err
	}
	return s.Touch(ctx, accounts...)
}

// Use returns what an organization makes use of, to judge whether smaller terms
// would still fit.
func (s *Service) Use(ctx context.Context, orgID id.ID) (Use, error) {
	use, err := s.Store.Use(ctx, orgID)
	if err != nil {
		return Use{}, err
	}
	sponsored, err := s.SeatsSponsored(ctx, orgID)
	use.OccupiedSeats += sponsored
	return use, err
}

// OccupiedSeats returns how many seats are taken, to any confirmed member.
func (s *Service) OccupiedSeats(ctx context.Context, caller, orgID id.ID) (int, error) {
	if _, _, err := s.ForMember(ctx, caller, orgID); err != nil {
		return 0, err
	}
	use, err := s.Use(ctx, orgID)
	return use.OccupiedSeats, err
}

// PublicKey returns the organization's public key to anyone tied to it, "" when
// no client has made the pair yet. Somebody whose address is invited gets it too: who
// accepts may have to share their user key with the organization.
func (s *Service) PublicKey(ctx context.Context, caller, orgID id.ID) (string, error) {
	invited, err := s.Store.Invites(ctx, orgID, caller)
	if err != nil {
		return "", err
	}
	if invited {
		o, err := s.Store.Get(ctx, orgID)
		return o.PublicKey, err
	}
	o, _, err := s.Membership(ctx, caller, orgID)
	return o.PublicKey, err
}

// PrivateKey returns the organization's encrypted private key to a member who may
// manage others, "" when no client has made the pair yet.
func (s *Service) PrivateKey(ctx context.Context, caller, orgID id.ID) (string, error) {
	o, _, err := s.Within(ctx, caller, orgID, Member.MayManageUsers)
	return o.PrivateKey, err
}

var keysExist = fault.New(fault.Invalid, "org.keysExist")

// SetKeys stores the key pair of an organization that has none; one that there is
// stays, because others have encrypted for it.
func (s *Service) SetKeys(ctx context.Context, caller, orgID id.ID, public, private string) (Organization, error) {
	if _, _, err := s.Within(ctx, caller, orgID, Member.MayManageResetPassword); err != nil {
		return Organization{}, err
	}
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		set, err := s.Store.SetKeys(ctx, orgID, public, private, s.Now())
		if err == nil && !set {
			err = keysExist
		}
		if err != nil {
			return err
		}
		if err := s.RecordUpdate(ctx, orgID); err != nil {
			return err
		}
		return s.TellMembers(ctx, orgID)
	})
	if err != nil {
		return Organization{}, err
	}
	return s.Store.Get(ctx, orgID)
}
