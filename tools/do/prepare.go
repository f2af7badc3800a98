package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// need is a program that the suites use and a fresh machine may lack.
type need struct {
	program  string
	packages []string // Debian's names
	found    func(program string) bool
}

// needs lists what this tree asks of a machine besides Go and Node.
func needs() []need {
	list := []need{
		{"initdb", []string{"postgresql-15"}, hasPostgres},
		{"gcc", []string{"gcc", "libc6-dev"}, inPath},
	}
	if exists("ui/e2e") {
		list = append(list, need{"chromium-headless-shell", []string{"chromium-headless-shell"}, inPath})
	}
	return list
}

func inPath(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

func hasPostgres(program string) bool {
	_, err := postgresProgram(program)
	return err == nil
}

// lacking returns the Debian packages of everything that is not found.
func lacking(list []need) []string {
	var packages []string
	for _, n := range list {
		if !n.found(n.program) {
			packages = append(packages, n.packages...)
		}
	}
	return packages
}

// prepare installs what is missing where it may, and says the command where it may not.
func prepare(ctx context.Context, sh shell) error {
	if packages := lacking(needs()); len(packages) > 0 {
		if err := installDebian(ctx, sh, packages); err != nil {
			return err
		}
	}
	for _, dir := range []string{"test/cli", "test/signalr"} {
		if err := install(ctx, sh, dir); err != nil {
			return err
		}
	}
	return nil
}

func installDebian(ctx context.Context, sh shell, packages []string) error {
	install := append([]string{"install", "-y", "--no-install-recommends"}, packages...)
	if os.Geteuid() != 0 || !exists("/etc/debian_version") {
		return fmt.Errorf("something is missing; on Debian run: sudo apt-get %s", strings.Join(install, " "))
	}
	sh = sh.with("DEBIAN_FRONTEND=noninteractive")
	if err := sh.run(ctx, "apt-get", "update"); err != nil {
		return err
	}
	return sh.run(ctx, "apt-get", install...)
}
