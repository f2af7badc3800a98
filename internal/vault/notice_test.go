package vault_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/notice"
)

func TestFolderChangesAreAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ann := w.person(t, "ann@example.com")
		f, err := w.CreateFolder(t.Context(), ann, encrypted)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.RenameFolder(t.Context(), ann, f.ID, encrypted); err != nil {
			t.Fatal(err)
		}
		if err := w.DeleteFolders(t.Context(), ann, f.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.DeleteAllFolders(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
		want := []notice.Notice{
			notice.Folder(notice.FolderCreated, ann, f.ID, noon),
			notice.Folder(notice.FolderUpdated, ann, f.ID, noon),
			notice.Folder(notice.FolderDeleted, ann, f.ID, noon),
			notice.Vault(noon, ann),
		}
		if diff := cmp.Diff(want, w.said); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		w.said = nil
		if _, err := w.RenameFolder(t.Context(), ann, id.New(), encrypted); err == nil || len(w.said) != 0 {
			t.Errorf("a folder that is not there: %v, %v", err, w.said)
		}
	})
}
