package license_test

import (
	"context"
	"strings"
	"testing"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/plan"
)

// A cloud that gives everyone premium issues licenses that a self-hosted server
// takes; without premium there is none.
func TestCloudIssuesPremiumLicensesToThoseWhoHaveIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, plan.EnterpriseAnnually)
		everyone := false
		s.Accounts = &account.Service{
			Store: account.NewStore(d), Now: s.Now,
			Premium: func(context.Context, account.Account) (bool, error) { return everyone, nil },
		}
		alice := s.person(t, userFacts().Email)
		r := router()
		license.MountCloud(r, s.CloudEnd)
		const path = "/api/account/billing/vnext/license"
		if status, answer := call(t, r, "GET", path, alice.String(), nil, ""); status != 400 || !strings.Contains(answer, "license-no-premium") {
			t.Errorf("without premium: %d %s", status, answer)
		}
		everyone = true
		status, answer := call(t, r, "GET", path, alice.String(), nil, "")
		if status != 200 {
			t.Fatalf("with premium: %d %s", status, answer)
		}
		issued, err := license.ParseUser([]byte(answer))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := gate().AdmitUser(issued, userFacts().Email, s.now); err != nil {
			t.Errorf("the self-hosted server says %v", err)
		}
		s.userTerm = license.UserTerm{PremiumExpires: s.now.AddDate(0, 6, 0)}
		if l, err := s.IssueUser(t.Context(), account.Account{ID: alice, Email: userFacts().Email}); err != nil || !l.Expires.Equal(s.now.AddDate(0, 6, 7)) {
			t.Errorf("a period that is paid for six months: the license ends %v, %v", l.Expires, err)
		}
		again := "/api/licenses/user/" + alice.String() + "?key="
		for name, test := range map[string]struct {
			path, token string
			status      int
			contains    string
		}{
			"the right key":   {again + issued.LicenseKey, "machine", 200, `"token":"ey`},
			"a wrong key":     {again + "x", "machine", 400, "license-key-wrong"},
			"nobody's":        {"/api/licenses/user/" + id.New().String() + "?key=x", "machine", 404, ""},
			"not an id":       {"/api/licenses/user/x?key=x", "machine", 404, ""},
			"a person":        {again + issued.LicenseKey, alice.String(), 404, ""},
			"nobody signs in": {path, "nobody", 401, ""},
		} {
			if status, answer := call(t, r, "GET", test.path, test.token, nil, ""); status != test.status || !strings.Contains(answer, test.contains) {
				t.Errorf("%s: %d %s, want %d with %q", name, status, answer, test.status, test.contains)
			}
		}
	})
}
