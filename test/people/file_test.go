package people_test

import (
	"context"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"coffre/test/harness"
)

// Files count for whoever owns the item, and go with an organization and with a person.
func TestFilesCountAndGoWithTheirOwners(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			p := harness.NewPair(t, engine, nil)
			p.Cloud.Set(t, map[string]string{"coffre__premium": "everyone"})
			p.Cloud.Restart(t)
			ada := p.Join(t, "ada@acme.example", "Ada", "en")
			made, err := ada.CreateOrganization(t.Context(), acme("Acme"))
			if err != nil {
				t.Fatal(err)
			}
			do := func(method, path string, in, out any) {
				t.Helper()
				if err := ada.Do(t.Context(), method, path, in, out); err != nil {
					t.Fatal(err)
				}
			}
			var collections struct{ Data []struct{ ID string } }
			do("GET", "/api/collections", nil, &collections)
			key, _ := ada.OrganizationKey(made.ID)
			var item struct{ ID string }
			do("POST", "/api/ciphers/create", map[string]any{
				"collectionIds": []string{collections.Data[0].ID}, "cipher": map[string]any{
					"type": 2, "name": key.Encrypt([]byte("Note")), "secureNote": map[string]int{"type": 0}, "organizationId": made.ID,
				},
			}, &item)
			own, err := ada.Item(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			const size = 1 << 20
			for _, cipherID := range []string{own, item.ID} {
				f, err := ada.Announce(t.Context(), cipherID, size)
				if err == nil {
					err = ada.Upload(t.Context(), p.Cloud.URL, p.Cloud.HTTP(), f, strings.NewReader(strings.Repeat("a", size)))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			var page struct{ StorageName string }
			if do("GET", "/api/organizations/"+made.ID.String()+"/subscription", nil, &page); page.StorageName != "1 MB" {
				t.Errorf("the organization uses %q", page.StorageName)
			}
			remain(t, p.Cloud, 2)
			hash, err := ada.Hash(harness.Password)
			if err != nil {
				t.Fatal(err)
			}
			proof := map[string]string{"masterPasswordHash": hash}
			do(http.MethodDelete, "/api/organizations/"+made.ID.String(), proof, nil)
			remain(t, p.Cloud, 1)
			do(http.MethodDelete, "/api/accounts", proof, nil)
			remain(t, p.Cloud, 0)
		})
	}
}

// remain waits until the server's folder holds so many files.
func remain(t *testing.T, s *harness.Server, want int) {
	t.Helper()
	harness.Eventually(t, "the folder of files", func(context.Context) (bool, error) {
		there := 0
		err := filepath.WalkDir(filepath.Join(s.Data, "core", "attachments"), func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				there++
			}
			return err
		})
		return there == want, err
	})
}
