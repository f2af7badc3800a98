package member

import (
	"context"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
	"coffre/internal/web"
)

var (
	notYourself    = fault.New(fault.Invalid, "member.notYourself")
	alreadyRevoked = fault.New(fault.Invalid, "member.alreadyRevoked")
	notRevoked     = fault.New(fault.Invalid, "member.notRevoked")
	notBound       = fault.New(fault.Invalid, "member.notBound")
)

// Revoke takes all access from members, who stay on the list and give back their
// seats. Nobody revokes themselves, so that whoever acts is left to own or manage the
// organization.
func (s *Service) Revoke(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) (outcomes []Outcome, err error) {
	err = s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		judged, members, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			switch {
			case m.ID == actor.ID:
				return notYourself
			case m.Status == org.Revoked:
				return alreadyRevoked
			}
			return mayManage(actor, m)
		})
		if err != nil {
			return err
		}
		outcomes = judged
		return s.revoke(ctx, members, org.RevokedByHand, event.Event{Type: event.MemberRevoked})
	})
	return outcomes, err
}

// RevokeSelf takes the caller's own access to an organization that owns all items of
// its members: who does not agree to that leaves their items to it.
func (s *Service) RevokeSelf(ctx context.Context, caller, orgID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
		if err != nil {
			return err
		}
		owned, err := s.Policies.DataOwnership(ctx, orgID)
		if err == nil && (!owned || !policy.OwnsData.Binds(m.Type, m.Status)) {
			err = notBound
		}
		if err != nil {
			return err
		}
		return s.revoke(ctx, []org.Member{m}, org.RevokedByData, event.Event{Type: event.MemberSelfRevoked})
	})
}

// RevokeBySystem takes the access of members who do not comply with a policy, in the
// transaction of ctx, and writes to those who have an account. Owners stay: nobody
// could let the only one in again. Who is revoked already, or of another
// organization, is left alone.
func (s *Service) RevokeBySystem(
	ctx context.Context, orgID id.ID, memberIDs []id.ID, why org.Revocation, what event.Type, template string,
) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		o, err := s.Organizations.Get(ctx, orgID)
		if err != nil {
			return err
		}
		_, members, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			if m.Status == org.Revoked || m.Type == org.Owner {
				return alreadyRevoked
			}
			return nil
		})
		if err != nil || len(members) == 0 {
			return err
		}
		e := event.Event{Type: what}
		if caller := web.CallerOf(ctx).AccountID; caller.IsZero() || len(members) == 1 && members[0].AccountID == caller {
			e.SystemUser = event.TwoStepDisabler // a person's own doing, at a log-in too, with this as its consequence
		}
		if err := s.revoke(ctx, members, why, e); err != nil {
			return err
		}
		return s.mailRevoked(ctx, o, members, template)
	})
}

// breach is how members who break a policy are shut out.
type breach struct {
	why      org.Revocation
	what     event.Type
	template string
}

var breaches = map[policy.Type]breach{
	policy.TwoStep:            {org.RevokedByTwoStep, event.RevokedForTwoStep, "revoked-two-step"},
	policy.SingleOrganization: {org.RevokedBySingle, event.RevokedForSingle, "revoked-single"},
}

// ShutOut is RevokeBySystem for who breaks a policy that shuts out.
func (s *Service) ShutOut(ctx context.Context, orgID id.ID, memberIDs []id.ID, broken policy.Type) error {
	b := breaches[broken]
	return s.RevokeBySystem(ctx, orgID, memberIDs, b.why, b.what, b.template)
}

func (s *Service) revoke(ctx context.Context, members []org.Member, why org.Revocation, e event.Event) error {
	if len(members) == 0 {
		return nil
	}
	if err := s.Store.Revoke(ctx, idsOf(members), why, s.Now()); err != nil {
		return err
	}
	events := make([]event.Event, len(members))
	for i, m := range members {
		e.OrganizationID, e.MemberID, e.AccountID = m.OrganizationID, m.ID, m.AccountID
		events[i] = e
	}
	if err := s.Record(ctx, events...); err != nil {
		return err
	}
	return s.tell(ctx, members)
}

