package license_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestStateOfALicenseFollowsItsDates(t *testing.T) {
	l := issue(t, license.Version)
	for day, want := range map[string]license.State{
		"2026-12-31": license.StateValid, "2027-01-02": license.StateGrace, "2027-03-01": license.StateGrace, "2027-03-03": license.StateExpired,
	} {
		if got := l.State(at(day)); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	l.ExpirationWithoutGracePeriod = time.Time{}
	if got := l.State(at("2027-03-01")); got != license.StateValid {
		t.Errorf("without grace: %s, want valid", got)
	}
	l.Expires = time.Time{}
	if got := l.State(at("2099-01-01")); got != license.StateValid {
		t.Errorf("without end: %s, want valid", got)
	}
}

// Scenario 127 of spec 01, the banner.
func TestSubscriptionPageSaysHowTheLicenseStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		own := h.organization(t, h.owner, plan.EnterpriseAnnually)
		if _, err := h.db.Exec(t.Context(), `UPDATE organization SET basis = $1 WHERE id = $2`, org.Own, own.ID); err != nil {
			t.Fatal(err)
		}
		r := router()
		license.MountSelfHosted(r, h.SelfHostedEnd)
		for name, test := range map[string]struct {
			organization id.ID
			now          time.Time
			want         string
		}{
			"paid":            {made.ID, expires.AddDate(0, 0, -61), `"licenseState":"valid","licenseDaysLeft":61`},
			"grace":           {made.ID, expires.AddDate(0, 0, -59).Add(-time.Hour), `"licenseState":"grace","licenseDaysLeft":60`},
			"last hour":       {made.ID, expires.Add(-time.Hour), `"licenseState":"grace","licenseDaysLeft":1`},
			"over":            {made.ID, expires.AddDate(0, 0, 3), `"licenseState":"expired","licenseDaysLeft":0`},
			"without license": {own.ID, noon, `"licenseState":"none","licenseDaysLeft":null`},
		} {
			t.Run(name, func(t *testing.T) {
				h.now = test.now
				status, answer := call(t, r, "GET", "/api/organizations/"+test.organization.String()+"/subscription", h.owner.String(), nil, "")
				if status != 200 || !strings.Contains(answer, test.want) {
					t.Errorf("got %d %s, want %s", status, answer, test.want)
				}
			})
		}
	})
}
