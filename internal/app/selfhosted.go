package app

import (
	"context"
	"math/rand/v2"

	"coffre/internal/billingsync"
	"coffre/internal/checkout"
	"coffre/internal/config"
	"coffre/internal/exchange"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/operator"
	"coffre/internal/org"
	"coffre/internal/premium"
	"coffre/internal/sponsorship"
	"coffre/internal/web"
)

// mountSelfHosted adds what only a company's own server does: it lives on
// licenses and syncs with its cloud.
func (a *App) mountSelfHosted(_ context.Context, r *web.Router) error {
	cloud, err := billingsync.NewCloud(a.config.Cloud, a.clock.Now)
	if err != nil {
		return err
	}
	licenses := &license.SelfHostedEnd{
		Store: license.NewStore(a.db), Organizations: a.rooms.org, InstallationID: a.config.Cloud.InstallationID,
		Trust:     func() (license.Trust, error) { return license.ReadTrust(a.config.License.TrustedCertificates) },
		Directory: a.config.License.Directory, Mail: a.outbox.SendAll, Log: a.log, Now: a.clock.Now,
		Used: a.rooms.blobs.Used,
	}
	a.premiumByLicense(r, licenses)
	ends := &billingsync.SelfHostedEnd{
		Store: billingsync.NewSelfHostedStore(a.db), Keys: a.keys, Organizations: a.rooms.org, Licenses: licenses, Cloud: cloud,
		Queue: a.queue, OnChange: a.config.BillingSync.OnChange, Mail: a.outbox.SendAll, VaultURL: a.vault,
		Log: a.log, Now: a.clock.Now, Random: rand.Float64,
	}
	wishes := &sponsorship.SelfHosted{Service: *a.rooms.sponsorships, Changed: ends.Changed}
	ends.Sponsorships = (&exchange.SelfHosted{Service: &wishes.Service}).SyncV1
	licenses.Schedule(a.queue)
	ends.Schedule()
	wishes.Schedule(a.queue)
	a.syncNow = func(ctx context.Context, organizationID id.ID, language string) (any, error) {
		run, err := ends.Run(ctx, organizationID, billingsync.ByPerson)
		if err != nil {
			return nil, err
		}
		return billingsync.Answer(run, language)
	}
	a.rooms.members.Departing = wishes.MembersLeave
	a.rooms.org.Closing = func(ctx context.Context, o org.Organization) error {
		if err := wishes.Closing(ctx, o); err != nil {
			return err
		}
		return licenses.Closing(ctx, o)
	}
	a.rooms.operators.Syncs = ends
	operator.MountSelfHosted(r, a.rooms.operators)
	org.MountSelfHosted(r, a.rooms.org)
	checkout.MountSelfHosted(r, a.rooms.org)
	license.MountSelfHosted(r, licenses)
	billingsync.MountSelfHosted(r, ends)
	sponsorship.MountSelfHosted(r, wishes)
	return nil
}

// premiumByLicense has people bring their premium licenses, and lets these decide
// where the settings say so.
func (a *App) premiumByLicense(r *web.Router, of *license.SelfHostedEnd) {
	accounts := a.rooms.accounts
	people := &premium.Service{
		Store: premium.NewStore(a.db), Accounts: accounts, Verification: a.config.MailVerification(), Trust: of.Trust,
		Directory: of.Directory, Announce: a.push.Announce, Mail: a.outbox.Send, Log: a.log, Now: a.clock.Now, Used: a.rooms.blobs.Used,
	}
	if a.config.Accounts.Premium == config.PremiumByLicense {
		accounts.Premium = people.Has
	}
	leaving := accounts.Deleting
	accounts.Deleting = func(ctx context.Context, accountID id.ID) error {
		if err := leaving(ctx, accountID); err != nil {
			return err
		}
		return people.Leaving(ctx, accountID)
	}
	people.Schedule(a.queue)
	premium.Mount(r, people)
}
