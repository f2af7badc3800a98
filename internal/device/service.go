package device

import (
	"context"
	"log/slog"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/notice"
	"coffre/internal/throttle"
)

// Service is what the rest of the server may do with devices.
type Service struct {
	Store    Store
	Accounts *account.Service
	Limits   *throttle.Limits
	Log      *slog.Logger
	Host     string // of the web vault; shown with a log-in that asks to be approved
	Now      func() time.Time
	// Announce tells a person's clients of log-ins that ask to be approved, in the
	// transaction of the change.
	Announce func(ctx context.Context, n notice.Notice)

	// Registered hears of each device that tells a push token, Unregistered of each
	// that loses it or is removed, as it was before; in the transaction of the
	// change. Both are nil on a server that pushes to nobody.
	Registered, Unregistered func(ctx context.Context, d Device) error
}

// Save remembers the device in which a person signs in, and reports whether it is
// new. Its trust is not looked up.
func (s *Service) Save(ctx context.Context, accountID id.ID, d Device) (saved Device, added bool, err error) {
	now := s.Now()
	d.ID, d.AccountID, d.CreatedAt, d.ActiveAt = id.New(), accountID, now, now
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if saved, err = s.Store.Save(ctx, d); err != nil {
			return err
		}
		return s.registered(ctx, saved)
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

// List returns the devices of a person, the one in use last first.
func (s *Service) List(ctx context.Context, accountID id.ID) ([]Device, error) {
	return s.Store.List(ctx, accountID)
}

// Count returns how many devices a person has.
func (s *Service) Count(ctx context.Context, accountID id.ID) (int, error) {
	return s.Store.Count(ctx, accountID)
}

// Known reports whether the person who has an address signed in on a device
// before. An unknown address and an unknown device are the same question to the
// database: see [Note: account enumeration].
func (s *Service) Known(ctx context.Context, email, identifier string) (bool, error) {
	_, known, err := s.Store.FindByEmail(ctx, account.NormalizeEmail(email), identifier)
	return known, err
}

// Use notes that a device is in use.
func (s *Service) Use(ctx context.Context, deviceID id.ID) error {
	return s.Store.Use(ctx, deviceID, s.Now())
}

// Update changes what a device of a person says of itself: type, name and push
// token. An empty push token leaves the one that is known.
func (s *Service) Update(ctx context.Context, accountID, deviceID id.ID, said Device) (d Device, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if d, err = s.Store.Get(ctx, accountID, deviceID); err != nil {
			return err
		}
		d.Type, d.Name = said.Type, said.Name
		if said.PushToken != "" {
			d.PushToken = said.PushToken
		}
		return s.store(ctx, d)
	})
	return d, err
}

// SetPushToken notes by which token a phone of a person is reached.
func (s *Service) SetPushToken(ctx context.Context, accountID id.ID, identifier, pushToken string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		d, err := s.byIdentifier(ctx, accountID, identifier)
		if err != nil {
			return err
		}
		d.PushToken = pushToken
		return s.store(ctx, d)
	})
}

func (s *Service) store(ctx context.Context, d Device) error {
	if err := s.Store.Update(ctx, d); err != nil {
		return err
	}
	return s.registered(ctx, d)
}

// ClearPushToken forgets how the phone is reached that calls itself identifier,
// whoever signed in on it; fault.Gone when nobody did. A phone asks for it when
// its session is over already, so nothing but its identifier proves it.
func (s *Service) ClearPushToken(ctx context.Context, identifier string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		devices, err := s.Store.ListByIdentifier(ctx, identifier)
		if err == nil && len(devices) == 0 {
			err = fault.Gone
		}
		for _, d := range devices {
			if err == nil && d.PushToken != "" {
				err = s.clear(ctx, d)
			}
		}
		return err
	})
}

func (s *Service) clear(ctx context.Context, d Device) error {
	cleared := d
	cleared.PushToken = ""
	if err := s.Store.Update(ctx, cleared); err != nil {
		return err
	}
	return s.unregistered(ctx, d)
}

// Delete removes a device of a person. Its sessions, its trust and the log-ins
// that it asked for go with it.
func (s *Service) Delete(ctx context.Context, accountID, deviceID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		d, err := s.Store.Get(ctx, accountID, deviceID)
		if err != nil {
			return err
		}
		if err := s.Store.Delete(ctx, deviceID); err != nil {
			return err
		}
		return s.unregistered(ctx, d)
	})
}

// Schedule has the queue forget log-ins with a device that nobody can use any
// more.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("forget-auth-requests", jobs.Interval(RequestLife), func(ctx context.Context) error {
		return s.Store.DeleteRequests(ctx, s.Now().Add(-RequestLife))
	})
}

// byIdentifier returns the device of a person that calls itself identifier, or
// fault.Gone.
func (s *Service) byIdentifier(ctx context.Context, accountID id.ID, identifier string) (Device, error) {
	d, found, err := s.Store.Find(ctx, accountID, identifier)
	if err == nil && !found {
		err = fault.Gone
	}
	return d, err
}

func (s *Service) registered(ctx context.Context, d Device) error {
	if s.Registered == nil || d.PushToken == "" {
		return nil
	}
	return s.Registered(ctx, d)
}

func (s *Service) unregistered(ctx context.Context, d Device) error {
	if s.Unregistered == nil {
		return nil
	}
	return s.Unregistered(ctx, d)
}
