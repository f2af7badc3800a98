// Package harness runs Coffre for tests that need the real thing: the built program
// in processes of its own, with a data folder, an env file and a free port, an SMTP
// server that keeps every mail, and a certificate authority that nobody else trusts.
//
// Nothing here waits for a fixed time: what must happen is asked for again and
// again, in short but growing steps, until it has happened or the patience is over.
package harness

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Patience is how long anything that a test waits for may take.
const Patience = 30 * time.Second

// folder holds the program when no other was named; Main removes it.
var folder string

// Main runs the tests of a package against the program that COFFRE_BINARY names,
// or against one that it builds when the first test asks for it. Each package of
// tests calls it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if folder != "" {
		os.RemoveAll(folder)
	}
	os.Exit(code)
}

// Program returns the path of the program under test.
func Program(t testing.TB) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var program = sync.OnceValues(func() (path string, err error) {
	if path = os.Getenv("COFFRE_BINARY"); path != "" {
		return path, nil
	}
	if folder, err = os.MkdirTemp("", "coffre-binary-"); err != nil {
		return "", err
	}
	path = filepath.Join(folder, "coffre")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, "coffre/cmd/coffre")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program under test: %w\n%s", err, out)
	}
	return path, nil
})

// Until asks until the answer is yes, an error, or ctx ends.
func Until(ctx context.Context, ask func(context.Context) (bool, error)) error {
	const first, longest = 4 * time.Millisecond, 200 * time.Millisecond
	for pause := first; ; pause = min(longest, pause*3/2) {
		if ok, err := ask(ctx); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// Eventually fails the test unless ask says yes within Patience; what completes
// the sentence "waited in vain for …".
func Eventually(t testing.TB, what string, ask func(context.Context) (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if err := Until(ctx, ask); err != nil {
		t.Fatalf("waited in vain for %s: %v", what, err)
	}
}
