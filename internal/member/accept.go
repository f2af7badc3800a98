package member

import (
	"context"
	"net/url"
	"slices"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

var (
	alreadyAccepted = fault.New(fault.Invalid, "member.alreadyAccepted")
	alreadyMember   = fault.New(fault.Invalid, "member.alreadyMember")
	freeTaken       = fault.New(fault.Invalid, "member.freeTaken")
	notPending      = fault.New(fault.Invalid, "member.notPending")
)

// Accept makes the person whom an invitation names a member who waits to be
// confirmed, and so proves their address. The key with which administrators may
// recover the account is needed where all members take part in that, and counts only
// there.
func (s *Service) Accept(ctx context.Context, caller, orgID, memberID id.ID, token, resetPasswordKey string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		a, err := s.Accounts.Get(ctx, caller)
		if err != nil {
			return err
		}
		m, err := s.invited(ctx, a, orgID, memberID, token)
		if err != nil {
			return err
		}
		return s.accept(ctx, a, m, resetPasswordKey)
	})
}

// invited returns the member whom the token that a person brings invites.
func (s *Service) invited(ctx context.Context, a account.Account, orgID, memberID id.ID, token string) (org.Member, error) {
	if v, good := s.readInvitation(token); good && v.MemberID == memberID && v.Email != a.Email {
		return org.Member{}, otherAddress
	}
	good, err := s.CheckInvitation(ctx, orgID, memberID, a.Email, token)
	if err == nil && !good {
		err = badInvitation
	}
	if err != nil {
		return org.Member{}, err
	}
	m, err := s.Organizations.MemberByID(ctx, memberID)
	if err == nil && m.Status != org.Invited {
		err = alreadyAccepted
	}
	if err != nil {
		return org.Member{}, err
	}
	_, _, err = s.Organizations.Membership(ctx, a.ID, orgID)
	switch {
	case err == nil: // under an address that they had before
		return org.Member{}, alreadyMember
	case fault.KindOf(err) != fault.NotFound:
		return org.Member{}, err
	}
	m.AccountID = a.ID
	return m, nil
}

func (s *Service) accept(ctx context.Context, a account.Account, m org.Member, resetPasswordKey string) error {
	o, err := s.Organizations.Get(ctx, m.OrganizationID)
	if err != nil {
		return err
	}
	enroll, err := s.Policies.AutoEnroll(ctx, o.ID)
	if err == nil && enroll && resetPasswordKey == "" {
		err = fault.Required("resetPasswordKey")
	}
	if err != nil {
		return err
	}
	refused, err := s.joining(ctx, o, m)
	if err == nil {
		err = refused[m.ID]
	}
	if err != nil {
		return err
	}
	if err := s.Store.Accept(ctx, []org.Member{m}, s.Now()); err != nil {
		return err
	}
	if enroll {
		if err := s.Accounts.TouchOwn(ctx, a.ID); err != nil {
			return err
		}
		if err := s.Enroll(ctx, m, resetPasswordKey); err != nil {
			return err
		}
	}
	if !a.EmailVerified && s.Verification {
		if err := s.Accounts.EmailVerified(ctx, a.ID); err != nil {
			return err
		}
	}
	return s.welcome(ctx, o, a)
}

// joining returns, by member, why people may not be members who have a say in
// anything: policies are against it, or they would administer a second free
// organization.
func (s *Service) joining(ctx context.Context, o org.Organization, members ...org.Member) (map[id.ID]error, error) {
	accountIDs := make([]id.ID, len(members))
	for i, m := range members {
		accountIDs[i] = m.AccountID
	}
	byAccount, err := s.Policies.Joining(ctx, o, accountIDs...)
	if err != nil {
		return nil, err
	}
	refused := map[id.ID]error{}
	for _, m := range members {
		if err := byAccount[m.AccountID]; err != nil {
			refused[m.ID] = err
			continue
		}
		// Free organizations are too small for these questions to add up.
		if o.PlanType == plan.Free && (m.Type == org.Owner || m.Type == org.Admin) {
			taken, err := s.Organizations.AdministersFree(ctx, m.AccountID)
			if err != nil {
				return nil, err
			}
			if taken {
				refused[m.ID] = freeTaken
			}
		}
	}
	return refused, nil
}

