package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"coffre/internal/clock"
)

// suite is one part of the test run: it has a name and a time of its own, and its
// failure stops no other.
type suite struct {
	name string
	run  func(ctx context.Context, sh shell) error
}

// trial is what the suites of one test run share.
type trial struct {
	server *postgres // nil until its suite has started it
	binary string    // the server under test
}

// test runs every suite; CI runs nothing else.
func test(ctx context.Context, sh shell, _ []string) (err error) {
	binary, err := filepath.Abs(program(runtime.GOOS))
	if err != nil {
		return err
	}
	t := &trial{binary: binary}
	defer func() {
		if t.server != nil {
			err = errors.Join(err, t.server.stop(ctx, sh))
		}
	}()
	elapsed := clock.Stopwatch()
	results := runSuites(ctx, sh, t.steps())
	report(sh.out, results, elapsed())
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the test run was interrupted: %w", err)
	}
	if n := failures(results); n > 0 {
		return fmt.Errorf("%d of %d suites failed", n, len(results))
	}
	return nil
}

// steps lists the parts of the test run in their order: cheap ones first, then what
// takes long. Browsers and programs wait for each other's answers as much as they
// compute, so the tests that run them run at once.
func (t *trial) steps() [][]suite {
	return [][]suite{
		{{name: "prepare", run: prepare}},
		{{name: "postgres", run: t.startPostgres}},
		{{name: "gofumpt", run: checkFormat}},
		{{name: "vet", run: goCommand("vet", "./...")}},
		{{name: "staticcheck", run: goCommand("tool", "-modfile=tools/lint.mod", "staticcheck", "./...")}},
		{{name: "modules", run: checkModules}},
		{{name: "build", run: func(ctx context.Context, sh shell) error { return build(ctx, sh, nil) }}},
		{{name: "ui", run: checkVault}},
		{{name: "unit", run: t.unit}},
		{{name: "race", run: t.race}},
		{{name: "ui/e2e", run: t.browse}, {name: "programs", run: t.programs}},
		{{name: "fuzz", run: func(ctx context.Context, sh shell) error { return fuzz(ctx, t.env(sh), "40000x", quick) }}},
	}
}

// env tells the tests where the database and the program are. Without a server
// the address is empty, and the tests that need one fail: none is ever skipped.
func (t *trial) env(sh shell) shell {
	address := ""
	if t.server != nil {
		address = t.server.url
	}
	return sh.with("COFFRE_TEST_POSTGRES="+address, "COFFRE_BINARY="+t.binary)
}

func (t *trial) startPostgres(ctx context.Context, sh shell) (err error) {
	t.server, err = startPostgres(ctx, sh)
	return err
}

func goCommand(args ...string) func(context.Context, shell) error {
	return func(ctx context.Context, sh shell) error { return sh.run(ctx, "go", args...) }
}

func checkFormat(ctx context.Context, sh shell) error {
	files, err := sh.read(ctx, "go", "tool", "-modfile=tools/lint.mod", "gofumpt", "-l", ".")
	if err != nil || files == "" {
		return err
	}
	return fmt.Errorf("run `go tool -modfile=tools/lint.mod gofumpt -w .`, which would change:\n%s", files)
}

// checkModules verifies what was downloaded, and that go.mod and go.sum are
// complete for everything we build.
func checkModules(ctx context.Context, sh shell) error {
	if err := sh.run(ctx, "go", "mod", "verify"); err != nil {
		return err
	}
	return sh.run(ctx, "go", "build", "-mod=readonly", "./...")
}

// checkVault checks the types, the form and the rules of the web vault, whose
// packages the build has installed.
func checkVault(ctx context.Context, sh shell) error {
	return errors.Join(sh.in("ui").run(ctx, "npm", "run", "check"), sh.in("ui").run(ctx, "npm", "test"))
}

// browse walks through the built program in a real browser.
func (t *trial) browse(ctx context.Context, sh shell) error {
	return t.env(sh.in("ui")).run(ctx, "npm", "run", "e2e")
}

// unit runs every test that needs no built program. What the race detector watches
// on PostgreSQL runs on SQLite here, all the rest on both engines.
func (t *trial) unit(ctx context.Context, sh shell) error {
	listing, err := sh.read(ctx, "go", "list", "./...")
	if err != nil {
		return err
	}
	watched, err := t.watched(ctx, sh)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(strings.Fields(listing), func(path string) bool {
		return strings.HasPrefix(path, "coffre/test/") || slices.Contains(watched, path)
	})
	sh = t.env(sh)
	return errors.Join(
		sh.run(ctx, "go", append([]string{"test"}, others...)...),
		sh.with("COFFRE_TEST_ENGINE=sqlite").run(ctx, "go", append([]string{"test"}, watched...)...),
	)
}

// programs runs the tests of real processes, three folders at a time, since most of
// them wait for something, and first the one that waits longest. Their results are never
// taken from the cache, because go does not know that they depend on the program. What
// they note is printed, though they pass.
func (t *trial) programs(ctx context.Context, sh shell) error {
	notes, err := os.CreateTemp("", "coffre-notes-")
	if err != nil {
		return err
	}
	defer os.Remove(notes.Name())
	defer notes.Close()
	err = t.env(sh).with("COFFRE_NOTES="+notes.Name()).run(ctx, "go", "test", "-count=1", "-p=3", "-timeout=30m", "./test/soak", "./test/...")
	_, unread := io.Copy(sh.out, notes)
	return errors.Join(err, unread)
}

// race runs the unit tests on PostgreSQL, under the race detector, which does not
// watch SQLite in pure Go: that has its own memory, and would be many times slower.
func (t *trial) race(ctx context.Context, sh shell) error {
	watched, err := t.watched(ctx, sh)
	if err != nil {
		return err
	}
	sh = t.env(sh).with("CGO_ENABLED=1", "COFFRE_TEST_ENGINE=postgres")
	args := []string{"test", "-race"}
	for _, path := range []string{"modernc.org/sqlite/lib", "modernc.org/libc", "modernc.org/memory"} {
		args = append(args, "-gcflags="+path+"=-race=false -d=checkptr=0")
	}
	return sh.run(ctx, "go", append(args, watched...)...)
}

// watched lists the packages whose tests run under the race detector.
func (t *trial) watched(ctx context.Context, sh shell) ([]string, error) {
	listing, err := sh.read(ctx, "go", "list", "-test", "-f",
		`{{if not .ForTest}}{{.ImportPath}} {{join .Deps " "}}{{end}}`, "./internal/...")
	return raceable(listing), err
}

// unraced are packages that serve nobody and whose tests compute for minutes under
// the race detector: one derives keys, the other reads the whole source.
var unraced = []string{"coffre/internal/client", "coffre/internal/arch"}

// raceable picks the packages whose tests choose their engine through dbtest, or
// touch no database. Each line of the listing is a test program and all it imports.
func raceable(listing string) []string {
	var packages []string
	for line := range strings.Lines(listing) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		path, isTest := strings.CutSuffix(fields[0], ".test")
		chooses := slices.Contains(fields, "coffre/internal/dbtest")
		if isTest && !slices.Contains(unraced, path) && (chooses || !slices.Contains(fields, "coffre/internal/db")) {
			packages = append(packages, path)
		}
	}
	return packages
}
