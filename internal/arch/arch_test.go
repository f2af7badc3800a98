// Package arch guards the layout: imports point down one list, a library has one
// owner, files stay short, and every fault has its text in both languages.
package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The packages of the server, each with the word it is called by: its folder
// without internal/. A package may import only what stands above it.
var (
	files = []string{"api", "migrations", "ui"}
	words = []string{"fault", "id", "encstring", "notice"}
	tools = []string{"atomicfile", "clock", "config", "db", "dbtest", "seal", "throttle", "web", "webvault", "jobs", "bus", "mail", "blob", "webauthn", "process"}
	rooms = []string{"event", "account", "registration", "device", "twostep", "passkey", "identity", "plan", "org", "policy", "collection", "member", "recovery", "orgtest", "send", "domain", "content", "cipher", "attachment", "vault", "vaulttest", "emergency", "rotation", "installation", "license", "premium", "billing", "ledger", "checkout", "sponsorship", "billingsync", "exchange", "icon", "push"}
	top   = []string{"backup", "doctor", "operator", "app", "client", "demo", "cmd/coffre"}
	order = slices.Concat(files, words, tools, rooms, top)
)

// only narrows the list for packages that must know less than their place allows:
// a client sees no more of the server than a stranger's client does, and the
// program's commands reach a room through what joins the rooms.
var only = map[string][]string{
	"client":     words,
	"cmd/coffre": slices.Concat(words, tools, top),
}

// owners names, for each library, the one package that wraps it. Two are an
// exception, for packages that use different halves of a library and share nothing.
var owners = map[string][]string{
	"github.com/alecthomas/kong":      {"cmd/coffre"},
	"github.com/caarlos0/env":         {"config"},
	"github.com/coder/websocket":      {"push"},
	"github.com/go-chi/chi":           {"web"},
	"github.com/go-jose/go-jose":      {"license", "identity"},
	"github.com/go-webauthn/webauthn": {"webauthn"},
	"github.com/google/uuid":          {"id"},
	"github.com/jackc/pgx":            {"db", "bus"},
	"github.com/minio/minio-go":       {"blob"},
	"github.com/pquerna/otp":          {"twostep"},
	"github.com/tinylib/msgp":         {"push"},
	"github.com/wneessen/go-mail":     {"mail"},
	"golang.org/x/crypto/argon2":      {"client"},
	"golang.org/x/crypto/pkcs12":      {"license"},
	"golang.org/x/text/language":      {"web", "account"},
	"golang.org/x/time/rate":          {"web"},
	"modernc.org/sqlite":              {"db"},
}

// longest is how many lines a file may have; a longer one holds two nouns.
const longest = 400

func TestImportsPointDown(t *testing.T) {
	for from, imports := range ours(t) {
		for _, to := range imports {
			if !allowed(from, to) {
				t.Errorf("%s may not import %s", from, to)
			}
		}
	}
}

func TestEveryPackageHasItsPlaceInTheList(t *testing.T) {
	for name := range ours(t) {
		if !slices.Contains(order, name) {
			t.Errorf("%s has no place in the list", name)
		}
	}
}

func TestEveryLibraryHasOneOwner(t *testing.T) {
	for name, imports := range packages(t) {
		for _, library := range imports {
			first, _, _ := strings.Cut(library, "/")
			if !strings.Contains(first, ".") {
				continue // the standard library, or ours
			}
			if want := ownersOf(library); !slices.Contains(want, name) {
				t.Errorf("%s may not import %s, which belongs to %v", name, library, want)
			}
		}
	}
}

func TestFilesStayShort(t *testing.T) {
	for file, text := range sources(t) {
		if lines := strings.Count(text, "\n"); lines > longest {
			t.Errorf("%s has %d lines, more than %d", file, lines, longest)
		}
	}
}

func TestAllowed(t *testing.T) {
	tests := map[string]struct {
		from, to string
		want     bool
	}{
		"a room uses a tool":                 {"account", "db", true},
		"a room uses a room above it":        {"sponsorship", "org", true},
		"a room uses a room below it":        {"org", "sponsorship", false},
		"a tool uses a room":                 {"web", "account", false},
		"a package uses itself":              {"web", "web", false},
		"the client uses a tool":             {"client", "config", false},
		"the commands use what joins":        {"cmd/coffre", "app", true},
		"the commands use a room":            {"cmd/coffre", "license", false},
		"a program uses the test database":   {"account", "dbtest", false},
		"a package uses what has no place":   {"app", "helpers", false},
		"a package that has no place itself": {"helpers", "fault", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := allowed(test.from, test.to); got != test.want {
				t.Errorf("%s imports %s: allowed %v, want %v", test.from, test.to, got, test.want)
			}
		})
	}
}

// allowed reports whether a package that ships may import another.
func allowed(from, to string) bool {
	i, j := slices.Index(order, from), slices.Index(order, to)
	if to == "dbtest" || j < 0 || j >= i {
		return false
	}
	list, narrow := only[from]
	return !narrow || slices.Contains(list, to)
}

func ownersOf(library string) []string {
	for prefix, names := range owners {
		if library == prefix || strings.HasPrefix(library, prefix+"/") {
			return names
		}
	}
	return nil
}

// ours returns what each package of the server imports of the server.
func ours(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for name, imports := range packages(t) {
		found[name] = nil
		for _, imported := range imports {
			if rest, ok := strings.CutPrefix(imported, "coffre/"); ok {
				found[name] = append(found[name], nameOf(rest))
			}
		}
	}
	return found
}

// packages returns the import paths of each package of the server; its tests, and
// the programs under test/ and tools/, may import what they like.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{}
	for file, text := range sources(t) {
		if strings.HasPrefix(file, "tools/") || strings.HasPrefix(file, "test/") {
			continue
		}
		name := nameOf(path.Dir(file))
		if found[name] == nil {
			found[name] = map[string]bool{}
		}
		for _, spec := range parse(t, file, text, parser.ImportsOnly).Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[name][imported] = true
		}
	}
	sorted := map[string][]string{}
	for name, imports := range found {
		sorted[name] = slices.Sorted(maps.Keys(imports))
	}
	return sorted
}

// nameOf shortens a folder to the word its package is called by in the list; what
// lies deeper belongs to the package above it.
func nameOf(folder string) string {
	rest, ok := strings.CutPrefix(folder, "internal/")
	if !ok {
		return folder
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func parse(t *testing.T, file, text string, mode parser.Mode) *ast.File {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, text, mode)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// sources returns the text of every Go file that a person wrote and that is no
// test, by its path from the root. Reading the files, instead of asking the go
// command, is what makes go notice that a kept test result is out of date.
func sources(t *testing.T) map[string]string {
	t.Helper()
	root := os.DirFS(filepath.Join("..", ".."))
	found := map[string]string{}
	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return enter(file)
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, file)
		if err == nil && !strings.HasPrefix(string(text), "// Code generated ") {
			found[file] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// enter keeps a walk out of folders that hold nothing of ours.
func enter(folder string) error {
	name := path.Base(folder)
	if name == "node_modules" || name == "dist" || name == "testdata" || folder != "." && strings.HasPrefix(name, ".") {
		return fs.SkipDir
	}
	return nil
}
