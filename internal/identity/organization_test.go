package identity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

// Scenario 53, and 85 of spec 03: a token of before is refused once the organization is
// disabled.
func TestOrganizationsProgramGetsATokenOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.ask(t, url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"organization." + strings.ToUpper(w.organization.String())},
			"client_secret": {organizationKey}, "scope": {"api.organization"},
		})
		if a.status != http.StatusOK || a.ExpiresIn != 3600 || a.Scope != "api.organization" || a.RefreshToken != "" || strings.Contains(a.body, `"Key"`) {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		said := claims(t, a.AccessToken)
		if said["client_sub"] != w.organization.String() || said["client_id"] != "organization."+w.organization.String() || said["sub"] != nil {
			t.Errorf("it says %v", said)
		}
		for path, want := range map[string]int{"/api/company": 200, "/api/machine": 403, "/api/me": 403} {
			if status, _ := w.get(path, a.AccessToken); status != want {
				t.Errorf("%s: got %d, want %d", path, status, want)
			}
		}
		if caller, err := w.Authenticate(t.Context(), a.AccessToken); err != nil || caller.OrganizationID != w.organization || !caller.InstallationID.IsZero() {
			t.Errorf("got %+v, %v", caller, err)
		}
		w.enabled = false
		if status, _ := w.get("/api/company", a.AccessToken); status != http.StatusUnauthorized {
			t.Errorf("disabled: got %d", status)
		}
	})
}
