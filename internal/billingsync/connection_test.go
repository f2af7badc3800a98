package billingsync_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/plan"
)

// Scenario 73.
func TestConnectionIsMadeOnceChangedAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.connect(t)
		_, err := h.Connect(t.Context(), h.owner, h.setup(h.cloud.key(t)))
		wantCode(t, err, "connection-exists")
		if _, err := h.Reconnect(t.Context(), h.owner, made.ID, h.setup(h.cloud.rotate(t))); err != nil {
			t.Fatal(err)
		}
		if err := h.Disconnect(t.Context(), h.owner, made.ID); err != nil {
			t.Fatal(err)
		}
		if _, connected, err := h.Connection(t.Context(), h.owner, h.org.ID); err != nil || connected {
			t.Errorf("connected %v (%v) after the deletion", connected, err)
		}
		wantGone(t, h.Disconnect(t.Context(), h.owner, made.ID))
		_, err = h.Reconnect(t.Context(), h.owner, made.ID, h.setup(h.cloud.key(t)))
		wantGone(t, err)
	})
}

// Saving tells what the cloud says of itself.
func TestSavedKeyWasTriedAgainstTheCloud(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.cloud.Region = "EU"
	key := h.cloud.key(t)
	c, err := h.Connect(t.Context(), h.owner, h.setup("  "+key+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := billingsync.Found{OrganizationName: "Acme", Plan: h.cloud.company.Plan, Region: "EU"}
	if stored := h.stored(t); c.Found != want || stored.Found != want {
		t.Errorf("found %+v, stored %+v, want %+v", c.Found, stored.Found, want)
	}
	if c.CloudOrganizationID != h.cloud.company.ID || strings.Contains(c.SealedKey, key) {
		t.Errorf("cloud organization %v, key %q", c.CloudOrganizationID, c.SealedKey)
	}
	if !c.NextRunAt.IsZero() {
		t.Errorf("a run is planned for %v before an owner triggered one", c.NextRunAt)
	}
}

// Scenarios 74, 75, 80 and 140.
func TestKeyThatIsRefusedIsNotStored(t *testing.T) {
	wrong := strings.Repeat("x", billingsync.KeySize)
	tests := map[string]struct {
		prepare func(*testing.T, *home)
		key     string // "" is the right one
		code    string
	}{
		"wrong key":           {func(*testing.T, *home) {}, wrong, billingsync.CodeKeyUnknown},
		"a mask":              {func(*testing.T, *home) {}, billingsync.Mask(wrong), ""},
		"revoked key":         {revoke, "", billingsync.CodeKeyRevoked},
		"another's key":       {bindElsewhere, "", billingsync.CodeNotBound},
		"no license":          {func(t *testing.T, h *home) { exec(t, h, `DELETE FROM organization_license`) }, "", "license-none"},
		"families":            {families, "", "plan-too-low"},
		"wrong installation":  {func(_ *testing.T, h *home) { h.Cloud.Settings.InstallationKey = "wrong" }, "", billingsync.CodeInstallation},
		"wrong region":        {func(_ *testing.T, h *home) { h.cloud.Region, h.Cloud.Settings.Region = "US", config.EU }, "", billingsync.CodeRegion},
		"official, wrong key": {func(_ *testing.T, h *home) { h.cloud.set(true, 0) }, wrong, billingsync.CodeKeyUnknown},
		"official, wrong region": {func(_ *testing.T, h *home) {
			h.cloud.set(true, 0)
			h.cloud.region, h.Cloud.Settings.Region = "US", config.EU
		}, "", billingsync.CodeRegion},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHome(t, dbtest.SQLite(t))
			setup := h.setup(h.cloud.key(t))
			test.prepare(t, h)
			if test.key != "" {
				setup.Key = test.key
			}
			setup.ConfirmUntried = true // what the cloud refuses is refused all the same
			_, err := h.Connect(t.Context(), h.owner, setup)
			if err == nil || fault.CodeOf(err) != test.code {
				t.Errorf("got %v, want %q", err, test.code)
			}
			if _, connected, err := h.Connection(t.Context(), h.owner, h.org.ID); err != nil || connected {
				t.Errorf("connected %v (%v)", connected, err)
			}
		})
	}
}

func revoke(t *testing.T, h *home) {
	t.Helper()
	if err := h.cloud.Revoke(t.Context(), h.cloud.owner, h.cloud.company.ID, proof()); err != nil {
		t.Fatal(err)
	}
}

