package identity

import (
	"context"
	"errors"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/web"
)

// How old an account is before devices that it does not know are news, and before
// they must be verified. People try several clients on their first day.
const (
	quietAge = 10 * time.Minute
	freeAge  = 24 * time.Hour
)

// checkNewDevice asks for the code of a mail where the master password is all that
// a person has shown, on a device that is not one of theirs. A right code proves
// the address too.
func (s *Service) checkNewDevice(ctx context.Context, a *attempt) error {
	must, err := s.mustVerify(ctx, a)
	if err != nil || !must {
		return err
	}
	if a.NewDeviceOTP == "" {
		if err := s.mailDeviceCode(ctx, a.account); err != nil {
			return err
		}
		return newDevice
	}
	good, err := s.Accounts.CheckCode(ctx, a.account.ID, account.CodeOTP, "", a.NewDeviceOTP)
	if err != nil {
		return err
	}
	if !good {
		return s.refuse(ctx, wrongDeviceCode)
	}
	a.account.EmailVerified = true
	return s.Accounts.EmailVerified(ctx, a.account.ID)
}

func (s *Service) mustVerify(ctx context.Context, a *attempt) (bool, error) {
	young := s.Now().Sub(a.account.CreatedAt) < freeAge
	if !s.VerifyDevices || !a.account.VerifyDevices || a.twoSteps || a.known || young {
		return false, nil
	}
	devices, err := s.Devices.Count(ctx, a.account.ID)
	return devices > 0, err
}

// mailDeviceCode mails the code of a new device, unless one has just left.
func (s *Service) mailDeviceCode(ctx context.Context, a account.Account) error {
	err := s.Store.Tx(ctx, func(ctx context.Context) error {
		code, err := s.Accounts.IssueCode(ctx, a.ID, account.CodeOTP, "")
		if err != nil {
			return err
		}
		return s.Mail(ctx, mail.Message{
			Once: "new-device-code|" + id.New().String(), To: a.Email, Template: "new-device-code", Language: a.Language(),
			Data: map[string]string{"Code": code},
		})
	})
	if fault.KindOf(err) == fault.TooMany {
		return nil
	}
	return err
}

// ResendDeviceCode mails the code of a new device once more to whoever knows the
// master password. Everybody else is told the same.
func (s *Service) ResendDeviceCode(ctx context.Context, email, passwordHash string) error {
	a := &attempt{Request: Request{Username: email, Password: passwordHash}}
	err := s.checkPassword(ctx, a)
	if _, refused := errors.AsType[*oauthError](err); refused || fault.KindOf(err) == fault.TooMany {
		return nil
	}
	if err != nil {
		return err
	}
	return s.mailDeviceCode(ctx, a.account)
}

// tellNewDevice mails the person that they, or somebody else, signed in on a
// device for the first time.
func (s *Service) tellNewDevice(ctx context.Context, a *attempt) error {
	now := s.Now()
	if now.Sub(a.account.CreatedAt) < quietAge {
		return nil
	}
	language := a.account.Language()
	return s.Mail(ctx, mail.Message{
		Once: "new-device|" + a.device.ID.String(), To: a.account.Email, Template: "new-device", Language: language,
		Data: map[string]string{
			"Device": a.device.Kind(language), "At": now.Format(time.RFC3339), "Address": web.CallerOf(ctx).Address.String(),
		},
	})
}
