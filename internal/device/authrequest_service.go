package device

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/web"
)

// Wish is what a client says that asks to be logged in by another one.
type Wish struct {
	Email      string
	Identifier string // of the device
	Kind       RequestKind
	PublicKey  string
	Code       string
}

// Answer is what the approving client says.
type Answer struct {
	Identifier string // of its device
	Approved   bool
	Key        string
	Password   string
}

var (
	unknown    = fault.New(fault.Invalid, "device.unknown")
	answered   = fault.New(fault.Invalid, "device.answered")
	badDevice  = fault.New(fault.Invalid, "device.invalid")
	notNewest  = fault.New(fault.Invalid, "device.notNewest")
	noApprover = fault.New(fault.Invalid, "device.noApprover")
)

// CreateRequest asks the other devices of a person. Whether it is the person or
// the device that is unknown cannot be told from the answer: see [Note: account
// enumeration].
func (s *Service) CreateRequest(ctx context.Context, w Wish) (AuthRequest, error) {
	email := account.NormalizeEmail(w.Email)
	if err := s.Limits.Take(ctx, perDevice, email+" "+w.Identifier); err != nil {
		return AuthRequest{}, err
	}
	d, known, err := s.Store.FindByEmail(ctx, email, w.Identifier)
	switch {
	case err != nil:
		return AuthRequest{}, err
	case !known:
		return AuthRequest{}, unknown
	}
	if err := s.Limits.Take(ctx, perAccount, d.AccountID.String()); err != nil {
		return AuthRequest{}, err
	}
	r := AuthRequest{
		ID: id.NewOrdered(), AccountID: d.AccountID, Device: d, Kind: w.Kind, PublicKey: w.PublicKey, CreatedAt: s.Now(),
	}
	r.CodeHash = hashOf(r.ID, w.Code)
	if address := web.CallerOf(ctx).Address; address.IsValid() {
		r.Address = address.String()
	}
	return r, s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertRequest(ctx, r); err != nil {
			return err
		}
		s.Announce(ctx, notice.AuthRequest(notice.AuthRequestCreated, r.AccountID, r.ID))
		return nil
	})
}

// CreateAdminRequest asks the administrators of an organization. No organization
// here lets them answer.
func (s *Service) CreateAdminRequest(context.Context, id.ID) (AuthRequest, error) {
	return AuthRequest{}, noApprover
}

// ListRequests returns the log-ins that a person's devices asked for and that have
// not expired, the latest first.
func (s *Service) ListRequests(ctx context.Context, accountID id.ID) ([]AuthRequest, error) {
	return s.Store.ListRequests(ctx, accountID, s.Now().Add(-RequestLife))
}

// PendingRequests returns the latest request of each device, if it still waits.
func (s *Service) PendingRequests(ctx context.Context, accountID id.ID) ([]AuthRequest, error) {
	requests, err := s.ListRequests(ctx, accountID)
	pending := []AuthRequest{}
	for _, r := range newest(requests) {
		if r.Pending(s.Now()) {
			pending = append(pending, r)
		}
	}
	return pending, err
}

// GetRequest returns a request of a person's own, or fault.Gone once it has
// expired.
func (s *Service) GetRequest(ctx context.Context, accountID, requestID id.ID) (AuthRequest, error) {
	r, err := s.Store.GetRequest(ctx, requestID)
	if err == nil && (r.AccountID != accountID || r.Expired(s.Now())) {
		err = fault.Gone
	}
	if err != nil {
		return AuthRequest{}, err
	}
	return r, nil
}

// Poll returns a request to the client that asked, which knows the code. A wrong
// code, an unknown request and an expired one are all fault.Gone.
func (s *Service) Poll(ctx context.Context, requestID id.ID, code string) (AuthRequest, error) {
	r, err := s.Store.GetRequest(ctx, requestID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return AuthRequest{}, err
	}
	if knows := r.knows(code); !knows || r.Expired(s.Now()) {
		return AuthRequest{}, fault.Gone
	}
	return r, nil
}

// AnswerRequest stores what the person says to a request, once. An approval must
// be of the latest request of the device and is announced; a denial is not.
func (s *Service) AnswerRequest(ctx context.Context, accountID, requestID id.ID, a Answer) (r AuthRequest, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.LockRequests(ctx, accountID); err != nil {
			return err
		}
		if r, err = s.GetRequest(ctx, accountID, requestID); err != nil {
			return err
		}
		if err := s.mayAnswer(ctx, r, a); err != nil {
			return err
		}
		r.AnsweredAt, r.Approved = s.Now(), a.Approved
		if a.Approved {
			r.Key, r.Password = a.Key, a.Password
		}
		if err := s.Store.AnswerRequest(ctx, r); err != nil {
			return err
		}
		if a.Approved {
			s.Announce(ctx, notice.AuthRequest(notice.AuthRequestAnswered, accountID, r.ID))
		}
		return nil
	})
	return r, err
}

func (s *Service) mayAnswer(ctx context.Context, r AuthRequest, a Answer) error {
	if !r.AnsweredAt.IsZero() {
		return answered
	}
	if _, found, err := s.Store.Find(ctx, r.AccountID, a.Identifier); err != nil || !found {
		if err == nil {
			err = badDevice
		}
		return err
	}
	requests, err := s.ListRequests(ctx, r.AccountID)
	for _, other := range requests {
		if a.Approved && other.Device.ID == r.Device.ID && other.after(r) {
			return notNewest
		}
	}
	return err
}

// CheckAuthRequest reports whether a request signs a person in who tells its
// code: it is a log-in of that person, approved, and neither expired nor used.
func (s *Service) CheckAuthRequest(ctx context.Context, accountID id.ID, requestID, code string) (bool, error) {
	parsed, _ := id.Parse(requestID) // what is no id is the id of no request
	r, err := s.Store.GetRequest(ctx, parsed)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	return r.knows(code) && r.AccountID == accountID && r.good(s.Now()), nil
}

// UseAuthRequest notes in the caller's transaction that a request has signed a
// person in, and reports whether it was the first time.
func (s *Service) UseAuthRequest(ctx context.Context, requestID string) (bool, error) {
	parsed, _ := id.Parse(requestID) // what is no id is the id of no request
	return s.Store.UseRequest(ctx, parsed, s.Now())
}
