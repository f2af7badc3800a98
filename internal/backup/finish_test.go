package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/backup"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/seal"
)

// A folder in the place of a file stands for whatever ends a restore between the
// database and the files.
func TestNextStartBringsTheFilesThatARestoreHasLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		file := filled(t, dbtest.SQLite(t)).backUp(t, root)
		target := newServer(t, d)
		r := target.restoration()
		a, err := backup.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		if err := r.Prepare(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		obstacle := filepath.Join(string(target.Folder), "keys", "root.key")
		if err := os.MkdirAll(filepath.Join(obstacle, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := r.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "next start") {
			t.Fatalf("got %v, want that the next start tries again", err)
		}
		if err := r.Discard(); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(obstacle); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time there is nothing to do
			if err := backup.Finish(t.Context(), d, target.Folder); err != nil {
				t.Fatal(err)
			}
		}
		files := target.files(t)
		if files["keys/root.key"] != string(seal.RootText(root)) || files["licensing/trusted.pem"] != "trusted" {
			t.Errorf("the files are %v", files)
		}
		for name := range files {
			if strings.HasPrefix(name, ".restore/") {
				t.Errorf("%s still lies ready", name)
			}
		}
	})
}

func TestWhatLaysReadyForNothingIsSwept(t *testing.T) {
	s := filled(t, dbtest.SQLite(t))
	a, err := backup.Open(s.backUp(t, root))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	killed := ".restore/killed/0"
	s.put(t, killed, "secret")
	r := s.restoration()
	if err := r.Prepare(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	ready := len(s.files(t))
	if err := backup.Finish(t.Context(), s.DB, s.Folder); err != nil {
		t.Fatal(err)
	}
	if len(s.files(t)) != ready {
		t.Error("a start takes away what a restore lays ready")
	}
	if err := s.restoration().Prepare(t.Context(), a); err == nil || !strings.Contains(err.Error(), "another restore") {
		t.Errorf("two restores at a time: %v", err)
	}
	if err := r.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := backup.Finish(t.Context(), s.DB, s.Folder); err != nil {
		t.Fatal(err)
	}
	if s.files(t)[killed] != "" {
		t.Error("what a killed restore laid ready is still there")
	}
}

func TestNewDatabaseHasNothingToFinish(t *testing.T) {
	d, err := db.OpenSQLite(filepath.Join(t.TempDir(), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := backup.Finish(t.Context(), d, newServer(t, d).Folder); err != nil {
		t.Error(err)
	}
}
