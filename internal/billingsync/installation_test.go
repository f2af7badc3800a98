package billingsync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// register makes an installation of an address.
func (c *cloud) register(t *testing.T, email string) (billingsync.Installation, string) {
	t.Helper()
	i, key, err := c.Register(t.Context(), email, "en")
	if err != nil {
		t.Fatal(err)
	}
	c.mails = nil
	return i, key
}

// prove has the address of somebody be confirmed, or not any more.
func (c *cloud) prove(t *testing.T, who id.ID, proved bool) {
	t.Helper()
	if _, err := c.db.Exec(t.Context(), `UPDATE account SET email_verified = $1 WHERE id = $2`, proved, who); err != nil {
		t.Fatal(err)
	}
}

// Scenario 111 of spec 01: registered is usable.
func TestRegisteredInstallationIsUsableAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		i, key := c.register(t, "admin@example.org")
		wantCode(t, c.Installation(t.Context(), i.ID, key), "")
		if honors, err := c.InstallationHonors(t.Context(), i.ID, c.now); err != nil || !honors {
			t.Errorf("its token is honored: %v, %v", honors, err)
		}
		if honors, err := c.InstallationHonors(t.Context(), id.New(), c.now); err != nil || honors {
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
		wantCode(t, c.CheckKey(t.Context(), i.ID, c.company.ID, syncKey), "")
		issued := c.now
		c.mails, c.now = nil, c.now.Add(time.Minute)
		rotated, key, err := c.RotateInstallationKey(t.Context(), c.owner, i.ID, proof())
		if err != nil || len(key) != billingsync.InstallationKeySize || key == old || rotated.ID != i.ID {
			t.Fatalf("got %q, %v", key, err)
		}
		wantGone(t, c.Installation(t.Context(), i.ID, old))
		wantCode(t, c.Installation(t.Context(), i.ID, key), "")
		for what, test := range map[string]struct {
			issued time.Time
			want   bool
		}{
			"bought with the old key": {issued, false},
			"bought with the new key": {c.now, true},
		} {
			if got, err := c.InstallationHonors(t.Context(), i.ID, test.issued); err != nil || got != test.want {
				t.Errorf("a token %s is honored: %v, %v", what, got, err)
			}
		}
		wantCode(t, c.CheckKey(t.Context(), i.ID, c.company.ID, syncKey), "") // the binding stays
		if len(c.mails) != 1 || c.mails[0].To != "owner@example.com" || c.mails[0].Data["Change"] != "key" || c.mails[0].Language != "fr" {
			t.Errorf("mails %+v, want one to the address", c.mails)
		}
		if strings.Contains(c.mails[0].Data["ID"]+c.mails[0].Once, key) {
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
			got, err := c.EnableInstallation(t.Context(), c.owner, i.ID, enabled, proof())
			if err != nil || got.Enabled != enabled {
				t.Fatalf("got %+v, %v", got, err)
			}
		}
		set(false)
		set(false) // again is no news
		wantGone(t, c.Installation(t.Context(), i.ID, key))
		if honors, err := c.InstallationHonors(t.Context(), i.ID, c.now); err != nil || honors {
			t.Errorf("its token is honored: %v, %v", honors, err)
		}
		if enabled, err := c.InstallationEnabled(t.Context(), i.ID); err != nil || enabled {
			t.Errorf("a license is made for it: %v, %v", enabled, err)
		}
		if err := c.Allow(t.Context(), c.owner, c.company.ID, i.ID, proof()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("it is allowed: %v", err)
		}
		set(true)
		wantCode(t, c.Installation(t.Context(), i.ID, key), "")
		changes := []string{}
		for _, m := range c.mails {
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
		stranger := c.person(t, "stranger@example.com")
		c.prove(t, stranger, true)
		if err := c.Downloaded(t.Context(), c.organization(t, stranger, plan.EnterpriseAnnually).ID, i.ID); err != nil {
			t.Fatal(err)
		}
		try := func(who id.ID) []error {
			_, _, rotated := c.RotateInstallationKey(t.Context(), who, i.ID, proof())
			_, disabled := c.EnableInstallation(t.Context(), who, i.ID, false, proof())
			return []error{rotated, disabled}
		}
		// Not even who downloads licenses for it; and nobody who only typed the address.
		for _, err := range append(try(stranger), try(c.owner)...) {
			wantGone(t, err)
		}
		c.prove(t, c.owner, true)
		_, _, err := c.RotateInstallationKey(t.Context(), c.owner, i.ID, account.Secret{MasterPasswordHash: "wrong"})
		if fault.KindOf(err) != fault.Invalid || c.slept < 2*time.Second {
			t.Errorf("wrong password: got %v after %v", err, c.slept)
		}
		_, _, err = c.RotateInstallationKey(t.Context(), c.owner, id.New(), proof())
		wantGone(t, err)
		wantCode(t, c.Installation(t.Context(), i.ID, key), "")
	})
}

