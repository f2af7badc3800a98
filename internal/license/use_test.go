package license_test

import (
	"strings"
	"testing"

	"coffre/internal/fault"
	"coffre/internal/license"
)

func TestUseWithinTheLicenseIsFine(t *testing.T) {
	all := license.Use{
		Seats: 8, Collections: 2, Groups: 9, CustomMembers: 9,
		Policies: true, SSO: true, KeyConnector: true, SCIM: true, ResetPasswordPolicy: true,
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

func TestUseBeyondTheLicenseIsNamed(t *testing.T) {
	small := license.Organization{}
	small.Seats, small.MaxCollections = new(8), new(2)
	tests := map[string]struct {
		use      license.Use
		code     string
		contains []string
	}{
		"seats before all else": {
			license.Use{Seats: 10, Collections: 3, Policies: true}, "license-too-few-seats", []string{"10", "8"},
		},
		"collections":      {license.Use{Collections: 3}, "license-too-few-collections", []string{"3", "2"}},
		"groups":           {license.Use{Groups: 2}, "license-without-groups", []string{"2"}},
		"policies":         {license.Use{Policies: true, SSO: true}, "license-without-policies", nil},
		"sso":              {license.Use{SSO: true}, "license-without-sso", nil},
		"key connector":    {license.Use{KeyConnector: true}, "license-without-key-connector", nil},
		"scim":             {license.Use{SCIM: true}, "license-without-scim", nil},
		"custom roles":     {license.Use{CustomMembers: 4}, "license-without-custom-permissions", []string{"4"}},
		"account recovery": {license.Use{ResetPasswordPolicy: true}, "license-without-reset-password", nil},
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
