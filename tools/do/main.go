// Command do is the project's one task runner: `go run ./tools/do <command>` from
// the root of the repository. It needs Go, and Node where there is a web vault.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// errUsage is a command line that names no command of ours.
var errUsage = errors.New("name one command")

// command is one word after `go run ./tools/do`.
type command struct {
	name  string
	about string
	run   func(ctx context.Context, sh shell, args []string) error
}

// commands lists what a person can ask for, in the order of the usage text.
func commands() []command {
	return []command{
		{"demo", "build, then run a cloud and a self-hosted server side by side", demo},
		{"test", "everything that CI runs, with the minutes of each suite", test},
		{"build", "the web vault, then ./coffre", build},
		{"lint", "golangci-lint over the whole module; slow the first time", lint},
		{"dev", "run both servers and the web vault from source", dev},
		{"shots", "pictures of every screen, in ui/e2e/pictures", shots},
		{"bench", "benchmarks, and the fuzz targets for a minute each", bench},
		{"release", "six programs, checksums and parts lists in dist/", release},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := dispatch(ctx, shell{out: os.Stdout}, os.Args[1:])
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

func dispatch(ctx context.Context, sh shell, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run this from the root of the repository")
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, sh, args[1:])
		}
	}
	return fmt.Errorf("there is no command %q: %w", args[0], errUsage)
}

// exitCode explains err and turns it into the number the process ends with. A
// program that ended with a number of its own passes it on.
func exitCode(err error, w io.Writer) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errUsage) {
		fmt.Fprintf(w, "%v\n\n%s", err, usage())
		return 2
	}
	fmt.Fprintln(w, "do:", err)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
		return exit.ExitCode()
	}
	return 1
}

func usage() string {
	var text strings.Builder
	text.WriteString("usage: go run ./tools/do <command>\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&text, "  %-9s%s\n", c.name, c.about)
	}
	return text.String()
}
