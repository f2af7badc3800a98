package license_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"coffre/internal/license"
)

func keyOf(t *testing.T, s *license.Signer) *rsa.PrivateKey {
	t.Helper()
	raw, err := s.PEM()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// claimsOf reads a token without verifying it.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// retoken gives a license the token that a cloud of another make could have
// issued: without thumbprint, with edited claims.
func retoken(t *testing.T, l license.Organization, algorithm jose.SignatureAlgorithm, key any, edit func(map[string]any)) license.Organization {
	t.Helper()
	claims := claimsOf(t, l.Token)
	edit(claims)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l.Token, err = jwt.Signed(s).Claims(claims).Serialize(); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTokenSpellsItsClaims(t *testing.T) {
	got := claimsOf(t, issue(t, 15).Token)
	if len(got["jti"].(string)) != 36 {
		t.Errorf("jti: got %v", got["jti"])
	}
	delete(got, "jti")
	want := map[string]any{
		"iss": "bitwarden", "aud": "organization:1f0c5a3e-7d1b-4a57-9b8e-2a1c3d4e5f60",
		"iat": float64(noon.Unix()), "nbf": float64(noon.Unix()), "exp": float64(at("2027-03-02").Unix()),
		"LicenseType": "Organization", "Id": "1f0c5a3e-7d1b-4a57-9b8e-2a1c3d4e5f60",
		"InstallationId": "8c7b6a59-4838-4727-a615-0f1e2d3c4b5a", "LicenseKey": "k3yk3yk3yk3yk3yk3yk3",
		"Name": "Société Générique", "BillingEmail": "billing@example.com", "Enabled": "True",
		"Plan": "Enterprise (Annually)", "PlanType": "20", "Seats": "25", "MaxStorageGb": "1", "SmSeats": "3",
		"SmServiceAccounts": "4", "Trial": "False", "LimitCollectionCreationDeletion": "False",
		"AllowAdminAccessToAllCollectionItems": "False", "Issued": "03/01/2026 12:00:00",
		"Expires": "03/02/2027 00:00:00", "Refresh": "03/31/2026 12:00:00", "ExpirationWithoutGracePeriod": "01/01/2027 00:00:00",
		"SelfHost": "True", "UsersGetPremium": "True", "UsePolicies": "True", "UseSso": "True", "UseKeyConnector": "False",
		"UseScim": "False", "UseGroups": "True", "UseDirectory": "True", "UseEvents": "True", "UseTotp": "True",
		"Use2fa": "True", "UseApi": "True", "UseResetPassword": "True", "UseCustomPermissions": "True",
		"UsePasswordManager": "True", "UseSecretsManager": "True", "UseRiskInsights": "True",
		"UseOrganizationDomains": "True", "UseAdminSponsoredFamilies": "False", "UseAutomaticUserConfirmation": "False",
		"UseDisableSmAdsForUsers": "False", "UsePhishingBlocker": "False", "UseMyItems": "True",
		"UseInviteLinks": "True", "UsePam": "False",
	}
	wantSame(t, "claims", got, want)
	user := claimsOf(t, issueUser(t).Token)
	if user["aud"] != "user:5e1d2c3b-4a59-4687-b6a5-c4d3e2f10a1b" || user["LicenseType"] != "User" || user["Premium"] != "True" {
		t.Errorf("user: got %v", user)
	}
}

func TestTokenLivesAYearAtLeastAndAsLongAsTheLicense(t *testing.T) {
	short, long := term(), term()
	short.TrialEnd = noon.AddDate(0, 0, 7)
	for name, test := range map[string]struct {
		term license.Term
		want time.Time
	}{
		"license of a week":          {short, noon.AddDate(1, 0, 0)},
		"license of fourteen months": {long, at("2027-03-02")},
	} {
		l, err := license.NewOrganization(signer(), facts(), test.term, 15)
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, l.Token)["exp"]; got != float64(test.want.Unix()) {
			t.Errorf("%s: got %v, want %v", name, got, test.want.Unix())
		}
	}
}

func TestTokenOfAnotherMakeIsRead(t *testing.T) {
	key := keyOf(t, signer())
	tests := map[string]struct {
		edit  func(map[string]any)
		check func(license.Organization) bool
	}{
		"as it is":      {func(map[string]any) {}, func(l license.Organization) bool { return l.UseSSO }},
		"unknown claim": {func(c map[string]any) { c["UseTelepathy"] = "True" }, func(l license.Organization) bool { return true }},
		"a claim less":  {func(c map[string]any) { delete(c, "UsePam") }, func(l license.Organization) bool { return !l.UsePAM && !l.States("UsePam") }},
		"absent is default": {func(c map[string]any) { delete(c, "LimitCollectionCreationDeletion") }, func(l license.Organization) bool {
			return l.LimitCollectionCreationDeletion
		}},
		"no seats limit":  {func(c map[string]any) { delete(c, "Seats") }, func(l license.Organization) bool { return l.Seats == nil }},
		"empty text":      {func(c map[string]any) { c["Seats"] = "" }, func(l license.Organization) bool { return l.Seats == nil }},
		"plain values":    {func(c map[string]any) { c["Seats"], c["UsePam"], c["Name"] = 7, true, nil }, func(l license.Organization) bool { return *l.Seats == 7 && l.UsePAM && l.Name == "" }},
		"plan by name":    {func(c map[string]any) { c["PlanType"] = "familiesannually" }, func(l license.Organization) bool { return l.PlanType == 22 }},
		"date with zone":  {func(c map[string]any) { c["Expires"] = "2026-09-01T00:00:00Z" }, func(l license.Organization) bool { return l.Expires.Equal(at("2026-09-01")) }},
		"two audiences":   {func(c map[string]any) { c["aud"] = []any{"x", c["aud"]} }, func(l license.Organization) bool { return true }},
		"no dates before": {func(c map[string]any) { delete(c, "nbf"); delete(c, "iat") }, func(l license.Organization) bool { return true }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			read, err := gate().AdmitOrganization(retoken(t, issue(t, 15), jose.RS256, key, test.edit), noon)
			if err != nil {
				t.Fatal(err)
			}
			if !test.check(read) {
				t.Errorf("got %+v", read)
			}
		})
	}
}

