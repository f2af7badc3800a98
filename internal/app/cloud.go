package app

import (
	"context"

	"coffre/internal/billing"
	"coffre/internal/billingsync"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/push"
	"coffre/internal/sponsorship"
	"coffre/internal/web"
)

// offersPerHour is how many mails one sponsorship may cause in an hour.
const offersPerHour = 3

// mountCloud adds what only a cloud does: it sells, signs licenses, knows
// installations, and offers sponsorships.
func (a *App) mountCloud(ctx context.Context, r *web.Router) error {
	settings := a.config.License
	signer, err := license.OpenSigner(ctx, a.keys, settings.CertificatePath, string(settings.CertificatePassword), "Coffre license signer "+a.vault, a.clock.Now())
	if err != nil {
		return err
	}
	if err := signer.Publish(a.config.Data.SignerCertificate()); err != nil {
		return err
	}
	money := &billing.Service{Store: billing.NewStore(a.db), Organizations: a.rooms.org, Now: a.clock.Now}
	ends := &billingsync.CloudEnd{
		Store: billingsync.NewCloudStore(a.db), Keys: a.keys, Accounts: a.rooms.accounts, Organizations: a.rooms.org,
		Mail: a.outbox.Send, Region: string(a.config.Cloud.Region), Now: a.clock.Now, Sleep: a.sleep,
	}
	licenses := &license.CloudEnd{
		Organizations: a.rooms.org, Accounts: a.rooms.accounts, Signer: signer, Keys: a.keys, Term: money.Term,
		Installation: ends.InstallationEnabled, CheckKey: ends.CheckKey, Downloaded: ends.Downloaded,
		Now: a.clock.Now, Sleep: a.sleep,
	}
	a.rooms.sponsorships.OfferDays = a.config.Sponsorship.OfferDays
	offers := &sponsorship.Cloud{
		Service: *a.rooms.sponsorships, Keys: a.keys, Billing: money, CheckKey: ends.CheckKey,
		Mail: a.outbox.SendAll, VaultURL: a.vault, MailsPerHour: offersPerHour,
	}
	a.rooms.org.Subscribe = money.Start
	a.rooms.org.Paid = money.Paid
	a.rooms.registration.Offered = offers.Offered
	a.rooms.identity.Installation = ends.Installation
	a.rooms.identity.InstallationEnabled = ends.InstallationEnabled
	offers.Schedule(a.queue)
	org.MountCloud(r, a.rooms.org)
	billing.Mount(r, money)
	license.MountCloud(r, licenses)
	billingsync.MountCloud(r, ends)
	sponsorship.MountCloud(r, offers)
	push.MountCloud(r, &push.RelayEnd{Store: push.NewRelayStore(a.db), Phones: a.push.Phones, Now: a.clock.Now})
	return nil
}
