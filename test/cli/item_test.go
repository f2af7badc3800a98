package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

// keepItems lives a whole life of an item, and gives another to an organization.
func keepItems(t *testing.T, d desk, w *walker) {
	bw := func(args ...string) result { return d.bw(t, args...) }
	folder := decoded[struct{ ID string }](t, bw("create", "folder", encoded(t, map[string]string{"name": "Bank"})))
	bw("edit", "folder", folder.ID, encoded(t, map[string]string{"name": "Banks"})).want(t, 0, "Banks")
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

	bw("archive", "item", item.ID).want(t, 0)
	bw("sync", "--force").want(t, 0)
	bw("list", "items", "--archived").want(t, 0, item.ID)
	bw("restore", "item", item.ID).want(t, 0)
	bw("delete", "item", item.ID).want(t, 0)
	bw("sync", "--force").want(t, 0)
	bw("list", "items", "--trash").want(t, 0, item.ID)
	if out := bw("list", "items").want(t, 0).out; strings.Contains(out, item.ID) {
		t.Errorf("it is not in the trash: %s", out)
	}
	bw("restore", "item", item.ID).want(t, 0)

	collections := decoded[[]struct{ ID, Name string }](t, bw("list", "collections").want(t, 0, "Everyone"))
	if len(collections) != 1 || collections[0].Name != "Everyone" {
		t.Fatalf("collections: %v", collections)
	}
	everyone := encoded(t, []string{collections[0].ID})
	bw("move", item.ID, w.acme, everyone).want(t, 0)
	bw("sync", "--force").want(t, 0)
	shared := decoded[cliItem](t, bw("get", "item", item.ID))
	if shared.OrganizationID == nil || *shared.OrganizationID != w.acme || len(shared.CollectionIDs) != 1 || shared.Login.Password != "rose" {
		t.Errorf("shared %+v", shared)
	}
	another := decoded[cliItem](t, bw("create", "item", encoded(t, cliItem{
		Type: 1, Name: "Team", OrganizationID: &w.acme, CollectionIDs: []string{collections[0].ID}, Login: &cliLogin{Username: "team"},
	})))
	bw("edit", "item-collections", another.ID, everyone).want(t, 0, collections[0].ID)
	bw("delete", "item", another.ID, "--permanent").want(t, 0)
	bw("delete", "folder", folder.ID).want(t, 0)
	bw("sync", "--force").want(t, 0)
	if out := bw("list", "items", "--organizationid", w.acme).want(t, 0, item.ID).out; strings.Contains(out, another.ID) {
		t.Errorf("it is still there: %s", out)
	}
	if out := bw("list", "folders").want(t, 0).out; strings.Contains(out, folder.ID) {
		t.Errorf("the folder is still there: %s", out)
	}
}

// carryFiles takes vaults in and out. What is exported is made on the machine, but
// for an organization's.
func carryFiles(t *testing.T, m *machine, w *walker) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"own.csv": "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n" +
			"Inbox,,login,Post,,,0,https://post.example,ada,violet,\n",
		"acme.csv": "collections,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n" +
			"Keys,login,Safe,,,0,,acme,orchid,\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.bw(t, "import", "bitwardencsv", filepath.Join(folder, "own.csv")).want(t, 0)
	m.bw(t, "import", "--organizationid", w.acme, "bitwardencsv", filepath.Join(folder, "acme.csv")).want(t, 0)
	m.bw(t, "sync", "--force").want(t, 0)
	m.bw(t, "export", "--format", "json", "--raw").want(t, 0, "Inbox", "Post", "violet")
	m.bw(t, "export", "--organizationid", w.acme, "--format", "json", "--raw").want(t, 0, "Keys", "Safe", "orchid")
}