func bindElsewhere(t *testing.T, h *home) {
	t.Helper()
	other, _, err := h.cloud.Installations.Register(t.Context(), "other@example.org", "en")
	if err == nil {
		err = h.cloud.Allow(t.Context(), h.cloud.owner, h.cloud.company.ID, other.ID, proof())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func families(t *testing.T, h *home) {
	t.Helper()
	terms := h.org.Terms()
	terms.PlanType = plan.FamiliesAnnually
	if err := h.orgs.Apply(t.Context(), h.org.ID, terms); err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, h *home, query string, args ...any) {
	t.Helper()
	if _, err := h.db.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// Scenario 74, the second half.
func TestKeyIsStoredUntriedOnceThePersonConfirms(t *testing.T) {
	for name, prepare := range map[string]func(*home){
		billingsync.CodeUnreachable: func(h *home) { h.cloud.web.Close() },
		billingsync.CodeOff:         func(h *home) { h.Cloud.Settings.Communication = false },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t, dbtest.SQLite(t))
			setup := h.setup(h.cloud.key(t))
			prepare(h)
			_, err := h.Connect(t.Context(), h.owner, setup)
			wantCode(t, err, name)
			setup.ConfirmUntried = true
			c, err := h.Connect(t.Context(), h.owner, setup)
			if err != nil || !c.Usable() || c.Found != (billingsync.Found{}) {
				t.Errorf("got %+v (%v), want a connection without findings", c, err)
			}
		})
	}
}

func TestOfficialCloudIsTriedWithAnEmptyExchange(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.cloud.set(true, 0)
	h.cloud.region = "US"
	c := h.connect(t)
	if c.Found != (billingsync.Found{Region: "US"}) || h.cloud.called("POST /api/organization/sponsorship/sync") != 1 {
		t.Errorf("found %+v after the calls %v", c.Found, h.cloud.calls)
	}
}

// Scenario 78.
func TestMaskKeepsTheKey(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	made := h.connect(t)
	key := h.cloud.key(t)
	mask := billingsync.Mask(key)
	if strings.Contains(mask, key[:26]) || !strings.HasSuffix(mask, key[26:]) || len(mask) != len(key) {
		t.Errorf("the mask of %q is %q", key, mask)
	}
	setup := h.setup(mask)
	setup.Enabled = false
	if _, err := h.Reconnect(t.Context(), h.owner, made.ID, setup); err != nil {
		t.Fatal(err)
	}
	setup.Enabled = true
	if _, err := h.Reconnect(t.Context(), h.owner, made.ID, setup); err != nil {
		t.Fatal(err)
	}
	if run, err := h.Sync(t.Context(), h.owner, h.org.ID); err != nil || run.Err() != nil {
		t.Errorf("the kept key does not work: %v, %v", err, run.Err())
	}
}

func TestMaskOfAShortKeyShowsNothing(t *testing.T) {
	for key, want := range map[string]string{"": "", "abcd": "****", "abcdefgh": "********", "abcdefghi": "*****fghi"} {
		if got := billingsync.Mask(key); got != want {
			t.Errorf("Mask(%q) = %q, want %q", key, got, want)
		}
	}
}

// Scenario 77.
func TestConnectionIsForItsOwner(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	made := h.connect(t)
	stranger := h.person(t, "stranger@example.org")
	setup := h.setup(h.cloud.key(t))
	_, _, read := h.Connection(t.Context(), stranger, h.org.ID)
	_, changed := h.Reconnect(t.Context(), stranger, made.ID, setup)
	_, history, _ := h.History(t.Context(), stranger, h.org.ID, id.ID{})
	_, synced := h.Sync(t.Context(), stranger, h.org.ID)
	elsewhere := setup
	elsewhere.OrganizationID = id.New()
	_, moved := h.Reconnect(t.Context(), h.owner, made.ID, elsewhere)
	for _, err := range []error{read, changed, synced, moved, h.Disconnect(t.Context(), stranger, made.ID)} {
		wantGone(t, err)
	}
	if history {
		t.Error("a stranger reads the history")
	}
}

// Scenario 107.
func TestSavingAgainKeepsScheduleAndHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.connect(t)
		if !made.LicenseSyncedAt.IsZero() {
			t.Errorf("last license sync %v before the first", made.LicenseSyncedAt)
		}
		if _, err := h.Sync(t.Context(), h.owner, h.org.ID); err != nil {
			t.Fatal(err)
		}
		before := h.stored(t)
		if err := h.Disconnect(t.Context(), h.owner, made.ID); err != nil {
			t.Fatal(err)
		}
		h.now = noon.Add(time.Minute)
		after, err := h.Connect(t.Context(), h.owner, h.setup(h.cloud.rotate(t)))
		if err != nil {
			t.Fatal(err)
		}
		if after.ID != before.ID || !after.LicenseSyncedAt.Equal(noon) || !after.NextRunAt.Equal(before.NextRunAt) {
			t.Errorf("before %+v\nafter %+v", before, after)
		}
		if runs, _, err := h.History(t.Context(), h.owner, h.org.ID, id.ID{}); err != nil || len(runs) != 1 {
			t.Errorf("%d runs (%v), want one", len(runs), err)
		}
	})
}
