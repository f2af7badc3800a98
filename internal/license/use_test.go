package license_test

import (
	"strings"
	"testing"

	"coffre/internal/fault"
	"coffre/internal/license"
)

func TestUseWithinTheLicenseIsFine(t *testing.T) {
	all := license.Use{
		Seats: 8, Collections: 2, Groups: 9, CustomMembers: 9, Policies: 9, SSO: 9, KeyConnector: 9, SCIM: 9, ResetPasswordPolicies: 1,
	}
	unlimited := license.Organization{Facts: facts()}
	unlimited.Seats, unlimited.MaxCollections = nil, nil
	unlimited.UseKeyConnector, unlimited.UseSCIM = true, true
	if err := all.Check(unlimited); err != nil {
		t.Errorf("unlimited: %v", err)
	}
	small := license.Organization{}
	small.Seats, small.MaxCollections = new(8), new(2)
	if err := (license.Use{Seats: 8, Collections: 2, Groups: 1}).Check(small); err != nil {
		t.Errorf("exactly full: %v", err)
	}
}

// Scenario 125 of spec 01, for each capability.
func TestUseBeyondTheLicenseIsNamed(t *testing.T) {
	small := license.Organization{}
	small.Seats, small.MaxCollections = new(8), new(2)
	tests := map[string]struct {
		use      license.Use
		code     string
		contains []string
	}{
		"seats before all else": {license.Use{Seats: 10, Collections: 3, Policies: 1}, "license-too-few-seats", []string{"10", "8"}},
		"collections":           {license.Use{Collections: 3}, "license-too-few-collections", []string{"3", "2"}},
		"groups":                {license.Use{Groups: 2}, "license-without-groups", []string{"2", "0"}},
		"policies before sso":   {license.Use{Policies: 5, SSO: 1}, "license-without-policies", []string{"5", "0"}},
		"sso":                   {license.Use{SSO: 1}, "license-without-sso", []string{"1", "0"}},
		"key connector":         {license.Use{KeyConnector: 6}, "license-without-key-connector", []string{"6", "0"}},
		"scim":                  {license.Use{SCIM: 1}, "license-without-scim", []string{"1", "0"}},
		"custom roles":          {license.Use{CustomMembers: 4}, "license-without-custom-permissions", []string{"4", "0"}},
		"account recovery":      {license.Use{ResetPasswordPolicies: 1}, "license-without-reset-password", []string{"1", "0"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.use.Check(small)
			wantCode(t, err, test.code)
			for _, language := range []string{"en", "fr"} {
				text := fault.Text(err, language)
				for _, part := range test.contains {
					if !strings.Contains(text, part) {
						t.Errorf("%q does not contain %q", text, part)
					}
				}
				if strings.ContainsAny(text, "{}") || text == "" {
					t.Errorf("%s: got %q", language, text)
				}
			}
		})
	}
}
