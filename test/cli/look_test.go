package cli_test

import (
	"strings"
	"testing"
)

// look reads whatever the CLI prints by itself of what it has synced, and asks for what
// this server does not have. A process for each takes seconds, so that the commands do
// only what a CLI that serves does not.
func look(t *testing.T, d desk, w *walker) {
	bw := func(args ...string) result { return d.bw(t, args...) }
	of := []string{"--organizationid", w.acme}
	approvals := [][]string{{"list"}, {"approve-all"}, {"deny-all"}, {"approve", w.acme}, {"deny", w.acme}}
	if _, isServed := d.(*served); !isServed {
		bw("get", "template", "item").want(t, 0, `"name"`)
		bw("send", "template", "send.text").want(t, 0, `"deletionDate"`)
		bw("completion", "--shell", "zsh").want(t, 0, "#compdef")
		bw("device-approval", "list", of[0], of[1]).want(t, 1, "Resource not found.")
		return
	}
	for _, words := range approvals { // no organization approves devices
		bw(append(append([]string{"device-approval"}, words...), of...)...).want(t, 1, "Resource not found.")
	}
	notes, secret := "Ask at the counter.", "JBSWY3DPEHPK3PXP"
	folder := decoded[struct{ ID string }](t, bw("create", "folder", encoded(t, map[string]string{"name": "Shops"}))).ID
	item := decoded[cliItem](t, bw("create", "item", encoded(t, cliItem{
		Type: 1, Name: "Shop", Notes: &notes, FolderID: &folder, Login: &cliLogin{Username: "ada.shops", TOTP: &secret, URIs: []cliURI{{URI: "https://shop.example"}}},
	}))).ID
	bw("sync", "--force").want(t, 0)
	for what, says := range map[string]string{"notes": notes, "uri": "https://shop.example", "username": "ada.shops", "folder": folder} {
		of := item
		if what == "folder" {
			of = folder
		}
		bw("get", what, of).want(t, 0, says)
	}
	if code := strings.TrimSpace(bw("get", "totp", item).want(t, 0).out); len(code) != 6 {
		t.Errorf("the code of the item is %q", code)
	}
	everyone := decoded[[]struct{ ID string }](t, bw("list", "collections").want(t, 0, "Everyone"))[0].ID
	bw("get", "collection", everyone).want(t, 0, "Everyone")
	bw("get", "organization", w.acme).want(t, 0, "Acme")
	bw(append([]string{"get", "org-collection", everyone}, of...)...).want(t, 0, "Everyone", `"groups":[]`)
	bw("get", "fingerprint", "me").want(t, 0, "-")
	bw("get", "template", "folder").want(t, 0, `"name"`)
	bw("generate", "--length", "20").want(t, 0)
	bw("delete", "item", item, "--permanent").want(t, 0)
	bw("delete", "folder", folder).want(t, 0)
}
