package backup_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/backup"
	"coffre/internal/dbtest"
	"coffre/internal/seal"
)

// rewrite copies an archive with other members: edit returns what becomes of one,
// or nil to leave it out.
func rewrite(t *testing.T, file string, edit func(name string, content []byte) []byte, more map[string]string) string {
	t.Helper()
	in, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name string, content []byte) {
		member, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		member.Write(content)
	}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if kept := edit(f.Name, content); kept != nil || len(content) == 0 {
			add(f.Name, kept)
		}
	}
	for name, content := range more {
		add(name, []byte(content))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.zip")
	if err := os.WriteFile(changed, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

// empty is an archive of nothing.
func empty(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := zip.NewWriter(&out).Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, out.String())
}

func same(_ string, content []byte) []byte { return content }

// manifest copies an archive with another manifest.
func manifest(t *testing.T, file string, edit func(m *backup.Manifest), more map[string]string) string {
	t.Helper()
	return rewrite(t, file, func(name string, content []byte) []byte {
		if name != "manifest.json" {
			return content
		}
		var m backup.Manifest
		if err := json.Unmarshal(content, &m); err != nil {
			t.Fatal(err)
		}
		edit(&m)
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}, more)
}

// part copies the first bytes of a file, and what follows them.
func part(t *testing.T, file string, most int, then string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.zip")
	if err := os.WriteFile(cut, append(raw[:most], then...), 0o600); err != nil {
		t.Fatal(err)
	}
	return cut
}

func TestRefusedBackupChangesNothing(t *testing.T) {
	file := filled(t, dbtest.SQLite(t)).backUp(t, root)
	size := len(read(t, file))
	member := func(name string) func(*backup.Manifest) {
		return func(m *backup.Manifest) { m.Files = append(m.Files, backup.File{Path: name, Mode: 0o600}) }
	}
	tests := map[string]struct{ file, says string }{
		"not a backup":      {write(t, "<html>"), "not a whole backup"},
		"an empty file":     {write(t, ""), "not a whole backup"},
		"absent":            {filepath.Join(t.TempDir(), "none.zip"), "no such file"},
		"another archive":   {rewrite(t, empty(t), same, map[string]string{"a": "b"}), "no manifest"},
		"cut off":           {part(t, file, size-100, ""), "not a whole backup"},
		"cut in the middle": {part(t, file, size/2, ""), "not a whole backup"},
		"other rows": {rewrite(t, file, func(name string, content []byte) []byte {
			return bytes.Replace(content, []byte(`"old"`), []byte(`"new"`), 1)
		}, nil), "damaged: database/organization.jsonl"},
		"another file": {rewrite(t, file, func(name string, content []byte) []byte {
			if strings.HasPrefix(name, "files/") {
				return bytes.ReplaceAll(content, []byte("cipher"), []byte("chiper"))
			}
			return content
		}, nil), "damaged: files/core/attachments/a/b"},
		"a longer file": {rewrite(t, file, func(name string, content []byte) []byte {
			if strings.HasPrefix(name, "files/") {
				return append(content, 'x')
			}
			return content
		}, nil), "damaged: files/"},
		"a missing member": {rewrite(t, file, func(name string, content []byte) []byte {
			if name == "database/organization.jsonl" {
				return nil
			}
			return content
		}, nil), "lacks database/organization.jsonl"},
		"one member more":   {rewrite(t, file, same, map[string]string{"files/core/more": "x"}), "files/core/more"},
		"a member twice":    {rewrite(t, file, same, map[string]string{"manifest.json": "{}"}), "two members"},
		"a later format":    {manifest(t, file, func(m *backup.Manifest) { m.Format = 2 }, nil), "update Coffre"},
		"a later version":   {manifest(t, file, func(m *backup.Manifest) { m.Migrations = append(m.Migrations, "9999_later") }, nil), "newer version"},
		"another role":      {manifest(t, file, func(m *backup.Manifest) { m.Role = "cloud" }, nil), "cloud"},
		"fewer rows":        {manifest(t, file, func(m *backup.Manifest) { m.Tables[len(m.Tables)-1].Rows++ }, nil), "rows instead of"},
		"an unknown column": {manifest(t, file, func(m *backup.Manifest) { m.Tables[0].Columns[0] = "nobody_knows" }, nil), "nobody_knows"},
		"a way out":         {manifest(t, file, member("core/../../out"), map[string]string{"files/core/../../out": ""}), "core/../../out"},
		"a way to the root": {manifest(t, file, member("/etc/passwd"), map[string]string{"files//etc/passwd": ""}), "/etc/passwd"},
		"a way on Windows":  {manifest(t, file, member(`core\..\..\out`), map[string]string{`files/core\..\..\out`: ""}), `core`},
		"the database":      {manifest(t, file, member("db/coffre.db"), map[string]string{"files/db/coffre.db": ""}), "db/coffre.db"},
		"a program":         {manifest(t, file, func(m *backup.Manifest) { m.Files[0].Mode = os.ModeSymlink | 0o777 }, nil), "which no backup has"},
		"a table's way out": {manifest(t, file, func(m *backup.Manifest) { m.Tables[0].Name = "../x" }, nil), "../x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			target := filled(t, dbtest.SQLite(t))
			target.unchanged(t, func() {
				err := target.restore(t, target.restoration(), test.file)
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v, want %q", err, test.says)
				}
			})
		})
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRootKeyDecides(t *testing.T) {
	other := bytes.Repeat([]byte{8}, seal.KeySize)
	source := filled(t, dbtest.SQLite(t))
	with, without := source.backUp(t, root), source.backUp(t, nil)
	wrong := source.backUp(t, other)
	setting := func(key []byte) string { return strings.TrimSpace(string(seal.RootText(key))) }
	tests := map[string]struct {
		file    string
		present []byte
		setting string
		says    string // "" when it is restored
		key     []byte // in the file afterwards
	}{
		"included":                         {file: with, key: root},
		"included, and present":            {file: with, present: root, key: root},
		"included, and another is present": {file: with, present: other, key: root},
		"included, and in the setting":     {file: with, setting: setting(root)},
		"included, another in the setting": {file: with, setting: setting(other), says: "coffre__keys__root"},
		"included, and wrong":              {file: wrong, says: "not that of the database"},
		"left out, and none present":       {file: without, says: "does not hold the root key"},
		"left out, and present":            {file: without, present: root, key: root},
		"left out, another is present":     {file: without, present: other, says: "not that of the backup", key: other},
		"left out, and in the setting":     {file: without, setting: setting(root)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			target := newServer(t, dbtest.SQLite(t))
			if test.present != nil {
				target.put(t, "keys/root.key", string(seal.RootText(test.present)))
			}
			r := target.restoration()
			r.RootSetting = test.setting
			err := target.restore(t, r, test.file)
			if err == nil != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
			files := target.files(t)
			if got := files["keys/root.key"]; test.key == nil && got != "" || test.key != nil && got != string(seal.RootText(test.key)) {
				t.Errorf("the root key is %q", got)
			}
			beside := files["keys/root.key.before-20261123-120000"]
			if replaced := test.present != nil && !bytes.Equal(test.present, test.key); replaced != (beside != "") {
				t.Errorf("beside it is %q", beside)
			}
		})
	}
}
