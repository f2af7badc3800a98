package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) {
	if os.Getenv("COFFRE_DO_TEST_EXIT") != "" {
		os.Exit(7)
	}
	os.Exit(m.Run())
}

func TestWrongUsageEndsWithTwoAndNamesEveryCommand(t *testing.T) {
	t.Chdir("../..")
	for name, args := range map[string][]string{"no command": nil, "an unknown one": {"deploy"}} {
		t.Run(name, func(t *testing.T) {
			var said strings.Builder
			if code := exitCode(dispatch(t.Context(), shell{out: io.Discard}, args), &said); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			for _, c := range commands() {
				if !strings.Contains(said.String(), "\n  "+c.name+" ") {
					t.Errorf("the usage text does not name %s:\n%s", c.name, said.String())
				}
			}
		})
	}
}

func TestExitCodeIsThatOfTheProgram(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	err = shell{out: io.Discard}.with("COFFRE_DO_TEST_EXIT=1").run(t.Context(), program)
	if code := exitCode(err, io.Discard); code != 7 {
		t.Errorf("exit code %d for %v, want 7", code, err)
	}
}

func TestSuitesHaveNamesOfTheirOwn(t *testing.T) {
	t.Chdir("../..")
	seen := map[string]bool{}
	for _, s := range slices.Concat((&trial{}).steps()...) {
		if seen[s.name] || s.run == nil {
			t.Errorf("suite %q is there twice or does nothing", s.name)
		}
		seen[s.name] = true
	}
	for _, name := range []string{"prepare", "postgres", "gofumpt", "vet", "staticcheck", "modules", "build", "ui", "unit", "ui/e2e", "programs", "race", "fuzz"} {
		if !seen[name] {
			t.Errorf("there is no suite %q", name)
		}
	}
}

func TestAFailingSuiteDoesNotStopTheOthers(t *testing.T) {
	broken := errors.New("broken")
	var out strings.Builder
	says := func(text string, err error) func(context.Context, shell) error {
		return func(_ context.Context, sh shell) error {
			_, unsaid := io.WriteString(sh.out, text)
			return errors.Join(err, unsaid)
		}
	}
	thirdIsOver := make(chan struct{}) // The suites of a step run at once.
	results := runSuites(t.Context(), shell{out: &out}, [][]suite{
		{{"first", says("--- FAIL: TestX\nFAIL\tcoffre/internal/x\t0.1s\n", broken)}},
		{
			{"second", func(ctx context.Context, sh shell) error {
				<-thirdIsOver
				return says("of the second\n", nil)(ctx, sh)
			}},
			{"third", func(ctx context.Context, sh shell) error {
				defer close(thirdIsOver)
				return says("of the third\n", broken)(ctx, sh)
			}},
		},
	})
	if got := failures(results); len(results) != 3 || got != 2 {
		t.Fatalf("%d results with %d failures, want 3 with 2", len(results), got)
	}
	took := regexp.MustCompile(` after \S+`)
	const want = "\n=== first\n--- FAIL: TestX\nFAIL\tcoffre/internal/x\t0.1s\n=== first: FAILED\nbroken\n" +
		"\n=== second\nof the second\n=== second: ok\n" +
		"\n=== third\nof the third\n=== third: FAILED\nbroken\n"
	if diff := cmp.Diff(want, took.ReplaceAllString(out.String(), "")); diff != "" {
		t.Errorf("what was shown:\n%s", diff)
	}
}

