package backup_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/backup"
	"coffre/internal/db"
	"coffre/internal/dbtest"
)

func TestBackupOfEitherEngineRestoresOnBoth(t *testing.T) {
	for from, open := range engines(t) {
		source := filled(t, open())
		want := source.rows(t)
		file := source.backUp(t, root)
		for to, open := range engines(t) {
			t.Run(from+" to "+to, func(t *testing.T) {
				target := newServer(t, open())
				target.add(t, "later", 2)
				if err := target.restore(t, target.restoration(), file); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, target.rows(t)); diff != "" {
					t.Errorf("rows are not what they were: %s", diff)
				}
			})
		}
	}
}

func TestFilesThatSurviveComeBack(t *testing.T) {
	source := filled(t, dbtest.SQLite(t))
	file := source.backUp(t, root)
	target := newServer(t, dbtest.SQLite(t))
	target.put(t, "core/licenses/organization/later.json", "of after the backup")
	target.put(t, "licensing/trusted.pem", "another, much longer one")
	target.put(t, "mail/2.eml", "stays")
	if err := target.restore(t, target.restoration(), file); err != nil {
		t.Fatal(err)
	}
	want := source.files(t)
	for _, name := range []string{"run/coffre.pid", "mail/1.eml", "logs/today"} {
		delete(want, name)
	}
	want["mail/2.eml"] = "stays"
	if diff := cmp.Diff(want, target.files(t)); diff != "" {
		t.Errorf("files are not what they were: %s", diff)
	}
}

func TestSettingsThatAreThereStay(t *testing.T) {
	file := filled(t, dbtest.SQLite(t)).backUp(t, root)
	present := newServer(t, dbtest.SQLite(t))
	present.put(t, "env/global.override.env", "coffre__log__level=debug\n")
	running := newServer(t, dbtest.SQLite(t))
	for name, target := range map[string]server{"a file": present, "a server without a file": running} {
		r := target.restoration()
		r.KeepSettings = name != "a file"
		before := target.files(t)["env/global.override.env"]
		if err := target.restore(t, r, file); err != nil {
			t.Fatal(err)
		}
		files := target.files(t)
		if files["env/global.override.env"] != before || !strings.Contains(files["env/global.override.env.restored"], "selfHosted") {
			t.Errorf("%s: the settings are %q, those of the backup %q", name, files["env/global.override.env"], files["env/global.override.env.restored"])
		}
		if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], ".restored") {
			t.Errorf("%s: the operator is told %q", name, r.Notes)
		}
	}
}

func TestBackupIsOfOneMoment(t *testing.T) {
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			source := filled(t, open())
			want := source.rows(t)
			s, changed := source.source(), false
			file := filepath.Join(t.TempDir(), "backup.zip")
			out := writes(func([]byte) error {
				if !changed {
					changed = true
					source.add(t, "during the backup", 4)
				}
				return nil
			})
			target, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			defer target.Close()
			s.Root = root
			if err := s.Stream(t.Context(), io.MultiWriter(out, target)); err != nil {
				t.Fatal(err)
			}
			restored := newServer(t, open())
			if err := restored.restore(t, restored.restoration(), file); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, restored.rows(t)); diff != "" || !changed {
				t.Errorf("the backup has what came during it: %s", diff)
			}
		})
	}
}

type writes func([]byte) error

func (w writes) Write(p []byte) (int, error) { return len(p), w(p) }

func TestRestoreBeginsAnEpochAndRenewsInItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := filled(t, d)
		before, err := s.Epoch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		file := s.backUp(t, nil)
		s.add(t, "later", 1)
		r, broken := s.restoration(), errors.New("broken")
		r.Renew = func(context.Context) error { return broken }
		s.unchanged(t, func() {
			if err := s.restore(t, r, file); !errors.Is(err, broken) || !strings.Contains(err.Error(), "Nothing was changed") {
				t.Errorf("got %v", err)
			}
		})
		if err := s.restore(t, s.restoration(), file); err != nil {
			t.Fatal(err)
		}
		if after, err := s.Epoch(t.Context()); after == before || err != nil {
			t.Errorf("the epoch is %s as before (%v)", after, err)
		}
	})
}

func TestBackupOfAnEarlierVersionIsMigrated(t *testing.T) {
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			source := newServer(t, open())
			applied, err := source.Applied(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			// As it was before emergency access was there.
			if _, err := source.Exec(t.Context(), `DROP TABLE emergency_access`); err != nil {
				t.Fatal(err)
			}
			if _, err := source.Exec(t.Context(), `DELETE FROM migration WHERE name LIKE '0022%'`); err != nil {
				t.Fatal(err)
			}
			source.add(t, "old", 2)
			file := source.backUp(t, root)
			target := newServer(t, open())
			if err := target.restore(t, target.restoration(), file); err != nil {
				t.Fatal(err)
			}
			now, err := target.Applied(t.Context())
			if diff := cmp.Diff(applied, now); diff != "" || err != nil {
				t.Errorf("%v: %s", err, diff)
			}
			if _, err := target.Exec(t.Context(), `SELECT id FROM emergency_access`); err != nil {
				t.Error(err)
			}
			if got := len(target.rows(t)["member"]); got != 2 {
				t.Errorf("%d members, want 2", got)
			}
		})
	}
}

func TestFullDiskLeavesNoBackup(t *testing.T) {
	s := filled(t, dbtest.SQLite(t))
	left := 10_000
	full := writes(func(p []byte) error {
		if left -= len(p); left < 0 {
			return syscall.ENOSPC
		}
		return nil
	})
	if err := s.source().Stream(t.Context(), full); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want that the disk is full", err)
	}
	folder := t.TempDir()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.source().Write(ended, filepath.Join(folder, "backup.zip")); err == nil {
		t.Error("a backup that was broken off is no fault")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("%v is left (%v)", entries, err)
	}
}

func TestFullDiskLeavesTheOldServer(t *testing.T) {
	source := filled(t, dbtest.SQLite(t))
	source.add(t, "many", 3_000)
	file := source.backUp(t, root)
	target := filled(t, dbtest.SQLite(t))
	if _, err := target.Exec(t.Context(), `PRAGMA max_page_count = 200`); err != nil {
		t.Fatal(err)
	}
	target.unchanged(t, func() {
		err := target.restore(t, target.restoration(), file)
		if err == nil || !strings.Contains(err.Error(), "full") || !strings.Contains(err.Error(), "Nothing was changed") {
			t.Errorf("got %v, want that the disk is full", err)
		}
	})
}

func TestBackupReplacesNoFile(t *testing.T) {
	s := filled(t, dbtest.SQLite(t))
	file := s.backUp(t, nil)
	if _, err := s.source().Write(t.Context(), file); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("got %v", err)
	}
}

func TestProgressIsToldOnceASecond(t *testing.T) {
	half := 500 * time.Millisecond
	got := backup.Told([]time.Duration{half, half, 0, half, half, 0}, 6)
	if diff := cmp.Diff([]int64{2, 5}, got); diff != "" {
		t.Errorf("told at %s", diff)
	}
}
