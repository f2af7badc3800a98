package main

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// fuzzTarget is one fuzz function of one package.
type fuzzTarget struct{ pkg, name string }

// sqlite is what makes a fuzzed program slow to build: all of it is instrumented.
const sqlite = "modernc.org/sqlite"

// quick picks the targets that are built in seconds. The others run what they found
// before among the unit tests, and search on with the benchmarks.
func quick(deps []string) bool { return !slices.Contains(deps, sqlite) }

// every picks all targets.
func every([]string) bool { return true }

// fuzz gives the fuzz targets some time, one after the other: those of packages whose
// tests import what fits. A target that fails does not stop the rest. How long is each
// says as -fuzztime takes it: a count of tries has no deadline, which go test itself
// misses now and then and reports as a failure.
func fuzz(ctx context.Context, sh shell, each string, fits func(deps []string) bool) error {
	listing, failed := sh.read(ctx, "go", "test", "-list", "^Fuzz", "./internal/...")
	for _, t := range fuzzTargets(listing) {
		deps, err := sh.read(ctx, "go", "list", "-deps", "-test", t.pkg)
		if err == nil && fits(strings.Fields(deps)) {
			err = sh.run(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each, t.pkg)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// fuzzTargets reads what `go test -list` prints: the names of a package, one a
// line, then a line with the result and the package.
func fuzzTargets(listing string) []fuzzTarget {
	var found []fuzzTarget
	var names []string
	for line := range strings.Lines(listing) {
		if strings.HasPrefix(line, "Fuzz") {
			names = append(names, strings.TrimSpace(line))
			continue
		}
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "ok" {
			for _, name := range names {
				found = append(found, fuzzTarget{fields[1], name})
			}
		}
		names = nil
	}
	return found
}
