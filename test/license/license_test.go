// Package license_test has real clouds issue licenses for real servers: through the
// end of one, the change of the signer, and the move to another machine.
package license_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// each runs fn with servers on each engine.
func each(t *testing.T, fn func(t *testing.T, engine harness.Engine)) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) { fn(t, engine) })
	}
}

const (
	day        = 24 * time.Hour
	owner      = "ada@acme.example"
	enterprise = 20
)

// company is an organization in the cloud, and on a server that its license is for.
type company struct {
	*harness.Pair
	ada, adaHome harness.Person
	id, homeID   id.ID
	installation client.Installation
}

// found makes a company; on trial is without any payment.
func found(t *testing.T, engine harness.Engine, onTrial bool) *company {
	t.Helper()
	c := &company{Pair: harness.NewPair(t, engine, nil)}
	c.ada = c.Join(t, owner, "Ada", "en")
	n := client.NewOrganization{
		Name: "Acme", BillingEmail: "bills@acme.example", PlanType: enterprise, AdditionalSeats: 5, CollectionName: "All",
		Country: "FR", PostalCode: "75001",
	}
	buy := c.ada.CreateOrganization
	if onTrial {
		buy = c.ada.CreateWithoutPayment
	}
	bought, err := buy(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	c.id, c.installation = bought.ID, c.Introduce(t, owner)
	c.adaHome = c.JoinSelfHosted(t, owner, "Ada", "en")
	made, err := c.adaHome.CreateFromLicense(t.Context(), c.download(t), "All")
	if err != nil {
		t.Fatal(err)
	}
	c.homeID = made.ID
	return c
}

// download returns a fresh license for the server.
func (c *company) download(t *testing.T) []byte {
	t.Helper()
	file, err := c.ada.DownloadLicense(t.Context(), c.id, c.installation.ID)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// saved writes a license where a command can read it.
func saved(t *testing.T, license []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "license.json")
	if err := os.WriteFile(file, license, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// pass lets time pass on both servers.
func (c *company) pass(t *testing.T, d time.Duration) {
	t.Helper()
	c.Cloud.Advance(t, d)
	c.SelfHosted.Advance(t, d)
	for _, p := range []harness.Person{c.ada, c.adaHome} {
		if err := p.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// standing is what the server says of the company's license.
type standing struct {
	Enabled      bool
	LicenseState string
	LicenseFault *struct{ Code string }
}

func (c *company) standing(ctx context.Context) (s standing, err error) {
	page, err := c.adaHome.Subscription(ctx, c.homeID)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(page.Raw, &s)
}

// mailed reports whether the self-hosted server has written a mail to an address
// that contains a text. It has no way to send any, and keeps them in a folder.
func (c *company) mailed(to, text string) bool {
	files, _ := filepath.Glob(filepath.Join(c.SelfHosted.Data, "mail", "*.eml"))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(raw), to) && strings.Contains(string(raw), text) {
			return true
		}
	}
	return false
}

// Scenarios 126 and 127 of spec 01.
func TestOrganizationEndsWithItsLicenseAndComesBack(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		c := found(t, engine, true) // whose license ends with the trial, in a week
		c.pass(t, 6*day+time.Hour)
		harness.Eventually(t, "the reminder of the last day", func(context.Context) (bool, error) {
			return c.mailed(owner, "expires on") && c.mailed("bills@acme.example", "expires on"), nil
		})
		c.pass(t, day)
		harness.Eventually(t, "the end of the organization", func(ctx context.Context) (bool, error) {
			s, err := c.standing(ctx)
			return !s.Enabled && s.LicenseState == "expired", err
		})
		harness.Eventually(t, "the mail to the billing address", func(context.Context) (bool, error) {
			return c.mailed("bills@acme.example", "has expired"), nil
		})
		// Who is switched off can still log in, see the page, and bring a new license.
		if err := c.adaHome.Login(t.Context(), owner, harness.Password); err != nil {
			t.Fatal(err)
		}
		if err := c.adaHome.UpdateLicense(t.Context(), c.homeID, c.download(t)); err != nil {
			t.Fatal(err)
		}
		if s, err := c.standing(t.Context()); err != nil || !s.Enabled || s.LicenseState != "valid" || s.LicenseFault != nil {
			t.Errorf("with a new license: %+v, %v", s, err)
		}
	})
}

var fingerprint = regexp.MustCompile(`SHA-256\): (\S+)`)

func TestServerFollowsItsCloudToAnotherSigner(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		c := found(t, engine, false)
		key, err := c.ada.BillingSyncKey(t.Context(), c.id, harness.Password)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.adaHome.SaveConnection(t.Context(), c.homeID, key.APIKey); err != nil {
			t.Fatal(err)
		}
		former := c.Cloud.Command(t, "license", "show").Want(t, 0, "This cloud signs with")
		rotated := c.Cloud.Command(t, "license", "rotate").Want(t, 0, "Fingerprint", "coffre restart")
		print := fingerprint.FindStringSubmatch(rotated.Out)[1]
		if strings.Contains(former.Out, print) {
			t.Fatal("the signer is the former one")
		}
		c.Cloud.Restart(t)
		c.Cloud.Command(t, "license", "show").Want(t, 0, "This cloud signs with "+print)

		// By hand, by the network, and on the command line.
		if err := c.adaHome.UpdateLicense(t.Context(), c.homeID, c.download(t)); err != nil {
			t.Errorf("a license of the new signer: %v", err)
		}
		c.Sync(t, c.homeID).Want(t, 0)
		if s, err := c.standing(t.Context()); err != nil || s.LicenseFault != nil {
			t.Errorf("the stored license: %+v, %v", s, err)
		}
		c.SelfHosted.Command(t, "license", "verify", saved(t, c.download(t))).Want(t, 0, "The license is good: Acme, ", "5 seats")
		c.SelfHosted.Command(t, "license", "trust", c.Cloud.URL).Want(t, 0, print, "has announced this one")
		c.SelfHosted.Command(t, "license", "trust", c.Cloud.URL).Want(t, 0, "trusts the signer already")
		c.SelfHosted.Command(t, "license", "show").Want(t, 0, "Trusted signer: "+print, "Acme", "valid")
	})
}

