package vault_test

import (
	"reflect"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/vault"
)

func TestFolderComesBackAsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, bob := w.person(t, "alice@example.org"), w.person(t, "bob@example.org")
		f := vault.Folder{ID: id.New(), AccountID: alice, Name: encrypted, CreatedAt: noon, RevisedAt: noon}
		if err := w.Store.InsertFolder(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		later := noon.Add(time.Minute)
		if found, err := w.Store.RenameFolder(t.Context(), bob, f.ID, "stolen", later); err != nil || found {
			t.Errorf("renamed by another: got %v, %v", found, err)
		}
		if found, err := w.Store.RenameFolder(t.Context(), alice, f.ID, "renamed", later); err != nil || !found {
			t.Errorf("renamed: got %v, %v", found, err)
		}
		f.Name, f.RevisedAt = "renamed", later
		if got, err := w.Store.Folder(t.Context(), alice, f.ID); err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("got %+v, %v, want %+v", got, err, f)
		}
		if _, err := w.Store.Folder(t.Context(), bob, f.ID); err != fault.Gone {
			t.Errorf("read by another: got %v, want Gone", err)
		}
	})
}

func TestFoldersGoWithTheirPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		if _, err := w.CreateFolder(t.Context(), alice, encrypted); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(t.Context(), `DELETE FROM account WHERE id = $1`, alice); err != nil {
			t.Fatal(err)
		}
		if list, err := w.Store.Folders(t.Context(), alice); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v", list, err)
		}
	})
}
