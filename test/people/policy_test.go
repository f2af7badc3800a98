package people_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

// company is an organization of Ada's, in which Bob is a user.
type company struct {
	*harness.Pair
	ada, bob harness.Person
	id       id.ID
}

func newCompany(t *testing.T, engine harness.Engine) company {
	t.Helper()
	c := company{Pair: harness.NewPair(t, engine, nil)}
	c.ada, c.bob = c.Join(t, "ada@acme.example", "Ada", "en"), c.Join(t, "bob@acme.example", "Bob", "en")
	made, err := c.ada.CreateOrganization(t.Context(), acme("Acme"))
	if err != nil {
		t.Fatal(err)
	}
	c.id = made.ID
	if err := c.ada.Invite(t.Context(), c.id, client.RoleUser, c.bob.Email); err != nil {
		t.Fatal(err)
	}
	_, values := c.Mail.Wait(t, c.bob.Email, "You are invited to join Acme").Link(t, c.Cloud.URL)
	memberID, err := id.Parse(values.Get("organizationUserId"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.bob.AcceptInvitation(t.Context(), c.id, memberID, values.Get("token")); err != nil {
		t.Fatal(err)
	}
	if err := c.ada.ConfirmMember(t.Context(), c.id, memberID); err != nil {
		t.Fatal(err)
	}
	return c
}

func acme(name string) client.NewOrganization {
	return client.NewOrganization{
		Name: name, BillingEmail: "ada@acme.example", PlanType: 20, AdditionalSeats: 5, CollectionName: "All", Country: "FR", PostalCode: "75001",
	}
}

// set sets a policy as Ada.
func (c company) set(t *testing.T, number int, on bool, data any) {
	t.Helper()
	path := fmt.Sprintf("/api/organizations/%s/policies/%d", c.id, number)
	in := map[string]any{"policy": map[string]any{"enabled": on, "data": data}, "metadata": nil}
	if err := c.ada.Do(t.Context(), http.MethodPut, path, in, nil); err != nil {
		t.Fatal(err)
	}
}

// ask sends what Bob proves with his password.
func (c company) ask(t *testing.T, method, path string, in map[string]any) string {
	t.Helper()
	hash, err := c.bob.Hash(harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	in["masterPasswordHash"] = hash
	var answer rawAnswer
	if err := c.bob.Do(t.Context(), method, path, in, &answer); err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// rawAnswer is an answer as it came.
type rawAnswer []byte

func (r *rawAnswer) UnmarshalJSON(raw []byte) error {
	*r = append([]byte{}, raw...)
	return nil
}

// belongs reports whether Bob sees the organization.
func (c company) belongs(t *testing.T) bool {
	t.Helper()
	vault, err := c.bob.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, found := vault.Organization(c.id)
	return found
}

// Scenarios 118, 119 and 123, with all rooms joined as the program joins them.
func TestAnOrganizationRulesItsMembers(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, engine)
			c.set(t, 1, true, map[string]any{"minLength": 14})
			if got := c.ask(t, http.MethodPost, "/api/accounts/verify-password", map[string]any{}); !strings.Contains(got, `"minLength":14`) {
				t.Errorf("asked of the password: %s", got)
			}
			c.set(t, 3, true, nil)
			if _, err := c.bob.CreateOrganization(t.Context(), acme("Bob's")); !is(err, http.StatusBadRequest) {
				t.Errorf("another organization: got %v", err)
			}
			c.bob.SetAuthenticator(t, c.Cloud.Advance(t, 0))
			c.set(t, 0, true, nil)
			if !c.belongs(t) {
				t.Fatal("Bob has a second step, and yet is shut out")
			}
			c.ask(t, http.MethodPut, "/api/two-factor/disable", map[string]any{"type": 0})
			if c.belongs(t) {
				t.Error("Bob has no second step any more, and yet belongs to the organization")
			}
			c.Mail.Wait(t, c.bob.Email, "You no longer have access to Acme")
		})
	}
}
