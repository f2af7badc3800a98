package app

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/content"
	"coffre/internal/emergency"
	"coffre/internal/id"
)

// newEmergencies joins what lets people in who were named for an emergency, and has
// the rooms above it ask about that.
func (a *App) newEmergencies() *emergency.Service {
	r := &a.rooms
	s := &emergency.Service{
		Store: emergency.NewStore(a.db), Accounts: r.accounts, TwoStep: r.identity.TwoStep, Organizations: r.org, Members: r.members,
		Policies: r.policies, Keys: a.keys, Now: a.clock.Now, Mail: a.outbox.SendAll, VaultURL: a.vault, Announce: a.push.Announce,
		Verification: a.config.MailVerification(), Attachment: a.emergencyFile,
		Items: func(ctx context.Context, accountID id.ID) (any, error) { return r.ciphers.OwnViews(ctx, accountID) },
	}
	r.policies.EndEmergency, r.registration.EmergencyContact = s.End, s.CheckInvitation
	registered := r.registration.Registered
	r.registration.Registered = func(ctx context.Context, p account.Account, memberID id.ID) error {
		if err := registered(ctx, p, memberID); err != nil {
			return err
		}
		return s.Registered(ctx, p)
	}
	shared := r.accounts.SharedKeys
	r.accounts.SharedKeys = func(ctx context.Context, accountID id.ID) (bool, error) {
		if held, err := shared(ctx, accountID); held || err != nil {
			return held, err
		}
		return s.HoldsKeys(ctx, accountID)
	}
	return s
}

// emergencyFile returns how to fetch a file of an item of a person's own.
func (a *App) emergencyFile(ctx context.Context, accountID, cipherID id.ID, attachmentID string) (any, error) {
	file, err := a.rooms.attachments.OfOwn(ctx, accountID, cipherID, attachmentID)
	return content.AttachmentViewOf(file), err
}
