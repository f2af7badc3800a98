package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/test/harness"
)

// patience is how long one command may take: the CLI derives keys in WebAssembly,
// several times slower than a browser.
const patience = 3 * time.Minute

// official returns the path of the official CLI.
func official(t *testing.T) string {
	t.Helper()
	program := filepath.Join("node_modules", "@bitwarden", "cli", "build", "bw.js")
	if _, err := os.Stat(program); err != nil {
		t.Fatal("the official CLI is not installed: run npm ci --prefix test/cli")
	}
	return program
}

// machine is where a person uses the official CLI.
type machine struct {
	program, folder, authority string
	key                        string        // of the unlocked vault
	ahead                      time.Duration // how far its clock is ahead
	env                        []string      // more of it
}

// result is how a command ended.
type result struct {
	args           []string
	code           int
	out, complaint string
	again          func() result // asks once more, where that is of use
}

func (r result) lacks(text string) bool { return !strings.Contains(r.out+r.complaint, text) }

// command prepares a command with a clean environment, in which nobody can be asked.
func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "node", append([]string{"--require", "./compiled.cjs", "--require", "./clock.cjs", m.program}, args...)...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + m.folder, "LANG=C.UTF-8",
		"NODE_EXTRA_CA_CERTS=" + m.authority, "BITWARDENCLI_APPDATA_DIR=" + m.folder,
		"BW_NOINTERACTION=true", "BW_SESSION=" + m.key, fmt.Sprintf("CLOCK_OFFSET=%d", int(m.ahead.Seconds())),
	}, m.env...)
	return cmd
}

// bw runs one command to its end.
func (m *machine) bw(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := m.command(ctx, args...)
	var printed, complained strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &complained
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return result{args: args, code: cmd.ProcessState.ExitCode(), out: printed.String(), complaint: complained.String()}
}

// want fails the test unless the command ended with a code and its complaint, or
// what it printed, has each of the texts in it. A CLI that serves empties what it holds
// when it writes to it, and may answer from that for a moment: it is asked again.
func (r result) want(t *testing.T, code int, texts ...string) result {
	t.Helper()
	if r.again != nil {
		ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
		defer cancel()
		_ = harness.Until(ctx, func(context.Context) (bool, error) { // What it lacks is told below.
			if r.code == code && !slices.ContainsFunc(texts, r.lacks) {
				return true, nil
			}
			r = r.again()
			return false, nil
		})
	}
	if r.code != code {
		t.Fatalf("bw %s: exit code %d, want %d\n%s%s", strings.Join(r.args, " "), r.code, code, r.out, r.complaint)
	}
	for _, text := range texts {
		if r.lacks(text) {
			t.Errorf("bw %s lacks %q\n%s%s", strings.Join(r.args, " "), text, r.out, r.complaint)
		}
	}
	return r
}
