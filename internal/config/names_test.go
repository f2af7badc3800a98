package config_test

import (
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
	"github.com/google/go-cmp/cmp"

	"coffre/internal/config"
)

func TestEverySettingIsExplainedInBothLanguages(t *testing.T) {
	for _, s := range config.Settings() {
		if french := s.DocIn("fr"); s.DocIn("en") != s.Doc || french == s.Doc || french == "" {
			t.Errorf("%s: in English %q, in French %q", s.Name, s.DocIn("en"), french)
		}
	}
}

func TestUnknownNameWarnsWithTheNearest(t *testing.T) {
	tests := map[string]string{
		"globalSettings__enableCloudComunication":      "globalSettings__enableCloudCommunication",
		"COFFRE__CLOUD__URI":                           "coffre__cloud__url",
		"globalSettings__baseServiceUri__cloudRegoin":  "globalSettings__baseServiceUri__cloudRegion",
		"globalSettings_baseServiceUri__cloudRegion":   "globalSettings__baseServiceUri__cloudRegion", // as on a page that was copied badly
		"globalSetings__pushRelayBaseUri":              "globalSettings__pushRelayBaseUri",
		"cofre__cloud__url":                            "coffre__cloud__url",
		"adminSettings__admin":                         "adminSettings__admins",
		"globalSettings__mail__smtp__host__0":          "globalSettings__mail__smtp__host",
		"globalSettings__installation__identityUrl":    "globalSettings__installation__identityUri",
		"coffre__sponsorship__offerDay":                "coffre__sponsorship__offerDays",
		"globalSettings__postgresSql_connectionString": "globalSettings__postgreSql__connectionString",
	}
	for given, nearest := range tests {
		_, warnings, err := read(t, given+"=x")
		if err != nil || len(warnings) != 1 {
			t.Errorf("%s: error %v, warnings %v", given, err, warnings)
			continue
		}
		if w := warnings[0]; w.Key != given || !strings.Contains(w.Text, given) || !strings.HasSuffix(w.Text, nearest+".") {
			t.Errorf("%s: got %q, want the name and %s", given, w.Text, nearest)
		}
	}
}

func TestUnusedOfficialNamesAndForeignNamesAreSilent(t *testing.T) {
	mustRead(t, "PATH=/bin", "COFFRE_TEST_POSTGRES=x", "globalSettings__sqlServer__connectionString=x",
		"globalSettings__internalIdentityKey=x", "globalSettings__oidcIdentityClientKey=x", "globalSettings__duo__aKey=x",
		"globalSettings__identityServer__certificatePassword=x", "globalSettings__yubico__clientId=REPLACE",
		"globalSettings__hibpApiKey=REPLACE", "globalSettings__attachment__baseDirectory=x",
		"globalSettings__mail__smtp__trustServer=true", "globalSettings__baseServiceUri__internalApi=x",
		"adminSettings__deleteTrashDaysAgo=30")
}

func TestEverySettingIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range config.Settings() {
		if !strings.HasSuffix(s.Doc, ".") || strings.Contains(s.Doc, ". ") || s.Doc[:1] != strings.ToUpper(s.Doc[:1]) {
			t.Errorf("%s: %q is not one sentence", s.Name, s.Doc)
		}
		if lower := strings.ToLower(s.Name); seen[lower] {
			t.Errorf("%s stands twice", s.Name)
		} else {
			seen[lower] = true
		}
	}
}

func TestSettingsAreThoseThatAreRead(t *testing.T) {
	params, err := env.GetFieldParams(&config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var read, listed []string
	for _, p := range params {
		read = append(read, p.Key)
	}
	for _, s := range config.Settings() {
		listed = append(listed, s.Name)
	}
	if diff := cmp.Diff(read, listed); diff != "" {
		t.Error(diff)
	}
}
