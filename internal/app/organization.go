package app

import (
	"context"
	"slices"
	"strings"

	"coffre/internal/config"
	"coffre/internal/fault"
	"coffre/internal/id"
)

var (
	onlyByLicense = fault.New(fault.Invalid, "org.onlyInCloud")
	onlyOperators = fault.New(fault.Invalid, "org.onlyOperators")
)

// mayFound returns why somebody may make no organization without a license, by what
// the settings say. Where addresses are proven, only a proven one is an operator's.
func (a *App) mayFound(ctx context.Context, accountID id.ID) error {
	switch a.config.Organizations.Create {
	case config.CreateByAnyone:
		return nil
	case config.CreateByAdmins:
		person, err := a.rooms.accounts.Get(ctx, accountID)
		if err != nil {
			return err
		}
		named := slices.ContainsFunc(a.config.Admins, func(address string) bool { return strings.EqualFold(address, person.Email) })
		if named && (person.EmailVerified || !a.config.MailVerification()) {
			return nil
		}
		return onlyOperators
	}
	return onlyByLicense
}
