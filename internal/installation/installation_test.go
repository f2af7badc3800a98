package installation_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/throttle"
)

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	proof = account.Secret{MasterPasswordHash: orgtest.Password}
)

// cloud knows installations, and one company whose billing sync key they use. Its owner
// reads French and has not proved the address yet.
type cloud struct {
	*installation.Service
	*orgtest.World
	ends    *billingsync.CloudEnd
	owner   id.ID
	company org.Organization
}

func newCloud(t *testing.T, d *db.DB) *cloud {
	t.Helper()
	c := &cloud{World: orgtest.New(t, d)}
	c.Time = noon
	c.owner = c.Person(t, "owner@example.com")
	if _, err := d.Exec(t.Context(), `UPDATE account SET email_verified = $1, culture = 'fr-FR' WHERE id = $2`, false, c.owner); err != nil {
		t.Fatal(err)
	}
	c.company = c.Organization(t, c.owner, plan.EnterpriseAnnually)
	mails := c.Orgs.Mail
	c.Service = &installation.Service{Store: installation.NewStore(d), Accounts: c.World.Accounts, Organizations: c.Orgs, Mail: mails, Now: c.World.Now}
	c.ends = &billingsync.CloudEnd{
		Store: billingsync.NewCloudStore(d), Keys: c.Keys, Accounts: c.World.Accounts, Organizations: c.Orgs, Installations: c.Service, Mail: mails,
		Limits: &throttle.Limits{DB: d, Now: c.World.Now}, Now: c.World.Now, Sleep: c.World.Accounts.Sleep,
	}
	return c
}

// key returns the company's billing sync key.
func (c *cloud) key(t *testing.T) string {
	t.Helper()
	k, err := c.ends.ViewKey(t.Context(), c.owner, c.company.ID, proof)
	if err != nil {
		t.Fatal(err)
	}
	return k.Key
}

// register makes an installation of an address.
func (c *cloud) register(t *testing.T, email string) (installation.Installation, string) {
	t.Helper()
	i, key, err := c.Register(t.Context(), email, "en")
	if err != nil {
		t.Fatal(err)
	}
	c.Mails = nil
	return i, key
}

// prove has the address of somebody be confirmed, or not any more.
func (c *cloud) prove(t *testing.T, who id.ID, proved bool) {
	t.Helper()
	if _, err := c.DB.Exec(t.Context(), `UPDATE account SET email_verified = $1 WHERE id = $2`, proved, who); err != nil {
		t.Fatal(err)
	}
}

// Scenario 111 of spec 01: registered is usable.
func TestRegisteredInstallationIsUsableAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		i, key := c.register(t, "admin@example.org")
		wantCode(t, c.Admit(t.Context(), i.ID, key), "")
		if honors, err := c.Honors(t.Context(), i.ID, c.Time); err != nil || !honors {
			t.Errorf("its token is honored: %v, %v", honors, err)
		}
		if honors, err := c.Honors(t.Context(), id.New(), c.Time); err != nil || honors {
			t.Errorf("the token of an unknown one is honored: %v, %v", honors, err)
		}
	})
}

func TestNewKeyVoidsTheOldOneAndItsTokens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		c.prove(t, c.owner, true)
		i, old := c.register(t, "owner@example.com")
		syncKey := c.key(t)
		wantCode(t, c.ends.CheckKey(t.Context(), i.ID, c.company.ID, syncKey), "")
		issued := c.Time
		c.Mails, c.Time = nil, c.Time.Add(time.Minute)
		rotated, key, err := c.RotateKey(t.Context(), c.owner, i.ID, proof)
		if err != nil || len(key) != installation.KeySize || key == old || rotated.ID != i.ID {
			t.Fatalf("got %q, %v", key, err)
		}
		wantGone(t, c.Admit(t.Context(), i.ID, old))
		wantCode(t, c.Admit(t.Context(), i.ID, key), "")
		for what, test := range map[string]struct {
			issued time.Time
			want   bool
		}{
			"bought with the old key": {issued, false},
			"bought with the new key": {c.Time, true},
		} {
			if got, err := c.Honors(t.Context(), i.ID, test.issued); err != nil || got != test.want {
				t.Errorf("a token %s is honored: %v, %v", what, got, err)
			}
		}
		wantCode(t, c.ends.CheckKey(t.Context(), i.ID, c.company.ID, syncKey), "") // the binding stays
		if len(c.Mails) != 1 || c.Mails[0].To != "owner@example.com" || c.Mails[0].Data["Change"] != "key" || c.Mails[0].Language != "fr" {
			t.Errorf("mails %+v, want one to the address", c.Mails)
		}
		if strings.Contains(c.Mails[0].Data["ID"]+c.Mails[0].Once, key) {
			t.Error("the mail holds the key")
		}
	})
}

