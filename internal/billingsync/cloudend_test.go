package billingsync_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Scenarios 67 and 68.
func TestKeyIsMadeOnceTheOwnerIsSure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		_, err := c.ViewKey(t.Context(), c.owner, c.company.ID, account.Secret{MasterPasswordHash: "wrong"})
		if fault.KindOf(err) != fault.Invalid || c.slept < 2*time.Second {
			t.Errorf("wrong password: got %v after %v, want Invalid after 2 s", err, c.slept)
		}
		if _, err := c.Store.Key(t.Context(), c.company.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after a wrong password: got %v, want no key", err)
		}
		first := c.key(t)
		if !regexp.MustCompile(`^[A-Za-z0-9]{30}$`).MatchString(first) {
			t.Errorf("the key is %q", first)
		}
		if again := c.key(t); again != first {
			t.Error("asking again made another key")
		}
		stored, err := c.Store.Key(t.Context(), c.company.ID)
		if err != nil || strings.Contains(stored.Sealed, first) {
			t.Errorf("the key is stored in clear (%v)", err)
		}
	})
}

// Scenarios 69 and 70.
func TestKeyIsForOwnersOfPlansWithBillingSync(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		admin := c.person(t, "admin@example.com")
		m := org.Member{
			ID: id.New(), OrganizationID: c.company.ID, AccountID: admin, Status: org.Confirmed, Type: org.Admin,
			CreatedAt: noon, RevisedAt: noon,
		}
		if err := org.NewStore(c.db).InsertMember(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		tests := map[string]struct {
			caller, organization id.ID
			gone                 bool
		}{
			"owner":    {c.owner, c.company.ID, false},
			"admin":    {admin, c.company.ID, true},
			"stranger": {c.person(t, "stranger@example.com"), c.company.ID, true},
			"nobody's": {c.owner, id.New(), true},
			"families": {c.owner, c.organization(t, c.owner, plan.FamiliesAnnually).ID, true},
			"free":     {c.owner, c.organization(t, c.owner, plan.Free).ID, true},
			"teams":    {c.owner, c.organization(t, c.owner, plan.TeamsAnnually).ID, false},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				_, viewed := c.ViewKey(t.Context(), test.caller, test.organization, proof())
				_, rotated := c.RotateKey(t.Context(), test.caller, test.organization, proof())
				for _, err := range []error{viewed, rotated} {
					if test.gone {
						wantGone(t, err)
					} else {
						wantCode(t, err, "")
					}
				}
			})
		}
	})
}

// Scenarios 71, 72, 93 and 95.
func TestCheckKeyNamesWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		one, _, err := c.Installations.Register(t.Context(), "one@example.org", "en")
		if err != nil {
			t.Fatal(err)
		}
		check := func(what, key, code string) {
			t.Helper()
			if err := c.CheckKey(t.Context(), one.ID, c.company.ID, key); fault.CodeOf(err) != code {
				t.Errorf("%s: got %v, want %q", what, err, code)
			}
		}
		check("before there is a key", "", billingsync.CodeKeyUnknown)
		first := c.key(t)
		check("blank", "", billingsync.CodeKeyUnknown)
		check("another", strings.ToLower(first)+"x", billingsync.CodeKeyUnknown)
		check("the key", first, "")
		if err := c.CheckKey(t.Context(), one.ID, id.New(), first); fault.CodeOf(err) != billingsync.CodeKeyUnknown {
			t.Errorf("unknown organization: got %v", err)
		}
		second := c.rotate(t)
		check("the key before the rotation", first, billingsync.CodeKeyUnknown)
		check("the new key", second, "")
		if err := c.Revoke(t.Context(), c.owner, c.company.ID, proof()); err != nil {
			t.Fatal(err)
		}
		check("the revoked key", second, billingsync.CodeKeyRevoked)
		check("a guess after the revocation", first, billingsync.CodeKeyUnknown)
		if third := c.key(t); third == second {
			t.Error("after the revocation the old key was shown")
		}
	})
}

// Scenario 80.
func TestKeyServesOneInstallation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		one, _, err1 := c.Installations.Register(t.Context(), "one@example.org", "en")
		two, _, err2 := c.Installations.Register(t.Context(), "two@example.org", "en")
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		key := c.key(t)
		c.mails = nil
		wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, key), "")
		if len(c.mails) != 1 || c.mails[0].To != "owner@example.com" || c.mails[0].Language != "fr" {
			t.Errorf("mails %+v, want one to the owner", c.mails)
		}
		wantCode(t, c.CheckKey(t.Context(), two.ID, c.company.ID, key), billingsync.CodeNotBound)
		wantCode(t, c.CheckKey(t.Context(), two.ID, c.company.ID, c.rotate(t)), billingsync.CodeNotBound)
		if err := c.Allow(t.Context(), c.owner, c.company.ID, two.ID, proof()); err != nil {
			t.Fatal(err)
		}
		wantCode(t, c.CheckKey(t.Context(), two.ID, c.company.ID, c.key(t)), "")
		wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, c.key(t)), billingsync.CodeNotBound)
		if err := c.Allow(t.Context(), c.owner, c.company.ID, id.New(), proof()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an installation that does not exist: got %v, want Invalid", err)
		}
	})
}

