package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"coffre/internal/client"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/license"
	"coffre/internal/mail"
)

// The sample people. Ada has an account on both servers and owns the company's
// organization on each; Bob has one on the cloud, with an organization of his
// family; Chloé has none yet.
const (
	ada      = "ada@acme.example"
	bob      = "bob@home.example"
	chloe    = "chloe@home.example"
	password = "correct horse battery staple"
)

const (
	planEnterprise = 20
	planFamilies   = 22
)

// prepare makes the sample people, the two sides of the company's organization,
// the installation, the trust and the license, once.
func (d Demo) prepare(ctx context.Context, cloud, home *server) error {
	if _, err := os.Stat(d.prepared()); err == nil {
		return nil
	}
	owner, err := d.register(ctx, cloud, ada, "Ada")
	if err != nil {
		return err
	}
	company, err := owner.CreateOrganization(ctx, client.NewOrganization{
		Name: "Acme", BillingEmail: ada, PlanType: planEnterprise, AdditionalSeats: 10, CollectionName: "Everyone", Country: "FR", PostalCode: "75001",
	})
	if err != nil {
		return err
	}
	parent, err := d.register(ctx, cloud, bob, "Bob")
	if err != nil {
		return err
	}
	if _, err := parent.CreateOrganization(ctx, client.NewOrganization{
		Name: "Bob's family", BillingEmail: bob, PlanType: planFamilies, CollectionName: "Family", Country: "FR", PostalCode: "75001",
	}); err != nil {
		return err
	}
	installation, err := owner.RegisterInstallation(ctx, ada)
	if err != nil {
		return err
	}
	if err := d.addSettings(ctx, home, "globalSettings__installation__id="+installation.ID.String()+
		"\nglobalSettings__installation__key="+installation.Key+"\n"); err != nil {
		return err
	}
	if err := d.trust(ctx, owner, home); err != nil {
		return err
	}
	file, err := owner.DownloadLicense(ctx, company.ID, installation.ID)
	if err != nil {
		return err
	}
	local, err := d.register(ctx, home, ada, "Ada")
	if err != nil {
		return err
	}
	if _, err := local.CreateFromLicense(ctx, file, "Everyone"); err != nil {
		return err
	}
	return os.WriteFile(d.prepared(), []byte("The sample people and the license exist.\n"), 0o600)
}

// trust takes the steps of "coffre license trust URL --yes FINGERPRINT".
func (d Demo) trust(ctx context.Context, c *client.Client, home *server) error {
	var certificate []byte
	if err := c.Do(ctx, "GET", "/api/licensing/certificate", nil, &certificate); err != nil {
		return err
	}
	cfg, _, err := config.Read(nil, "", config.Flags{Data: string(home.data(d)), Demo: true})
	if err != nil {
		return err
	}
	added, err := license.ParseTrust(certificate)
	if err != nil {
		return err
	}
	return license.AddTrust(cfg.License.TrustedCertificates, added)
}

// register makes an account with the link of the mail that the server sends, as
// a person would, and signs in to it.
func (d Demo) register(ctx context.Context, s *server, email, name string) (*client.Client, error) {
	c := client.New(s.url(), nil)
	err := c.Register(ctx, email, name, password, func(ctx context.Context) (string, error) { return d.mailedToken(ctx, s, email) })
	if err != nil {
		return nil, fmt.Errorf("register %s: %w", email, err)
	}
	return c, c.Login(ctx, email, password)
}

// mailedToken waits for the mail to email and returns the token of its link.
func (d Demo) mailedToken(ctx context.Context, s *server, email string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for ; ctx.Err() == nil; clock.Sleep(ctx, 10*time.Millisecond) {
		mails, err := mail.ReadFolder(s.data(d).Mail())
		if err != nil {
			return "", err
		}
		for _, m := range mails {
			if !strings.EqualFold(m.To, email) {
				continue
			}
			for _, link := range m.Links {
				if _, query, ok := strings.Cut(link, "?"); ok {
					values, err := url.ParseQuery(query)
					if err == nil && values.Get("token") != "" {
						return values.Get("token"), nil
					}
				}
			}
		}
	}
	return "", errors.New("the mail to " + email + " did not arrive within ten seconds")
}
