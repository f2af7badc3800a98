package client_test

import (
	"strings"
	"testing"

	"coffre/internal/client"
)

func TestConfirmationWrapsTheKeyOfTheOrganization(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	if err := c.ConfirmMember(t.Context(), company, family); err == nil {
		t.Error("a key was given that nobody has")
	}
	keys := s.last(t, "/identity/accounts/register/finish").members(t)["userAsymmetricKeys"].(map[string]any)
	public, _ := keys["publicKey"].(string)
	want := client.NewKey()
	wrapped, err := client.WrapFor(public, want)
	if err != nil {
		t.Fatal(err)
	}
	s.answer("GET /api/sync", 200, `{"object":"sync","profile":{"organizations":[{"id":"`+company.String()+`","key":"`+wrapped+`"}]}}`)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	users := "/api/organizations/" + company.String() + "/users"
	s.answer("POST "+users+"/public-keys", 200, `{"data":[{"id":"`+family.String()+`","key":"`+public+`"}]}`)
	confirm := users + "/" + family.String() + "/confirm"
	s.answer("POST "+confirm, 200, ``)
	if err := c.ConfirmMember(t.Context(), company, family); err != nil {
		t.Fatal(err)
	}
	if key, _ := s.last(t, confirm).members(t)["key"].(string); !strings.HasPrefix(key, "4.") {
		t.Errorf("the key is %q", key)
	}
}
