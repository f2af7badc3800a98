package recovery

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
	"coffre/internal/twostep"
)

// Service is what the rest of the server may ask for.
type Service struct {
	Store         Store
	Accounts      *account.Service
	TwoStep       *twostep.Service
	Organizations *org.Service
	Policies      *policy.Service
	Members       *member.Service
	Now           func() time.Time
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds events to the log, in the transaction of their cause.
	Record func(ctx context.Context, events ...event.Event) error
	// Mail queues mails in the transaction of ctx.
	Mail     func(ctx context.Context, list ...mail.Message) error
	VaultURL string // the web vault, without a slash at the end
}

// Details returns what is needed to recover the account of one member.
func (s *Service) Details(ctx context.Context, caller, orgID, memberID id.ID) (Details, error) {
	o, _, m, err := s.target(ctx, caller, orgID, memberID)
	if err != nil {
		return Details{}, err
	}
	list, err := s.details(ctx, o, []org.Member{m})
	if err == nil && len(list) == 0 {
		err = fault.Gone
	}
	if err != nil {
		return Details{}, err
	}
	return list[0], nil
}

// ListDetails is Details of those among many members whose accounts the caller may
// recover. It asks no more of many than of one.
func (s *Service) ListDetails(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) ([]Details, error) {
	o, actor, err := s.Organizations.Within(ctx, caller, orgID, org.Member.MayManageResetPassword)
	if err != nil {
		return nil, err
	}
	enabled, err := s.Policies.Enabled(ctx, o.ID, policy.ResetPassword)
	if err != nil || offers(o, enabled) != nil {
		return nil, err
	}
	known, err := s.Organizations.MembersByID(ctx, o.ID, memberIDs)
	if err != nil {
		return nil, err
	}
	var members []org.Member
	for _, memberID := range memberIDs {
		if m, found := known[memberID]; found && reaches(actor, m) == nil {
			members = append(members, m)
			delete(known, memberID) // named twice, listed once
		}
	}
	return s.details(ctx, o, members)
}

func (s *Service) details(ctx context.Context, o org.Organization, members []org.Member) ([]Details, error) {
	accountIDs := make([]id.ID, len(members))
	for i, m := range members {
		accountIDs[i] = m.AccountID
	}
	unlocks, err := s.Store.Unlocks(ctx, accountIDs)
	list := []Details{}
	for _, m := range members {
		if unlock, found := unlocks[m.AccountID]; found {
			list = append(list, Details{m.ID, unlock, m.ResetPasswordKey, o.PrivateKey})
		}
	}
	return list, err
}

// target returns a member whose account the caller may recover, with the organization
// and the caller's own tie to it.
func (s *Service) target(ctx context.Context, caller, orgID, memberID id.ID) (o org.Organization, actor, m org.Member, err error) {
	if o, actor, err = s.Organizations.Within(ctx, caller, orgID, org.Member.MayManageResetPassword); err != nil {
		return o, actor, m, err
	}
	known, err := s.Organizations.MembersByID(ctx, o.ID, []id.ID{memberID})
	if err != nil {
		return o, actor, m, err
	}
	m, found := known[memberID]
	if !found {
		return o, actor, m, fault.Gone
	}
	reason := reaches(actor, m)
	if reason == fault.Gone {
		return o, actor, m, reason
	}
	if err = s.offers(ctx, o); err == nil {
		err = reason
	}
	return o, actor, m, err
}

// offers reports why an organization recovers no accounts.
func (s *Service) offers(ctx context.Context, o org.Organization) error {
	enabled, err := s.Policies.Enabled(ctx, o.ID, policy.ResetPassword)
	if err != nil {
		return err
	}
	return offers(o, enabled)
}

// Recover gives a member a new master password, takes away their second steps, or
// both. Every session ends, and clients ask for another password at the next log-in.
// Nobody does it to themselves: a session alone must not change a password.
func (s *Service) Recover(ctx context.Context, caller, orgID, memberID id.ID, r Reset) error {
	_, actor, m, err := s.target(ctx, caller, orgID, memberID)
	if err == nil && actor.ID == m.ID {
		err = notYourself
	}
	if err != nil {
		return err
	}
	stored := ""
	if r.Password != nil {
		if stored, err = s.Accounts.Passwords.Hash(ctx, r.Password.Hash); err != nil {
			return err
		}
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.TwoStep.Hold(ctx, m.AccountID); err != nil {
			return err
		}
		// Second steps that are gone may end memberships, in whatever organization.
		if err := s.Organizations.LockTied(ctx, m.AccountID); err != nil {
			return err
		}
		o, _, m, err := s.target(ctx, caller, orgID, memberID)
		if err != nil {
			return err
		}
		return s.recover(ctx, o, m, r, stored)
	})
}

func (s *Service) recover(ctx context.Context, o org.Organization, m org.Member, r Reset, stored string) error {
	var all []done
	if r.TwoStep {
		removed, err := s.TwoStep.Reset(ctx, m.AccountID)
		if err != nil {
			return err
		}
		if removed {
			all = append(all, twoStepReset)
		}
	}
	switch {
	case r.Password != nil:
		if err := s.Accounts.SetTemporaryPassword(ctx, m.AccountID, *r.Password, stored); err != nil {
			return err
		}
		all = append(all, passwordRecovered)
	case len(all) > 0:
		if err := s.Accounts.RenewStamp(ctx, m.AccountID); err != nil {
			return err
		}
	}
	return s.tell(ctx, o, m, all)
}

// done is something that happened to a member, and the letter that says so.
type done struct {
	event    event.Type
	template string
}

var (
	passwordRecovered = done{event.PasswordRecovered, "password-recovered"}
	twoStepReset      = done{event.TwoStepReset, "two-step-reset"}
)

// tell logs what happened to a member, writes to them, and ends their clients'
// sessions. Where nothing happened, there is nothing to tell.
func (s *Service) tell(ctx context.Context, o org.Organization, m org.Member, all []done) error {
	if len(all) == 0 {
		return nil
	}
	a, err := s.Accounts.Get(ctx, m.AccountID)
	if err != nil {
		return err
	}
	events, letters := make([]event.Event, len(all)), make([]mail.Message, len(all))
	for i, d := range all {
		events[i] = event.Event{OrganizationID: o.ID, Type: d.event, MemberID: m.ID, AccountID: m.AccountID}
		letters[i] = mail.Message{
			Once: d.template + "|" + id.New().String(), To: a.Email, Template: d.template, Language: a.Language(),
			Data: map[string]string{"Organization": o.Name, "At": s.Now().UTC().Format(time.RFC3339), "Vault": s.VaultURL},
		}
	}
	if err := s.Record(ctx, events...); err != nil {
		return err
	}
	s.Announce(ctx, notice.LogOutEverywhere(a.ID, s.Now()))
	return s.Mail(ctx, letters...)
}
