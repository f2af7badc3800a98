package app

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/billing"
	"coffre/internal/billingsync"
	"coffre/internal/checkout"
	"coffre/internal/config"
	"coffre/internal/exchange"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/ledger"
	"coffre/internal/license"
	"coffre/internal/operator"
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
	signer, err := a.openSigner(ctx)
	if err != nil {
		return err
	}
	money := a.newBilling()
	installations := &installation.Service{
		Store: installation.NewStore(a.db), Accounts: a.rooms.accounts, Organizations: a.rooms.org, Mail: a.outbox.SendAll, Now: a.clock.Now,
	}
	ends := &billingsync.CloudEnd{
		Store: billingsync.NewCloudStore(a.db), Keys: a.keys, Accounts: a.rooms.accounts, Organizations: a.rooms.org, Installations: installations,
		Mail: a.outbox.SendAll, Limits: a.limits, Region: string(a.config.Cloud.Region), Now: a.clock.Now, Sleep: a.sleep,
	}
	licenses := &license.CloudEnd{
		Organizations: a.rooms.org, Accounts: a.rooms.accounts, Signer: signer, Keys: a.keys, Term: money.Term, PremiumTerm: money.PremiumTerm,
		Installation: installations.Enabled, CheckKey: ends.CheckKey, Downloaded: installations.Downloaded,
		Now: a.clock.Now, Sleep: a.sleep,
	}
	a.rooms.sponsorships.OfferDays = a.config.Sponsorship.OfferDays
	offers := &sponsorship.Cloud{
		Service: *a.rooms.sponsorships, Keys: a.keys, Billing: money,
		Mail: a.outbox.SendAll, VaultURL: a.vault, MailsPerHour: offersPerHour,
	}
	offers.AddSeats, offers.SelfAllowed = money.AddSeats, a.config.Sponsorship.Self
	money.RenewSponsorship, money.Outgrown = offers.Renew, offers.Outgrown
	a.rooms.members.Departing, a.rooms.org.Closing = offers.MembersLeave, offers.Closing
	leaving := a.rooms.accounts.Deleting
	a.rooms.accounts.Deleting = func(ctx context.Context, accountID id.ID) error {
		if err := offers.Leaving(ctx, accountID); err != nil {
			return err
		}
		return leaving(ctx, accountID)
	}
	a.rooms.policies.Store = offers.Watch(a.rooms.policies.Store)
	a.rooms.org.Subscribe = money.Start
	a.rooms.org.Paid = money.Paid
	a.rooms.org.SyncKeys = ends
	a.rooms.members.AddSeats = money.AddSeats
	if a.config.Accounts.Premium == config.PremiumByLicense {
		a.rooms.accounts.Premium = func(ctx context.Context, p account.Account) (bool, error) { return money.HasPremium(ctx, p.ID) }
	}
	a.rooms.registration.Offered = offers.Offered
	a.rooms.identity.Installation = installations.Admit
	a.rooms.identity.InstallationHonors = installations.Honors
	offers.Schedule(a.queue)
	money.Schedule(a.queue)
	operators := a.rooms.operators
	operators.Subscriptions, operators.Installations, operators.SyncKeys, operators.Tally = money.Of, installations, ends, a.rooms.sponsorships.Tally
	operator.MountCloud(r, operators)
	org.MountCloud(r, a.rooms.org)
	checkout.Mount(r, money)
	a.mountInvoices(r)
	license.MountCloud(r, licenses)
	installation.MountCloud(r, installations)
	billingsync.MountCloud(r, ends)
	sponsorship.MountCloud(r, offers)
	exchange.MountCloud(r, &exchange.Cloud{Cloud: offers, CheckKey: ends.CheckKey})
	push.MountCloud(r, &push.RelayEnd{Store: push.NewRelayStore(a.db), Phones: a.push.Phones, Now: a.clock.Now})
	return nil
}

// openSigner returns what signs licenses, once its certificate lies where operators
// find it.
func (a *App) openSigner(ctx context.Context) (*license.Signer, error) {
	settings := a.config.License
	signer, err := license.OpenSigner(ctx, a.keys, settings.CertificatePath, string(settings.CertificatePassword), "Coffre license signer "+a.vault, a.clock.Now())
	if err != nil {
		return nil, err
	}
	return signer, signer.Publish(a.config.Data.SignerCertificate())
}

// sales is what sells in a cloud.
type sales struct {
	*billing.Service
	books    *ledger.Book
	invoices *billing.Links
}

// newBilling makes what sells, with the provider that the settings name.
func (a *App) newBilling() *billing.Service {
	books := ledger.NewBook(a.db, a.clock.Now)
	links := &billing.Links{Keys: a.keys, VaultURL: a.vault, Provider: books, Now: a.clock.Now}
	a.sales = sales{books: books, invoices: links, Service: &billing.Service{
		Store: billing.NewStore(a.db), Provider: books, Organizations: a.rooms.org, Accounts: a.rooms.accounts, Now: a.clock.Now,
		Mail: a.outbox.SendAll, Announce: a.push.Announce, InvoiceLink: links.To, Used: a.rooms.blobs.Used,
	}}
	return a.sales.Service
}
