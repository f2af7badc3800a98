package cli_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

// orgCollection is a collection as the official CLI reads and prints it.
type orgCollection struct {
	ID             string          `json:"id,omitempty"`
	OrganizationID string          `json:"organizationId"`
	Name           string          `json:"name"`
	ExternalID     *string         `json:"externalId"`
	Groups         []orgSelection  `json:"groups"`
	Users          []orgSelection  `json:"users"`
	Object         json.RawMessage `json:"object,omitempty"`
}

type orgSelection struct {
	ID            id.ID `json:"id"`
	ReadOnly      bool  `json:"readOnly"`
	HidePasswords bool  `json:"hidePasswords"`
	Manage        bool  `json:"manage"`
}

// encoded is how the CLI is given JSON.
func encoded(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func decoded[T any](t *testing.T, r result) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.want(t, 0).out), &v); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	return v
}

// company makes an organization of which ada is the owner and bob has accepted the
// invitation.
func (o *office) company(t *testing.T, ada, bob harness.Person) (acme id.ID, members map[string]client.Member) {
	t.Helper()
	made, err := ada.CreateOrganization(t.Context(), client.NewOrganization{
		Name: "Acme", BillingEmail: ada.Email, PlanType: 20, AdditionalSeats: 5, CollectionName: "Everyone", Country: "FR", PostalCode: "75001",
	})
	if err == nil {
		err = ada.Invite(t.Context(), made.ID, client.RoleUser, bob.Email)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, link := o.mail.Wait(t, bob.Email, "You are invited to join Acme").Link(t, o.server.URL)
	memberID, err := id.Parse(link.Get("organizationUserId"))
	if err == nil {
		err = bob.AcceptInvitation(t.Context(), made.ID, memberID, link.Get("token"))
	}
	if err != nil {
		t.Fatal(err)
	}
	list, err := ada.Members(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	members = map[string]client.Member{}
	for _, m := range list {
		members[m.Email] = m
	}
	return made.ID, members
}

// manage confirms a member, who reads what is given to them; collections are given to
// members and taken away. Scenario 87 of spec 03, for items.
func manage(t *testing.T, d desk, w *walker) {
	of := []string{"--organizationid", w.acme}
	bw := func(args ...string) result { return d.bw(t, append(args, of...)...) }
	acme, err := id.Parse(w.acme)
	if err != nil {
		t.Fatal(err)
	}
	bobs := w.members[w.bob.Email].ID
	d.bw(t, "list", "organizations").want(t, 0, "Acme", w.acme)
	d.bw(t, "get", "fingerprint", w.bob.UserID().String()).want(t, 0, "-")
	bw("list", "org-members").want(t, 0, w.ada.Email, w.bob.Email, bobs.String())
	bw("confirm", "org-member", bobs.String()).want(t, 0)
	if list, err := w.ada.Members(t.Context(), acme); err != nil || len(list) != 2 || list[0].Status+list[1].Status != 2*client.MemberConfirmed {
		t.Errorf("after the confirmation: %+v, %v", list, err)
	}
	bw("confirm", "org-member", bobs.String()).want(t, 1)

	made := decoded[orgCollection](t, bw("create", "org-collection", encoded(t, orgCollection{
		OrganizationID: w.acme, Name: "Ops", Users: []orgSelection{{ID: w.members[w.ada.Email].ID, Manage: true}}, Groups: []orgSelection{},
	})))
	if made.ID == "" || made.Name != "Ops" {
		t.Fatalf("made %+v", made)
	}
	bw("list", "org-collections").want(t, 0, "Everyone", "Ops", made.ID)
	got := decoded[orgCollection](t, bw("get", "org-collection", made.ID))
	if got.Name != "Ops" || len(got.Users) != 1 || !got.Users[0].Manage {
		t.Errorf("got %+v", got)
	}
	external := "ops"
	got.Name, got.ExternalID, got.Users = "Operations", &external, append(got.Users, orgSelection{ID: bobs, ReadOnly: true})
	bw("edit", "org-collection", made.ID, encoded(t, got)).want(t, 0, "Operations")
	if again := decoded[orgCollection](t, bw("get", "org-collection", made.ID)); len(again.Users) != 2 || again.Name != "Operations" {
		t.Errorf("changed %+v", again)
	}

	d.bw(t, "sync", "--force").want(t, 0)
	d.bw(t, "create", "item", encoded(t, cliItem{
		Type: 1, Name: "Door", OrganizationID: &w.acme, CollectionIDs: []string{made.ID}, Login: &cliLogin{Username: "keys", Password: "lily"},
	})).want(t, 0, "lily")

	his := w.machine(t)
	his.open(t, w.bob)
	his.bw(t, "list", "collections").want(t, 0, "Operations", made.ID)
	his.bw(t, "list", "items").want(t, 0, "Door", "lily")
	if out := his.bw(t, "list", "org-collections", "--organizationid", w.acme).want(t, 0, "Operations").out; strings.Contains(out, "Everyone") {
		t.Errorf("he is told of collections that are not his: %s", out)
	}
	bw("delete", "org-collection", made.ID).want(t, 0)
	if out := bw("list", "org-collections").want(t, 0, "Everyone").out; strings.Contains(out, made.ID) {
		t.Errorf("it is still there: %s", out)
	}
	his.bw(t, "sync", "--force").want(t, 0)
	if out := his.bw(t, "list", "collections").want(t, 0).out; strings.Contains(out, made.ID) {
		t.Errorf("he still has it: %s", out)
	}
	bw("get", "org-collection", made.ID).want(t, 1, "not")
}