func TestTokensThatProveNothingAreRefused(t *testing.T) {
	key := keyOf(t, signer())
	same := func(map[string]any) {}
	set := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { maps.Copy(c, map[string]any{name: value}) }
	}
	l := issue(t, 15)
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(l.Token, ".")
	with := func(token string) license.Organization { c := l; c.Token = token; return c }
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	tests := map[string]struct {
		license license.Organization
		code    string
	}{
		"another signer":        {retoken(t, l, jose.RS256, keyOf(t, stranger()), same), "license-not-verified"},
		"another algorithm":     {retoken(t, l, jose.RS384, key, same), "license-not-verified"},
		"probabilistic padding": {retoken(t, l, jose.PS256, key, same), "license-not-verified"},
		"public key as secret":  {retoken(t, l, jose.HS256, spki, same), "license-not-verified"},
		"no algorithm":          {with(none + "." + parts[1] + "."), "license-not-verified"},
		"no signature":          {with(parts[0] + "." + parts[1] + "."), "license-not-verified"},
		"edited claims":         {with(parts[0] + "." + parts[1][:40] + "A" + parts[1][41:] + "." + parts[2]), "license-not-verified"},
		"truncated":             {with(l.Token[:len(l.Token)-20]), "license-not-verified"},
		"words":                 {with("not a token"), "license-not-verified"},
		"another issuer":        {retoken(t, l, jose.RS256, key, set("iss", "bytewarden")), "license-not-verified"},
		"another audience":      {retoken(t, l, jose.RS256, key, set("aud", "user:"+l.ID.String())), "license-not-verified"},
		"no expiry":             {retoken(t, l, jose.RS256, key, func(c map[string]any) { delete(c, "exp") }), "license-not-verified"},
		"unreadable seats":      {retoken(t, l, jose.RS256, key, set("Seats", "many")), "license-not-verified"},
		"unreadable date":       {retoken(t, l, jose.RS256, key, set("Expires", "soon")), "license-not-verified"},
		"unreadable flag":       {retoken(t, l, jose.RS256, key, set("Enabled", "maybe")), "license-not-verified"},
		"list as claim":         {retoken(t, l, jose.RS256, key, set("Name", []any{"a"})), "license-not-verified"},
		"dead token":            {retoken(t, l, jose.RS256, key, set("exp", noon.Add(-10*time.Minute).Unix())), "license-expired"},
		"dead for 3 minutes":    {retoken(t, l, jose.RS256, key, set("exp", noon.Add(-3*time.Minute).Unix())), ""},
		"not valid yet":         {retoken(t, l, jose.RS256, key, set("nbf", noon.Add(10*time.Minute).Unix())), "license-not-issued-yet"},
		"expired, living token": {retoken(t, l, jose.RS256, key, set("Expires", "02/28/2026 00:00:00")), "license-expired"},
		"no installation":       {retoken(t, l, jose.RS256, key, func(c map[string]any) { delete(c, "InstallationId") }), "license-installation-mismatch"},
		"no word of enabled":    {retoken(t, l, jose.RS256, key, func(c map[string]any) { delete(c, "Enabled") }), "license-organization-disabled"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := gate().AdmitOrganization(test.license, noon)
			wantCode(t, err, test.code)
		})
	}
}