// Whoever guesses is turned away for a while, and no other server with him.
func TestGuessesOfAServerAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		guesser, other := id.New(), id.New()
		guess := func(by id.ID) error { return c.CheckKey(t.Context(), by, c.company.ID, "wrong") }
		for range 60 {
			wantCode(t, guess(guesser), billingsync.CodeKeyUnknown)
		}
		if err := guess(guesser); fault.KindOf(err) != fault.TooMany {
			t.Errorf("got %v, want TooMany", err)
		}
		wantCode(t, guess(other), billingsync.CodeKeyUnknown)
		c.now = c.now.Add(10 * time.Minute)
		wantCode(t, guess(guesser), billingsync.CodeKeyUnknown)
	})
}

// Scenario 80, the log.
func TestChangesOfTheKeyAreInTheEventLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		one, _, err := c.Installations.Register(t.Context(), "one@example.org", "en")
		if err != nil {
			t.Fatal(err)
		}
		two, _, err := c.Installations.Register(t.Context(), "two@example.org", "en")
		if err != nil {
			t.Fatal(err)
		}
		var recorded []event.Event
		c.orgs.Record = func(_ context.Context, events ...event.Event) error {
			recorded = append(recorded, events...)
			return nil
		}
		steps := []struct {
			name string
			do   func()
			want int
		}{
			{"the first look makes it", func() { c.key(t) }, 1},
			{"another look", func() { c.key(t) }, 0},
			{"a rotation", func() { c.rotate(t) }, 1},
			{"a first use", func() { wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, c.key(t)), "") }, 1},
			{"another use", func() { wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, c.key(t)), "") }, 0},
			{"a second server", func() {
				wantCode(t, c.CheckKey(t.Context(), two.ID, c.company.ID, c.key(t)), billingsync.CodeNotBound)
			}, 1},
			{"another server", func() { wantCode(t, c.Allow(t.Context(), c.owner, c.company.ID, one.ID, proof()), "") }, 1},
			{"a revocation", func() { wantCode(t, c.Revoke(t.Context(), c.owner, c.company.ID, proof()), "") }, 1},
			{"a wrong password", func() { _ = c.Revoke(t.Context(), c.owner, c.company.ID, account.Secret{MasterPasswordHash: "wrong"}) }, 0},
		}
		for _, step := range steps {
			recorded = nil
			if step.do(); len(recorded) != step.want {
				t.Errorf("%s: recorded %+v, want %d", step.name, recorded, step.want)
			}
			for _, e := range recorded {
				if e.Type != event.OrganizationUpdated || e.OrganizationID != c.company.ID {
					t.Errorf("%s: recorded %+v", step.name, e)
				}
			}
		}
	})
}

func TestKeyIsBoundToTheOnlyServerWithALicense(t *testing.T) {
	for downloads, bound := range map[int]bool{0: false, 1: true, 2: false} {
		c := newCloud(t, dbtest.SQLite(t))
		var last installation.Installation
		for range downloads {
			var err error
			if last, _, err = c.Installations.Register(t.Context(), "one@example.org", "en"); err != nil {
				t.Fatal(err)
			}
			for range 2 { // once more is no other server
				if err := c.Installations.Downloaded(t.Context(), c.company.ID, last.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		c.key(t)
		k, err := c.Store.Key(t.Context(), c.company.ID)
		if err != nil || bound != (k.InstallationID == last.ID && !last.ID.IsZero()) {
			t.Errorf("after %d downloads the key is bound to %v (%v)", downloads, k.InstallationID, err)
		}
	}
}

func TestUseOfAKeyIsRecordedOnceAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		one, _, err := c.Installations.Register(t.Context(), "one@example.org", "en")
		if err != nil {
			t.Fatal(err)
		}
		key := c.key(t)
		for after, want := range map[time.Duration]time.Time{0: noon, 59 * time.Minute: noon, time.Hour: noon.Add(time.Hour)} {
			c.now = noon
			wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, key), "")
			if err := c.Store.Used(t.Context(), c.company.ID, noon); err != nil {
				t.Fatal(err)
			}
			c.now = noon.Add(after)
			wantCode(t, c.CheckKey(t.Context(), one.ID, c.company.ID, key), "")
			if k, err := c.Store.Key(t.Context(), c.company.ID); err != nil || !k.SyncedAt.Equal(want) {
				t.Errorf("after %v: recorded %v (%v), want %v", after, k.SyncedAt, err, want)
			}
		}
	})
}

// register makes an installation of an address.
func (c *cloud) register(t *testing.T, email string) (installation.Installation, string) {
	t.Helper()
	i, key, err := c.Installations.Register(t.Context(), email, "en")
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
		ties, err := c.Installations.Store.Ties(t.Context(), []id.ID{c.company.ID})
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
		for _, i := range []installation.Installation{former, present} {
			if err := c.Installations.Downloaded(t.Context(), c.company.ID, i.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Installations.Enable(t.Context(), c.owner, former.ID, false, proof()); err != nil {
			t.Fatal(err)
		}
		c.key(t)
		if k, err := c.Store.Key(t.Context(), c.company.ID); err != nil || k.InstallationID != present.ID {
			t.Errorf("bound to %v (%v), want %v", k.InstallationID, err, present.ID)
		}
	})
}