func TestPeopleSeeTheInstallationsThatAreTheirs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		c.prove(t, c.owner, true)
		mine, key := c.register(t, "owner@example.com")
		c.now = noon.Add(time.Hour)
		used, _ := c.register(t, "admin@example.org")
		c.register(t, "nobody@example.org")
		other := c.person(t, "other@example.com")
		others := c.organization(t, other, plan.EnterpriseAnnually)
		for _, one := range []id.ID{c.company.ID, others.ID} {
			if err := c.Downloaded(t.Context(), one, used.ID); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, c.CheckKey(t.Context(), used.ID, c.company.ID, c.key(t)), "")
		wantCode(t, c.CheckKey(t.Context(), mine.ID, c.company.ID, c.key(t)), billingsync.CodeNotBound)
		wantCode(t, c.Installation(t.Context(), mine.ID, key), "")

		got, err := c.ListInstallations(t.Context(), c.owner)
		if err != nil || len(got) != 2 {
			t.Fatalf("%d installations (%v), want 2", len(got), err)
		}
		want := []billingsync.Owned{
			{Installation: used, Organizations: []billingsync.OwnedTie{{
				Tie:  billingsync.Tie{OrganizationID: c.company.ID, InstallationID: used.ID, DownloadedAt: c.now, Bound: true},
				Name: "Acme",
			}}},
			{Installation: mine, Own: true, Organizations: []billingsync.OwnedTie{{
				Tie: billingsync.Tie{OrganizationID: c.company.ID, InstallationID: mine.ID, RefusedAt: c.now}, Name: "Acme",
			}}},
		}
		want[1].ActiveAt = c.now
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got: %s", diff)
		}
		if got, err := c.ListInstallations(t.Context(), other); err != nil || len(got) != 1 || got[0].ID != used.ID ||
			len(got[0].Organizations) != 1 || got[0].Organizations[0].OrganizationID != others.ID {
			t.Errorf("the other owner sees %+v, %v", got, err)
		}
		admin := c.person(t, "admin@example.com")
		m := org.Member{
			ID: id.New(), OrganizationID: c.company.ID, AccountID: admin, Status: org.Confirmed, Type: org.Admin,
			Key: wrapped, CreatedAt: noon, RevisedAt: noon,
		}
		if err := org.NewStore(c.db).InsertMember(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got, err := c.ListInstallations(t.Context(), admin); err != nil || len(got) != 0 {
			t.Errorf("an admin sees %+v, %v", got, err)
		}
		c.prove(t, c.owner, false)
		if got, err := c.ListInstallations(t.Context(), c.owner); err != nil || len(got) != 2 || got[1].Own {
			t.Errorf("with an address that is not proved: %+v, %v", got, err)
		}
	})
}

// Scenario 80 of spec 01.
func TestSecondInstallationIsRefusedToldAndLogged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		one, _ := c.register(t, "one@example.org")
		two, _ := c.register(t, "two@example.org")
		key := c.key(t)
		wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, key), "")
		c.mails, c.events = nil, nil
		for range 3 {
			wantCode(t, c.CheckKey(t.Context(), two.ID, c.company.ID, key), billingsync.CodeNotBound)
		}
		if len(c.mails) != 1 || c.mails[0].Template != "installation-refused" || c.mails[0].To != "owner@example.com" {
			t.Errorf("mails %+v, want one to the owner", c.mails)
		}
		wrongKey := c.CheckKey(t.Context(), two.ID, c.company.ID, "wrong")
		wantCode(t, wrongKey, billingsync.CodeKeyUnknown)
		want := event.Event{OrganizationID: c.company.ID, Type: event.OrganizationUpdated, InstallationID: two.ID}
		if len(c.events) != 1 || c.events[0] != want {
			t.Errorf("events %+v, want one that names the installation", c.events)
		}
		if err := c.Allow(t.Context(), c.owner, c.company.ID, two.ID, proof()); err != nil {
			t.Fatal(err)
		}
		ties, err := c.Store.Ties(t.Context(), []id.ID{c.company.ID})
		if err != nil || len(ties) != 1 || !ties[0].Bound || ties[0].InstallationID != two.ID || !ties[0].RefusedAt.IsZero() {
			t.Errorf("ties %+v, %v", ties, err)
		}
	})
}

// A disabled installation does not stand in the way of the only one that is left.
func TestKeyIsBoundToTheOnlyServerThatMayAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		c.prove(t, c.owner, true)
		former, _ := c.register(t, "owner@example.com")
		present, _ := c.register(t, "owner@example.com")
		for _, i := range []billingsync.Installation{former, present} {
			if err := c.Downloaded(t.Context(), c.company.ID, i.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.EnableInstallation(t.Context(), c.owner, former.ID, false, proof()); err != nil {
			t.Fatal(err)
		}
		c.key(t)
		if k, err := c.Store.Key(t.Context(), c.company.ID); err != nil || k.InstallationID != present.ID {
			t.Errorf("bound to %v (%v), want %v", k.InstallationID, err, present.ID)
		}
	})
}

// Scenario 111 of spec 01: no answer but two shows a key, and each shows it once.
func TestInstallationRoutesAreAnswered(t *testing.T) {
	c := newCloud(t, dbtest.SQLite(t))
	c.prove(t, c.owner, true)
	i, _ := c.register(t, "owner@example.com")
	if err := c.Downloaded(t.Context(), c.company.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	p := c.page(i.ID.String(), "INSTALLATION")
	p.golden(t, "installations.json", "GET /api/installations", "")
	one := "/api/installations/" + i.ID.String()
	for _, test := range []struct{ request, contains string }{
		{"POST " + one + "/disable", `"key":null,"enabled":false`},
		{"POST " + one + "/enable", `"key":null,"enabled":true`},
		{"POST " + one + "/rotate-key", `"key":"`},
		{"GET " + one, `"key":null,"enabled":true`},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		if status, answer := p.do(t, method, path, secretBody); status != 200 || !strings.Contains(answer, test.contains) {
			t.Errorf("%s: got %d %s, want %s", test.request, status, answer, test.contains)
		}
	}
	if status, answer := p.do(t, "POST", one+"/rotate-key", `{}`); status != 400 || !strings.Contains(answer, "masterPasswordHash") {
		t.Errorf("without a password: %d %s", status, answer)
	}
	if status, _ := p.do(t, "POST", "/api/installations/"+id.New().String()+"/disable", secretBody); status != 404 {
		t.Errorf("an unknown one: %d", status)
	}
}
