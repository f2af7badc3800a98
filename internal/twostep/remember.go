package twostep

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
)

const rememberPurpose = "two-step-remember"

// remembered is what a device presents instead of a second step. It dies with the
// security stamp, and with the recovery code, whose use removes what was proved.
type remembered struct {
	AccountID  id.ID     `json:"accountId"`
	Device     string    `json:"device"`
	Stamp      string    `json:"stamp"`
	EnrolledAt time.Time `json:"enrolledAt"`
	Until      time.Time `json:"until"`
}

// Remember returns a token with which the device passes without a second step for
// 30 days, as long as the person's account knows the device.
func (s *Service) Remember(ctx context.Context, a account.Account, device string) (string, error) {
	enrolled, _, err := s.Store.Recovery(ctx, a.ID)
	if err != nil {
		return "", err
	}
	return s.Keys.Token(rememberPurpose, remembered{a.ID, device, a.SecurityStamp, enrolled.createdAt, s.Now().Add(rememberLife)})
}

// checkRemembered asks again when the token is anything but right, so that the
// client forgets it.
func (s *Service) checkRemembered(ctx context.Context, a account.Account, at Attempt) (Outcome, error) {
	var r remembered
	if err := s.Keys.ReadToken(rememberPurpose, at.Token, &r); err != nil {
		return Again, nil //nolint:nilerr // a token that does not open is none of ours
	}
	enrolled, _, err := s.Store.Recovery(ctx, a.ID)
	if err != nil {
		return Again, err
	}
	_, known, err := s.Devices.Find(ctx, a.ID, at.Device)
	if err != nil || !known || r.AccountID != a.ID || !equal(r.Device, at.Device) || !equal(r.Stamp, a.SecurityStamp) ||
		!r.EnrolledAt.Equal(enrolled.createdAt) || !s.Now().Before(r.Until) {
		return Again, err
	}
	return Passed, nil
}