// Scenario 149 of spec 01.
func TestLicensesStayValidOnANewMachine(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		c := found(t, engine, false)
		file := filepath.Join(t.TempDir(), "backup.zip")
		c.SelfHosted.Command(t, "backup", file, "--with-root-key").Want(t, 0)
		c.SelfHosted.Stop(t)

		moved := harness.New(t, "new machine", harness.Options{Engine: engine})
		moved.Set(t, map[string]string{
			harness.InstallationID: c.installation.ID.String(), harness.InstallationKey: c.installation.Key,
			harness.Communication: "true", harness.CloudURL: c.Cloud.URL,
		})
		moved.Command(t, "restore", file).Want(t, 0, "Restored: ")
		moved.Start(t)
		moved.Command(t, "license", "show").Want(t, 0, c.homeID.String(), "valid", "Acme")
		moved.Command(t, "license", "verify", saved(t, c.download(t))).Want(t, 0, "The license is good")
		c.SelfHosted, c.adaHome = moved, moved.SignIn(t, owner)
		if s, err := c.standing(t.Context()); err != nil || !s.Enabled || s.LicenseState != "valid" || s.LicenseFault != nil {
			t.Errorf("after the move: %+v, %v", s, err)
		}
		if err := c.adaHome.UpdateLicense(t.Context(), c.homeID, c.download(t)); err != nil {
			t.Errorf("a newer license: %v", err)
		}
		if _, err := os.Stat(filepath.Join(moved.Data, "core", "licenses", "organization", c.homeID.String()+".json")); err != nil {
			t.Errorf("the copy: %v", err)
		}
	})
}

// Scenario 117 of spec 01, on the command line and on the page.
func TestLicenseOfAnotherMachineIsRefusedWithBothIdentifiers(t *testing.T) {
	c := found(t, harness.SQLite, false)
	other, err := c.ada.RegisterInstallation(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	license, err := c.ada.DownloadLicense(t.Context(), c.id, other.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.SelfHosted.Command(t, "license", "verify", saved(t, license)).Want(t, 1, other.ID.String(), c.installation.ID.String())
	err = c.adaHome.UpdateLicense(t.Context(), c.homeID, license)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Status != 400 || !strings.Contains(e.Error(), other.ID.String()) {
		t.Errorf("on the page: %v", err)
	}
	c.SelfHosted.Command(t, "license", "verify", saved(t, []byte("{"))).Want(t, 1, "not a license")
}
