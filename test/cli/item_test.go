package cli_test

import (
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/test/harness"
)

// cliItem is an item as the official CLI takes and prints it.
type cliItem struct {
	ID             string     `json:"id,omitempty"`
	OrganizationID *string    `json:"organizationId"`
	CollectionIDs  []string   `json:"collectionIds"`
	FolderID       *string    `json:"folderId"`
	Type           int        `json:"type"`
	Name           string     `json:"name"`
	Notes          *string    `json:"notes"`
	Favorite       bool       `json:"favorite"`
	Login          *cliLogin  `json:"login"`
	Fields         []struct{} `json:"fields"`
	Reprompt       int        `json:"reprompt"`
}

type cliLogin struct {
	Username string   `json:"username"`
	Password string   `json:"password"`
	TOTP     *string  `json:"totp"`
	URIs     []cliURI `json:"uris"`
}

type cliURI struct {
	Match *int   `json:"match"`
	URI   string `json:"uri"`
}

// Scenario 179 of spec 03, for items: the official CLI lives a whole life of one, and
// gives another to an organization.
func TestTheOfficialCLIKeepsItems(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, nil)
	ada := o.join(t, "ada")
	made, err := ada.CreateOrganization(t.Context(), client.NewOrganization{
		Name: "Acme", BillingEmail: ada.Email, PlanType: 20, AdditionalSeats: 5, CollectionName: "Everyone", Country: "FR", PostalCode: "75001",
	})
	if err != nil {
		t.Fatal(err)
	}
	m := o.machine(t)
	m.open(t, ada)
	bw := func(args ...string) result { return m.bw(t, args...) }

	folder := decoded[struct{ ID string }](t, bw("create", "folder", encoded(t, map[string]string{"name": "Banks"})))
	item := decoded[cliItem](t, bw("create", "item", encoded(t, cliItem{
		Type: 1, Name: "Bank", FolderID: &folder.ID, Favorite: true, Login: &cliLogin{Username: "ada", Password: "tulip", URIs: []cliURI{{URI: "https://bank.example"}}},
	})))
	if item.ID == "" || item.Login == nil || item.Login.Password != "tulip" || item.FolderID == nil || !item.Favorite {
		t.Fatalf("made %+v", item)
	}
	item.Login.Password = "rose"
	bw("edit", "item", item.ID, encoded(t, item)).want(t, 0, "rose")
	bw("sync", "--force").want(t, 0)
	bw("get", "password", item.ID).want(t, 0, "rose")
	bw("list", "items", "--folderid", folder.ID).want(t, 0, item.ID, "tulip") // in its history

	bw("delete", "item", item.ID).want(t, 0)
	bw("sync", "--force").want(t, 0)
	if out := bw("list", "items").want(t, 0).out; strings.Contains(out, item.ID) {
		t.Errorf("it is not in the trash: %s", out)
	}
	bw("list", "items", "--trash").want(t, 0, item.ID)
	bw("restore", "item", item.ID).want(t, 0)
	bw("sync", "--force").want(t, 0)
	bw("get", "item", item.ID).want(t, 0, "Bank")

	collections := decoded[[]struct{ ID string }](t, bw("list", "collections"))
	if len(collections) != 1 {
		t.Fatalf("collections: %v", collections)
	}
	acme := made.ID.String()
	bw("move", item.ID, acme, encoded(t, []string{collections[0].ID})).want(t, 0)
	bw("sync", "--force").want(t, 0)
	shared := decoded[cliItem](t, bw("get", "item", item.ID))
	if shared.OrganizationID == nil || *shared.OrganizationID != acme || len(shared.CollectionIDs) != 1 || shared.Login.Password != "rose" {
		t.Errorf("shared %+v", shared)
	}
	another := decoded[cliItem](t, bw("create", "item", encoded(t, cliItem{
		Type: 1, Name: "Team", OrganizationID: &acme, CollectionIDs: []string{collections[0].ID}, Login: &cliLogin{Username: "team"},
	})))
	bw("export", "--organizationid", acme, "--format", "json", "--raw").want(t, 0, "Bank", "Team")
	bw("delete", "item", another.ID, "--permanent").want(t, 0)
	bw("sync", "--force").want(t, 0)
	if out := bw("list", "items", "--organizationid", acme).want(t, 0, item.ID).out; strings.Contains(out, another.ID) {
		t.Errorf("it is still there: %s", out)
	}
}
