package main

import (
	"context"
	"errors"
	"strings"
)

// fuzzTarget is one fuzz function of one package.
type fuzzTarget struct{ pkg, name string }

// fuzz gives every fuzz target of the module some time, one after the other. A
// target that fails does not stop the rest.
func fuzz(ctx context.Context, sh shell, each string) error {
	listing, failed := sh.read(ctx, "go", "test", "-list", "^Fuzz", "./internal/...")
	for _, t := range fuzzTargets(listing) {
		err := sh.run(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each, t.pkg)
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