func (s *Service) mailRevoked(ctx context.Context, o org.Organization, members []org.Member, template string) error {
	people, err := s.Store.People(ctx, emailsOf(members))
	if err != nil {
		return err
	}
	var letters []mail.Message
	for _, m := range members {
		if m.AccountID.IsZero() {
			continue
		}
		letters = append(letters, mail.Message{
			Once: template + "|" + m.ID.String() + "|" + s.Now().Format(time.RFC3339Nano), To: m.Email, Template: template,
			Language: people[m.Email].Language, Data: map[string]string{"Organization": o.Name, "Vault": s.VaultURL},
		})
	}
	return s.Mail(ctx, letters...)
}

// Restore lets revoked members in again, as far as they had come: a seat is taken for
// each, and the policies count as on joining. MyItems is as in Change.
func (s *Service) Restore(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID, myItems string) (outcomes []Outcome, err error) {
	err = s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		judged, members, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			if m.Status != org.Revoked {
				return notRevoked
			}
			return mayManage(actor, m)
		})
		if err != nil {
			return err
		}
		outcomes = judged
		if members, err = s.mayReturn(ctx, o, members, outcomes); err != nil || len(members) == 0 {
			return err
		}
		if err := s.takeSeats(ctx, o, len(members)); err != nil {
			return err
		}
		return s.restore(ctx, o, members, myItems)
	})
	return outcomes, err
}

// mayReturn returns those who may be members again, and notes of the others why not.
// Who has no account yet is judged on accepting.
func (s *Service) mayReturn(ctx context.Context, o org.Organization, members []org.Member, outcomes []Outcome) ([]org.Member, error) {
	var known, may []org.Member
	for _, m := range members {
		if !m.AccountID.IsZero() {
			known = append(known, m)
		}
	}
	refused, err := s.joining(ctx, o, known...)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if refused[m.ID] == nil {
			may = append(may, m)
		}
	}
	for i, outcome := range outcomes {
		if reason := refused[outcome.MemberID]; reason != nil {
			outcomes[i].Err = reason
		}
	}
	return may, nil
}

func (s *Service) restore(ctx context.Context, o org.Organization, members []org.Member, myItems string) error {
	if err := s.Store.Restore(ctx, idsOf(members), s.Now()); err != nil {
		return err
	}
	for i, m := range members {
		members[i].Status = m.Former()
	}
	if myItems != "" && o.Features.UseMyItems {
		if err := s.createMyItems(ctx, o.ID, members, myItems); err != nil {
			return err
		}
	}
	if err := s.record(ctx, event.MemberRestored, members); err != nil {
		return err
	}
	return s.tell(ctx, members)
}

// judge asks of each member that was named whether something may happen to them, and
// returns those to whom it may.
func (s *Service) judge(
	ctx context.Context, o org.Organization, memberIDs []id.ID, allowed func(org.Member) error,
) (outcomes []Outcome, good []org.Member, err error) {
	known, err := s.Organizations.MembersByID(ctx, o.ID, memberIDs)
	if err != nil {
		return nil, nil, err
	}
	outcomes = outcomesOf(memberIDs, nil)
	for i, outcome := range outcomes {
		m, found := known[outcome.MemberID]
		if !found {
			outcomes[i].Err = fault.Gone
			continue
		}
		if outcomes[i].Err = allowed(m); outcomes[i].Err == nil {
			good = append(good, m)
		}
	}
	return outcomes, good, nil
}

// tell has the clients of members fetch which organizations they belong to.
func (s *Service) tell(ctx context.Context, members []org.Member) error {
	accounts := accountsOf(members)
	if len(accounts) == 0 {
		return nil
	}
	s.Announce(ctx, notice.OrgKeys(s.Now(), accounts...))
	return s.Organizations.Touch(ctx, accounts...)
}

func idsOf(members []org.Member) []id.ID {
	ids := make([]id.ID, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	return ids
}

// accountsOf returns the accounts of those members who have one.
func accountsOf(members []org.Member) []id.ID {
	accounts := []id.ID{}
	for _, m := range members {
		if !m.AccountID.IsZero() {
			accounts = append(accounts, m.AccountID)
		}
	}
	return accounts
}
