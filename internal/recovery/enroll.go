package recovery

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Enroll lets an organization recover the caller's account: key is the caller's user
// key, encrypted for it. The caller proves who they are, because whoever holds the
// key opens the vault.
func (s *Service) Enroll(ctx context.Context, caller, orgID id.ID, key string, secret account.Secret) error {
	if _, err := s.mayEnroll(ctx, caller, orgID); err != nil {
		return err
	}
	if err := s.Accounts.VerifySecret(ctx, caller, secret); err != nil {
		return err
	}
	return s.set(ctx, caller, orgID, key, s.mayEnroll)
}

func (s *Service) mayEnroll(ctx context.Context, caller, orgID id.ID) (org.Member, error) {
	o, m, err := s.Organizations.Membership(ctx, caller, orgID)
	if err == nil && (!joined(m) || !o.Enabled) {
		err = fault.Gone
	}
	if err == nil {
		err = s.offers(ctx, o)
	}
	return m, err
}

// Withdraw takes back what Enroll gave. An organization that enrolls everybody does
// not let go; one that has given up its policy, or is disabled, does.
func (s *Service) Withdraw(ctx context.Context, caller, orgID id.ID) error {
	return s.set(ctx, caller, orgID, "", s.mayWithdraw)
}

func (s *Service) mayWithdraw(ctx context.Context, caller, orgID id.ID) (org.Member, error) {
	_, m, err := s.Organizations.Membership(ctx, caller, orgID)
	if err == nil && !joined(m) {
		err = fault.Gone
	}
	if err != nil {
		return m, err
	}
	auto, err := s.Policies.AutoEnroll(ctx, orgID)
	if err == nil && auto {
		err = autoEnrolled
	}
	return m, err
}

// set stores the caller's key, or takes it away, if they may.
func (s *Service) set(
	ctx context.Context, caller, orgID id.ID, key string, may func(ctx context.Context, caller, orgID id.ID) (org.Member, error),
) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		m, err := may(ctx, caller, orgID)
		if err != nil || key == "" && m.ResetPasswordKey == "" {
			return err
		}
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil {
			return err
		}
		if err := s.Members.Enroll(ctx, m, key); err != nil {
			return err
		}
		s.Announce(ctx, notice.Organizations(s.Now(), caller))
		return nil
	})
}
