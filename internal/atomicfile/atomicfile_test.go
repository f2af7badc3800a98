package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"coffre/internal/atomicfile"
)

func TestShorterContentLeavesNothingOfTheLonger(t *testing.T) {
	file := filepath.Join(t.TempDir(), "folder", "file")
	for _, content := range []string{"a long content", "short"} {
		if err := atomicfile.Write(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != "short" {
		t.Errorf("got %q, %v", got, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left in the folder, want 1; %v", len(left), err)
	}
}

func TestFailedWriteKeepsTheOldFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(filepath.Join(folder, "taken"), []byte("new"), 0o600); err == nil {
		t.Error("a folder was replaced by a file")
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Errorf("%d entries are left, want 1; %v", len(left), err)
	}
}