// Scenario 112 of spec 01: no license is made for it.
func TestDisabledInstallationGetsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		c.prove(t, c.owner, true)
		i, key := c.register(t, "owner@example.com")
		set := func(enabled bool) {
			t.Helper()
			got, err := c.Enable(t.Context(), c.owner, i.ID, enabled, proof)
			if err != nil || got.Enabled != enabled {
				t.Fatalf("got %+v, %v", got, err)
			}
		}
		set(false)
		set(false) // again is no news
		wantGone(t, c.Admit(t.Context(), i.ID, key))
		if honors, err := c.Honors(t.Context(), i.ID, c.Time); err != nil || honors {
			t.Errorf("its token is honored: %v, %v", honors, err)
		}
		if enabled, err := c.Enabled(t.Context(), i.ID); err != nil || enabled {
			t.Errorf("a license is made for it: %v, %v", enabled, err)
		}
		if err := c.ends.Allow(t.Context(), c.owner, c.company.ID, i.ID, proof); fault.KindOf(err) != fault.Invalid {
			t.Errorf("it is allowed: %v", err)
		}
		set(true)
		wantCode(t, c.Admit(t.Context(), i.ID, key), "")
		changes := []string{}
		for _, m := range c.Mails {
			changes = append(changes, m.Data["Change"])
		}
		if diff := cmp.Diff([]string{"off", "on"}, changes); diff != "" {
			t.Errorf("mails: %s", diff)
		}
	})
}

func TestOnlyItsProvedAddressChangesAnInstallation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		i, key := c.register(t, "owner@example.com")
		stranger := c.Person(t, "stranger@example.com")
		c.prove(t, stranger, true)
		if err := c.Downloaded(t.Context(), c.Organization(t, stranger, plan.EnterpriseAnnually).ID, i.ID); err != nil {
			t.Fatal(err)
		}
		try := func(who id.ID) []error {
			_, _, rotated := c.RotateKey(t.Context(), who, i.ID, proof)
			_, disabled := c.Enable(t.Context(), who, i.ID, false, proof)
			return []error{rotated, disabled}
		}
		// Not even who downloads licenses for it; and nobody who only typed the address.
		for _, err := range append(try(stranger), try(c.owner)...) {
			wantGone(t, err)
		}
		c.prove(t, c.owner, true)
		_, _, err := c.RotateKey(t.Context(), c.owner, i.ID, account.Secret{MasterPasswordHash: "wrong"})
		if fault.KindOf(err) != fault.Invalid || c.Slept < 2*time.Second {
			t.Errorf("wrong password: got %v after %v", err, c.Slept)
		}
		_, _, err = c.RotateKey(t.Context(), c.owner, id.New(), proof)
		wantGone(t, err)
		wantCode(t, c.Admit(t.Context(), i.ID, key), "")
	})
}

