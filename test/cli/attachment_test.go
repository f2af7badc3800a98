package cli_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"coffre/internal/client"
	"coffre/test/harness"
)

// large is the size of the one large file that the CLI uploads.
const large = 100 << 20

// Scenario 179 of spec 03, for files: the official CLI adds some to items of its own and
// of an organization, reads them back byte by byte, takes them along when an item is
// shared, and deletes them. Of its own it needs premium.
func TestTheOfficialCLIKeepsFilesOfItems(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, map[string]string{"coffre__premium": "everyone"})
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
	folder := t.TempDir()
	small, big := random(t, filepath.Join(folder, "plan.txt"), 10_000), random(t, filepath.Join(folder, "film.bin"), large)
	type holder struct {
		ID          string
		Attachments []struct{ ID, FileName, Size string }
	}
	attach := func(item, file string, n int) string {
		t.Helper()
		got := decoded[holder](t, bw("create", "attachment", "--itemid", item, "--file", file))
		if len(got.Attachments) != n || got.Attachments[n-1].FileName != filepath.Base(file) {
			t.Fatalf("the item has %+v", got)
		}
		return got.Attachments[n-1].ID
	}
	comesBack := func(item, file, want string) {
		t.Helper()
		back := filepath.Join(t.TempDir(), "back")
		bw("get", "attachment", file, "--itemid", item, "--output", back).want(t, 0)
		if sum(t, back) != sum(t, want) {
			t.Errorf("%s came back as something else", want)
		}
	}

	item := decoded[cliItem](t, bw("create", "item", encoded(t, cliItem{Type: 1, Name: "Bank", Login: &cliLogin{Username: "ada"}}))).ID
	first, second := attach(item, small, 1), attach(item, big, 2)
	comesBack(item, first, small)
	comesBack(item, second, big)
	bw("sync", "--force").want(t, 0)
	bw("get", "item", item).want(t, 0, first, second, "plan.txt")
	bw("delete", "attachment", second, "--itemid", item).want(t, 0)

	collections := decoded[[]struct{ ID string }](t, bw("list", "collections").want(t, 0, "Everyone"))
	acme := made.ID.String()
	bw("move", item, acme, encoded(t, []string{collections[0].ID})).want(t, 0)
	bw("sync", "--force").want(t, 0)
	comesBack(item, first, small)
	attach(item, small, 2)
	team := decoded[cliItem](t, bw("create", "item", encoded(t, cliItem{
		Type: 1, Name: "Team", OrganizationID: &acme, CollectionIDs: []string{collections[0].ID}, Login: &cliLogin{Username: "team"},
	}))).ID
	comesBack(team, attach(team, small, 1), small)
	bw("delete", "item", team, "--permanent").want(t, 0)
	var synced struct{ Ciphers []json.RawMessage }
	if err := ada.Do(t.Context(), "GET", "/api/sync", nil, &synced); err != nil || len(synced.Ciphers) != 1 {
		t.Errorf("the sync has %d items: %v", len(synced.Ciphers), err)
	}
}

// random writes a file of random bytes.
func random(t *testing.T, path string, size int64) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(f, rand.Reader, size); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
