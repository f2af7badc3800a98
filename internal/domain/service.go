package domain

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// Service is what the rest of the server may do with domains.
type Service struct {
	Store    Store
	Accounts *account.Service
	Now      func() time.Time
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
}

// Get returns what a person has, with the well-known groups that they leave out.
func (s *Service) Get(ctx context.Context, accountID id.ID) (Domains, error) {
	said, err := s.Store.Get(ctx, accountID)
	return said.domains(true), err
}

// InForce returns what a person's clients go by.
func (s *Service) InForce(ctx context.Context, accountID id.ID) (Domains, error) {
	said, err := s.Store.Get(ctx, accountID)
	return said.domains(false), err
}

// Set replaces what a person says: their own groups, and the well-known ones to leave
// out. Numbers that stand for none are passed over.
func (s *Service) Set(ctx context.Context, accountID id.ID, own [][]string, excluded []Type) (Domains, error) {
	groups, err := cleaned(own)
	if err != nil {
		return Domains{}, err
	}
	said := settings{groups, known(excluded)}
	return said.domains(true), s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.Touch(ctx, accountID); err != nil {
			return err
		}
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return s.Store.Put(ctx, accountID, said)
	})
}
