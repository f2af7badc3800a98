package backup_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/backup"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/seal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var root = bytes.Repeat([]byte{7}, seal.KeySize)

// server is a database and a data folder.
type server struct {
	*db.DB
	config.Folder
}

// newServer makes one on which nothing has run.
func newServer(t *testing.T, d *db.DB) server {
	t.Helper()
	return server{d, config.Folder(t.TempDir())}
}

// filled makes one with a root key, a key that it seals, rows and files.
func filled(t *testing.T, d *db.DB) server {
	t.Helper()
	s := newServer(t, d)
	s.put(t, "keys/root.key", string(seal.RootText(root)))
	s.put(t, "env/global.override.env", "globalSettings__selfHosted=true\n")
	s.put(t, "licensing/trusted.pem", "trusted")
	s.put(t, "core/attachments/a/b", strings.Repeat("ciphertext", 5_000))
	s.put(t, "run/coffre.pid", "never")
	s.put(t, "mail/1.eml", "never")
	s.put(t, "logs/today", "never")
	if _, err := seal.Open(t.Context(), d, root, func() time.Time { return noon }); err != nil {
		t.Fatal(err)
	}
	s.add(t, "old", 3)
	return s
}

// add adds organizations, each with members.
func (s server) add(t *testing.T, name string, members int) {
	t.Helper()
	err := s.Tx(t.Context(), func(ctx context.Context) error {
		organization := id.New()
		if _, err := s.Exec(ctx, `INSERT INTO organization (id, name, billing_email, plan, plan_type, features, settings, enabled, status,
			license_key, expires_at, created_at, revised_at) VALUES ($1, $2, 'é@x', 'p', 20, '{"a":"<b>"}', '{}', TRUE, 1, $2, $3, $4, $4)`,
			organization, name, db.Time{}, db.Time(noon)); err != nil {
			return err
		}
		for range members {
			if _, err := s.Exec(ctx, `INSERT INTO member (id, organization_id, email, status, type, permissions, created_at, revised_at)
				VALUES ($1, $2, $1, 0, 2, '{}', $3, $3)`, id.New(), organization, db.Time(noon)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s server) put(t *testing.T, file, content string) {
	t.Helper()
	file = filepath.Join(string(s.Folder), file)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// rows returns all that is in the database, except what a restore makes new.
func (s server) rows(t *testing.T) map[string][]string {
	t.Helper()
	tables, err := s.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, table := range tables {
		err := s.Dump(t.Context(), table, func(values []any) error {
			if table.Name != "server_state" || values[0] != "epoch" {
				all[table.Name] = append(all[table.Name], cmp.Diff(nil, slices.Clone(values)))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(all[table.Name])
	}
	return all
}

// files returns all that is in the data folder.
func (s server) files(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(string(s.Folder), func(file string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(string(s.Folder), file)
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(file)
		files[filepath.ToSlash(name)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func silent(string, int64, int64) {}

func (s server) source() backup.Source {
	return backup.Source{
		DB: s.DB, Folder: s.Folder, Role: "self-hosted", Version: "test", Now: func() time.Time { return noon }, Progress: silent,
	}
}

// backUp makes a backup, with the root key when it is given.
func (s server) backUp(t *testing.T, root []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.zip")
	source := s.source()
	source.Root = root
	if _, err := source.Write(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	return file
}

func (s server) restoration() *backup.Restore {
	return &backup.Restore{
		DB: s.DB, Folder: s.Folder, Role: "self-hosted", Now: func() time.Time { return noon }, Progress: silent,
		Renew: func(context.Context) error { return nil },
	}
}

// restore restores a backup as a command does.
func (s server) restore(t *testing.T, r *backup.Restore, file string) error {
	t.Helper()
	a, err := backup.Open(file)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := r.Prepare(t.Context(), a); err != nil {
		return err
	}
	err = r.Apply(t.Context())
	if err := r.Discard(); err != nil {
		t.Error(err)
	}
	return err
}

// unchanged fails the test if fn changes anything.
func (s server) unchanged(t *testing.T, fn func()) {
	t.Helper()
	rows, files := s.rows(t), s.files(t)
	fn()
	if diff := cmp.Diff(rows, s.rows(t)); diff != "" {
		t.Errorf("rows have changed: %s", diff)
	}
	if diff := cmp.Diff(files, s.files(t)); diff != "" {
		t.Errorf("files have changed: %s", diff)
	}
}

// engines makes an empty database on each engine.
func engines(t *testing.T) map[string]func() *db.DB {
	return map[string]func() *db.DB{
		"sqlite":     func() *db.DB { return dbtest.SQLite(t) },
		"postgresql": func() *db.DB { return dbtest.Postgres(t) },
	}
}
