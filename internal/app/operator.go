package app

import (
	"context"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/doctor"
	"coffre/internal/operator"
	"coffre/internal/web"
)

// LinkStory is what `coffre admin link` prints: the address that opens the operator
// page once, and how long it waits.
type LinkStory struct {
	Address string `json:"address"`
	Minutes int    `json:"minutes"`
}

func (a *App) newOperators() *operator.Service {
	return &operator.Service{
		Store: operator.NewStore(a.db), Admins: a.config.Admins, Mails: a.config.MailVerification(), Limits: a.limits, Queue: a.queue,
		Outbox: a.outbox, VaultURL: a.vault, Log: a.log, Now: a.clock.Now,
		Organizations: a.rooms.org, Accounts: a.rooms.accounts, TwoStep: a.rooms.identity.TwoStep.Enabled, LastActive: a.rooms.devices.LastActive,
		Settings: a.config.InForce(), Examine: a.examine,
	}
}

// examine has the doctor look at one part of this server, with the settings that are
// in force.
func (a *App) examine(ctx context.Context, part doctor.Part, language string) []doctor.Finding {
	return doctor.Doctor{
		Config: a.config, Warnings: a.options.Warnings, Language: language, Now: (&clock.Clock{}).Now,
		Open:  func() (*db.DB, error) { return OpenDatabase(a.config) },
		Ahead: ClockOffset,
	}.ExaminePart(ctx, part)
}

// authenticate finds out whose token calls: an operator's, or anybody else's.
func (a *App) authenticate(ctx context.Context, token string) (web.Caller, error) {
	if operator.IsToken(token) {
		return a.rooms.operators.Authenticate(ctx, token)
	}
	return a.rooms.identity.Authenticate(ctx, token)
}

func (a *App) printLink(c *web.Call, _ struct{}) (LinkStory, error) {
	address, err := a.rooms.operators.PrintLink(c.Context())
	return LinkStory{address, int(operator.LinkLife.Minutes())}, err
}

// FirstLink returns a link to the operator page at the very first start of a server
// that can mail none, and nothing ever after.
func (a *App) FirstLink(ctx context.Context) (LinkStory, error) {
	if !a.fresh || a.rooms.operators.MailsLinks() {
		return LinkStory{}, nil
	}
	address, err := a.rooms.operators.PrintLink(ctx)
	return LinkStory{address, int(operator.LinkLife.Minutes())}, err
}

// role names the role for the operator page.
func (a *App) role() string {
	if a.config.SelfHosted {
		return "selfHosted"
	}
	return "cloud"
}
