// Package backup puts all that must survive of a server into one file, and back.
//
// The file is a ZIP archive: the rows of each table as lines of JSON, the files of
// the data folder, and a manifest that is written last and names everything with
// its checksum. The rows belong to no engine: what SQLite gave, PostgreSQL takes.
//
// A restore looks through the whole archive before it changes anything. Then the
// database is replaced in one transaction, which also notes that files are to
// follow from where they were laid ready; what a power cut leaves undone, the next
// start does. So a server is the old one or the restored one, and nothing between.
package backup

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Format is the number of the form that archives have.
const Format = 1

// What an archive's members are called.
const (
	manifestName = "manifest.json"
	rowsFolder   = "database/"
	filesFolder  = "files/"

	settingsFile = "env/global.override.env"
	rootKeyFile  = "keys/root.key"
)

// folders are those of the data folder whose files survive.
var folders = []string{"core", "licensing"}

// Manifest says what is in an archive.
type Manifest struct {
	Format     int       `json:"format"`
	Version    string    `json:"version"` // of the program
	Role       string    `json:"role"`    // self-hosted or cloud
	Engine     string    `json:"engine"`  // sqlite or postgresql
	MadeAt     time.Time `json:"madeAt"`
	Migrations []string  `json:"migrations"` // that the schema has seen
	RootKey    bool      `json:"rootKey"`    // whether the root key is among the files
	Tables     []Table   `json:"tables"`     // each after all that it refers to
	Files      []File    `json:"files"`
}

// Table is the rows of a table: an array of the columns' values on each line.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Sum
}

// File is a file of the data folder.
type File struct {
	Path string      `json:"path"` // in the data folder, with slashes
	Mode fs.FileMode `json:"mode"`
	Sum
}

// Sum is what a member must amount to.
type Sum struct {
	Size   int64  `json:"size"`   // bytes, before compression
	SHA256 string `json:"sha256"` // hexadecimal
}

func (t Table) member() string { return rowsFolder + t.Name + ".jsonl" }

func (f File) member() string { return filesFolder + f.Path }

// Rows counts those of all tables.
func (m Manifest) Rows() (rows int64) {
	for _, t := range m.Tables {
		rows += t.Rows
	}
	return rows
}

// size is how many bytes there are to read.
func (m Manifest) size() (size int64) {
	for _, t := range m.Tables {
		size += t.Size
	}
	for _, f := range m.Files {
		size += f.Size
	}
	return size
}

// String describes the archive in a few words.
func (m Manifest) String() string {
	key := "without the root key"
	if m.RootKey {
		key = "with the root key"
	}
	return fmt.Sprintf("%d rows of %d tables and %d files of a %s server on %s, %s, from %s",
		m.Rows(), len(m.Tables), len(m.Files), m.Role, m.Engine, key, m.MadeAt.Format("2006-01-02 15:04 UTC"))
}

var words = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// check reports the first thing in a manifest that no backup of ours has.
func (m Manifest) check() error {
	if m.Format != Format {
		return fmt.Errorf("its format is %d, and this version of Coffre reads %d: update Coffre", m.Format, Format)
	}
	seen := map[string]bool{}
	for _, t := range m.Tables {
		names := append([]string{t.Name}, t.Columns...)
		if slices.ContainsFunc(names, func(name string) bool { return !words.MatchString(name) }) || seen[t.member()] || t.Size < 0 {
			return fmt.Errorf("it has the table %q, which no server has", t.Name)
		}
		seen[t.member()] = true
	}
	for _, f := range m.Files {
		if !restorable(f.Path) || seen[f.member()] || f.Size < 0 || f.Mode != f.Mode.Perm() {
			return fmt.Errorf("it has the file %q, which no backup has", f.Path)
		}
		seen[f.member()] = true
	}
	return nil
}

// restorable reports whether a file may be written in the data folder: nothing
// leads out of it, or to a place where a backup takes nothing from.
func restorable(name string) bool {
	if name == settingsFile || name == rootKeyFile {
		return true
	}
	folder, _, inside := strings.Cut(name, "/")
	return inside && slices.Contains(folders, folder) && fs.ValidPath(name) && path.Clean(name) == name &&
		!strings.ContainsAny(name, "\\:\x00")
}

// Progress is told what goes on, about once a second. A total of zero is unknown.
type Progress func(what string, done, total int64)