func TestReportRepeatsFailuresThenPackagesThenMinutes(t *testing.T) {
	var out strings.Builder
	report(&out, []result{
		{"unit", errors.New("exit status 1"), 90 * time.Second, "--- FAIL: TestX\nFAIL\tcoffre/internal/x\t0.1s\nok  \tcoffre/internal/y\t0.2s\n"},
		{"fuzz", nil, 30 * time.Second, "fuzz: elapsed: 5s\n"},
	}, 100*time.Second)
	want := `
=== unit FAILED: exit status 1
--- FAIL: TestX

=== unit
FAIL	coffre/internal/x	0.1s
ok  	coffre/internal/y	0.2s

  minutes  result  suite
     1.50  FAILED  unit
     0.50      ok  fuzz
     1.67  FAILED  total
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestInterruptedRunStartsNoFurtherSuite(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	results := runSuites(ctx, shell{out: io.Discard}, [][]suite{
		{{"first", func(context.Context, shell) error { cancel(); return nil }}},
		{{"second", func(context.Context, shell) error { t.Error("the second suite ran"); return nil }}},
	})
	if len(results) != 1 {
		t.Errorf("%d results, want 1", len(results))
	}
}

func TestFuzzTargetsBelongToThePackageThatFollowsThem(t *testing.T) {
	listing := "ok  \tcoffre/internal/id\t0.1s\nFuzzParse\nFuzzPrint\nok  \tcoffre/internal/encstring\t0.1s\n" +
		"FuzzBroken\nFAIL\tcoffre/internal/web [build failed]\n?   \tcoffre/internal/app\t[no test files]\nFuzzRead\nok  \tcoffre/internal/license\t0.1s\n"
	want := []fuzzTarget{
		{"coffre/internal/encstring", "FuzzParse"},
		{"coffre/internal/encstring", "FuzzPrint"},
		{"coffre/internal/license", "FuzzRead"},
	}
	if diff := cmp.Diff(want, fuzzTargets(listing), cmp.AllowUnexported(fuzzTarget{})); diff != "" {
		t.Error(diff)
	}
}

func TestRaceRunLeavesOutPackagesThatAreTiedToSQLite(t *testing.T) {
	listing := "coffre/internal/id fmt\n\ncoffre/internal/id.test fmt testing\n" +
		"coffre/internal/account.test coffre/internal/db coffre/internal/dbtest testing\n" +
		"coffre/internal/app.test coffre/internal/db testing\ncoffre/internal/client.test testing\n"
	want := []string{"coffre/internal/id", "coffre/internal/account"}
	if diff := cmp.Diff(want, raceable(listing)); diff != "" {
		t.Error(diff)
	}
}

func TestLackingNamesThePackagesOfWhatIsNotFound(t *testing.T) {
	no, yes := func(string) bool { return false }, func(string) bool { return true }
	got := lacking([]need{{"initdb", []string{"postgresql-15"}, yes}, {"gcc", []string{"gcc", "libc6-dev"}, no}})
	if diff := cmp.Diff([]string{"gcc", "libc6-dev"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyLeavesTheMarker(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".keep", "index.html", "assets/app.js"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := empty(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != ".keep" {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestInstalledNoticesAChangedLockfile(t *testing.T) {
	dir := t.TempDir()
	if installed(dir) {
		t.Error("a folder without a lockfile counts as installed")
	}
	lock, done := filepath.Join(dir, "package-lock.json"), filepath.Join(dir, "node_modules", ".package-lock.json")
	if err := os.Mkdir(filepath.Dir(done), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{lock, done} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		finished time.Time
		want     bool
	}{
		"finished after the change":  {noon.Add(time.Minute), true},
		"finished before the change": {noon.Add(-time.Minute), false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := errors.Join(os.Chtimes(lock, noon, noon), os.Chtimes(done, noon, test.finished)); err != nil {
				t.Fatal(err)
			}
			if got := installed(dir); got != test.want {
				t.Errorf("installed: %v, want %v", got, test.want)
			}
		})
	}
}

func TestReleaseFilesAreNamedByTarget(t *testing.T) {
	var names []string
	for _, t := range targets() {
		names = append(names, t.file("v1"))
	}
	want := []string{
		"coffre_v1_linux_amd64", "coffre_v1_linux_arm64",
		"coffre_v1_darwin_amd64", "coffre_v1_darwin_arm64",
		"coffre_v1_windows_amd64.exe", "coffre_v1_windows_arm64.exe",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestPartsListNamesEveryModule(t *testing.T) {
	got := partsOf(&debug.BuildInfo{
		GoVersion: "go1.26.8",
		Deps: []*debug.Module{
			{Path: "modernc.org/sqlite", Version: "v1.61.1"},
			{Path: "example.org/old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/new", Version: "v1.1.0"}},
		},
	}, "v1")
	want := []part{
		{"library", "std", "1.26.8", ""},
		{"library", "modernc.org/sqlite", "v1.61.1", "pkg:golang/modernc.org/sqlite@v1.61.1"},
		{"library", "example.org/new", "v1.1.0", "pkg:golang/example.org/new@v1.1.0"},
	}
	if diff := cmp.Diff(want, got.Components); diff != "" {
		t.Error(diff)
	}
}

func TestChecksumsAreInTheFormOfSha256sum(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "coffre"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeChecksums(dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  coffre\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestInterruptReachesTheChildrenOfAProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
	begin := time.Now()
	// The child holds the output open: run waits until it is gone too.
	if err := (shell{out: started}).run(ctx, "sh", "-c", `sh -c "echo up; exec sleep 600"; true`); err == nil {
		t.Error("an interrupted program ended without an error")
	}
	if took := time.Since(begin); took >= patience {
		t.Errorf("the child had to be killed after %v", took)
	}
}

func TestOrderlyEndAfterAnInterruptIsNoError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
	err := (shell{out: started}).run(ctx, "sh", "-c", `trap "exit 0" INT; echo up; while :; do sleep 0.01; done`)
	if err != nil {
		t.Errorf("run: %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