func TestPeopleSeeTheInstallationsThatAreTheirs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		c.prove(t, c.owner, true)
		mine, key := c.register(t, "owner@example.com")
		c.Time = noon.Add(time.Hour)
		used, _ := c.register(t, "admin@example.org")
		c.register(t, "nobody@example.org")
		other := c.Person(t, "other@example.com")
		others := c.Organization(t, other, plan.EnterpriseAnnually)
		for _, one := range []id.ID{c.company.ID, others.ID} {
			if err := c.Downloaded(t.Context(), one, used.ID); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, c.ends.CheckKey(t.Context(), used.ID, c.company.ID, c.key(t)), "")
		wantCode(t, c.ends.CheckKey(t.Context(), mine.ID, c.company.ID, c.key(t)), billingsync.CodeNotBound)
		wantCode(t, c.Admit(t.Context(), mine.ID, key), "")

		got, err := c.List(t.Context(), c.owner)
		if err != nil || len(got) != 2 {
			t.Fatalf("%d installations (%v), want 2", len(got), err)
		}
		want := []installation.Owned{
			{Installation: used, Organizations: []installation.OwnedTie{{
				Tie:  installation.Tie{OrganizationID: c.company.ID, InstallationID: used.ID, DownloadedAt: c.Time, Bound: true},
				Name: "Acme",
			}}},
			{Installation: mine, Own: true, Organizations: []installation.OwnedTie{{
				Tie: installation.Tie{OrganizationID: c.company.ID, InstallationID: mine.ID, RefusedAt: c.Time}, Name: "Acme",
			}}},
		}
		want[1].ActiveAt = c.Time
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got: %s", diff)
		}
		if got, err := c.List(t.Context(), other); err != nil || len(got) != 1 || got[0].ID != used.ID ||
			len(got[0].Organizations) != 1 || got[0].Organizations[0].OrganizationID != others.ID {
			t.Errorf("the other owner sees %+v, %v", got, err)
		}
		admin := c.Person(t, "admin@example.com")
		c.Join(t, org.Member{OrganizationID: c.company.ID, AccountID: admin, Status: org.Confirmed, Type: org.Admin})
		if got, err := c.List(t.Context(), admin); err != nil || len(got) != 0 {
			t.Errorf("an admin sees %+v, %v", got, err)
		}
		c.prove(t, c.owner, false)
		if got, err := c.List(t.Context(), c.owner); err != nil || len(got) != 2 || got[1].Own {
			t.Errorf("with an address that is not proved: %+v, %v", got, err)
		}
	})
}

// Scenarios 94 and 111.
func TestInstallationIsAdmittedWithItsKeyAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		i, key, err := c.Register(t.Context(), "admin@example.org", "fr")
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^[A-Za-z0-9]{20}$`).MatchString(key) || strings.Contains(i.KeyHash, key) {
			t.Errorf("key %q, stored %q", key, i.KeyHash)
		}
		if len(c.Mails) != 1 || c.Mails[0].To != "admin@example.org" || c.Mails[0].Data["ID"] != i.ID.String() {
			t.Errorf("mails %+v, want one with the id", c.Mails)
		}
		wantGone(t, c.Admit(t.Context(), i.ID, "wrong"))
		wantGone(t, c.Admit(t.Context(), i.ID, i.KeyHash))
		wantGone(t, c.Admit(t.Context(), id.New(), key))
		if found, err := c.Store.Get(t.Context(), i.ID); err != nil || !found.ActiveAt.IsZero() {
			t.Errorf("active %v (%v) before the first token", found.ActiveAt, err)
		}
		wantCode(t, c.Admit(t.Context(), i.ID, key), "")
		if found, err := c.Store.Get(t.Context(), i.ID); err != nil || !found.ActiveAt.Equal(noon) {
			t.Errorf("active %v (%v), want noon", found.ActiveAt, err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE installation SET enabled = $1 WHERE id = $2`, false, i.ID); err != nil {
			t.Fatal(err)
		}
		wantGone(t, c.Admit(t.Context(), i.ID, key))
		if enabled, err := c.Enabled(t.Context(), i.ID); err != nil || enabled {
			t.Errorf("enabled %v (%v), want false", enabled, err)
		}
	})
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := fault.CodeOf(err); got != want || want == "" && err != nil {
		t.Errorf("got code %q (%v), want %q", got, err, want)
	}
}

func wantGone(t *testing.T, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}
