package app

import (
	"context"
	"fmt"
	"os"

	"coffre/internal/billing"
	"coffre/internal/billingsync"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/sponsorship"
	"coffre/internal/web"
)

// offersPerHour is how many mails one sponsorship may cause in an hour.
const offersPerHour = 3

// mountCloud adds what only a cloud does: it sells, signs licenses, knows
// installations, and offers sponsorships.
func (a *App) mountCloud(ctx context.Context, r *web.Router) error {
	signer, err := a.signer(ctx)
	if err != nil {
		return err
	}
	money := &billing.Service{Store: billing.NewStore(a.db), Organizations: a.rooms.org, Now: a.clock.Now}
	ends := &billingsync.CloudEnd{
		Store: billingsync.NewCloudStore(a.db), Keys: a.keys, Accounts: a.rooms.accounts, Organizations: a.rooms.org,
		Mail: a.outbox.Send, Region: string(a.config.Cloud.Region), Now: a.clock.Now, Sleep: a.sleep,
	}
	licenses := &license.CloudEnd{
		Organizations: a.rooms.org, Signer: signer, Term: money.Term,
		Installation: ends.InstallationEnabled, CheckKey: ends.CheckKey, Downloaded: ends.Downloaded,
		Now: a.clock.Now, Sleep: a.sleep,
	}
	a.rooms.sponsorships.OfferDays = a.config.Sponsorship.OfferDays
	offers := &sponsorship.Cloud{
		Service: *a.rooms.sponsorships, Keys: a.keys, Billing: money, CheckKey: ends.CheckKey,
		Mail: a.outbox.SendAll, VaultURL: a.vault, MailsPerHour: offersPerHour,
	}
	a.rooms.org.Subscribe = money.Start
	a.rooms.accounts.Offered = offers.Offered
	a.rooms.identity.Installation = ends.Installation
	a.rooms.identity.InstallationEnabled = ends.InstallationEnabled
	offers.Schedule(a.queue)
	org.MountCloud(r, a.rooms.org)
	billing.Mount(r, money)
	license.MountCloud(r, licenses)
	billingsync.MountCloud(r, ends)
	sponsorship.MountCloud(r, offers)
	return nil
}

// signer returns the license signer: the one of the settings, else the one that
// the first start made. Its public part is written where operators look for it.
func (a *App) signer(ctx context.Context) (*license.Signer, error) {
	signer, err := a.loadSigner(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(a.config.Data.SignerCertificate(), signer.CertificatePEM(), 0o644); err != nil { //nolint:gosec // it is public
		return nil, fmt.Errorf("write license certificate: %w", err)
	}
	return signer, nil
}

func (a *App) loadSigner(ctx context.Context) (*license.Signer, error) {
	if file := a.config.License.CertificatePath; file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read license certificate: %w", err)
		}
		return license.LoadSigner(raw, string(a.config.License.CertificatePassword))
	}
	_, raw, err := a.keys.Key(ctx, "license-signing", func() ([]byte, error) {
		fresh, err := license.NewSigner("Coffre license signer "+a.vault, a.clock.Now())
		if err != nil {
			return nil, err
		}
		return fresh.PEM()
	})
	if err != nil {
		return nil, err
	}
	return license.LoadSigner(raw, "")
}
