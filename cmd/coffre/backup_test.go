package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// said runs a command with an answer typed, and returns how it ended and what it said.
func said(t *testing.T, answer string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(answer), &o, &e)
	return code, o.String(), e.String()
}

// stopped makes a data folder with a database and a root key.
func stopped(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "bwdata")
	if code, _, errs := said(t, "", "migrate", "--data", folder); code != exitDone {
		t.Fatal(errs)
	}
	key := filepath.Join(folder, "keys", "root.key")
	if err := os.MkdirAll(filepath.Dir(key), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, []byte(strings.Repeat("07", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestBackupAsksForTheRootKey(t *testing.T) {
	folder := stopped(t)
	tests := map[string]struct {
		answer string
		flags  []string
		code   int
		says   string
	}{
		"yes":         {"yes\n", nil, exitDone, "with the root key"},
		"no":          {"no\n", nil, exitDone, "keep a copy of"},
		"perhaps":     {"perhaps\n", nil, exitUsage, "neither yes nor no"},
		"no answer":   {"", nil, exitUsage, "no backup was made"},
		"with":        {"", []string{"--with-root-key"}, exitDone, "with the root key"},
		"without":     {"", []string{"--without-root-key"}, exitDone, "without the root key"},
		"both":        {"", []string{"--with-root-key", "--without-root-key"}, exitUsage, "--with-root-key"},
		"nothing yet": {"", []string{"--with-root-key", "--data", t.TempDir()}, exitFault, "nothing to back up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "backup.zip")
			args := append([]string{"backup", file, "--data", folder}, test.flags...)
			code, out, errs := said(t, test.answer, args...)
			if code != test.code || !strings.Contains(out+errs, test.says) {
				t.Errorf("exit code %d, want %d; said %q and %q, want %q", code, test.code, out, errs, test.says)
			}
			if _, err := os.Stat(file); err == nil != (test.code == exitDone) {
				t.Errorf("the file: %v", err)
			}
		})
	}
}

func TestScriptMustSayWhatHappensToTheRootKey(t *testing.T) {
	in, out, err := os.Pipe() // as a script has, on which nobody types
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	var o, e bytes.Buffer
	args := []string{"backup", filepath.Join(t.TempDir(), "b.zip"), "--data", stopped(t)}
	if code := run(t.Context(), args, in, &o, &e); code != exitUsage || !strings.Contains(e.String(), "--without-root-key") {
		t.Errorf("exit code %d: %s", code, e.String())
	}
}

func TestFilesOutsideTheDataFolderAreNamed(t *testing.T) {
	folder, elsewhere := stopped(t), filepath.Join(t.TempDir(), "settings.env")
	if err := os.WriteFile(elsewhere, []byte("coffre__log__level=info\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	code, out, errs := said(t, "no\n", "backup", file, "--data", folder, "--env-file", elsewhere)
	if code != exitDone || !strings.Contains(out, "Not in the backup") || !strings.Contains(out, elsewhere) {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

// Where there is no env file yet, the one in the backup says which database it is.
func TestSettingsOfTheBackupCountOnAnEmptyMachine(t *testing.T) {
	folder, fresh := stopped(t), filepath.Join(t.TempDir(), "fresh")
	database := filepath.Join(t.TempDir(), "elsewhere.db")
	env := filepath.Join(folder, "env", "global.override.env")
	if err := os.MkdirAll(filepath.Dir(env), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(env, []byte("globalSettings__sqlite__connectionString="+database+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said(t, "", "migrate", "--data", folder)
	if code, _, errs := said(t, "yes\n", "backup", file, "--data", folder); code != exitDone {
		t.Fatal(errs)
	}
	if err := os.Remove(database); err != nil {
		t.Fatal(err)
	}
	code, out, errs := said(t, "", "restore", file, "--data", fresh)
	if code != exitDone || !strings.Contains(out, "Restored: ") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	for _, want := range []string{database, filepath.Join(fresh, "env", "global.override.env"), filepath.Join(fresh, "keys", "root.key")} {
		if _, err := os.Stat(want); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(fresh, "db", "coffre.db")); err == nil {
		t.Error("a database was made where the settings of the backup have none")
	}
}

func TestRestoreOfSomethingElseIsAFault(t *testing.T) {
	folder := stopped(t)
	file := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(file, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, filepath.Join(t.TempDir(), "none.zip")} {
		if code, _, errs := said(t, "", "restore", name, "--data", folder); code != exitFault || errs == "" {
			t.Errorf("%s: exit code %d, %q", name, code, errs)
		}
	}
}
