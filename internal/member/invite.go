package member

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/throttle"
)

// maxInvited is how many addresses one request may invite.
const maxInvited = 1_000

// mailed bounds to how many addresses one person has invitations sent in a day: they
// say what the sender wants.
var mailed = throttle.Rule{Name: "invited-addresses", Limit: 10_000, Per: 24 * time.Hour}

var notInvited = fault.New(fault.Invalid, "member.notInvited")

// Invitation is whom to invite as what. Permissions count for the role Custom only.
type Invitation struct {
	Emails      []string // in any case; one that is tied to the organization is left out
	Type        org.Type
	Permissions org.Permissions
	Collections []collection.Selection
	Groups      []id.ID
}

// Person is what joining needs to know of an account.
type Person struct {
	AccountID id.ID
	Language  string // "en" or "fr"
	PublicKey string // "" until the client has made a key pair
}

// Invite makes people members who have yet to accept, and writes to them. There must
// be a seat for each, or one that can be bought; otherwise nobody is invited.
func (s *Service) Invite(ctx context.Context, caller, orgID id.ID, inv Invitation) error {
	if err := s.Limits.TakeMany(ctx, mailed, caller.String(), len(inv.Emails)); err != nil {
		return err
	}
	return s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		if err := mayGrant(o, actor, inv.Type, inv.Permissions); err != nil {
			return err
		}
		members, err := s.newcomers(ctx, o, inv)
		if err != nil || len(members) == 0 {
			return err
		}
		if err := s.takeSeats(ctx, o, len(members)); err != nil {
			return err
		}
		if err := s.Store.Insert(ctx, members); err != nil {
			return err
		}
		if err := s.Collections.SetMembersAccess(ctx, actor, o, members, inv.Collections, &inv.Groups); err != nil {
			return err
		}
		if err := s.record(ctx, event.MemberInvited, members); err != nil {
			return err
		}
		return s.summon(ctx, o, actor, members)
	})
}

// within runs fn in a transaction for whoever manages the members of an organization.
// Until it ends nobody else changes who they are.
func (s *Service) within(
	ctx context.Context, caller, orgID id.ID, fn func(ctx context.Context, o org.Organization, actor org.Member) error,
) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		o, actor, err := s.Organizations.Within(ctx, caller, orgID, org.Member.MayManageUsers)
		if err != nil {
			return err
		}
		return fn(ctx, o, actor)
	})
}

// newcomers returns a member for each address that is not tied to the organization.
func (s *Service) newcomers(ctx context.Context, o org.Organization, inv Invitation) ([]org.Member, error) {
	emails := make([]string, len(inv.Emails))
	for i, email := range inv.Emails {
		emails[i] = account.NormalizeEmail(email)
	}
	known, err := s.Store.Tied(ctx, o.ID, emails)
	if err != nil {
		return nil, err
	}
	if inv.Type != org.Custom {
		inv.Permissions = org.Permissions{}
	}
	members := []org.Member{}
	for _, email := range emails {
		if known[email] {
			continue
		}
		known[email] = true
		members = append(members, org.Member{
			ID: id.New(), OrganizationID: o.ID, Email: email, Status: org.Invited, Type: inv.Type, Permissions: inv.Permissions,
			CreatedAt: s.Now(), RevisedAt: s.Now(),
		})
	}
	return members, nil
}

// record logs that the same happened to each of some members.
func (s *Service) record(ctx context.Context, what event.Type, members []org.Member) error {
	events := make([]event.Event, len(members))
	for i, m := range members {
		events[i] = event.Event{OrganizationID: m.OrganizationID, Type: what, MemberID: m.ID, AccountID: m.AccountID}
	}
	return s.Record(ctx, events...)
}

// summon writes to those who are invited. Where no mail proves an address, those who
// have an account accept at once, unless a policy is against it.
func (s *Service) summon(ctx context.Context, o org.Organization, actor org.Member, invited []org.Member) error {
	people, err := s.Store.People(ctx, emailsOf(invited))
	if err != nil {
		return err
	}
	if !s.Verification {
		if invited, err = s.acceptAtOnce(ctx, o, invited, people); err != nil {
			return err
		}
	}
	inviter, err := s.Accounts.Get(ctx, actor.AccountID)
	if err != nil || len(invited) == 0 {
		return err
	}
	return s.mailInvitations(ctx, o, invited, people, inviter.Language())
}

func emailsOf(members []org.Member) []string {
	emails := make([]string, len(members))
	for i, m := range members {
		emails[i] = m.Email
	}
	return emails
}

// Reinvite writes to people once more who have not accepted, with a link that is
// good for as long as the first was.
func (s *Service) Reinvite(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) (outcomes []Outcome, err error) {
	if err := s.Limits.TakeMany(ctx, mailed, caller.String(), len(memberIDs)); err != nil {
		return nil, err
	}
	err = s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		judged, waiting, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			if m.Status != org.Invited {
				return notInvited
			}
			return mayManage(actor, m)
		})
		if err != nil {
			return err
		}
		outcomes = judged
		return s.summon(ctx, o, actor, waiting)
	})
	return outcomes, err
}
