package license

import (
	"context"
	"encoding/base64"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

var (
	noPremium    = fault.New(fault.Invalid, "license.noPremium").Coded("license-no-premium")
	userKeyWrong = fault.New(fault.Invalid, "license.userKeyWrong").On("key").Coded("license-key-wrong")
)

// IssueUser makes the premium license of a person who has premium of their own,
// and refuses anyone else with the code license-no-premium. It ends a week after the
// period that is paid; where nothing is paid for, it ends with its token, and a new
// one can be had.
func (s *CloudEnd) IssueUser(ctx context.Context, a account.Account) (User, error) {
	own, err := s.Accounts.Premium(ctx, a)
	if err == nil && !own {
		err = noPremium
	}
	if err != nil {
		return User{}, err
	}
	key, err := s.userKey(a.ID)
	if err != nil {
		return User{}, err
	}
	term, err := s.PremiumTerm(ctx, a.ID)
	if err != nil {
		return User{}, err
	}
	term.Now = s.Now()
	facts := UserFacts{LicenseKey: key, ID: a.ID, Name: a.Name, Email: a.Email, Premium: true}
	return NewUser(s.Signer, facts, term)
}

// userKey returns the license key of a person, always the same 20 characters.
func (s *CloudEnd) userKey(accountID id.ID) (string, error) {
	raw, err := s.Keys.Derive("premium license "+accountID.String(), 15)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// RenewUser issues a premium license to a server that holds an older one. A key
// that is wrong is coded license-key-wrong, after two seconds.
func (s *CloudEnd) RenewUser(ctx context.Context, accountID id.ID, licenseKey string) (User, error) {
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return User{}, err
	}
	key, err := s.userKey(accountID)
	if err != nil {
		return User{}, err
	}
	if !same(key, licenseKey) {
		s.Sleep(ctx, wrongKeyPause)
		return User{}, userKeyWrong
	}
	return s.IssueUser(ctx, a)
}
