package device

import (
	"context"
	"time"

	"coffre/internal/id"
)

// Service is what the rest of the server may do with devices.
type Service struct {
	Store Store
	Now   func() time.Time
}

// Save remembers the device in which a person signs in, and reports whether it is
// new.
func (s *Service) Save(ctx context.Context, accountID id.ID, d Device) (saved Device, added bool, err error) {
	now := s.Now()
	d.ID, d.AccountID, d.CreatedAt, d.ActiveAt = id.New(), accountID, now, now
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		saved, err = s.Store.Save(ctx, d)
		return err
	})
	return saved, saved.ID == d.ID, err
}

// Get returns a device of a person, or fault.Gone.
func (s *Service) Get(ctx context.Context, accountID, deviceID id.ID) (Device, error) {
	return s.Store.Get(ctx, accountID, deviceID)
}

// Find returns the device of a person that calls itself identifier.
func (s *Service) Find(ctx context.Context, accountID id.ID, identifier string) (Device, bool, error) {
	return s.Store.Find(ctx, accountID, identifier)
}

// Use notes that a device is in use.
func (s *Service) Use(ctx context.Context, deviceID id.ID) error {
	return s.Store.Use(ctx, deviceID, s.Now())
}