// welcome tells a person's clients where they wait, and those who manage members
// that somebody does.
func (s *Service) welcome(ctx context.Context, o org.Organization, a account.Account) error {
	managers, err := s.Store.Managers(ctx, o.ID)
	if err != nil {
		return err
	}
	name := a.Email
	if a.Name != "" {
		name = a.Name + " (" + a.Email + ")"
	}
	letters := make([]mail.Message, len(managers))
	for i, m := range managers {
		letters[i] = mail.Message{
			Once: "organization-accepted|" + id.New().String(),
			To:   m.Email, Template: "organization-accepted", Language: m.Language,
			Data: map[string]string{
				"Organization": o.Name, "Person": name,
				"Link": s.VaultURL + "/#/organizations/" + url.PathEscape(o.ID.String()) + "/members",
			},
		}
	}
	if err := s.Mail(ctx, letters...); err != nil {
		return err
	}
	return s.Organizations.Touch(ctx, a.ID)
}

// acceptAtOnce makes those who are invited and have an account members who wait to
// be confirmed, and returns the others. There is no mail that could prove more than
// the account does.
func (s *Service) acceptAtOnce(ctx context.Context, o org.Organization, invited []org.Member, people map[string]Person) ([]org.Member, error) {
	var known, rest []org.Member
	for _, m := range invited {
		if p, ok := people[m.Email]; ok {
			m.AccountID = p.AccountID
			known = append(known, m)
			continue
		}
		rest = append(rest, m)
	}
	refused, err := s.joining(ctx, o, known...)
	if err != nil {
		return nil, err
	}
	belongs, err := s.Store.Belonging(ctx, o.ID, accountsOf(known)) // under an address that they had before
	if err != nil {
		return nil, err
	}
	var accepted []org.Member
	var accountIDs []id.ID
	for _, m := range known {
		if refused[m.ID] != nil || belongs[m.AccountID] {
			rest = append(rest, m)
			continue
		}
		accepted, accountIDs = append(accepted, m), append(accountIDs, m.AccountID)
	}
	if err := s.Store.Accept(ctx, accepted, s.Now()); err != nil {
		return nil, err
	}
	return rest, s.Organizations.Touch(ctx, accountIDs...)
}

// Awaited reports whether an organization has invited an address that nobody has
// registered.
func (s *Service) Awaited(ctx context.Context, email string) (bool, error) {
	invitations, err := s.Store.InvitationsTo(ctx, account.NormalizeEmail(email))
	return len(invitations) > 0, err
}

// Registered does what an invitation is good for once somebody has made an account,
// in the transaction of that. Who came by the invitation of an organization that asks
// for two-step login gets codes by mail, to the address that is proved by it. Where no
// mail proves an address, all invitations to it are accepted; what a policy is against
// waits until the person meets it and is invited once more.
func (s *Service) Registered(ctx context.Context, a account.Account, memberID id.ID) error {
	if !s.Verification {
		return s.acceptAll(ctx, a)
	}
	if memberID.IsZero() {
		return nil
	}
	m, err := s.Organizations.MemberByID(ctx, memberID)
	if err != nil {
		return err
	}
	needed, err := s.Policies.Enabled(ctx, m.OrganizationID, policy.TwoStep)
	if err != nil || !needed {
		return err
	}
	return s.MailCodes(ctx, a)
}

func (s *Service) acceptAll(ctx context.Context, a account.Account) error {
	invitations, err := s.lockInvitations(ctx, a.Email)
	if err != nil {
		return err
	}
	people := map[string]Person{a.Email: {AccountID: a.ID}}
	for _, m := range invitations {
		o, err := s.Organizations.Get(ctx, m.OrganizationID)
		if err != nil {
			return err
		}
		rest, err := s.acceptAtOnce(ctx, o, []org.Member{m}, people)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			continue
		}
		if err := s.welcome(ctx, o, a); err != nil {
			return err
		}
	}
	return nil
}

// lockInvitations locks the organizations that have invited an address, and returns
// the invitations that are still there then.
func (s *Service) lockInvitations(ctx context.Context, email string) ([]org.Member, error) {
	seen, err := s.Store.InvitationsTo(ctx, email)
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	locked := map[id.ID]bool{}
	for _, m := range seen {
		if err := s.Organizations.Lock(ctx, m.OrganizationID); err != nil {
			return nil, err
		}
		locked[m.OrganizationID] = true
	}
	now, err := s.Store.InvitationsTo(ctx, email)
	return slices.DeleteFunc(now, func(m org.Member) bool { return !locked[m.OrganizationID] }), err
}

// AcceptFirst would make whom an invitation names the owner of an organization that
// somebody else has set up for them. Here every organization has an owner from its
// beginning, so there is none to begin.
func (s *Service) AcceptFirst(ctx context.Context, caller, orgID, memberID id.ID, token string) error {
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return err
	}
	if _, err := s.invited(ctx, a, orgID, memberID, token); err != nil {
		return err
	}
	return notPending
}
