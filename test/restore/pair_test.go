package restore_test

import (
	"context"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

const (
	enterprise = 20
	offer      = "offers you a Families plan"
	friend     = "frida@home.example"
)

// company is an organization on both sides of a pair, connected.
type company struct {
	*harness.Pair
	home     harness.Person // the owner on the self-hosted server
	homeID   id.ID
	frida    harness.Person // in the cloud
	cloudAda harness.Person
}

func connect(t *testing.T, engine harness.Engine) *company {
	t.Helper()
	c := &company{Pair: harness.NewPair(t, engine, nil)}
	const owner = "ada@acme.example"
	c.cloudAda, c.frida = c.Join(t, owner, "Ada", "en"), c.Join(t, friend, "Frida", "en")
	bought, err := c.cloudAda.CreateOrganization(t.Context(), client.NewOrganization{
		Name: "Acme", BillingEmail: owner, PlanType: enterprise, AdditionalSeats: 5, CollectionName: "All", Country: "FR", PostalCode: "75001",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.SelfHosted.Set(t, map[string]string{harness.OnChange: "false"})
	installation := c.Introduce(t, owner)
	file, err := c.cloudAda.DownloadLicense(t.Context(), bought.ID, installation.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.home = c.JoinSelfHosted(t, owner, "Ada", "en")
	made, err := c.home.CreateFromLicense(t.Context(), file, "All")
	if err != nil {
		t.Fatal(err)
	}
	c.homeID = made.ID
	key, err := c.cloudAda.BillingSyncKey(t.Context(), bought.ID, harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.home.SaveConnection(t.Context(), made.ID, key.APIKey); err != nil {
		t.Fatal(err)
	}
	c.Sync(t, c.homeID).Want(t, 0)
	return c
}

// sponsorship returns what the owner sees of it at home.
func (c *company) sponsorship(ctx context.Context, t *testing.T) client.ProfileOrganization {
	t.Helper()
	vault, err := c.home.Sync(ctx)
	if err != nil {
		t.Fatal(err)
	}
	found, ok := vault.Organization(c.homeID)
	if !ok {
		t.Fatal("the organization is not in the profile")
	}
	return found
}

// good reports whether the token of the offer can be redeemed.
func (c *company) good(t *testing.T, mail harness.Mail) bool {
	t.Helper()
	_, values := mail.Link(t, c.Cloud.URL)
	valid, err := c.frida.ValidateToken(t.Context(), values.Get("token"))
	if err != nil {
		t.Fatal(err)
	}
	return valid.IsTokenValid
}

func (c *company) offer(t *testing.T) harness.Mail {
	t.Helper()
	if err := c.home.OfferSelfHosted(t.Context(), c.homeID, friend); err != nil {
		t.Fatal(err)
	}
	c.Sync(t, c.homeID).Want(t, 0, "accepted 1")
	return c.Mail.Wait(t, friend, offer)
}

func (c *company) revoke(t *testing.T) {
	t.Helper()
	if err := c.home.RevokeSelfHosted(t.Context(), c.homeID); err != nil {
		t.Fatal(err)
	}
}

func restore(t *testing.T, s *harness.Server, file string) {
	t.Helper()
	s.Command(t, "restore", file).Want(t, 0, "Restored: ")
}

// What was revoked after the backup stays revoked: the restored server asks the
// cloud by itself, and the friend is not written to again.
func TestRestoredServerLearnsWhatItHasForgotten(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		c := connect(t, engine)
		mail := c.offer(t)
		file := backUp(t, c.SelfHosted)
		c.revoke(t)
		c.Sync(t, c.homeID).Want(t, 0, "removed 1")
		restore(t, c.SelfHosted, file)
		if got := c.sponsorship(t.Context(), t); got.FamilySponsorshipFriendlyName == nil {
			t.Error("the backup did not have the sponsorship")
		}
		c.SelfHosted.Advance(t, time.Minute) // runs are looked for once a minute
		harness.Eventually(t, "the run after the restore", func(ctx context.Context) (bool, error) {
			got := c.sponsorship(ctx, t)
			return got.FamilySponsorshipFriendlyName == nil && got.FamilySponsorshipAvailable, nil
		})
		if c.good(t, mail) || len(c.Mail.To(friend, offer)) != 1 {
			t.Errorf("the offer can be redeemed, or was mailed again: %d mails", len(c.Mail.To(friend, offer)))
		}
	})
}

// A wish that was told after the backup is revoked over there too: the restored
// server does not take it for one that nobody has heard of.
func TestWishOfBeforeTheBackupIsNotForgottenWithoutAWord(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		c := connect(t, engine)
		if err := c.home.OfferSelfHosted(t.Context(), c.homeID, friend); err != nil {
			t.Fatal(err)
		}
		file := backUp(t, c.SelfHosted)
		c.Sync(t, c.homeID).Want(t, 0, "accepted 1")
		mail := c.Mail.Wait(t, friend, offer)
		if !c.good(t, mail) {
			t.Fatal("the offer cannot be redeemed")
		}
		restore(t, c.SelfHosted, file)
		c.revoke(t)
		c.Sync(t, c.homeID).Want(t, 0)
		if c.good(t, mail) {
			t.Error("an offer that was revoked can be redeemed")
		}
		if got := c.sponsorship(t.Context(), t); !got.FamilySponsorshipAvailable || got.FamilySponsorshipFriendlyName != nil {
			t.Errorf("at home it is %+v", got)
		}
	})
}

// A cloud that has forgotten an offer is told of it again.
func TestRestoredCloudIsToldAllWishesAgain(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		c := connect(t, engine)
		file := backUp(t, c.Cloud)
		forgotten := c.offer(t)
		restore(t, c.Cloud, file)
		if c.good(t, forgotten) {
			t.Error("the cloud has not forgotten the offer")
		}
		c.Sync(t, c.homeID).Want(t, 0, "accepted 1")
		harness.Eventually(t, "the offer to be mailed again", func(context.Context) (bool, error) {
			return len(c.Mail.To(friend, offer)) == 2, nil
		})
		if !c.good(t, c.Mail.To(friend, offer)[1]) {
			t.Error("the new offer cannot be redeemed")
		}
	})
}

// Mails that waited when the backup was made were sent by the server of then.
func TestRestoredServerSendsNoMailTwice(t *testing.T) {
	p := harness.NewPair(t, harness.SQLite, nil)
	const port, subject = "globalSettings__mail__smtp__port", "Confirm your email address"
	reachable := p.Cloud.Setting(port)
	p.Cloud.Set(t, map[string]string{port: "1"}) // where nobody listens
	p.Cloud.Restart(t)
	ask := func(email string) {
		t.Helper()
		if _, err := p.Cloud.Client().SendVerificationEmail(t.Context(), email, "Name"); err != nil {
			t.Fatal(err)
		}
	}
	ask("before@acme.example")
	restore(t, p.Cloud, backUp(t, p.Cloud))
	ask("after@acme.example")
	p.Cloud.Set(t, map[string]string{port: reachable})
	p.Cloud.Restart(t)
	p.Cloud.Advance(t, time.Hour)
	p.Mail.Wait(t, "after@acme.example", subject)
	if list := p.Mail.To("before@acme.example", subject); len(list) > 0 {
		t.Error("a mail that waited when the backup was made is sent")
	}
}
